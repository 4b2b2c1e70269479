from odoo import fields, models
from odoo.tools import SQL

from ..models.nullable import NullableFloat

#: Standard deviations to both sides of a normal distribution that hold 95 % of it.
Z = 1.959964


class EcrmFaqReport(models.Model):
    """Whether help articles help, over a period; those that do not come first.

    A share of few votes says little: beside it stands where it lies with 95 % confidence, by
    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
    of the American Statistical Association 22 (1927), 209-212.
    """

    _name = "ecrm.faq.report"
    _inherit = "ecrm.web.period.mixin"
    _description = "Help Articles: Did They Help?"
    _auto = False
    _order = "unhelpful desc, votes desc, id"
    _rec_name = "article_id"
    _depends = {
        "ecrm.faq": ["category_id", "website_id", "company_id", "active"],
        "ecrm.faq.vote": ["article_id", "day", "is_helpful", "comment"],
        "ecrm.faq.deflection": ["article_id", "day", "is_sent"],
    }

    article_id = fields.Many2one("ecrm.faq", readonly=True)
    category_id = fields.Many2one("ecrm.faq.category", readonly=True)
    votes = fields.Integer(readonly=True)
    helpful = fields.Integer("Yes", readonly=True)
    unhelpful = fields.Integer("No", readonly=True)
    comments = fields.Integer("Said What Was Missing", readonly=True)
    share = NullableFloat("Helped", readonly=True, aggregator="avg", help="Yes, of all votes.")
    share_low = NullableFloat(
        "At Least", readonly=True, aggregator=None, help="With 95 % confidence."
    )
    share_high = NullableFloat(
        "At Most", readonly=True, aggregator=None, help="With 95 % confidence."
    )
    opened = fields.Integer(
        "Opened before Asking", readonly=True, help="By somebody who was writing a request."
    )
    sent = fields.Integer("Asked All the Same", readonly=True)
    deflected = fields.Integer("Requests Spared", readonly=True)

    def _read_group_select(self, aggregate_spec, query):
        # the share of a group is that of its votes, not the average of its articles
        if aggregate_spec != "share:avg":
            return super()._read_group_select(aggregate_spec, query)
        yes, votes = (
            SQL("sum(%s)", self._field_to_sql(self._table, name, query))
            for name in ("helpful", "votes")
        )
        return SQL("(%s)::float / nullif(%s, 0)", yes, votes)

    def _modes(self):
        # votes do not depend on whether visits are recorded
        return {"identified"}

    @property
    def _table_query(self):
        return SQL(
            """
            WITH vote AS (
                SELECT article_id, count(*)::int AS votes, max(day) AS last_day,
                       count(*) FILTER (WHERE is_helpful)::int AS helpful,
                       count(comment)::int AS comments
                  FROM ecrm_faq_vote WHERE day >= %(since)s GROUP BY article_id
            ), opening AS (
                SELECT article_id, max(day) AS last_day,
                       count(*) FILTER (WHERE NOT is_sent)::int AS opened,
                       count(*) FILTER (WHERE is_sent)::int AS sent
                  FROM ecrm_faq_deflection WHERE day >= %(since)s GROUP BY article_id
            ), figures AS (
                SELECT article.id, article.category_id, article.website_id, article.company_id,
                       greatest(vote.last_day, opening.last_day) AS last_day,
                       coalesce(votes, 0) AS votes, coalesce(helpful, 0) AS helpful,
                       coalesce(comments, 0) AS comments,
                       coalesce(opened, 0) AS opened, coalesce(sent, 0) AS sent,
                       helpful::float / votes AS share, (%(z)s ^ 2 / votes)::float AS doubt
                  FROM ecrm_faq AS article
                  LEFT JOIN vote ON vote.article_id = article.id
                  LEFT JOIN opening ON opening.article_id = article.id
                 WHERE vote.article_id IS NOT NULL OR opening.article_id IS NOT NULL
            )
            SELECT id, id AS article_id, category_id, website_id, company_id, last_day, votes,
                   helpful, votes - helpful AS unhelpful, comments, share, opened, sent,
                   greatest(opened - sent, 0) AS deflected,
                   greatest((share + doubt / 2 - reach) / (1 + doubt), 0) AS share_low,
                   least((share + doubt / 2 + reach) / (1 + doubt), 1) AS share_high
              FROM figures
             CROSS JOIN LATERAL (
                SELECT sqrt(doubt * share * (1 - share) + doubt ^ 2 / 4) AS reach) AS interval
            """,
            since=self._since(),
            z=Z,
        )

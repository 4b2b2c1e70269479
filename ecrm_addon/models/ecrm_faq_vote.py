from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..lib.tracking import urls

#: A session remembers so many of its votes; nobody reads more articles.
MAX_REMEMBERED = 200
MAX_COMMENT = 500
#: What was missing is read and mended within a year; the votes themselves stay.
COMMENT_MONTHS = 12
BATCH = 1000
SESSION_KEY = "ecrm_help_votes"


class EcrmFaqVote(models.Model):
    """Whether an article helped somebody, and what was missing.

    Nobody is named: neither a contact nor a browser is kept, not even who created the row. That a
    browser votes once is remembered by its own session, see ``_vote``.
    """

    _name = "ecrm.faq.vote"
    _description = "Vote on a Help Article"
    _order = "day desc, id desc"
    _rec_name = "article_id"
    _log_access = False  # the user who created a row would be the customer who voted

    article_id = fields.Many2one(
        "ecrm.faq", required=True, readonly=True, ondelete="cascade", index=True
    )
    category_id = fields.Many2one(related="article_id.category_id")
    website_id = fields.Many2one("website", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    day = fields.Date(required=True, readonly=True, index=True)
    lang = fields.Char("Language", readonly=True)
    is_helpful = fields.Boolean("Helped", readonly=True)
    comment = fields.Text("What Was Missing", readonly=True)

    @api.model
    @api.private
    def _vote(self, article, website, session, is_helpful=None, comment=""):
        """Take a vote, or what was missing: one of each session; who votes again has changed it.

        :param ecrm.faq article: that the visitor may read
        :param dict session: the visitor's, in which the vote is remembered
        :param bool is_helpful: None to comment on a vote that was given
        :return bool: whether there is a vote now
        """
        remembered = session.get(SESSION_KEY) or {}
        vote = self.browse(remembered.get(str(article.id))).exists()
        vote = vote.filtered(lambda vote: vote.article_id == article)
        values = {} if is_helpful is None else {"is_helpful": is_helpful}
        if is_helpful:
            values["comment"] = False
        if comment.strip() and is_helpful is None:
            values["comment"] = urls.mask_secrets(comment.strip()[:MAX_COMMENT])
        if vote:
            vote.write(values)
        elif is_helpful is not None:
            vote = self.create(
                {
                    "article_id": article.id,
                    "website_id": website.id,
                    "company_id": website._ecrm_settings()["company_id"],
                    "day": fields.Date.context_today(self),
                    "lang": self.env.lang,
                    **values,
                }
            )
            remembered = dict(list(remembered.items())[-MAX_REMEMBERED + 1 :])
            session[SESSION_KEY] = {**remembered, str(article.id): vote.id}
        return bool(vote)

    @api.model
    @api.private
    def _given(self, article, session):
        """Return what a session voted: True, False, or None where it did not."""
        number = (session.get(SESSION_KEY) or {}).get(str(article.id))
        vote = number and self.browse(number).exists()
        return vote.is_helpful if vote else None

    @api.autovacuum
    def _forget_comments(self):
        """Forget what was said long ago; it may name somebody, and was read meanwhile."""
        oldest = fields.Date.context_today(self) - relativedelta(months=COMMENT_MONTHS)
        votes = self.search([("day", "<", oldest), ("comment", "!=", False)], limit=BATCH)
        votes.comment = False
        return len(votes), len(votes) == BATCH

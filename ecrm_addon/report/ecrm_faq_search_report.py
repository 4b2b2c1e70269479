from odoo import fields, models
from odoo.tools import SQL


class EcrmFaqSearchReport(models.Model):
    """What customers looked for in the help pages in a period; what found nothing comes first."""

    _name = "ecrm.faq.search.report"
    _inherit = "ecrm.web.period.mixin"
    _description = "Searches in the Help Pages"
    _auto = False
    _order = "unanswered desc, searches desc, id"
    _rec_name = "term"
    _depends = {"ecrm.faq.search": ["day", "term", "lang", "is_found", "count"]}

    term = fields.Char("Searched For", readonly=True)
    lang = fields.Char("Language", readonly=True)
    searches = fields.Integer(readonly=True)
    unanswered = fields.Integer("Without Answer", readonly=True)

    def _modes(self):
        # these searches are counted whether or not visits are recorded
        return {"identified"}

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY term, lang, company_id, website_id) AS id,
                   company_id, website_id, lang, term, max(day) AS last_day,
                   sum(count)::int AS searches,
                   coalesce(sum(count) FILTER (WHERE NOT is_found), 0)::int AS unanswered
              FROM ecrm_faq_search
             WHERE day >= %s
             GROUP BY company_id, website_id, lang, term
            """,
            self._since(),
        )

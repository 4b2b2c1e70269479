from odoo import fields, models
from odoo.tools import SQL


class EcrmWebSearchReport(models.Model):
    """What visitors searched for in a period; what found nothing comes first."""

    _name = "ecrm.web.search.report"
    _inherit = "ecrm.web.period.mixin"
    _description = "Searches on the Website"
    _auto = False
    _order = "zero_results desc, searches desc, id"
    _rec_name = "term"
    _depends = {"ecrm.web.daily": ["day", "kind", "label", "count", "zero_results"]}

    term = fields.Char("Searched For", readonly=True)
    searches = fields.Integer(readonly=True)
    zero_results = fields.Integer("Without Results", readonly=True)
    visitors = fields.Integer(
        readonly=True, help="Different visitors per day, added up over the days."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY label, company_id, website_id) AS id,
                   company_id, website_id, label AS term, max(day) AS last_day,
                   sum(count)::int AS searches, sum(zero_results)::int AS zero_results,
                   sum(visitors)::int AS visitors
              FROM ecrm_web_daily
             WHERE day >= %s AND kind = 'web.search' AND label IS NOT NULL AND count > 0
             GROUP BY company_id, website_id, label
            """,
            self._since(),
        )

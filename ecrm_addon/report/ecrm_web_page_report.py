from odoo import fields, models
from odoo.tools import SQL

from ..models.nullable import NullableFloat
from ..queries.upsert_sessions import PAGE_KINDS


class EcrmWebPageReport(models.Model):
    """Pages that were looked at in a period, products and categories included."""

    _name = "ecrm.web.page.report"
    _inherit = "ecrm.web.period.mixin"
    _description = "Pages of the Website"
    _auto = False
    _order = "views desc, id"
    _rec_name = "label"
    _depends = {"ecrm.web.daily": ["day", "kind", "label", "count", "seconds"]}

    kind_id = fields.Many2one("ecrm.touchpoint.kind", "What", readonly=True)
    label = fields.Char("Page", readonly=True)
    views = fields.Integer(readonly=True)
    visitors = fields.Integer(
        readonly=True, help="Different visitors per day, added up over the days."
    )
    seconds = NullableFloat(
        "Time per View",
        readonly=True,
        aggregator="avg",
        help="How long the page was looked at per view, in seconds. Empty where no browser told.",
    )
    machine_views = fields.Integer("Views by Machines", readonly=True)

    @property
    def _table_query(self):
        # a product or category is one row whatever it was called; a page is its path. A name
        # sorts after a path, which begins with a slash
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY kind_id, record, page, company_id,
                                               website_id) AS id,
                   company_id, website_id, kind_id, max(label) AS label, max(day) AS last_day,
                   sum(count)::int AS views, sum(visitors)::int AS visitors,
                   nullif(sum(seconds), 0)::float8 / nullif(sum(count), 0) AS seconds,
                   sum(machine_count)::int AS machine_views
              FROM (
                SELECT daily.*,
                       CASE WHEN kind <> 'web.page' THEN res_id END AS record,
                       CASE WHEN kind = 'web.page' OR res_id IS NULL THEN label END AS page
                  FROM ecrm_web_daily daily
                 WHERE day >= %s AND kind = ANY(%s)
              ) viewed
             GROUP BY company_id, website_id, kind_id, record, page
            """,
            self._since(),
            list(PAGE_KINDS),
        )

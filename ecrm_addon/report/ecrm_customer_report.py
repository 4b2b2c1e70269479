from odoo import api, fields, models
from odoo.tools import SQL

from ..models.ecrm_profile import BANDS
from ..models.nullable import NullableFloat, NullableMonetary

#: Tenths of the loyalty score: a score of exactly 10 is in the second, 100 in the last.
SCORE_BINS = [
    ("0", "0 - 10"),
    ("1", "10 - 20"),
    ("2", "20 - 30"),
    ("3", "30 - 40"),
    ("4", "40 - 50"),
    ("5", "50 - 60"),
    ("6", "60 - 70"),
    ("7", "70 - 80"),
    ("8", "80 - 90"),
    ("9", "90 - 100"),
]


class EcrmCustomerReport(models.Model):
    """Who brings the money: customers and their revenue by segment, tier and band.

    The same customers by their loyalty score are its distribution.
    """

    _name = "ecrm.customer.report"
    _description = "Customer Analysis"
    _auto = False
    _order = "revenue desc, id"
    _rec_name = "partner_id"
    _depends = {
        "ecrm.profile": ["segment_id", "tier_id", "engagement_band", "revenue", "loyalty_score"]
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    segment_id = fields.Many2one("ecrm.segment", readonly=True)
    tier_id = fields.Many2one("ecrm.tier", readonly=True)
    engagement_band = fields.Selection(BANDS, readonly=True)
    score_bin = fields.Selection(
        SCORE_BINS, "Score from - to", readonly=True, group_expand="_expand_score_bins"
    )
    first_order_date = fields.Date("First Order", readonly=True)
    last_order_date = fields.Date("Last Order", readonly=True)
    customers = fields.Integer(readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    paid_count = fields.Integer(
        "Orders with a Value", readonly=True, help="Without those worth zero."
    )
    revenue = fields.Monetary(readonly=True, help="Without taxes, refunds not taken off.")
    refunded = fields.Monetary(readonly=True)
    monetary = fields.Monetary("Revenue net of Refunds", readonly=True)
    average_order = NullableFloat(
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Revenue per order that was worth something. Of a group: all of its revenue by "
        "all of its orders, so that who orders often counts as often. Empty where several "
        "currencies would be added up.",
    )
    loyalty_score = NullableFloat(readonly=True, digits=(16, 0), aggregator="avg")
    clv_12m = NullableMonetary("Expected Revenue in 12 Months", readonly=True)

    @property
    def _table_query(self):
        # the profile keeps no count of orders worth something, but its average has it in it
        return SQL(
            """
            SELECT profile.id, profile.partner_id, profile.company_id, company.currency_id,
                   profile.segment_id, profile.tier_id, profile.engagement_band,
                   (floor(profile.loyalty_score / 10)
                       - (profile.loyalty_score >= 100)::int)::int::text AS score_bin,
                   profile.first_order_date, profile.last_order_date,
                   1 AS customers, profile.order_count,
                   round(profile.revenue / nullif(profile.average_order, 0))::int AS paid_count,
                   profile.revenue, profile.refunded, profile.monetary, profile.average_order,
                   profile.loyalty_score, profile.clv_12m
              FROM ecrm_profile profile
              JOIN res_company company ON company.id = profile.company_id
            """
        )

    @api.model
    def _expand_score_bins(self, values, domain):
        """Show all ten, so that a gap in the scores is seen as one; none without scores."""
        return [value for value, _label in SCORE_BINS] if values else []

    def action_open_customer(self):
        """Row of a list: everything that is known of the customer."""
        self.ensure_one()
        return self.env["ecrm.profile"].browse(self.id).get_formview_action()

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "average_order:avg":
            return super()._read_group_select(aggregate_spec, query)
        column = {
            name: self._field_to_sql(self._table, name, query)
            for name in ("currency_id", "revenue", "paid_count")
        }
        return SQL(
            """
            CASE WHEN min(%(currency)s) = max(%(currency)s)
                 THEN (sum(%(revenue)s) / nullif(sum(%(orders)s), 0))::float8 END
            """,
            currency=column["currency_id"],
            revenue=column["revenue"],
            orders=column["paid_count"],
        )

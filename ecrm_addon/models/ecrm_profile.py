from odoo import api, fields, models
from odoo.tools import SQL

from .nullable import NullableFloat, NullableInteger, NullableMonetary

BANDS = [
    ("new", "New"),
    ("engaged", "Engaged"),
    ("lukewarm", "Lukewarm"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
]


class EcrmProfile(models.Model):
    """What is known of one customer of one company: facts, RFM, engagement, tier.

    Derived: it can be dropped and rebuilt from Odoo's tables and the log at any time. Only
    the statement in ``queries/upsert_profiles.py`` writes it. A figure that is not known is
    NULL, never 0; who never ordered has 0 orders, but no recency, frequency or money.
    """

    _name = "ecrm.profile"
    _inherit = ["ecrm.profile.tier.mixin", "ecrm.profile.why.mixin"]
    _description = "Customer Profile"
    _order = "loyalty_score desc nulls last, id"
    _rec_name = "partner_id"
    # computed_at says when; nobody edits a row
    _log_access = False

    # no cascade: privacy lookup skips such tables. res_partner.py and the scoring remove
    # the rows of deleted contacts
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index=True, readonly=True
    )

    # facts: money without taxes, in the company's currency, orders at their own rate
    order_count = fields.Integer("Orders", readonly=True)
    order_days = fields.Integer("Days with Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    refunded = fields.Monetary(readonly=True)
    average_order = NullableMonetary(
        readonly=True, aggregator="avg", help="Revenue per order that was worth something."
    )
    first_order_date = fields.Date("First Order", readonly=True)
    last_order_date = fields.Date("Last Order", readonly=True)
    last_visit_at = fields.Datetime("Last Visit", readonly=True)
    last_email_at = fields.Datetime("Last E-mail Reaction", readonly=True)

    # RFM
    recency_days = NullableInteger("Days since Last Order", readonly=True, aggregator="avg")
    frequency = NullableInteger(readonly=True, aggregator="avg", help="Number of orders.")
    monetary = NullableMonetary(readonly=True, help="Revenue net of refunds.")
    r_score = NullableInteger("R", readonly=True, aggregator="avg")
    f_score = NullableInteger("F", readonly=True, aggregator="avg")
    m_score = NullableInteger("M", readonly=True, aggregator="avg")
    segment_id = fields.Many2one("ecrm.segment", readonly=True, index="btree_not_null")

    # engagement
    engagement = NullableFloat(readonly=True, digits=None, aggregator="avg")
    engagement_band = fields.Selection(BANDS, readonly=True)
    loyalty_score = NullableFloat(readonly=True, aggregator="avg")

    # forecasts by the parameters of the last run, empty where no model can be trusted
    p_alive = NullableFloat(
        "Probability of being Active",
        readonly=True,
        digits=None,
        aggregator="avg",
        help="A part of the model, and no measure of churn: see the probability to buy.",
    )
    p_buy_90d = NullableFloat(
        "Probability to Buy in 90 Days", readonly=True, digits=None, aggregator="avg"
    )
    expected_orders_12m = NullableFloat("Expected Orders in 12 Months", readonly=True, digits=None)
    expected_order_value = NullableMonetary(
        readonly=True, aggregator="avg", help="Expected worth of one order day."
    )
    clv_12m = NullableMonetary(
        "Customer Lifetime Value",
        readonly=True,
        help="Worth of the orders to expect within the months that the settings name, later "
        "ones discounted, with the margin of the settings.",
    )
    rhythm_days = NullableFloat(
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Mean days between orders of who ordered on at least three days.",
    )
    overdue_days = NullableInteger(
        readonly=True, aggregator="avg", help="Days since an order was due by the own rhythm."
    )
    revenue_at_risk = NullableMonetary(
        readonly=True,
        help="What an overdue customer used to spend in a year, by the chance that nothing is "
        "bought in the next 90 days.",
    )

    computed_at = fields.Datetime("As of", readonly=True)

    # one row per customer and company, so that the scoring can upsert. A contact merge
    # would delete the rows that break it: wizard/base_partner_merge.py does so knowingly
    _partner_unique = models.Constraint(
        "unique(company_id, partner_id)", "This customer has a profile already."
    )

    def init(self):
        # every row is written every night: with room on its page, no index must be touched
        self.env.cr.execute("ALTER TABLE ecrm_profile SET (fillfactor = 50)")

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort what is not known to the end, whichever way a list is sorted."""
        nulls = nulls or SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.private
    def _recompute(self, partners):
        """Renew the profiles of customers in all companies, with the current thresholds.

        :param res.partner partners: any contacts of the customers
        """
        if partners:
            # sudo: who changes an order need not have rights in eCRM
            self.env["ecrm.scorer"].sudo()._score_customers(partners.sudo())
            customers = partners | partners.commercial_partner_id
            self.env["ecrm.churn.alert"].sudo()._settle(partners=customers)

    @api.model
    @api.private
    def _forget_unprofiled(self, partners):
        """Forget what else was kept of how contacts stood who have no profile any more.

        :param res.partner partners: some of whom object to profiles
        """
        self.env["sale.order"]._ecrm_forget_unprofiled(partners)
        objectors = partners & self.env["ecrm.consent"]._objectors()
        # sudo: whoever objects need not see the ledgers
        self.env["ecrm.tier.change"].sudo()._forget(objectors)
        self.env["ecrm.tier.warning"].sudo()._forget(objectors)
        self.env["ecrm.churn.alert"].sudo()._forget(objectors)

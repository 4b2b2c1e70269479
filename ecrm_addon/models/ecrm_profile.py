from odoo import api, fields, models


class EcrmProfile(models.Model):
    """What is known of one customer of one company: facts, RFM, engagement, tier.

    Derived: it can be dropped and rebuilt from Odoo's tables and the log at any time. A
    figure that is not known is NULL, never 0.
    """

    _name = "ecrm.profile"
    _description = "Customer Profile"
    _order = "loyalty_score desc nulls last, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_count = fields.Integer("Orders", readonly=True)
    order_days = fields.Integer(readonly=True)
    revenue = fields.Monetary(readonly=True)
    refunded = fields.Monetary(readonly=True)
    average_order = fields.Monetary(readonly=True)
    first_order_date = fields.Date("First Order", readonly=True)
    last_order_date = fields.Date("Last Order", readonly=True)
    last_visit_at = fields.Datetime("Last Visit", readonly=True)
    last_email_at = fields.Datetime("Last E-mail Reaction", readonly=True)
    recency_days = fields.Integer("Days since Last Order", readonly=True)
    frequency = fields.Integer(readonly=True)
    monetary = fields.Monetary(readonly=True)
    r_score = fields.Integer("R", readonly=True)
    f_score = fields.Integer("F", readonly=True)
    m_score = fields.Integer("M", readonly=True)
    segment_id = fields.Many2one("ecrm.segment", readonly=True, index="btree_not_null")
    engagement = fields.Float(readonly=True)
    engagement_band = fields.Selection(
        [
            ("new", "New"),
            ("engaged", "Engaged"),
            ("lukewarm", "Lukewarm"),
            ("dormant", "Dormant"),
            ("lost", "Lost"),
        ],
        readonly=True,
    )
    p_alive = fields.Float(readonly=True)
    p_buy_90d = fields.Float(readonly=True)
    expected_orders_12m = fields.Float(readonly=True)
    expected_order_value = fields.Monetary(readonly=True)
    clv_12m = fields.Monetary(readonly=True)
    overdue_days = fields.Integer(readonly=True)
    loyalty_score = fields.Float(readonly=True)
    tier_id = fields.Many2one("ecrm.tier", readonly=True, index="btree_not_null")
    why = fields.Text(readonly=True)
    computed_at = fields.Datetime(readonly=True)

    # one row per customer and company, so that the scoring can upsert. A contact merge
    # would delete the rows that break it: wizard/base_partner_merge.py does so knowingly
    _partner_unique = models.Constraint(
        "unique(company_id, partner_id)", "This customer has a profile already."
    )

    @api.private
    def _recompute(self, partners):
        """Renew the profiles of customers in all companies, with the current thresholds."""

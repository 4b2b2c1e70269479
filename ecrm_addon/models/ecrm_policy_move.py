from odoo import fields, models

from .nullable import NullableFloat, NullableMonetary


class EcrmPolicyMove(models.Model):
    """A customer whom a policy would move: before and after.

    It hangs on the profile and goes with it, so that whoever objects to profiles or is
    forgotten is not kept here.
    """

    _name = "ecrm.policy.move"
    _description = "Customer Moved by a Policy"
    _order = "policy_id, id"
    _rec_name = "profile_id"
    _log_access = False

    policy_id = fields.Many2one(
        "ecrm.policy", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    # the nightly run deletes profiles: without an index it would look through this table
    profile_id = fields.Many2one(
        "ecrm.profile", required=True, index=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id")
    tier_id = fields.Many2one("ecrm.tier", "Tier before", readonly=True, ondelete="set null")
    new_tier_id = fields.Many2one("ecrm.tier", "Tier after", readonly=True, ondelete="set null")
    steps = fields.Integer(readonly=True, aggregator=None, help="Tiers up, or down below 0.")
    segment_id = fields.Many2one(
        "ecrm.segment", "Segment before", readonly=True, ondelete="set null"
    )
    new_segment_id = fields.Many2one(
        "ecrm.segment", "Segment after", readonly=True, ondelete="set null"
    )
    loyalty_score = NullableFloat("Loyalty before", readonly=True, aggregator="avg")
    new_loyalty_score = NullableFloat("Loyalty after", readonly=True, aggregator="avg")
    clv_12m = NullableMonetary("Value before", readonly=True)
    new_clv_12m = NullableMonetary("Value after", readonly=True)
    revenue = fields.Monetary(readonly=True, help="Of all orders so far, net of refunds.")

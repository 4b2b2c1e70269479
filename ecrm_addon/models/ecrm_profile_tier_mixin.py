from odoo import api, fields, models

from .nullable import NullableFloat, NullableMonetary


class EcrmProfileTierMixin(models.AbstractModel):
    """The tier of a profile, and how far the next one is."""

    _name = "ecrm.profile.tier.mixin"
    _description = "Tier of a Profile"

    # the unique key of company and contact is its index
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    tier_id = fields.Many2one("ecrm.tier", readonly=True, index="btree_not_null")
    tier_since = fields.Date(readonly=True)
    tier_value = NullableFloat(
        readonly=True,
        aggregator="avg",
        help="What the tier is measured by, as the settings of the company say: money or "
        "orders of the last months, or the loyalty score.",
    )
    next_tier_id = fields.Many2one("ecrm.tier", compute="_compute_next_tier")
    tier_progress = NullableFloat(
        compute="_compute_next_tier", help="Percent of what the next tier asks for."
    )
    missing_to_next = NullableMonetary(
        compute="_compute_next_tier", help="Money that is missing to the next tier."
    )
    missing_text = fields.Char("Missing to Next Tier", compute="_compute_next_tier")
    tier_in_grace = fields.Boolean(
        compute="_compute_next_tier",
        help="The customer is below the minimum of this tier, and keeps it for the grace "
        "days that the settings of the company give.",
    )

    @api.depends("tier_id", "tier_value", "company_id")
    @api.depends_context("lang")
    def _compute_next_tier(self):
        tiers = self.env["ecrm.tier"]
        ladders = {company: tiers._steps(company.id) for company in self.company_id}
        for profile in self:
            value = profile.tier_value
            known = value is not False
            ladder = ladders.get(profile.company_id, [])
            floor = dict(ladder).get(profile.tier_id.id, -1)
            above = [tier for tier, minimum in ladder if known and minimum > floor]
            upcoming = profile.tier_id.browse(above[:1])
            profile.next_tier_id = upcoming
            profile.tier_in_grace = known and value < floor
            profile.tier_progress = profile._progress()
            missing = max(upcoming.minimum - value, 0) if upcoming else False
            in_money = profile.company_id.ecrm_tier_measure == "net_spend"
            profile.missing_to_next = missing if in_money else False
            profile.missing_text = missing is not False and profile._missing_text(missing)

    def _progress(self):
        if self.next_tier_id:
            return min(max(100 * self.tier_value / self.next_tier_id.minimum, 0), 100)
        return 100 if self.tier_id else False

    def _missing_text(self, missing):
        """Return how far the next tier is, in words."""
        tier = self.next_tier_id.display_name
        measure = self.company_id.ecrm_tier_measure
        if measure == "net_spend":
            amount = self.currency_id.format(missing)
            return self.env._("%(amount)s more to %(tier)s", amount=amount, tier=tier)
        if measure == "orders" and missing == 1:
            return self.env._("One more order to %s", tier)
        if measure == "orders":
            return self.env._("%(count)d more orders to %(tier)s", count=missing, tier=tier)
        return self.env._("%(points).1f more points to %(tier)s", points=missing, tier=tier)

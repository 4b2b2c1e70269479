from datetime import timedelta
from math import ceil

from odoo import api, fields, models
from odoo.tools import float_is_zero, float_round
from odoo.tools.misc import format_date, formatLang

from ..queries.scoring_scope import STANDING
from .nullable import NullableFloat, NullableMonetary
from .res_company import IN_MONEY


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
        "orders of the last months, the loyalty score, or the forecast of the customer's value.",
    )
    tier_falls_on = fields.Date(
        "Tier Lost on",
        readonly=True,
        index="btree_not_null",
        help="The first day on which the tier is lost if nothing more happens. Empty: not "
        "within the next 90 days, nor within the grace days.",
    )
    tier_falls_to_id = fields.Many2one("ecrm.tier", "Falls to", readonly=True)
    tier_falls_short = NullableFloat(
        "Missing to Keep",
        readonly=True,
        aggregator=None,
        help="Money, orders or points by which it will be too little: a customer who gains as "
        "much on any day before keeps the tier.",
    )
    tier_until = fields.Date(
        compute="_compute_tier_fall", help="The last day of the tier, if nothing more happens."
    )
    tier_fall_text = fields.Char("Until When", compute="_compute_tier_fall")
    tier_keep_offer = fields.Char(
        "What Keeps the Tier", compute="_compute_tier_fall", help="In words for the customer."
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
            above = [step for step in ladder if known and step[1] > floor]
            upcoming, minimum = above[0] if above else (False, 0)
            profile.next_tier_id = profile.tier_id.browse(upcoming or None)
            profile.tier_in_grace = known and value < floor
            profile.tier_progress = profile._progress(minimum)
            missing = max(minimum - value, 0) if upcoming else False
            in_money = profile.company_id.ecrm_tier_measure in IN_MONEY
            profile.missing_to_next = missing if in_money else False
            profile.missing_text = missing is not False and profile._missing_text(missing)

    def _progress(self, minimum):
        if self.next_tier_id:
            return min(max(100 * self.tier_value / minimum, 0), 100)
        return 100 if self.tier_id and self.tier_value is not False else False

    def _missing_text(self, missing):
        """Return how far the next tier is, in words."""
        tier = self.next_tier_id.display_name
        measure = self.company_id.ecrm_tier_measure
        if measure in IN_MONEY:
            amount = self.currency_id.format(missing)
            return self.env._("%(amount)s more to %(tier)s", amount=amount, tier=tier)
        if measure == "orders" and missing == 1:
            return self.env._("One more order to %s", tier)
        if measure == "orders":
            return self.env._("%(count)d more orders to %(tier)s", count=missing, tier=tier)
        return self.env._("%(points).1f more points to %(tier)s", points=missing, tier=tier)

    # ------------------------------------------------------------
    # FALLS
    # ------------------------------------------------------------

    @api.depends("tier_id", "tier_falls_on", "tier_falls_short", "company_id")
    @api.depends_context("lang")
    def _compute_tier_fall(self):
        for profile in self:
            falls_on = profile.tier_falls_on
            profile.tier_until = falls_on and falls_on - timedelta(days=1)
            profile.tier_fall_text = falls_on and profile._fall_text()
            profile.tier_keep_offer = falls_on and profile._keep_offer()

    def _fall_text(self):
        """Return until when the tier holds, and what keeps it, in words."""
        values = {
            "tier": self.tier_id.display_name,
            "day": format_date(self.env, self.tier_until, date_format="medium"),
            "keep": self._keep_text(),
        }
        if not values["keep"]:
            return self.env._("%(tier)s until %(day)s", **values)
        return self.env._("%(tier)s until %(day)s: %(keep)s", **values)

    def _keep_text(self):
        """Return what keeps the tier, in words; nothing where that is not known."""
        if self.tier_falls_short is False:
            return ""
        measure, amount = self.company_id.ecrm_tier_measure, self._short_amount()
        if measure == "clv":
            return self.env._("%s more of expected value keep it", amount)
        if measure == "net_spend":
            return self.env._("%s more keep it", amount)
        if measure == "orders" and ceil(self.tier_falls_short) == 1:
            return self.env._("one more order keeps it")
        if measure == "orders":
            return self.env._("%s more orders keep it", amount)
        return self.env._("%s more points keep it", amount)

    def _keep_offer(self):
        """Return the same for the customer, to whom scores and forecasts are not shown."""
        measure, amount = self.company_id.ecrm_tier_measure, self._short_amount()
        if measure in STANDING:
            return self.env._("Each order and each visit helps to keep it.")
        if measure == "net_spend":
            return self.env._("Orders worth %s without taxes keep it.", amount)
        if measure == "orders" and ceil(self.tier_falls_short) == 1:
            return self.env._("One more order keeps it.")
        if measure == "orders":
            return self.env._("%s more orders keep it.", amount)
        return self.env._("%s more points keep it.", amount)

    def _short_amount(self):
        """Return by how much it will be too little; upwards, as a cent less is not enough."""
        short, measure = self.tier_falls_short or 0, self.company_id.ecrm_tier_measure
        if measure in IN_MONEY:
            rounding = self.currency_id.rounding
            short = float_round(short, precision_rounding=rounding, rounding_method="UP")
            return self.currency_id.format(short)
        digits = 0 if measure == "orders" or float_is_zero(short % 1, precision_digits=4) else 1
        short = float_round(short, precision_digits=digits, rounding_method="UP")
        return formatLang(self.env, short, digits=digits)

    @api.model
    @api.private
    def _falling_first(self, company):
        """Return the customer of a company who is the next to fall; anybody, if nobody falls."""
        domain = [("company_id", "=", company.id), ("tier_id", "!=", False)]
        return self.search(domain, order="tier_falls_on nulls last, id", limit=1)

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from .res_company import IN_MONEY, TIER_MEASURES


class EcrmTierChange(models.Model):
    """Ledger of tiers: each move with what it was measured by.

    It is no derived data: the profile's "since when" is read from here, and a profile that
    is built anew finds its tier where it was. Whoever never moved is in the lowest tier
    since the first order. Nothing is written here when somebody looks at the past.
    """

    _name = "ecrm.tier.change"
    _inherit = ["ecrm.tier.ledger.mixin"]
    _description = "Tier Change"
    _order = "date desc, id desc"
    _rec_name = "to_tier_id"
    _log_access = False
    _told_tier = "to_tier_id"

    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(required=True, readonly=True)
    from_tier_id = fields.Many2one("ecrm.tier", "From", ondelete="set null", readonly=True)
    to_tier_id = fields.Many2one("ecrm.tier", "To", ondelete="set null", readonly=True)
    move = fields.Selection([("up", "Up"), ("down", "Down")], readonly=True)
    measure = fields.Selection(TIER_MEASURES, readonly=True)
    value = fields.Float("Reached", readonly=True)
    minimum = fields.Float("Asked For", readonly=True)
    window_days = fields.Integer("Days Looked At", readonly=True)
    below_since = fields.Date(
        readonly=True,
        help="Since when what the tier is measured by was too little for it, for measures that "
        "are known of today only. The tier is kept for the grace days from then on.",
    )
    reason = fields.Char(compute="_compute_reason")

    @api.depends("measure", "value", "minimum", "window_days", "move", "from_tier_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for change in self:
            change.reason = change._reason()

    def _reason(self):
        reached = self._reason_words().get(self.measure, "%(reached)s") % {
            "reached": self._amount(self.value),
            "days": self.window_days,
        }
        tier = self.to_tier_id.display_name
        if not tier:
            return self.env._("%s: no tier any more", reached)
        values = {"reached": reached, "tier": tier, "minimum": self._amount(self.minimum)}
        if self.move == "down":
            return self.env._("%(reached)s: enough for %(tier)s only", **values)
        return self.env._("%(reached)s: %(tier)s asks for %(minimum)s", **values)

    def _reason_words(self):
        """Return by measure what was reached; a bridge that adds a measure adds its words."""
        return {
            "net_spend": self.env._("%(reached)s spent in %(days)s days"),
            "orders": self.env._("%(reached)s orders in %(days)s days"),
            "loyalty_score": self.env._("Loyalty score %(reached)s"),
            "clv": self.env._("Lifetime value of %(reached)s"),
        }

    def _amount(self, amount):
        if self.measure in IN_MONEY:
            return formatLang(self.env, amount, currency_obj=self.currency_id)
        return formatLang(self.env, amount, digits=0)

    def _told_kind(self):
        return SQL("'loyalty.tier_' || told.move")

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class EcrmTier(models.Model):
    """A loyalty tier: what a customer must reach, and what it brings.

    What is measured, over which time and with which grace, is a setting of the company. A
    company that has tiers of its own uses those alone. A change shows at the next scoring.
    """

    _name = "ecrm.tier"
    _inherit = ["ecrm.cached.name.mixin"]
    _description = "Loyalty Tier"
    _order = "minimum, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all that have no own tiers."
    )
    active = fields.Boolean(default=True)
    minimum = fields.Float(
        required=True,
        default=0.0,
        help="What a customer must reach: money in the company's currency, orders or points, "
        "as the settings say. A tier with 0 is for everybody who ever ordered.",
    )
    color = fields.Integer()
    description = fields.Char(translate=True)
    benefits = fields.Html(translate=True, help="Shown to customers in the portal.")
    profile_count = fields.Integer("Customers", compute="_compute_profile_count")
    falling_count = fields.Integer(
        "Lost Soon",
        compute="_compute_profile_count",
        help="Customers who will fall from this tier if nothing more happens.",
    )

    @api.constrains("minimum")
    def _check_minimum(self):
        if any(tier.minimum < 0 for tier in self):
            raise ValidationError(self.env._("The minimum of a tier cannot be negative."))

    def _compute_profile_count(self):
        rows = self.env["ecrm.profile"]._read_group(
            [("tier_id", "in", self.ids)], ["tier_id"], ["__count", "tier_falls_on:count"]
        )
        counts = {tier: (customers, falling) for tier, customers, falling in rows}
        for tier in self:
            tier.profile_count, tier.falling_count = counts.get(tier, (0, 0))

    def write(self, vals):
        # the scorer keeps the steps
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    @api.private
    def _ladder(self, company):
        """Return the tiers of a company, lowest first."""
        own = self.search([("company_id", "=", company.id)])
        return own or self.search([("company_id", "=", False)])

    @api.private
    @ormcache("company_id")
    def _steps(self, company_id):
        """Return the tiers of a company, lowest first, as (id, minimum)."""
        # sudo: what is kept for all must not depend on who asked first
        tiers_sudo = self.sudo().with_context(active_test=True)
        ladder = tiers_sudo._ladder(self.env["res.company"].browse(company_id))
        return [(tier.id, tier.minimum) for tier in ladder]

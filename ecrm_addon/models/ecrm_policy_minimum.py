from odoo import api, fields, models


class EcrmPolicyMinimum(models.Model):
    """What one tier asks for, by one policy."""

    _name = "ecrm.policy.minimum"
    _inherit = ["ecrm.policy.line.mixin"]
    _description = "Minimum of a Policy"
    _order = "policy_id, minimum, id"

    # a version stays what it was when somebody deletes the tier
    tier_id = fields.Many2one("ecrm.tier", readonly=True, ondelete="set null")
    name = fields.Char("Name of the Tier", compute="_compute_name", store=True)
    minimum = fields.Float(aggregator=None)

    _minimum_positive = models.Constraint(
        "CHECK(minimum >= 0)", "The minimum of a tier cannot be negative."
    )

    @api.depends("tier_id")
    def _compute_name(self):
        for line in self:
            line.name = line.tier_id.name or line.name

    @api.depends("tier_id", "minimum")
    def _compute_in_force(self):
        for line in self:
            line.in_force = line.tier_id.minimum
            line.is_changed = line.minimum != line.in_force

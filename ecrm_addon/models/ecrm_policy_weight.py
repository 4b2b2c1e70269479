from odoo import api, fields, models


class EcrmPolicyWeight(models.Model):
    """What one kind of act adds to engagement, by one policy."""

    _name = "ecrm.policy.weight"
    _inherit = ["ecrm.policy.line.mixin"]
    _description = "Weight of a Policy"
    _order = "policy_id, sequence, kind_id"

    kind_id = fields.Many2one(
        "ecrm.touchpoint.kind", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Selection(related="kind_id.channel")
    sequence = fields.Integer(related="kind_id.sequence", store=True)
    weight = fields.Float(aggregator=None)

    @api.depends("kind_id", "weight")
    def _compute_in_force(self):
        for line in self:
            line.in_force = line.kind_id.weight
            line.is_changed = line.weight != line.in_force

from odoo import fields, models


class EcrmRequestTeam(models.Model):
    """Who answers support requests together, and by which address they are asked."""

    _name = "ecrm.request.team"
    _inherit = ["mail.alias.mixin.optional", "mail.thread"]
    _description = "Support Team"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    member_ids = fields.Many2many("res.users", string="Members", domain="[('share', '=', False)]")

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("ecrm.request")
        if self.id:
            values["alias_defaults"] = {"team_id": self.id, "source": "email"}
        return values

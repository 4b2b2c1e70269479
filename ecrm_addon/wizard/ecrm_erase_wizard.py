from odoo import api, fields, models


class EcrmEraseWizard(models.TransientModel):
    """Asks once more before a person's history is erased: it cannot be undone."""

    _name = "ecrm.erase.wizard"
    _description = "Erase a History"

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    identity_count = fields.Integer("Identities", compute="_compute_counts")
    visit_count = fields.Integer("Visits", compute="_compute_counts")
    touchpoint_count = fields.Integer("Touchpoints", compute="_compute_counts")
    is_sure = fields.Boolean("I know that this cannot be undone")

    @api.depends("partner_id")
    def _compute_counts(self):
        for wizard in self:
            identities = self.env["ecrm.identity"].search(
                [("partner_id", "=", wizard.partner_id.id)]
            )
            wizard.identity_count = len(identities)
            wizard.visit_count = self.env["ecrm.session"].search_count(
                [("identity_id", "in", identities.ids)]
            )
            wizard.touchpoint_count = self.env["ecrm.touchpoint"].search_count(
                [("identity_id", "in", identities.ids)]
            )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "partner_id" in fields_list and self.env.context.get("active_model") == "res.partner":
            values["partner_id"] = self.env.context.get("active_id")
        return values

    def action_erase(self):
        """Button: erase, and show the contact without its history."""
        self.ensure_one()
        if not self.is_sure:
            return None
        self.env["ecrm.privacy"].erase(self.partner_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The history of %s was erased.", self.partner_id.display_name
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

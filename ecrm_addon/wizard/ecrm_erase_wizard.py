from odoo import api, fields, models

from ..lib.privacy.table import KEPT


class EcrmEraseWizard(models.TransientModel):
    """Asks once more before a person is erased: it cannot be undone."""

    _name = "ecrm.erase.wizard"
    _description = "Erase a Person"

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    scope = fields.Selection(
        [
            ("history", "The history only"),
            ("everything", "Everything: contact and account, too"),
        ],
        "What is Erased",
        required=True,
        default="history",
    )
    identity_count = fields.Integer("Identities", compute="_compute_counts")
    visit_count = fields.Integer("Visits", compute="_compute_counts")
    touchpoint_count = fields.Integer("Touchpoints", compute="_compute_counts")
    line_ids = fields.One2many("ecrm.erase.wizard.line", "wizard_id", "What Happens", readonly=True)
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

    @api.onchange("scope")
    def _onchange_scope(self):
        parts = []
        if self.scope == "everything":
            parts = self.env["ecrm.privacy"].preview(self.partner_id)
            # what stays is what one has to know
            parts.sort(key=lambda part: part.action != KEPT)
        lines = self.env["ecrm.erase.wizard.line"]
        self.line_ids = [
            fields.Command.clear(),
            *(fields.Command.create(lines._values(part)) for part in parts),
        ]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "partner_id" in fields and self.env.context.get("active_model") == "res.partner":
            values["partner_id"] = self.env.context.get("active_id")
        return values

    def action_erase(self):
        """Button: erase, and show the contact without its history."""
        self.ensure_one()
        if not self.is_sure:
            return None
        privacy, partner = self.env["ecrm.privacy"], self.partner_id
        name, everything = partner.display_name, self.scope == "everything"
        if everything:
            privacy.forget(partner)  # this dialog names her, too: it is gone after this
            message = self.env._("%s was erased, but for what has to be kept.", name)
        else:
            privacy.erase(partner)
            message = self.env._("The history of %s was erased.", name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

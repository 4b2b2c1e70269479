from odoo import api, fields, models


class EcrmRequestSplitWizard(models.TransientModel):
    """Asks which messages of a request are a question of their own."""

    _name = "ecrm.request.split.wizard"
    _description = "Split Support Request"

    request_id = fields.Many2one("ecrm.request", required=True)
    name = fields.Char("Subject", required=True)
    message_ids = fields.Many2many(
        "mail.message",
        "ecrm_request_split_wizard_rel",
        string="Messages",
        domain="[('model', '=', 'ecrm.request'), ('res_id', '=', request_id),"
        " ('message_type', 'in', ['comment', 'email'])]",
        help="They move to the new request, with their files.",
    )
    question = fields.Html(help="Without it, the first of the messages is the question.")
    can_move = fields.Boolean(compute="_compute_can_move")

    @api.depends("request_id")
    def _compute_can_move(self):
        for wizard in self:
            wizard.can_move = any(
                message.message_type in ("comment", "email")
                for message in wizard.request_id.message_ids
            )

    def action_split(self):
        """Button: make the new request, and open it."""
        self.ensure_one()
        new = self.request_id._split(self.name, self.question, self.message_ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "ecrm.request",
            "res_id": new.id,
            "views": [(False, "form")],
        }

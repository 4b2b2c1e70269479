from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.ecrm_privacy_request import PROLONGED_DAYS

WHAT = [("refuse", "Refuse"), ("prolong", "Prolong"), ("erase", "Erase now")]


class EcrmPrivacyRequestWizard(models.TransientModel):
    """Asks for the reason that the person is told, or once more before erasing."""

    _name = "ecrm.privacy.request.wizard"
    _description = "Answer a Privacy Request"

    request_id = fields.Many2one("ecrm.privacy.request", required=True, readonly=True)
    what = fields.Selection(WHAT, required=True, readonly=True)
    has_address = fields.Boolean(compute="_compute_has_address")
    reason = fields.Text(
        help="The person reads it in the mail. It stays in the audit trail: name nobody."
    )
    due_date = fields.Date(compute="_compute_due_date")
    preview = fields.Text("What is erased and kept", compute="_compute_preview")
    is_sure = fields.Boolean("I know that this cannot be undone")

    @api.depends("request_id")
    def _compute_has_address(self):
        for wizard in self:
            wizard.has_address = bool(wizard.request_id.email)

    @api.depends("request_id")
    def _compute_due_date(self):
        for wizard in self:
            due_date = wizard.request_id.due_date
            wizard.due_date = due_date and due_date + timedelta(days=PROLONGED_DAYS)

    @api.depends("request_id", "what")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._tell_preview() if wizard.what == "erase" else False

    def _tell_preview(self):
        request = self.request_id
        if not (request.partner_id or request.email):
            return False
        request._check_open()
        # sudo: managers may erase; what other companies hold is counted here, not told
        engine_sudo = self.env["ecrm.privacy"].sudo()
        parts = engine_sudo.preview(request.partner_id.sudo(), request.email or None)
        actions = request._action_words()
        return "\n".join(
            f"{part.label} ({part.count}): {actions.get(part.action, part.action)}"
            + (f" - {part.reason}" if part.reason else "")
            for part in parts
        )

    def action_apply(self):
        """Button: do it, and tell the person."""
        self.ensure_one()
        request = self.request_id
        request._check_open()
        if self.what == "erase":
            if not self.is_sure:
                raise UserError(self.env._("Tick the box first: an erasure cannot be undone."))
            request._erase_by_hand()
        elif not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the person has a right to know."))
        elif self.what == "refuse":
            request._refuse(self.reason.strip())
        else:
            request._prolong(self.reason.strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

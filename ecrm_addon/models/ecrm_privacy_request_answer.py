from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from .ecrm_privacy_request import PROLONGED_DAYS


class EcrmPrivacyRequest(models.Model):
    """How the back office answers: refuse, prolong, erase; the person is told."""

    _inherit = "ecrm.privacy.request"

    def action_refuse(self):
        """Button: ask for the reason."""
        return self._ask("refuse", self.env._("Refuse"))

    def action_prolong(self):
        """Button: ask for the reason."""
        return self._ask("prolong", self.env._("Prolong"))

    def action_erase(self):
        """Button: ask once more."""
        self.ensure_one()
        self._check_erasable()
        return self._ask("erase", self.env._("Erase Now"))

    def _ask(self, what, title):
        self.ensure_one()
        self._check_open()
        wizard = self.env["ecrm.privacy.request.wizard"].create(
            {"request_id": self.id, "what": what}
        )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.private
    def _refuse(self, reason):
        self._log("refused", detail=reason)
        request_sudo = self.sudo()  # checked by the wizard
        request_sudo._close("refused")
        request_sudo._mail_refused(reason)

    @api.private
    def _prolong(self, reason):
        if self.is_prolonged:
            raise UserError(self.env._("It was prolonged already: the law allows it once."))
        self._log("prolonged", detail=reason)
        request_sudo = self.sudo()  # checked by the wizard
        due_date = self.due_date + timedelta(days=PROLONGED_DAYS)
        request_sudo.write({"due_date": due_date, "is_prolonged": True})
        request_sudo.activity_ids.write({"date_deadline": due_date})
        request_sudo._mail_prolonged(reason)

    def _check_erasable(self):
        if self.kind != "erase":
            raise UserError(self.env._("This is no request to erase anything."))
        self._check_whose()
        # sudo: who works here is no secret
        if self._is_staff(self.sudo()._person()):
            raise UserError(
                self.env._("It is the contact of an employee: archive the user first, and ask HR.")
            )

    @api.private
    def _erase_by_hand(self):
        """Begin to erase for somebody who was identified otherwise, such as by letter."""
        self._check_erasable()
        if self.partner_id:
            self.partner_id.check_access("write")
            # what other companies hold is theirs to answer for
            self.env["ecrm.privacy"]._check_all_companies(self.partner_id)
        self.sudo()._start()

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._ecrm_refresh_customers()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._ecrm_refresh_customers()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._ecrm_refresh_customers()
        return result

    def _ecrm_refresh_customers(self):
        """Renew the customers of credit notes: what they got back changes their money."""
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        if notes:
            self.env["ecrm.pipeline"]._refresh(notes.partner_id, records=notes)

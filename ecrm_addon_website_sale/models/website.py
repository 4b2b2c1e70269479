from odoo import api, models

from .sale_order_reminder import REMINDER


class Website(models.Model):
    _inherit = "website"

    def _prepare_sale_order_values(self, partner_sudo):
        """Begin a cart with the visit in which it is begun."""
        values = super()._prepare_sale_order_values(partner_sudo)
        session_key = self.env["ecrm.visit"].session_key()
        if session_key:
            values["ecrm_session_key"] = session_key
        return values

    @api.model
    def _send_abandoned_cart_email(self):
        """Send as Odoo does; what it put into the queue at night waits there."""
        # sudo: the cron's mails are nobody's to read
        mails_sudo = self.env["mail.mail"].sudo()
        last_id = mails_sudo.search([], order="id desc", limit=1).id or 0
        reminding = self.with_context(**{REMINDER: True})
        result = super(Website, reminding)._send_abandoned_cart_email()
        reminders = mails_sudo.search(
            [("id", ">", last_id), ("model", "=", "sale.order"), ("state", "=", "outgoing")]
        )
        orders = self.env["sale.order"].browse(set(reminders.mapped("res_id")))
        orders._ecrm_wait_for_morning(reminders)
        return result

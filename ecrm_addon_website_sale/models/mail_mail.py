from odoo import api, models
from odoo.tools.mail import email_normalize_all

from .sale_order_reminder import REMINDER


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Know reminders of carts as mails that advertise, whoever sends them."""
        mails = super().create(vals_list)
        if self.env.context.get(REMINDER):
            mails._ecrm_note_reminders()
        return mails

    def _ecrm_note_reminders(self):
        topic = self.env["sale.order"]._ecrm_reminder_topic()
        for mail in self.filtered(lambda mail: mail.model == "sale.order"):
            # what colleagues who follow the order are told is no reminder
            if not mail.recipient_ids or any(mail.recipient_ids.mapped("partner_share")):
                mail.ecrm_topic_id = topic
                mail._ecrm_send_once()

    def _ecrm_send_once(self):
        """Take an address away that is a recipient's: Odoo's cron reminds each customer twice."""
        contacts = self.recipient_ids.mapped("email")
        own = {address for text in contacts if text for address in email_normalize_all(text)}
        if self.email_to and own.issuperset(email_normalize_all(self.email_to)):
            self.email_to = False

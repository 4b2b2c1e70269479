from odoo import api, models
from odoo.fields import Domain


class MailNotification(models.Model):
    """In the chatter a mail is marked as bounced, whoever told of it.

    Odoo learns of bounces that come back by mail; what a provider tells, or our own mail
    server's refusal, marks them just so.
    """

    _inherit = "mail.notification"

    @api.model
    @api.private
    def _ecrm_sync(self, mails):
        """Mark the notifications of mails that bounced.

        :param ecrm.email.message mails: any
        """
        for mail in mails.filtered(lambda mail: mail.state == "bounced" and not mail.mailing_id):
            to = Domain("mail_email_address", "=", mail.email_normalized)
            if mail.partner_id:
                to |= Domain("res_partner_id", "=", mail.partner_id.id)
            notifications = self.search(
                Domain("mail_message_id.message_id", "=", mail.message_id)
                & Domain("notification_status", "not in", ("bounce", "canceled"))
                & to
            )
            notifications.write(
                {
                    "notification_status": "bounce",
                    "failure_type": "mail_bounce",
                    "failure_reason": mail.bounce_reason,
                }
            )
            notifications.mail_message_id._notify_message_notification_update()

from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _ecrm_is_sent(self):
        """Mails of a mailing go to the recipients of its records; comments are read by many.

        A template, or who is added by hand, brings other recipients.
        """
        is_mailing = len(self) == 1 and self.composition_mode == "mass_mail"
        return is_mailing and not self.template_id and not self.partner_ids

from odoo import models
from odoo.tools.mail import email_normalize_all


class MailComposeMessage(models.TransientModel):
    """Mailings go to those alone who may get them, and at a time that suits them.

    Whatever a mailing is sent to - contacts, lists, leads, orders - the mail of each recipient
    is composed here, in batches. A test of a mailing is not.
    """

    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        values = super()._process_mail_values_state(mail_values_dict)
        if self._is_mass_mailing():
            self._ecrm_hold_back(values)
        return values

    def _prepare_mail_values_mailing_traces(self, mail_values_all):
        """Tell on the trace of a cancelled mail why it was."""
        traces = super()._prepare_mail_values_mailing_traces(mail_values_all)
        for res_id, mail_values in mail_values_all.items():
            if mail_values.get("state") == "cancel" and mail_values.get("failure_reason"):
                traces[res_id]["failure_reason"] = mail_values["failure_reason"]
        return traces

    def _ecrm_hold_back(self, mail_values_dict):
        """Cancel mails to who must not get them; let others wait for the end of the night."""
        recipients = {
            # all addresses of a contact get the mail, where Odoo looks at the first alone
            res_id: [email for text in info["mail_to"] for email in email_normalize_all(text)]
            for res_id, info in self._get_recipients_data(mail_values_dict).items()
            if mail_values_dict[res_id].get("state") not in ("cancel", "exception")
        }
        addresses = {address for emails in recipients.values() for address in emails}
        mailing, company = self.mass_mailing_id, self.mass_mailing_id._ecrm_company()
        limits = self.env["ecrm.email.limits"]
        refused = limits.held_back(addresses, mailing._ecrm_topic(), company)
        waits = limits.wait_until(addresses - refused.keys(), company)
        for res_id, emails in recipients.items():
            why, until = limits.verdict(emails, refused, waits)
            if why:
                mail_values_dict[res_id].update(self._ecrm_refusal(why))
            elif until:
                self._ecrm_postpone(mail_values_dict[res_id], until)

    def _ecrm_refusal(self, why):
        often = why in ("cap", "frequency")
        return {
            "state": "cancel",
            "failure_type": "ecrm_cap" if often else "mail_optout",
            "failure_reason": self.env["ecrm.email.limits"].tell(why),
            # nothing to be told in the recipient's chatter
            "is_notification": False,
        }

    def _ecrm_postpone(self, mail_values, until):
        planned = mail_values.get("scheduled_date")
        planned = self.env["mail.mail"]._parse_scheduled_datetime(planned) if planned else None
        if planned and planned.replace(tzinfo=None) >= until:
            return
        mail_values["scheduled_date"] = until

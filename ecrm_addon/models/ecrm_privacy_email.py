from odoo import models

from ..queries import erase_emails


class EcrmPrivacy(models.AbstractModel):
    """Access and erasure of what became of a person's mails."""

    _inherit = "ecrm.privacy"

    def _tell(self, partner, email=None):
        told = super()._tell(partner, email)
        # sudo: super() checked who may; raw events are shown to marketers only
        env_sudo = self._of_all_companies().sudo().env
        emails = self._own_emails(partner, email)
        refs = self._mails(partner, emails)
        own = ["|", ("email_message_ref", "in", refs), ("recipient", "in", emails)]
        return {
            **told,
            "emails": self._rows(env_sudo["ecrm.email.message"].browse(refs)),
            "email_events": self._rows(env_sudo["ecrm.email.event"].search(own), {"is_digested"}),
        }

    def _forget_mails(self, partner, emails):
        refs = self._mails(partner, emails)
        self.env.cr.execute(erase_emails.forget_events(refs, emails))
        self.env.cr.execute(erase_emails.anonymise(refs))
        self.env["ecrm.webhook.delivery"].forget(emails)

    def _mails(self, partner, emails):
        query = erase_emails.find(partner.id or None, emails)
        return [row[0] for row in self.env.execute_query(query)]

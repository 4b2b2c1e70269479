from odoo import models

from ..queries import erase_emails


class EcrmPrivacy(models.AbstractModel):
    """Access and erasure of what became of a person's mails."""

    _inherit = "ecrm.privacy"

    def _tell(self, partner):
        told = super()._tell(partner)
        # sudo: super() checked who may; raw events are shown to marketers only
        env_sudo = self._of_all_companies().sudo().env
        refs = self._mails(partner)
        own = [
            "|",
            ("email_message_ref", "in", refs),
            ("recipient", "in", self._own_emails(partner)),
        ]
        return {
            **told,
            "email_profiles": self._rows(
                env_sudo["ecrm.email.profile"].search([("partner_id", "=", partner.id)])
            ),
            "emails": self._rows(env_sudo["ecrm.email.message"].browse(refs)),
            "email_events": self._rows(env_sudo["ecrm.email.event"].search(own), {"is_digested"}),
        }

    def _forget_mails(self, partner, emails):
        refs = self._mails(partner)
        self.env.cr.execute(erase_emails.forget_events(refs, emails))
        self.env.cr.execute(erase_emails.anonymise(refs))
        self.env["ecrm.webhook.delivery"].forget(emails)

    def _mails(self, partner):
        query = erase_emails.find(partner.id, self._own_emails(partner))
        return [row[0] for row in self.env.execute_query(query)]

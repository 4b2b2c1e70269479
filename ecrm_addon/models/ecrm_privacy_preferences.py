from odoo import api, models

from ..queries import erase_preferences


class EcrmPrivacy(models.AbstractModel):
    """Access to and erasure of what a person chose about mails.

    That she is not to be mailed outlives her erasure, or it would be undone by it: in place
    of the address stands a digest, which leads to nobody, but is found if she is to be mailed.
    """

    _inherit = "ecrm.privacy"

    def _tell(self, partner, email=None):
        told = super()._tell(partner, email)
        # sudo: whoever may export need not read these tables; they are of her addresses
        env = self._of_all_companies().sudo().env
        domain = [("email_normalized", "in", self._own_emails(partner, email))]
        told["email_suppressions"] = self._rows(env["ecrm.suppression"].search(domain))
        told["email_preferences"] = self._rows(env["ecrm.email.preference"].search(domain))
        told["email_requests"] = self._rows(env["ecrm.email.optin"].search(domain))
        return told

    @api.model
    @api.private
    def erase(self, partner, email=None):
        """Forget also what was chosen; a refusal stays as a digest."""
        emails = self.sudo()._own_emails(partner, email)
        result = super().erase(partner, email)
        suppressions = self.env["ecrm.suppression"].sudo()  # allowed by super
        suppressions.env.flush_all()
        digests = [suppressions._digest(email) for email in emails]
        for statement in erase_preferences.build(emails, digests):
            self.env.cr.execute(statement)
        self.env.invalidate_all()
        return result

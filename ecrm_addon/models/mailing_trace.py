from odoo import api, fields, models
from odoo.tools import email_normalize


class MailingTrace(models.Model):
    """Who got a mailing: the contact behind its recipient."""

    _inherit = "mailing.trace"

    failure_type = fields.Selection(selection_add=[("ecrm_cap", "Enough Mails Lately")])

    # what an address got lately is asked before each mailing
    _ecrm_address_idx = models.Index("(email, create_date)")

    @api.private
    def _ecrm_contact(self):
        """Return the contact to whom a mail was sent, empty where that is not one."""
        partners = self.env["res.partner"]
        if not self or self.is_test_trace:
            return partners
        if self.model == "res.partner":
            return partners.browse(self.res_id)
        address = email_normalize(self.email)
        return self._ecrm_customer(address) or self._ecrm_only_contact(address)

    def _ecrm_customer(self, address):
        """Return the contact of the document that was mailed, if the address is theirs."""
        partners = self.env["res.partner"]
        document = self.env[self.model].browse(self.res_id) if self.model in self.env else None
        if not address or not document or not document.exists():
            return partners
        customer = document._mail_get_customer()
        return customer if customer.email_normalized == address else partners

    def _ecrm_only_contact(self, address):
        partners = self.env["res.partner"]
        same = partners.search([("email_normalized", "=", address)], limit=2) if address else []
        return same if len(same) == 1 else partners

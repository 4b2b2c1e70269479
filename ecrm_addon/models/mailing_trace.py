from odoo import api, fields, models
from odoo.tools import consteq, email_normalize
from odoo.tools import hmac as odoo_hmac


class MailingTrace(models.Model):
    """Who got a mail, for the clicks in it.

    Odoo's links name the recipient by a number that anybody can count up. Ours carry a
    signature of link and recipient, so that a click in a mail says that the mail was read.
    """

    _inherit = "mailing.trace"

    failure_type = fields.Selection(selection_add=[("ecrm_cap", "Enough Mails Lately")])

    # what an address got lately is asked before each mailing
    _ecrm_address_idx = models.Index("(email, create_date)")

    @api.private
    def _ecrm_sign(self, code):
        """Return the signature of a link to this recipient.

        :param str code: of the link tracker
        """
        self.ensure_one()
        # sudo: the database's secret is read through the ORM's cache
        return odoo_hmac(self.env(su=True), "ecrm.click", f"{code}/{self.id}")[:32]

    @api.model
    @api.private
    def _ecrm_clicked(self, code, trace_id, signature):
        """Return who clicked, as a mail can tell; nobody where the link was made up.

        :param str code: of the link tracker
        :param int trace_id: whose mail it was, as the link says
        :param str signature: as the link says
        :return res.partner: one contact or none
        """
        trace_sudo = self.sudo().browse(trace_id)  # whoever clicks is nobody yet
        # what is not ASCII is none of ours, and cannot be compared in constant time
        given = signature if str(signature).isascii() else ""
        if not given or not consteq(str(given), trace_sudo._ecrm_sign(code)):
            return self.env["res.partner"]
        return trace_sudo.exists()._ecrm_contact()

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

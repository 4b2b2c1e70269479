from typing import NamedTuple

from odoo import models
from odoo.tools import email_normalize


class Recipient(NamedTuple):
    """To whom one of the copies of a mail goes."""

    address: str
    partner: models.Model
    is_staff: bool


class EcrmEmailSender(models.AbstractModel):
    """To whom outgoing mails go, and what is known of them.

    Of all to whom the mailings of a batch go it is asked once. Whoever objects meanwhile gets
    links that are measured, but nothing of them is noted (``ecrm.email.digest``).
    """

    _inherit = "ecrm.email.sender"

    def _recipients(self, trace, copy):
        """Return the people who get a copy, each address once."""
        found = {}
        for address in copy["email_to_normalized"]:
            address = email_normalize(address, strict=False)
            if address and address not in found:
                found[address] = self._recipient(address, copy["partner_id"], trace)
        return list(found.values())

    def _recipient(self, address, partner, trace):
        partners_sudo = self.env["res.partner"].sudo()  # sudo: whoever writes need not see all
        partner = partner or (trace.sudo()._ecrm_contact() if trace else partners_sudo)
        is_staff = bool(partner) and not partner.partner_share
        if not partner:
            same = partners_sudo.search([("email_normalized", "=", address)], limit=5)
            is_staff = any(not person.partner_share for person in same)
            partner = same if len(same) == 1 else partners_sudo
        return Recipient(address, partner.sudo(), is_staff)

    def _is_test(self, mail, trace):
        """Return whether a mail only shows somebody what a mailing will look like."""
        return bool(trace) and trace.id in self._once(("tests",), lambda: self._find_tests(mail))

    def _find_tests(self, mail):
        domain = [("mail_mail_id", "in", self._batch_ids(mail)), ("is_test_trace", "=", True)]
        return set(self.env["mailing.trace"].search(domain).ids)

    def _objects(self, mail, address):
        """Return whether the recipient of a mail does not want it measured."""
        objects = self.env["ecrm.email.preference"].objects
        if address not in self._audience(mail):
            return bool(objects([address]))
        return address in self._once(("objecting",), lambda: objects(self._audience(mail)))

    def _preference_id(self, mail, address, company_id):
        """Return the id of the preferences of a recipient, made where there were none."""
        preferences = self.env["ecrm.email.preference"]
        company = self.env["res.company"].browse(company_id)
        known = self._once(
            ("preferences", company_id), lambda: preferences.known(self._audience(mail), company)
        )
        return known.get(address) or preferences.of_address(address, company).id

    def _audience(self, mail):
        """Return the addresses to which the mailings go that are sent by the same call."""
        return (
            self._once(("audience",), lambda: self._find_audience(mail)) if mail.mailing_id else ()
        )

    def _find_audience(self, mail):
        # sudo: whoever sends a mailing sends it to all of them
        traces_sudo = self.env["mailing.trace"].sudo()
        domain = [("mail_mail_id", "in", self._batch_ids(mail))]
        return set(filter(None, traces_sudo.search_fetch(domain, ["email"]).mapped("email")))

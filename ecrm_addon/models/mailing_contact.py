from odoo import api, fields, models
from odoo.fields import Domain

from .ecrm_email_profile import BANDS


class MailingContact(models.Model):
    """Recipients of mailing lists can be chosen by what the contact with their address does."""

    _inherit = "mailing.contact"

    ecrm_email_band = fields.Selection(
        BANDS,
        "E-mail Engagement",
        compute="_compute_ecrm_email_band",
        search="_search_ecrm_email_band",
        groups="ecrm_addon.group_ecrm_user",
        help="That of the contact with the same address; empty where there is none.",
    )

    @api.depends("email_normalized")
    @api.depends_context("company")
    def _compute_ecrm_email_band(self):
        """Of several contacts with one address the warmest counts."""
        warmth = [band for band, _label in BANDS]
        addresses = [address for address in self.mapped("email_normalized") if address]
        partners = self.env["res.partner"].search(
            [("email_normalized", "in", addresses), ("ecrm_email_band", "!=", False)]
        )
        found = {}
        for partner in partners:
            found.setdefault(partner.email_normalized, []).append(partner.ecrm_email_band)
        for recipient in self:
            bands = found.get(recipient.email_normalized)
            recipient.ecrm_email_band = min(bands, key=warmth.index) if bands else False

    def _search_ecrm_email_band(self, operator, value):
        if operator != "in":
            return NotImplemented
        bands = [band for band in value if band]
        domain = self._ecrm_of_contacts(Domain("ecrm_email_band", "in", bands))
        if len(bands) < len(value):
            domain |= ~self._ecrm_of_contacts(Domain("ecrm_email_band", "!=", False))
        return domain

    def _ecrm_of_contacts(self, domain):
        """Return the domain of recipients with the address of some contacts."""
        addressed = Domain("email_normalized", "!=", False)
        contacts = self.env["res.partner"]._search(domain & addressed)
        theirs = Domain("email_normalized", "in", contacts.subselect("email_normalized"))
        # by their ids: the opposite is to find who has no address, too
        return Domain("id", "in", self.with_context(active_test=False)._search(theirs))

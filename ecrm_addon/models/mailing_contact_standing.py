from odoo import api, fields, models
from odoo.fields import Domain

from .nullable import NullableFloat

#: What the contact with the same address shows, under the same name.
STANDING_FIELDS = ("ecrm_tier_id", "ecrm_segment_id", "ecrm_loyalty_score")


def _standing_field(kind, name, *args, **kwargs):
    """Return a field that shows what the contact with the recipient's address has."""
    return kind(
        *args,
        compute="_compute_ecrm_standing",
        search=lambda self, operator, value: self._search_ecrm_standing(name, operator, value),
        groups="ecrm_addon.group_ecrm_user",
        help="That of the contact with the same address; empty where there is none.",
        **kwargs,
    )


class MailingContact(models.Model):
    """Recipients of mailing lists can be chosen by how they stand as customers."""

    _inherit = "mailing.contact"

    ecrm_tier_id = _standing_field(
        fields.Many2one, "ecrm_tier_id", "ecrm.tier", string="Loyalty Tier"
    )
    ecrm_segment_id = _standing_field(
        fields.Many2one, "ecrm_segment_id", "ecrm.segment", string="Customer Segment"
    )
    ecrm_loyalty_score = _standing_field(
        NullableFloat, "ecrm_loyalty_score", "Loyalty Score", digits=(16, 0)
    )

    @api.depends("email_normalized")
    @api.depends_context("company")
    def _compute_ecrm_standing(self):
        """Of several contacts with one address the best customer counts."""
        addresses = [address for address in self.mapped("email_normalized") if address]
        partners = self.env["res.partner"].search(
            [("email_normalized", "in", addresses), ("ecrm_profile_id", "!=", False)],
            order="ecrm_loyalty_score desc, id",
        )
        best = {}
        for partner in partners:
            best.setdefault(partner.email_normalized, partner)
        for recipient in self:
            partner = best.get(recipient.email_normalized, partners.browse())
            for name in STANDING_FIELDS:
                recipient[name] = partner[name]

    def _search_ecrm_standing(self, name, operator, value):
        """Find recipients by their contacts; who has none is found as empty."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented  # Odoo asks for the opposite then
        if operator != "in":
            return self._ecrm_of_contacts(Domain(name, operator, value))
        wanted = [item for item in value if item is not False]
        domain = self._ecrm_of_contacts(Domain(name, "in", wanted))
        if len(wanted) < len(value):
            domain |= ~self._ecrm_of_contacts(Domain(name, "!=", False))
        return domain

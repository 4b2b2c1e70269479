from odoo import api, models

from odoo.addons.ecrm_addon.models.nullable import NullableFloat


class ResPartner(models.Model):
    _inherit = "res.partner"

    ecrm_loyalty_points = NullableFloat(
        "Loyalty Points",
        compute="_compute_ecrm_loyalty_points",
        digits=(16, 2),
        groups="ecrm_addon.group_ecrm_user",
        help="Points on the loyalty cards of all contacts of this customer.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_ecrm_loyalty_points(self):
        """Sum the cards of the customers in the current company; empty without a card."""
        # sudo: who reads the profile of a customer need not have rights on programs
        rows = (
            self.env["loyalty.card"]
            .sudo()
            ._read_group(
                [
                    ("program_id.program_type", "=", "loyalty"),
                    ("company_id", "in", [self.env.company.id, False]),
                    ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ],
                ["partner_id"],
                ["points:sum"],
            )
        )
        points = {}
        for partner, total in rows:
            customer = partner.commercial_partner_id.id
            points[customer] = points.get(customer, 0) + total
        for partner in self:
            partner.ecrm_loyalty_points = points.get(
                partner.commercial_partner_id._origin.id, False
            )

    def _inverse_product_pricelist(self):
        """Keep the country's pricelist where somebody chose it instead of the tier's.

        Odoo stores nothing for the one that the country gives anyway; the tier would win.
        """
        chosen = {partner: partner.property_product_pricelist for partner in self}
        result = super()._inverse_product_pricelist()
        by_tier = self.env["product.pricelist"]._ecrm_tier_pricelists(self.ids)
        for partner, pricelist in chosen.items():
            if pricelist and by_tier.get(partner.id, pricelist) != pricelist:
                partner.specific_property_product_pricelist = pricelist
        return result

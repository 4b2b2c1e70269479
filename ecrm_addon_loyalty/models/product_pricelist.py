from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """Put the pricelist of the tier between that of the contact and that of the country."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        by_partner = self._ecrm_tier_pricelists(list(result))
        return {**result, **by_partner} if by_partner else result

    @api.model
    @api.private
    def _ecrm_tier_pricelists(self, partner_ids):
        """Return what contacts get by their customer's tier in the current company.

        :param list partner_ids: any contacts; those with a pricelist of their own are left out
        :return dict[int, product.pricelist]: by contact
        """
        # sudo: what a tier brings is for everybody who sells or buys
        tiers_sudo = self.env["ecrm.tier"].sudo().with_context(active_test=False)
        if not partner_ids or not tiers_sudo.search_count([("pricelist_id", "!=", False)], limit=1):
            return {}
        partners = self.env["res.partner"].browse(partner_ids)
        tiers = tiers_sudo._by_customer(partners.commercial_partner_id, self.env.company)
        found = {}
        for partner in partners:
            own = partner.specific_property_product_pricelist
            tier = tiers.get(partner.commercial_partner_id._origin.id)
            if not tier or own._get_partner_pricelist_multi_filter_hook():
                continue
            # with the rights of whoever asks, as Odoo's own
            pricelist = self.browse(tier.pricelist_id.id)
            if self._ecrm_fits(pricelist):
                found[partner.id] = pricelist
        return found

    def _ecrm_fits(self, pricelist):
        """Tell whether a pricelist may be used in the current company, and on this website."""
        fitting = pricelist._get_partner_pricelist_multi_filter_hook()
        return bool(fitting) and fitting.company_id <= self.env.company

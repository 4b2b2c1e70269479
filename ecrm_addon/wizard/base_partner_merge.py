from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Write the move of the identities down, and let the profile be made anew.

        Odoo moves the identities by their foreign key. It would delete the profiles that
        break the key of company and contact; they are derived, so we do it ourselves.
        """
        # sudo: whoever may merge contacts need not have rights in eCRM
        env_sudo = self.sudo().env
        identities = env_sudo["ecrm.identity"].search([("partner_id", "in", src_partners.ids)])
        env_sudo["ecrm.identity.link"]._record(identities, dst_partner, "merged", "contact_merge")
        env_sudo["ecrm.profile"].search([("partner_id", "in", src_partners.ids)]).unlink()
        env_sudo["ecrm.email.profile"].search([("partner_id", "in", src_partners.ids)]).unlink()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        remaining = self.env["res.partner"].browse(partner_ids).exists()
        # users got their new contact by SQL, which no cache was told of
        self.env.registry.clear_cache()
        # sudo: as above
        self.env["website.visitor"].sudo()._ecrm_join(remaining)
        self.env["ecrm.pipeline"]._refresh(remaining)
        return result

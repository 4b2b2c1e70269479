from odoo import api, models

from .crm_lead_scoring import BAND


class EcrmProfile(models.Model):
    _inherit = "ecrm.profile"

    @api.model
    @api.private
    def _forget_unprofiled(self, partners):
        """Forget also the band that leads kept of who objects to profiles, closed ones too."""
        done = super()._forget_unprofiled(partners)
        objectors = partners & self.env["ecrm.consent"]._objectors()
        # sudo: whoever objects need not see the leads
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads_sudo.search([("partner_id", "in", objectors.ids), (BAND, "!=", False)])[BAND] = False
        return done

from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    @api.private
    def _ecrm_public_ids(self):
        """Return the ids of contacts that stand for nobody: the websites' public users."""
        # sudo: users are not readable for everybody; only ids come out
        users_sudo = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("group_ids", "in", self.env.ref("base.group_public").id)])
        )
        return users_sudo.partner_id.ids

from odoo import api, fields, models


class ResCompany(models.Model):
    """Who answers what people ask for by the law."""

    _inherit = "res.company"

    ecrm_privacy_user_id = fields.Many2one(
        "res.users",
        "Privacy Requests are assigned to",
        domain="[('share', '=', False)]",
        help="Such as the data-protection officer. Empty: the first eCRM manager of the company.",
        groups="base.group_user",
    )

    @api.private
    def _ecrm_privacy_user(self):
        """Return who gets new privacy requests of a company; empty where there is nobody."""
        # sudo: whoever asks need not see who answers
        company_sudo = self.sudo()
        chosen = company_sudo.ecrm_privacy_user_id
        if chosen.active:
            return chosen
        return company_sudo.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref("ecrm_addon.group_ecrm_manager").ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
                ("id", "!=", self.env.ref("base.user_root").id),
            ],
            order="id",
            limit=1,
        )

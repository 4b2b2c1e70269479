from odoo import api, models, tools
from odoo.http import request

#: What Odoo asks for after the password, see ``_mfa_type``.
SECOND_FACTORS = {"totp", "totp_mail"}


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    @api.private
    @tools.ormcache("user_id")
    def _ecrm_visitor_of(self, user_id):
        """Return who a logged-in visitor is, without a query for each request.

        :param int user_id: of the web session
        :return tuple[int, bool]: id of the contact, and whether it is a customer's login
        """
        user_sudo = self.sudo().browse(user_id).exists()  # visitors may not read users
        return user_sudo.partner_id.id, bool(user_sudo) and user_sudo.share

    def _get_invalidation_fields(self):
        return super()._get_invalidation_fields() | {"partner_id"}

    def authenticate(self, credential, user_agent_env):
        """Note that the browser's anonymous visit was this person's, see ``ecrm.visit``."""
        auth_info = super().authenticate(credential, user_agent_env)
        user_id = auth_info.get("uid")
        # a password alone is no login where a second factor is asked for
        is_whole = user_id and (
            auth_info.get("mfa") == "skip" or not self.browse(user_id).sudo()._mfa_url()
        )
        if request and request.env and is_whole:
            self.env["ecrm.visit"]._note_login(user_id)
        return auth_info

    def _check_credentials(self, credential, env):
        """Note a login that is whole only with its second factor."""
        auth_info = super()._check_credentials(credential, env)
        if request and request.env and credential.get("type") in SECOND_FACTORS:
            self.env["ecrm.visit"]._note_login(auth_info["uid"])
        return auth_info

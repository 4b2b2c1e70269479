from odoo import api, models, tools


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

from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _prepare_sale_order_values(self, partner_sudo):
        """Begin a cart with the visit in which it is begun."""
        values = super()._prepare_sale_order_values(partner_sudo)
        session_key = self.env["ecrm.visit"].session_key()
        if session_key:
            values["ecrm_session_key"] = session_key
        return values

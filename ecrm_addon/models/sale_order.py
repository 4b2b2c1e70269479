from odoo import fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_ecrm_journey(self):
        """Stat button: what the customer did up to this order, and what became of it."""
        self.ensure_one()
        identities = self.env["ecrm.timeline"]._identities(self.partner_id.commercial_partner_id)
        before = Domain("identity_id", "in", identities.ids) & Domain(
            "occurred_at", "<=", fields.Datetime.to_string(self.date_order or fields.Datetime.now())
        )
        own = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        return self.env["ecrm.touchpoint"]._action_list(
            self.env._("Journey to %s", self.display_name), before | own
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _action_confirm(self):
        result = super()._action_confirm()
        self.env["ecrm.pipeline"]._refresh(self.partner_id, records=self)
        return result

    def _action_cancel(self):
        # what was never confirmed changes no figure of the customer
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super()._action_cancel()
        self.env["ecrm.pipeline"]._refresh(confirmed.partner_id, records=confirmed)
        return result

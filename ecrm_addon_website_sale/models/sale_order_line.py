from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _ecrm_is_reward(self):
        """Return whether a loyalty program put the line here."""
        return "reward_id" in self._fields and bool(self.reward_id)

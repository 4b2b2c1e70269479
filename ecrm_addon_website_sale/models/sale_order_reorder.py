from collections import defaultdict

from odoo import models
from odoo.tools.misc import formatLang


class SaleOrder(models.Model):
    """A cart into which lines of former orders go."""

    _inherit = "sale.order"

    def _ecrm_quantities(self, product=None):
        """Return how much is in the cart of each product, in its own unit; parts of combos apart.

        :param product.product product: the only one that is asked for; None for all
        :return dict: product id -> quantity
        """
        quantities = defaultdict(float)
        for line in self.order_line:
            own = line.product_id
            if not line.combo_item_id and product in (None, own):
                unit, quantity = line.product_uom_id, line.product_uom_qty
                quantities[own.id] += unit._compute_quantity(quantity, own.uom_id, round=False)
        return quantities

    def _ecrm_tell_added(self, line, asked, got):
        """Return in words what differs from what was asked for; "" where nothing does.

        :param sale.order.line line: of a former order
        :param int asked: how much should go into the cart, in the unit of the line
        :param float got: how much went there, in the product's own unit
        """
        unit = line._ecrm_reorder_unit()
        got = line.product_id.uom_id._compute_quantity(got, unit, round=False)
        if unit.compare(got, asked) >= 0:
            return ""
        if got > 0:
            return self.env._(
                "only %(got)s of %(asked)s are available",
                got=self._ecrm_format(got),
                asked=self._ecrm_format(asked),
            )
        if self._ecrm_quantities(line.product_id)[line.product_id.id]:
            return self.env._("no more are available than are in your cart")
        return self.env._("out of stock")

    def _ecrm_format(self, quantity):
        """Return a quantity as people write it, without decimals that say nothing."""
        digits = 0 if float(quantity).is_integer() else 2
        return formatLang(self.env, quantity, digits=digits)

from math import ceil

from odoo import models
from odoo.tools import float_round

#: Digits that decide whether a quantity is a whole number: 3.0000001 is 3.
DIGITS = 5


class SaleOrderLine(models.Model):
    """What can be ordered once more, what cannot and why."""

    _inherit = "sale.order.line"

    def _is_reorder_allowed(self):
        """Refuse where the shop would put another variant into the cart, and say nothing."""
        return super()._is_reorder_allowed() and not self._ecrm_lost_values()

    def _ecrm_chosen(self):
        """Return the lines that the customer chose: neither headings, fees nor rewards."""
        return self.filtered(
            lambda line: (
                line.product_id
                and line.product_uom_qty > 0
                and not line.is_downpayment
                and line._show_in_cart()
                and not line._ecrm_is_reward()
            )
        )

    def _ecrm_lost_values(self):
        """Return the attribute values of the line with which the product is not made any more."""
        self.ensure_one()
        values = (
            self.product_id.product_template_attribute_value_ids
            | self.product_no_variant_attribute_value_ids
        )
        lost = values.filtered(
            lambda value: not value.ptav_active or not value.attribute_line_id.active
        )
        if not values or lost:
            return lost
        # what the cart would make of it, see sale.order._prepare_order_line_values
        closest = self.product_id.product_tmpl_id._get_closest_possible_combination(values)
        return values - closest

    # ------------------------------------------------------------
    # WHY NOT
    # ------------------------------------------------------------

    def _ecrm_reorder_problem(self, website):
        """Return why the line cannot be ordered again, in words; "" where it can.

        What is in stock shows when it is put into the cart.

        :param website website: on which it would be ordered, by the user of the environment
        """
        self.ensure_one()
        product = self.product_id
        if not product.product_tmpl_id.active:
            return self.env._("no longer in our range")
        lost = self._ecrm_lost_values()
        if lost or not product.active:
            return self._ecrm_tell_lost(lost)
        if not product.sale_ok:
            return self.env._("no longer sold")
        if not self._ecrm_is_on_website(website):
            return self.env._("not on offer in this shop at present")
        if website.prevent_zero_price_sale and not product._get_contextual_price():
            return self.env._("without a price at present, please ask us")
        if not self._is_reorder_allowed():
            return self.env._("to be chosen anew on its own page")
        return self._ecrm_combo_problem()

    def _ecrm_is_on_website(self, website):
        template = self.product_id.product_tmpl_id
        return (
            template.is_published
            and template.website_id in (website, website.browse())
            and template.company_id in (website.company_id, website.company_id.browse())
        )

    def _ecrm_tell_lost(self, lost):
        names = ", ".join(lost.mapped("display_name"))
        if names:
            return self.env._("no longer available in this version (%s)", names)
        return self.env._("no longer available in this version")

    def _ecrm_combo_problem(self):
        for part in self.linked_line_ids.filtered("combo_item_id"):
            still_there = part.combo_item_id in self.product_id.combo_ids.combo_item_ids
            if not still_there or not part.product_id.active or part._ecrm_lost_values():
                return self.env._("no longer available with %s", part.name_short)
        return ""

    # ------------------------------------------------------------
    # WHAT GOES INTO THE CART
    # ------------------------------------------------------------

    def _ecrm_reorder_unit(self):
        """Return the unit in which the line is ordered again: as before, if it is still sold."""
        product = self.product_id
        same = self.product_uom_id in product.uom_id | product.uom_ids
        return self.product_uom_id if same else product.uom_id

    def _ecrm_reorder_quantity(self):
        """Return how much of it is ordered again: the shop sells whole numbers, never less."""
        return ceil(self._ecrm_former_quantity())

    def _ecrm_former_quantity(self):
        unit = self._ecrm_reorder_unit()
        quantity = self.product_uom_id._compute_quantity(self.product_uom_qty, unit, round=False)
        return float_round(quantity, precision_digits=DIGITS)

    def _ecrm_tell_rounded(self, asked):
        """Return in words that more is ordered than before; "" where it is as much."""
        former = self._ecrm_former_quantity()
        if former == asked:
            return ""
        return self.env._(
            "%(now)s, not %(before)s as before: we sell whole numbers",
            now=self.order_id._ecrm_format(asked),
            before=self.order_id._ecrm_format(former),
        )

    def _ecrm_reorder_values(self, quantity):
        """Return what the shop is asked to put into the cart, see ``Cart.add_to_cart``."""
        is_combo = self.product_id.type == "combo"
        parts = self.linked_line_ids.filtered("combo_item_id") if is_combo else self.browse()
        return {
            **self._ecrm_choice(),
            "quantity": quantity,
            "uom_id": self._ecrm_reorder_unit().id,
            "linked_products": [
                {
                    **part._ecrm_choice(),
                    "quantity": quantity,
                    "combo_item_id": part.combo_item_id.id,
                    "parent_product_template_id": self.product_id.product_tmpl_id.id,
                }
                for part in parts
            ],
        }

    def _ecrm_choice(self):
        """Return product and attribute values of the line."""
        return {
            "product_id": self.product_id.id,
            "product_template_id": self.product_id.product_tmpl_id.id,
            "no_variant_attribute_value_ids": self.product_no_variant_attribute_value_ids.ids,
            "product_custom_attribute_values": [
                {
                    "custom_product_template_attribute_value_id": (
                        custom.custom_product_template_attribute_value_id.id
                    ),
                    "custom_value": custom.custom_value,
                }
                for custom in self.product_custom_attribute_value_ids
            ],
        }

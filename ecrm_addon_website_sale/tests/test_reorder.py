from lxml import html

from odoo.fields import Command
from odoo.tools import mute_logger

from ..controllers.reorder import MOST_ADDED
from .again_case import AgainCase


class TestReorder(AgainCase):
    # ------------------------------------------------------------
    # WHAT GOES INTO THE CART
    # ------------------------------------------------------------

    def test_everything_at_todays_price(self):
        order = self._order(self.ada, {self.tea: 2, self.cup: 1})
        self.tea.list_price = 99
        self._login(self.ada)
        answer = self._reorder(order)
        self.assertEqual(answer.url, f"{self.base_url()}/shop/cart")
        self.assertIn(f"2 products were put into your cart from order {order.name}", answer.text)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 2, "Cup": 1})
        cart = self.env["sale.order"].search([("partner_id", "=", self.ada.id)], limit=1)
        self.assertEqual(cart.order_line[0].price_unit, 99)

    def test_told_once(self):
        self._login(self.ada)
        self._reorder(self._order(self.ada, {self.tea: 2}))
        self.assertFalse(self._told(self.url_open("/shop/cart")))

    def test_what_cannot_be_bought_is_said(self):
        order = self._order(self.ada, {self.tea: 1, self.cup: 1, self.pot: 1, self.tin: 3})
        self.cup.is_published = False
        self.pot.active = False
        self.tea.sale_ok = False
        self._login(self.ada)
        told = self._told(self._reorder(order), "o_ecrm_missing")
        self.assertIn("Tea: no longer sold", told)
        self.assertIn("Cup: not on offer in this shop at present", told)
        self.assertIn("Pot: no longer", told)
        self.assertNotIn("Tin", told)
        self.assertEqual(self._in_cart(self.ada), {"Tin": 3})

    def test_nothing_can_be_bought(self):
        order = self._order(self.ada, {self.tea: 1})
        self.tea.product_tmpl_id.active = False
        self._login(self.ada)
        told = self._told(self._reorder(order))
        self.assertIn("Nothing was put into your cart", told)
        self.assertIn("Tea: no longer in our range", told)
        self.assertFalse(self._in_cart(self.ada))

    def test_without_a_price(self):
        self.website.prevent_zero_price_sale = True
        order = self._order(self.ada, {self.tea: 1, self.cup: 1})
        self.tea.list_price = 0
        self._login(self.ada)
        self.assertIn("Tea: without a price", self._told(self._reorder(order)))
        self.assertEqual(self._in_cart(self.ada), {"Cup": 1})

    def test_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self.tea.uom_ids = dozen
        order = self._order(self.ada, {self.tea: 2}, product_uom_id=dozen.id)
        self._login(self.ada)
        self._reorder(order)
        cart = self.env["sale.order"].search([("partner_id", "=", self.ada.id)], limit=1)
        self.assertEqual(cart.order_line.product_uom_id, dozen)
        self.assertEqual(cart.order_line.product_uom_qty, 2)

    def test_unit_that_is_not_sold_any_more(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(self.ada, {self.tea: 2}, product_uom_id=dozen.id)
        self._login(self.ada)
        self._reorder(order)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 24})

    def test_part_of_a_unit(self):
        self.tea.uom_id = self.env.ref("uom.product_uom_kgm")
        order = self._order(self.ada, {self.tea: 2.5})
        self._login(self.ada)
        told = self._told(self._reorder(order), "o_ecrm_changed")
        self.assertIn("Tea: 3, not 2.50 as before", told)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 3})

    def test_long_order_goes_there_in_parts(self):
        products = self.env["product.product"].create(
            [self._product(f"Tea {number}") for number in range(MOST_ADDED + 2)]
        )
        order = self._order(self.ada, dict.fromkeys(products, 1))
        token = order._portal_ensure_token()
        self._login(self.ada)
        answer = self._reorder(order, access_token=token)
        self.assertEqual(len(self._in_cart(self.ada)), MOST_ADDED)
        self.assertIn("2 more of its lines wait", self._told(answer))
        (form,) = html.fromstring(answer.text).xpath("//form[contains(@class, 'o_ecrm_rest')]")
        answer = self.url_open(form.action, data=dict(form.fields))
        self.assertEqual(self._in_cart(self.ada), {product.name: 1 for product in products})
        self.assertIn("2 products were put into your cart", self._told(answer))
        self.assertNotIn("wait", self._told(answer))

    # ------------------------------------------------------------
    # VARIANTS
    # ------------------------------------------------------------

    def _make_variants(self, create_variant="always"):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "create_variant": create_variant,
                "value_ids": [Command.create({"name": name}) for name in ("Red", "Blue", "Green")],
            }
        )
        template = self.env["product.template"].create(self._product("Mug"))
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        return template, attribute

    def test_variant_that_is_gone(self):
        template, attribute = self._make_variants()
        order = self._order(self.ada, {template.product_variant_ids[0]: 1, self.tea: 1})
        template.attribute_line_ids.value_ids = attribute.value_ids[1:]
        self._login(self.ada)
        told = self._told(self._reorder(order), "o_ecrm_missing")
        self.assertIn("no longer available in this version", told)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 1})

    def test_attribute_that_is_gone_brings_no_other_one(self):
        template, attribute = self._make_variants("no_variant")
        red, blue = template.attribute_line_ids.product_template_value_ids[:2]
        product = template.product_variant_id
        values = {"product_no_variant_attribute_value_ids": [Command.set(red.ids)]}
        order = self._order(self.ada, {product: 1}, **values)
        template.attribute_line_ids.value_ids = attribute.value_ids[1:]
        self.assertFalse(order.order_line._ecrm_lost_values() & blue)
        self._login(self.ada)
        told = self._told(self._reorder(order), "o_ecrm_missing")
        self.assertIn("no longer available in this version (Colour: Red)", told)
        self.assertFalse(self._in_cart(self.ada))

    def test_attributes_come_along(self):
        template, _attribute = self._make_variants("no_variant")
        blue = template.attribute_line_ids.product_template_value_ids[1]
        values = {"product_no_variant_attribute_value_ids": [Command.set(blue.ids)]}
        order = self._order(self.ada, {template.product_variant_id: 1}, **values)
        self._login(self.ada)
        self._reorder(order)
        cart = self.env["sale.order"].search([("partner_id", "=", self.ada.id)], limit=1)
        self.assertEqual(cart.order_line.product_no_variant_attribute_value_ids, blue)

    # ------------------------------------------------------------
    # STOCK
    # ------------------------------------------------------------

    def _stock(self, product, quantity):
        if "stock.quant" not in self.env:
            self.skipTest("without stock everything is there")
        product.product_tmpl_id.write({"is_storable": True, "allow_out_of_stock_order": False})
        location = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        if quantity:
            self.env["stock.quant"]._update_available_quantity(product, location, quantity)

    def test_stock(self):
        self._stock(self.tea, 3)
        self._stock(self.cup, 0)
        order = self._order(self.ada, {self.pot: 1})
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": 5})
            for product in (self.tea, self.cup)
        ]
        order.picking_ids.action_cancel()
        self._login(self.ada)
        told = self._told(self._reorder(order))
        self.assertIn("Cup: out of stock", told)
        self.assertIn("Tea: only 3 of 5 are available", told)
        self.assertEqual(self._in_cart(self.ada), {"Pot": 1, "Tea": 3})
        told = self._told(self._reorder(order))
        self.assertIn("Tea: no more are available than are in your cart", told)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_a_colleagues_order_as_odoo_shows_it(self):
        order = self._order(self.bob, {self.tea: 2})
        self._login(self.ada)
        self._reorder(order)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 2})

    def test_foreign_orders_are_not_found(self):
        order, own = self._order(self.ada, {self.tea: 2}), self._order(self.eve, {self.cup: 1})
        order._portal_ensure_token()
        self._login(self.eve)
        for token in (None, "", "x" * 40, "é'; drop", own._portal_ensure_token()):
            values = {"access_token": token} if token is not None else {}
            self.assertEqual(self._reorder(order, **values).status_code, 404, token)
        for number in (0, 10**8, 10**30):
            answer = self._submit(f"/my/orders/{number}/reorder")
            self.assertEqual(answer.status_code, 404, number)
        self.assertFalse(self._in_cart(self.eve))

    def test_by_the_link_of_the_order(self):
        order = self._order(self.ada, {self.tea: 2})
        token = order._portal_ensure_token()
        page = f"/my/orders/{order.id}?access_token={token}"
        answer = self._reorder(order, from_path=page, access_token=token)
        self.assertIn("One product was put into your cart", self._told(answer))

    def test_no_request_from_elsewhere(self):
        order = self._order(self.ada, {self.tea: 2})
        self._login(self.ada)
        with mute_logger("odoo.http"):
            answer = self._reorder(order, token=False)
            self.assertEqual(answer.status_code, 400)
            answer = self._reorder(order, token=False, csrf_token="0" * 40 + "o9999999999")
            self.assertEqual(answer.status_code, 400)
        answer = self.url_open(f"/my/orders/{order.id}/reorder")
        self.assertIn(answer.status_code, (404, 405))
        self.assertFalse(self._in_cart(self.ada))

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def test_buttons(self):
        order = self._order(self.ada, {self.tea: 2})
        self._login(self.ada)
        for path in ("/my/orders", f"/my/orders/{order.id}"):
            page = self.url_open(path).text
            self.assertIn(f'action="/my/orders/{order.id}/reorder"', page, path)
        self.assertNotIn("data-sale-order-id", page)  # else Odoo's script orders, too

    def test_list_costs_no_more_with_more_orders(self):
        self._login(self.ada)
        self._order(self.ada, {self.tea: 2, self.cup: 1})
        few = self._queries("/my/orders")
        for _number in range(8):
            self._order(self.ada, {self.tea: 2, self.cup: 1})
        # Odoo itself gives each order a token
        self.assertLessEqual(self._queries("/my/orders"), few)

    def test_odoos_own_door_says_what_it_leaves_out(self):
        order = self._order(self.ada, {self.tea: 1, self.cup: 1})
        self.cup.sale_ok = False
        self._login(self.ada)
        answer = self.make_jsonrpc_request("/my/orders/reorder", {"order_id": order.id})
        self.assertEqual(answer["cart_quantity"], 1)
        told = self._told(self.url_open("/shop/cart"))
        self.assertIn("Cup: no longer sold", told)
        self.assertIn("One product was put into your cart", told)

    def test_names_are_shown_as_text(self):
        self.tea.name = "<script>alert(1)</script>"
        order = self._order(self.ada, {self.tea: 1})
        self.tea.sale_ok = False
        self._login(self.ada)
        self.assertNotIn("<script>alert(1)", self._reorder(order).text)

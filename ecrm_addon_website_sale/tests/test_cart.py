from odoo import Command
from odoo.tests import new_test_user
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .shop_case import ShopCase


class TestCart(ShopCase):
    def test_each_act_is_told(self):
        self._agree()
        self._add(self.tea, 2)
        line = self._cart().order_line
        self._add(self.tea, 3)
        self._update(line, 4)
        self._update(line, 6)
        self._update(line, 0)
        self.assertEqual(
            self._events(),
            [
                ("web.cart_add", "Tea", 2),
                ("web.cart_add", "Tea", 3),
                ("web.cart_update", "Tea", 4),
                ("web.cart_update", "Tea", 6),
                ("web.cart_remove", "Tea", 6),
            ],
        )

    def test_event_says_who_where_and_what(self):
        self._agree()
        self.url_open(
            "/shop/cart/add",
            json={
                "params": {
                    "product_template_id": self.tea.product_tmpl_id.id,
                    "product_id": self.tea.id,
                }
            },
            headers={"Referer": f"{self.base_url()}/shop/tea?access_token=secret"},
        )
        event = self._new("ecrm.touchpoint", ("kind", "=", "web.cart_add"))
        page = self._new("ecrm.touchpoint", ("kind", "=", "web.page"))
        self.assertEqual((event.res_model, event.res_id), ("product.product", self.tea.id))
        self.assertEqual(event.session_key, self._session_key())
        self.assertEqual(event.identity_id, page.identity_id)
        self.assertEqual(event.consent_id, page.consent_id)
        self.assertEqual(event.website_id, self.website)
        self.assertEqual(event.company_id, self.website.company_id)
        self.assertEqual((event.channel, event.verdict), ("web", "human"))
        self.assertEqual(event.path, "/shop/tea")
        self.assertEqual(event.props, {"product": self.tea.id, "name": "Tea", "quantity": 1})

    def test_the_visitor_shows_the_open_cart(self):
        self._agree()
        self._add(self.tea, 3)
        self.env["ecrm.pipeline"].run_now()
        identity = self._new("ecrm.touchpoint", ("kind", "=", "web.page")).identity_id
        visitor = self.env["ecrm.visitor"].browse(identity.id)
        self.assertEqual(visitor.cart_value, self._cart().amount_untaxed)
        self._cart().action_confirm()
        visitor.invalidate_recordset()
        self.assertFalse(visitor.cart_value)

    def test_quantity_that_does_not_change_is_no_act(self):
        self._agree()
        self._add(self.tea, 2)
        self._update(self._cart().order_line, 2)
        self.assertEqual(self._events(), [("web.cart_add", "Tea", 2)])

    def test_linked_products_are_told_at_once(self):
        self._agree()
        self._add(
            self.tea,
            linked_products=[
                {
                    "product_template_id": self.cup.product_tmpl_id.id,
                    "product_id": self.cup.id,
                    "parent_product_template_id": self.tea.product_tmpl_id.id,
                    "quantity": 2,
                    "product_custom_attribute_values": [],
                    "no_variant_attribute_value_ids": [],
                }
            ],
        )
        self.assertEqual(
            sorted(self._events()), [("web.cart_add", "Cup", 2), ("web.cart_add", "Tea", 1)]
        )
        # the optional product goes with the product that it belongs to
        line = self._cart().order_line.filtered(lambda line: line.product_id == self.tea)
        self._update(line, 0)
        self.assertEqual(
            sorted(self._events("web.cart_remove")),
            [("web.cart_remove", "Cup", 2), ("web.cart_remove", "Tea", 1)],
        )

    def test_combo_is_told_without_its_parts(self):
        choice = self.env["product.combo"].create(
            {"name": "Drink", "combo_item_ids": [Command.create({"product_id": self.tea.id})]}
        )
        combo = self.env["product.product"].create(
            {
                "name": "Breakfast",
                "type": "combo",
                "list_price": 12,
                "is_published": True,
                "combo_ids": [Command.set(choice.ids)],
            }
        )
        self._agree()
        self._add(
            combo,
            2,
            linked_products=[
                {
                    "product_template_id": self.tea.product_tmpl_id.id,
                    "product_id": self.tea.id,
                    "combo_item_id": choice.combo_item_ids.id,
                    "parent_product_template_id": combo.product_tmpl_id.id,
                    "quantity": 2,
                    "product_custom_attribute_values": [],
                    "no_variant_attribute_value_ids": [],
                }
            ],
        )
        self.assertEqual(len(self._cart().order_line), 2)
        self._update(self._cart().order_line.filtered(lambda line: line.product_id == combo), 3)
        self.assertEqual(
            self._events(),
            [("web.cart_add", "Breakfast", 2), ("web.cart_update", "Breakfast", 3)],
        )

    def test_gift_of_a_loyalty_program_is_no_act(self):
        if "loyalty.program" not in self.env:
            self.skipTest("loyalty is not installed")
        self.env["loyalty.program"].create(
            {
                "name": "A cup for free",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create({"reward_type": "product", "reward_product_id": self.cup.id})
                ],
            }
        )
        self._agree()
        self._add(self.tea)
        self.assertEqual(self._cart().order_line.product_id, self.tea | self.cup)
        self.assertEqual(self._events(), [("web.cart_add", "Tea", 1)])

    def test_nothing_of_who_did_not_agree(self):
        self._add(self.tea)
        self.assertFalse(self._events())
        self.assertFalse(self._cart().ecrm_session_key)
        self.assertNotIn("ecrm_sid", self.opener.cookies)

    def test_nothing_of_who_objects(self):
        self._agree()
        self.opener.headers["Sec-GPC"] = "1"
        self._add(self.tea)
        self.assertFalse(self._events())
        self.assertFalse(self._cart().ecrm_session_key)

    def test_nothing_after_the_consent_was_withdrawn(self):
        self._agree()
        consent = self._new("ecrm.consent", ("state", "=", "granted"))
        consent.withdraw("hand")
        self._add(self.tea)
        self.assertFalse(self._events())
        self.assertFalse(self._cart().ecrm_session_key)

    def test_nothing_of_employees(self):
        self._agree()
        new_test_user(self.env, "ecrm_clerk", "base.group_user")
        self._log_in("ecrm_clerk")
        self._add(self.tea)
        self.assertTrue(self._cart().order_line)
        self.assertFalse(self._events())

    def test_nothing_where_only_counts_are_kept(self):
        self._agree()
        self.website.ecrm_tracking = "anonymous"
        self._add(self.tea)
        self.assertFalse(self._events())

    def test_customer_who_logs_in_is_told_as_such(self):
        self._agree()
        user = new_test_user(self.env, "ecrm_customer", "base.group_portal")
        self._log_in("ecrm_customer")
        self._add(self.tea)
        self.env["ecrm.pipeline"].run_now()
        event = self._new("ecrm.touchpoint", ("kind", "=", "web.cart_add"))
        self.assertEqual(event.partner_id, user.partner_id)
        self.assertEqual(event.session_key, self._session_key())

    def test_act_that_is_rolled_back_is_not_told(self):
        self._agree()
        self._add(self.tea)
        with mute_logger("odoo.http"):
            # the line is written, then the part of a combo that is none stops it all
            with self.assertRaises(JsonRpcException):
                self._add(self.cup, linked_products=[{"product_id": 0, "quantity": 1}])
        self.assertEqual(self._cart().order_line.product_id, self.tea)
        self.assertEqual(self._events(), [("web.cart_add", "Tea", 1)])

    def test_fault_of_ours_does_not_stop_the_cart(self):
        self._agree()
        # the log is broken, as it may be in the middle of a bad upgrade
        self.env.cr.execute("ALTER TABLE ecrm_touchpoint_inbox RENAME TO ecrm_inbox_gone")
        with self.assertLogs("odoo.addons.ecrm_addon.models.ecrm_visit_record", "ERROR"):
            with mute_logger("odoo.sql_db"):
                self._add(self.tea)
        self.env.cr.execute("ALTER TABLE ecrm_inbox_gone RENAME TO ecrm_touchpoint_inbox")
        self.assertEqual(self._cart().order_line.product_id, self.tea)
        self.assertFalse(self._events())

    def test_visit_begins_without_a_tracker(self):
        self._agree()
        self.opener.cookies.pop("ecrm_sid")
        self._add(self.tea)
        name = self.opener.cookies["ecrm_sid"]
        self._add(self.cup)
        events = self._new("ecrm.touchpoint", ("kind", "=", "web.cart_add"))
        self.assertEqual(events.mapped("session_key"), [self._session_key(name)] * 2)
        self.assertEqual(self._cart().ecrm_session_key, self._session_key(name))

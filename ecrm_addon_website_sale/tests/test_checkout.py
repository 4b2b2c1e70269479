from odoo.addons.ecrm_addon.lib.tracking.event import derive_uid

from .shop_case import ShopCase


class TestCheckout(ShopCase):
    def _check_out(self):
        """Walk through the checkout as a guest, to the page of confirmation."""
        self.tea.list_price = 0  # nothing to pay, so that no provider is needed
        self._agree()
        self._beacon("web.search", term="tea", results=1)
        self._beacon("web.product", product=self.tea.id, name="Tea")
        self._add(self.tea, 2)
        order = self._cart()
        self.url_open("/shop/cart")
        self._submit_address()
        self.url_open("/shop/checkout")
        self.url_open("/shop/payment")
        self.url_open("/shop/payment/validate")
        self.assertEqual(order.state, "sale")
        return order

    def test_steps_are_told_once(self):
        self._agree()
        self._add(self.tea)
        for _time in range(2):
            self.url_open("/shop/cart")
            self.url_open("/shop/address")
        self.assertEqual(
            self._events("web.checkout"),
            [("web.checkout", "cart", None), ("web.checkout", "address", None)],
        )
        event = self._new("ecrm.touchpoint", ("kind", "=", "web.checkout"))[0]
        self.assertEqual((event.res_model, event.res_id), ("sale.order", self._cart().id))
        self.assertEqual(event.session_key, self._session_key())
        self.assertEqual(event.path, "/shop/address")

        self._begin_visit("visit-0002")
        self.url_open("/shop/cart")
        self.assertEqual(len(self._events("web.checkout")), 3)

    def test_nobody_tells_a_step_beforehand(self):
        """A visitor knows her visit and her cart, and yet not the id of a step of hers."""
        self._agree()
        self._add(self.tea)
        parts = ["web.checkout", self._session_key(), self._cart().id, "cart"]
        guesses = [derive_uid(parts), derive_uid(list(map(str, parts)))]
        for guess in guesses:
            self.assertEqual(self._beacon(uid=guess).status_code, 204)
        self.assertEqual(len(self._new("ecrm.touchpoint", ("uid", "in", guesses))), 2)
        self.url_open("/shop/cart")
        self.assertEqual(self._events("web.checkout"), [("web.checkout", "cart", None)])

    def test_empty_cart_is_no_step(self):
        self._agree()
        self.url_open("/shop/cart")
        self.url_open("/shop/checkout")
        self.assertFalse(self._events("web.checkout"))

    def test_guest_is_known_from_the_checkout_on(self):
        order = self._check_out()
        self.assertEqual(
            [step for _kind, step, _none in self._events("web.checkout")],
            ["cart", "address", "delivery", "payment", "confirmation"],
        )
        self.env["ecrm.pipeline"].run_now()
        customer = order.partner_id
        self.assertEqual(customer.name, "Ann Guest")
        browser = self._new("ecrm.identity", ("kind", "=", "device"))
        self.assertEqual(browser.partner_id, customer)
        self.assertEqual(browser.link_ids.mapped("evidence"), ["checkout"])
        history = self.env["ecrm.touchpoint"].get_timeline(customer.id)
        kinds = [event.get("kind") for event in reversed(history["rows"])]
        self.assertEqual(
            [kind for kind in kinds if kind and kind.startswith("web.")],
            ["web.page", "web.search", "web.product", "web.cart_add"] + ["web.checkout"] * 5,
        )
        # its instant is that of the transaction, which in a test is that of all requests
        self.assertIn("order.confirmed", kinds)

    def test_order_has_the_visit_that_made_it(self):
        order = self._check_out()
        self.env["ecrm.pipeline"].run_now()
        self.assertEqual(order.ecrm_session_key, self._session_key())
        confirmed = self._new("ecrm.touchpoint", ("kind", "=", "order.confirmed"))
        self.assertEqual(confirmed.session_key, self._session_key())
        self.assertEqual(confirmed.website_id, self.website)
        self.assertEqual(order.ecrm_session_id.session_key, self._session_key())
        self.assertEqual((order.ecrm_session_id.stage, order.ecrm_session_id.order_count), (4, 1))
        self.assertEqual(order.ecrm_session_id.partner_id, order.partner_id)
        action = order.action_view_ecrm_session()
        self.assertEqual(action["res_id"], order.ecrm_session_id.id)
        self.assertFalse(order.copy().ecrm_session_key)

    def test_last_visit_made_the_order(self):
        self.tea.list_price = 0
        self._agree()
        self._add(self.tea)
        order = self._cart()
        self.assertEqual(order.ecrm_session_key, self._session_key())
        self._begin_visit("visit-0002")
        self._submit_address()
        self.assertEqual(order.ecrm_session_key, self._session_key())
        self.url_open("/shop/checkout")
        self.url_open("/shop/payment/validate")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.ecrm_session_key, self._session_key("visit-0002"))

        # the page of the confirmation is opened again on another day
        self._begin_visit("visit-0003")
        self.assertIn(order.name, self.url_open("/shop/confirmation").text)
        self.assertEqual(order.ecrm_session_key, self._session_key("visit-0002"))
        key = ("session_key", "=", self._session_key("visit-0003"))
        steps = self._new("ecrm.touchpoint", ("kind", "=", "web.checkout"), key)
        self.assertFalse(steps)

    def test_visit_in_which_a_customer_pays_made_the_order(self):
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create(
            {
                "name": "Bank",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": method.ids,
            }
        )
        self._agree()
        self._add(self.tea)
        self._submit_address()
        order = self._cart()
        self._begin_visit("visit-0002")
        self.make_jsonrpc_request(
            f"/shop/payment/transaction/{order.id}",
            {
                "access_token": order._portal_ensure_token(),
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "token_id": None,
                "amount": order.amount_total,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/shop/payment/validate",
            },
        )
        self.assertEqual(self._events("web.checkout")[-1], ("web.checkout", "payment", None))
        self.assertEqual(order.ecrm_session_key, self._session_key("visit-0002"))
        # the provider tells of the payment, and nobody is visiting
        order.transaction_ids._set_done()
        order.transaction_ids._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.ecrm_session_key, self._session_key("visit-0002"))

    def test_order_that_an_employee_confirms_keeps_the_visit(self):
        self._agree()
        self._add(self.tea)
        order = self._cart()
        order.partner_id = self.env["res.partner"].create({"name": "Bob"})
        order.action_confirm()
        self.assertEqual(order.ecrm_session_key, self._session_key())

    def test_typed_address_of_somebody_known_links_nothing(self):
        known = self.env["res.partner"].create({"name": "Known", "email": "known@example.com"})
        self._agree()
        self._add(self.tea)
        self._submit_address(email="known@example.com")
        self.env["ecrm.pipeline"].run_now()
        self.assertNotEqual(self._cart().partner_id, known)
        identities = self._new("ecrm.identity", ("kind", "=", "device"))
        self.assertNotIn(known, identities.partner_id)

    def test_guest_who_did_not_agree_stays_unknown(self):
        self._add(self.tea)
        self._submit_address()
        self.env["ecrm.pipeline"].run_now()
        self.assertFalse(self._new("ecrm.identity", ("kind", "=", "device")))

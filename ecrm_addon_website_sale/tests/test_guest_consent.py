import json
import time

from odoo.tests import new_test_user
from odoo.tests.common import Opener

from .browser import AGENT
from .shop_case import ShopCase


class TestGuestConsent(ShopCase):
    """A guest who fills in her address first, and agrees to be known afterwards."""

    def setUp(self):
        super().setUp()
        self._add(self.tea)

    def _answer(self, accepted):
        """Answer the cookie bar, and nothing else."""
        choice = {"required": True, "optional": accepted, "ts": int(time.time() * 1000)}
        self.opener.cookies["website_cookies_bar"] = json.dumps(choice)
        return self._post("/ecrm/consent", {"state": "granted" if accepted else "refused"})

    def _digest(self):
        while self.env["ecrm.pipeline"]._digest():
            pass
        self.env.invalidate_all()

    def _browsers(self):
        self._digest()
        return self._new("ecrm.identity", ("kind", "=", "device"))

    def _evidence(self, browser):
        return [(line.action, line.evidence, line.partner_id) for line in browser.link_ids]

    def test_the_consent_links(self):
        self._submit_address()
        guest = self._cart().partner_id
        self.assertEqual(guest.name, "Ann Guest")
        self.assertFalse(self._browsers(), "nothing is recorded before the consent")
        self.assertFalse(self.env["ecrm.change"].search([("model", "=", "ecrm.checkout")]))
        self.assertEqual(self._answer(True).status_code, 204)
        browser = self._browsers()
        self.assertEqual(self._evidence(browser), [("linked", "checkout", guest)])
        self.assertEqual(browser.partner_id, guest)
        self._begin_visit("visit-0001")
        self._beacon("web.search", term="tea", results=1)
        self._digest()
        rows = self.env["ecrm.touchpoint"].get_timeline(guest.id)["rows"]
        self.assertIn("web.search", [row["kind"] for row in rows])

    def test_the_first_batch_is_a_consent_too(self):
        """The bar's script may not have reached us; its cookie says yes."""
        self._submit_address()
        self._agree()
        self.assertEqual(self._browsers().partner_id, self._cart().partner_id)

    def test_accepted_before_and_told_after(self):
        choice = {"required": True, "optional": True, "ts": int(time.time() * 1000)}
        self.opener.cookies["website_cookies_bar"] = json.dumps(choice)
        self._submit_address()
        self._begin_visit("visit-0001")
        self._beacon()
        self.assertEqual(self._browsers().partner_id, self._cart().partner_id)

    def test_after_the_order(self):
        """The bar is there until it is answered, and the cart is gone by then."""
        self.tea.list_price = 0
        order = self._cart()
        order._compute_amounts()
        self._submit_address()
        self.url_open("/shop/checkout")
        self.url_open("/shop/payment/validate")
        self.assertEqual(order.state, "sale")
        self._answer(True)
        self.assertEqual(self._browsers().partner_id, order.partner_id)

    def test_refused_before_the_address(self):
        self._answer(False)
        self._submit_address()
        self._answer(True)
        self.assertFalse(self._browsers().partner_id)

    def test_never_agreed(self):
        self._submit_address()
        self._answer(False)
        self.assertFalse(self._browsers())

    def test_an_objection(self):
        self.opener.headers["Sec-GPC"] = "1"
        self._submit_address()
        self._answer(True)
        self.assertFalse(self._browsers())
        del self.opener.headers["Sec-GPC"]
        self._answer(True)
        self.assertFalse(self._browsers().partner_id)

    def test_whoever_opens_the_cart_by_a_link(self):
        """A forwarded reminder shows the cart to somebody who did not fill in the address."""
        self._submit_address()
        order = self._cart()
        order._portal_ensure_token()
        self.env.flush_all()
        self.opener = Opener(self)
        self.opener.headers["User-Agent"] = AGENT
        self.url_open(
            f"/shop/cart?id={order.id}&access_token={order.access_token}&revive_method=squash"
        )
        self._answer(True)
        self._begin_visit("visit-0001")
        self._beacon()
        self.assertFalse(self._browsers().partner_id)

    def test_another_session(self):
        self._submit_address()
        self.opener.cookies.pop("session_id")
        self._answer(True)
        self.assertFalse(self._browsers().partner_id)

    def test_who_is_logged_in_by_then(self):
        """A login counts, and only the login."""
        self._submit_address()
        user = new_test_user(self.env, "dora_portal", "base.group_portal")
        self._log_in(user.login)
        self._answer(True)
        browsers = self._browsers()
        self.assertEqual(browsers.partner_id, user.partner_id)
        self.assertEqual(browsers.link_ids.mapped("evidence"), ["login"])

    def test_the_first_guest_counts(self):
        self._submit_address()
        first = self._cart().partner_id
        self.tea.list_price = 0
        self._cart()._compute_amounts()
        self.url_open("/shop/checkout")
        self.url_open("/shop/payment/validate")
        self._add(self.cup)
        self._submit_address(name="Bea Guest", email="bea.guest@example.com")
        second = self.env["res.partner"].search([("email", "=", "bea.guest@example.com")])
        self.assertTrue(second)
        self._answer(True)
        self.assertEqual(self._browsers().partner_id, first)

    def test_a_program(self):
        self._submit_address()
        self.opener.headers["User-Agent"] = "curl/8.5.0"
        self._answer(True)
        self.assertFalse(self._browsers().partner_id)

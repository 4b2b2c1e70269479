from lxml import html

from odoo.tools import mute_logger

from ..models.ecrm_buy_again import PAGE
from .again_case import AgainCase

PATH = "/my/buy-again"


class TestBuyAgain(AgainCase):
    def _buy(self, partner, product, *days, quantity=1):
        for day in days:
            self._order(partner, {product: quantity}, days=day)

    def _items(self, page=None):
        """Return what the page tells of each product: name -> text, in its order."""
        page = html.fromstring((page or self.url_open(PATH)).text)
        return {
            item.xpath(".//h2")[0].text_content().strip(): " ".join(item.text_content().split())
            for item in page.xpath("//li[contains(@class, 'o_ecrm_again')]")
        }

    def _line(self, product):
        """Return the number of the line by which the page offers a product."""
        page = html.fromstring(self.url_open(PATH).text)
        for item in page.xpath("//li[contains(@class, 'o_ecrm_again')]"):
            if product.name in item.text_content():
                return item.xpath(".//button/@value")[0]
        return None

    def _submit(self, path=f"{PATH}/add", from_path=PATH, **values):
        return super()._submit(path, from_path, **values)

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def test_empty(self):
        self._login(self.ada)
        self._order(self.ada, {self.tea: 1})
        text = self.url_open(PATH).text
        self.assertIn("There is nothing here yet", text)
        self.assertIn('href="/shop"', text)

    def test_rhythm(self):
        self._buy(self.ada, self.tea, 90, 60, 30)
        self._buy(self.ada, self.cup, 45, 35, 25)
        self._buy(self.ada, self.pot, 100, 50)
        self._login(self.ada)
        items = self._items()
        self.assertEqual(list(items), ["Cup", "Tea", "Pot"])
        self.assertIn("Usually every 10 days, due for 15 days", items["Cup"])
        self.assertIn("Usually every 30 days, due today", items["Tea"])
        self.assertNotIn("Usually", items["Pot"])
        self.assertIn("Bought 2 times", items["Pot"])

    def test_rhythm_is_ones_own(self):
        self._buy(self.bob, self.tea, 9, 6, 3)
        self._buy(self.ada, self.tea, 1)
        self._login(self.ada)
        self.assertIn("Bought 4 times", self._items()["Tea"])
        self.assertNotIn("Usually", self._items()["Tea"])
        self._login(self.bob)
        self.assertIn("Usually every 3 days, due today", self._items()["Tea"])

    def test_others_see_nothing(self):
        self._buy(self.ada, self.tea, 9, 6, 3)
        self._login(self.eve)
        self.assertFalse(self._items())

    def test_only_what_can_be_bought(self):
        for product in (self.tea, self.cup, self.pot, self.tin):
            self._buy(self.ada, product, 20, 10)
        self.tea.is_published = False
        self.cup.active = False
        self.pot.sale_ok = False
        order = self._order(self.ada, {self.tin: 1}, days=1)
        order._action_cancel()
        self._login(self.ada)
        self.assertIn("Bought 2 times", self._items()["Tin"])
        self.assertEqual(list(self._items()), ["Tin"])

    def test_another_companys_orders_and_products(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._buy(self.ada, self.tea, 20, 10)
        self._buy(self.ada, self.cup, 20, 10)
        orders = self.env["sale.order"].search([("order_line.product_id", "=", self.cup.id)])
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = ANY(%s)", (other.id, orders.ids)
        )
        self.env.invalidate_all()
        self._login(self.ada)
        self.assertEqual(list(self._items()), ["Tea"])

    def test_price_is_todays(self):
        self._buy(self.ada, self.tea, 20, 10)
        self.tea.list_price = 77.5
        self._login(self.ada)
        self.assertIn("77.50", self._items()["Tea"])

    def test_price_of_the_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self.tea.uom_ids = dozen
        for days in (20, 10):
            self._order(self.ada, {self.tea: 2}, days=days, product_uom_id=dozen.id)
        self._login(self.ada)
        self.assertIn("120.00", self._items()["Tea"])
        self.assertIn(dozen.name, self._items()["Tea"])

    def test_without_a_price_is_not_sold_out(self):
        self._buy(self.ada, self.tea, 20, 10)
        self.tea.list_price = 0
        self.website.prevent_zero_price_sale = True
        self._login(self.ada)
        told = self._items()["Tea"]
        self.assertIn("Without a price at present", told)
        self.assertNotIn("Out of stock", told)

    def test_pages(self):
        products = self.env["product.product"].create(
            [self._product(f"Thing {number}") for number in range(PAGE + 3)]
        )
        for days in (20, 10):
            self._order(self.ada, dict.fromkeys(products, 1), days=days)
        self._login(self.ada)
        self.assertEqual(len(self._items()), PAGE)
        second = self.url_open(f"{PATH}/page/2")
        self.assertEqual(len(self._items(second)), 3)
        self.assertEqual(len(self._items(self.url_open(f"{PATH}/page/999999999"))), 3)
        for odd in ("0", "-1", "x", "%C2%B2", "9" * 40):
            self.assertEqual(len(self._items(self.url_open(f"{PATH}/page/{odd}"))), PAGE, odd)

    def test_cost(self):
        self._login(self.ada)
        self._buy(self.ada, self.tea, 20, 10)
        stock, few = self._queries("/my/security"), self._queries(PATH)
        for product in (self.cup, self.pot, self.tin):
            self._buy(self.ada, product, *range(30, 0, -3))
        self.assertLessEqual(self._queries(PATH), few)
        # of a person without a company: Odoo asks a level at a time who belongs to one
        self._login(self.eve)
        self._buy(self.eve, self.tea, 20, 10)
        self.assertLessEqual(self._queries(PATH), stock + 8)

    def test_kept_by_nobody(self):
        self._login(self.ada)
        headers = self.url_open(PATH).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
        self.logout()
        answer = self.url_open(PATH, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    # ------------------------------------------------------------
    # INTO THE CART
    # ------------------------------------------------------------

    def test_one(self):
        self._buy(self.ada, self.tea, 20, 10, quantity=4)
        self._buy(self.ada, self.cup, 20, 10)
        self._login(self.ada)
        line = self._line(self.tea)
        answer = self._submit(add=line, **{f"quantity_{line}": "7", "quantity_1": "1"})
        self.assertEqual(answer.url, f"{self.base_url()}/shop/cart")
        self.assertIn("One product was put into your cart, at today's prices", self._told(answer))
        self.assertEqual(self._in_cart(self.ada), {"Tea": 7})

    def test_several(self):
        for product in (self.tea, self.cup, self.pot):
            self._buy(self.ada, product, 20, 10)
        self._login(self.ada)
        tea, cup, pot = map(self._line, (self.tea, self.cup, self.pot))
        values = {f"line_{number}": "on" for number in (tea, pot)}
        values |= {f"quantity_{number}": "2" for number in (tea, cup, pot)}
        self._submit(**values)
        self.assertEqual(self._in_cart(self.ada), {"Tea": 2, "Pot": 2})

    def test_bad_input(self):
        self._buy(self.ada, self.tea, 20, 10)
        self._login(self.ada)
        line = self._line(self.tea)
        for quantity in ("", "0", "-1", "1.5", "1e3", "x", "'; drop", "²", "9" * 12, "2000000"):
            answer = self._submit(add=line, **{f"quantity_{line}": quantity})
            self.assertEqual(answer.status_code, 400, quantity)
            self.assertIn("Give a whole number", answer.text)
        for number in ("x", "-1", "9" * 40, "%s"):
            answer = self._submit(add=number, **{f"quantity_{number}": "1"})
            self.assertEqual(answer.status_code, 400, number)
        many = {f"line_{number}": "on" for number in range(1, 60)}
        answer = self._submit(**many)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("Choose at most 50 products", answer.text)
        answer = self._submit(nothing="1")
        self.assertEqual(answer.status_code, 400)
        self.assertIn("Choose at least one product", answer.text)
        self.assertFalse(self._in_cart(self.ada))

    def test_foreign_lines(self):
        self._buy(self.ada, self.tea, 20, 10)
        foreign = self._order(self.eve, {self.cup: 1}).order_line.id
        self._login(self.ada)
        answer = self._submit(add=str(foreign), **{f"quantity_{foreign}": "1"})
        self.assertEqual(answer.status_code, 404)
        own = self._line(self.tea)
        answer = self._submit(
            **{f"line_{own}": "on", f"line_{foreign}": "on"},
            **{f"quantity_{own}": "1", f"quantity_{foreign}": "1"},
        )
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._in_cart(self.ada))

    def test_no_request_from_elsewhere(self):
        self._buy(self.ada, self.tea, 20, 10)
        self._login(self.ada)
        line = self._line(self.tea)
        with mute_logger("odoo.http"):
            answer = self._submit(token=False, add=line, **{f"quantity_{line}": "1"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._in_cart(self.ada))

import json
import re

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..controllers.for_you import ON_PAGES
from ..models.ecrm_recommender import Pick
from .again_case import AgainCase
from .browser import AGENT, Browser

PATH = "/shop/for-you"


class ForYouCase(Browser, AgainCase):
    """A shop with four products: Tea was sold most, then the cup, then the pot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = (cls.tea | cls.cup | cls.pot | cls.tin).product_tmpl_id
        (cls.env["product.template"].search([]) - ours).is_published = False
        for partner, products in (
            (cls.bob, cls.tea | cls.cup | cls.pot),
            (cls.eve, cls.tea | cls.cup),
            (cls.bob, cls.tea),
        ):
            cls._order(partner, dict.fromkeys(products, 1), days=1)
        cls.website.ecrm_holdout_share = 0
        cls.recommender = cls.env["ecrm.recommender"]
        cls.recommender._build(cls.website)

    def _let_measure(self):
        """Accept the cookie bar after a login, which takes another browser."""
        self.website.cookies_bar = True
        self.opener.headers["User-Agent"] = AGENT
        self._agree()

    def _shelf(self, place="home", **values):
        """Return what a shelf shows: name -> element, in its order."""
        answer = self.url_open(PATH, params={"place": place, **values})
        self.assertIn(answer.status_code, (200, 204))
        if answer.status_code == 204:
            return {}
        picks = html.fromstring(answer.text).xpath("//*[contains(@class, 'o_ecrm_pick ')]")
        return {pick.xpath(".//h3")[0].text_content().strip(): pick for pick in picks}


class TestForYou(ForYouCase):
    def test_best_sellers_for_strangers(self):
        shelf = self._shelf()
        self.assertEqual(list(shelf), ["Tea", "Cup", "Pot"])
        self.assertIn("Among the best sellers", shelf["Tea"].text_content())
        self.assertIn("10.00", shelf["Tea"].text_content())

    def test_limit(self):
        self.assertEqual(list(self._shelf(limit="2")), ["Tea", "Cup"])
        self.assertEqual(len(self._shelf(limit="999")), 3)

    def test_not_the_product_of_the_page(self):
        self.assertEqual(list(self._shelf("product", product=self.tea.product_tmpl_id.id)),
                         ["Cup", "Pot"])  # fmt: skip

    def test_bought_together(self):
        shelf = self._shelf("product", product=self.tea.product_tmpl_id.id)
        self.assertIn("Bought together with Tea in 2 orders", shelf["Cup"].text_content())
        self.assertIn("Among the best sellers", shelf["Pot"].text_content())

    def test_reason_names_no_variant_that_nobody_chose(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in ("Small", "Large")],
            }
        )
        self.tea.product_tmpl_id.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        shelf = self._shelf("product", product=self.tea.product_tmpl_id.id)
        self.assertIn("Bought together with Tea in 2 orders", shelf["Cup"].text_content())

    def test_held_out(self):
        """Of two customers the one who is held out sees nothing; the tracker is told of both."""
        self.website.ecrm_holdout_share = 50
        groups = {}
        for number in range(60):
            firm = self.env["res.partner"].create({"name": f"F{number}", "is_company": True})
            key = self.recommender._customer_key(firm)
            groups[self.recommender._is_held_out(key, self.website)] = firm
        self.assertEqual(set(groups), {True, False})
        self._login(self.eve)
        self.eve.parent_id = groups[True]
        self.assertTrue(self._shelf())  # nobody measures her, so that she is in no group
        self._let_measure()
        for is_held_out, firm in groups.items():
            self.eve.parent_id = firm
            self.assertEqual(not self._shelf(), is_held_out)
            answer = self.url_open(PATH, params={"place": "home"})
            (mark,) = html.fromstring(answer.text).xpath("//*[contains(@class, 'o_ecrm_shown')]")
            group = json.loads(mark.get("data-props"))["group"]
            self.assertEqual(group, "held_out" if is_held_out else "shown")

    def test_what_others_allowed_is_not_used(self):
        """Ada's company bought tea: who did not allow to personalise sees it all the same."""
        self._login(self.ada)
        self.assertIn("Tea", self._shelf())
        person = self.env["ecrm.privacy.person"].with_user(self.ada.user_ids).of_user()
        self.env["ecrm.privacy.choices"].switch(person, "personalise", True)
        self.assertNotIn("Tea", self._shelf())

    def test_not_what_is_in_the_cart(self):
        self._login(self.ada)
        self._add(self.cup)
        self.assertEqual(list(self._shelf("cart")), ["Tea", "Pot"])

    def test_not_what_is_in_the_cart_in_another_size_or_on_another_page(self):
        attribute = self.env["product.attribute"].create({"name": "Size for shelves"})
        sizes = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": attribute.id} for name in ("S", "L")]
        )
        mug = self.env["product.template"].create(
            {
                **self._product("Mug"),
                "attribute_line_ids": [
                    fields.Command.create(
                        {"attribute_id": attribute.id, "value_ids": [fields.Command.set(sizes.ids)]}
                    )
                ],
            }
        )
        small, large = mug.product_variant_ids
        self._order(self.bob, {small: 1}, days=1)
        self.recommender._build(self.website)
        self.assertEqual(set(self._shelf()), {"Tea", "Cup", "Pot", "Mug (S)"})
        self._login(self.ada)
        self._add(large)
        tea = self.tea.product_tmpl_id.id
        for place, values, names in (
            ("home", {}, {"Tea", "Cup", "Pot"}),
            ("product", {"product": tea}, {"Cup", "Pot"}),
            ("cart", {}, {"Tea", "Cup", "Pot"}),
        ):
            self.assertEqual(set(self._shelf(place, **values)), names, place)

    def _add(self, product):
        return self.make_jsonrpc_request(
            "/shop/cart/add",
            {
                "product_template_id": product.product_tmpl_id.id,
                "product_id": product.id,
            },
        )

    def test_tracker_is_told(self):
        self._login(self.ada)
        self._let_measure()
        answer = self.url_open(PATH, params={"place": "home"})
        (mark,) = html.fromstring(answer.text).xpath("//*[contains(@class, 'o_ecrm_shown')]")
        told = json.loads(mark.get("data-props"))
        self.assertEqual(told["place"], "home")

    def test_only_what_can_be_bought(self):
        self.tea.is_published = False
        self.cup.sale_ok = False
        self.pot.active = False
        self.assertFalse(self._shelf())
        self.assertEqual(self.url_open(PATH, params={"place": "home"}).status_code, 204)

    def test_links_tell_where_they_stood(self):
        for place in ON_PAGES:
            for pick in self._shelf(place).values():
                self.assertIn(f"ecrm_rec={place}", pick.xpath(".//a/@href")[0])

    def test_markup(self):
        for name, pick in self._shelf().items():
            (picture,) = pick.xpath(".//img")
            self.assertEqual(picture.get("loading"), "lazy")
            self.assertEqual(picture.get("alt"), "")
            self.assertEqual(pick.xpath(".//button/@aria-label"), [f"Add to cart: {name}"])

    def test_names_are_shown_as_text(self):
        self.tea.name = "<script>alert(1)</script>"
        self.assertIn("<script>alert(1)</script>", self._shelf())
        self.assertNotIn("<script>", self.url_open(PATH, params={"place": "home"}).text)

    def test_bad_input(self):
        for place in ("", "mail", "x", "'; drop", "%%%", "x" * 10_000):
            answer = self.url_open(PATH, params={"place": place})
            self.assertEqual(answer.status_code, 404, place[:10])
        for text in ("x", "-1", "1.5", "9" * 30, "'; drop", "²"):
            for name in ("product", "limit"):
                answer = self.url_open(PATH, params={"place": "home", name: text})
                self.assertEqual(answer.status_code, 404, (name, text))
        self.assertEqual(list(self._shelf("product", product=10**8)), ["Tea", "Cup", "Pot"])
        self.assertFalse(self._shelf(limit="0"))

    def test_kept_by_nobody(self):
        headers = self.url_open(PATH, params={"place": "home"}).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_price_of_the_visitors_pricelist(self):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "website_id": self.website.id,
                "item_ids": [
                    fields.Command.create({"compute_price": "percentage", "percent_price": 25})
                ],
            }
        )
        self.ada.property_product_pricelist = pricelist
        self._login(self.ada)
        text = self._shelf()["Tea"].text_content()
        self.assertIn("7.50", text)
        self.assertIn("10.00", text)

    def test_price_with_taxes_as_the_shop_shows_it(self):
        tax = self.env["account.tax"].create(
            {"name": "Tenth", "amount": 10, "company_id": self.website.company_id.id}
        )
        self.tea.taxes_id = tax
        for shown, price in (("tax_excluded", "10.00"), ("tax_included", "11.00")):
            self.website.show_line_subtotals_tax_selection = shown
            self.assertIn(price, self._shelf()["Tea"].text_content())

    def test_cost_does_not_grow(self):
        counts = []
        for limit in (1, 3):
            path = f"{PATH}?place=home&limit={limit}"
            counts.append(self._queries(path))
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_page_of_a_product_costs_nothing(self):
        view = self.env.ref("ecrm_addon_website_sale.product_for_you")
        with_it = self._queries(self.tea.website_url)
        self.assertIn('data-place="product"', self.url_open(self.tea.website_url).text)
        view.active = False
        without = self._queries(self.tea.website_url)
        self.assertNotIn('data-place="product"', self.url_open(self.tea.website_url).text)
        self.assertEqual(with_it, without)

    def test_pages_have_a_place(self):
        self._login(self.ada)
        self._add(self.cup)
        for path, place in (("/my", "home"), ("/shop/cart", "cart")):
            self.assertIn(f'data-place="{place}"', self.url_open(path).text)

    def test_building_block(self):
        snippets = self.env.ref("website.snippets").get_combined_arch()
        self.assertIn("ecrm_addon_website_sale.s_ecrm_for_you", snippets)
        block = self.env["ir.qweb"]._render("ecrm_addon_website_sale.s_ecrm_for_you")
        self.assertIn('data-place="snippet"', block)


@tagged("post_install", "-at_install")
class TestReasons(AgainCase):
    def test_words(self):
        shelf = self.env["ecrm.shelf"]
        self.tea.default_code = "T1"
        expected = {
            Pick(1, 14, self.tea.id, "pair"): "Bought together with Tea in 14 orders",
            Pick(1, 1, self.tea.id, "pair"): "Bought together with Tea",
            Pick(1, 3, self.tea.id, "visit"): "Often looked at after Tea",
            Pick(1, 3, None, "popular"): "Among the best sellers",
            Pick(1, 3, None, "pair"): "Fits what you bought or looked at",
        }
        for pick, words in expected.items():
            self.assertEqual(shelf._reasons([pick]), {1: words})

    def test_cause_that_nobody_sees_any_more(self):
        self.tea.is_published = False
        public = self.env["ecrm.shelf"].with_user(self.website.user_id)
        told = public._reasons([Pick(1, 2, self.tea.id, "pair")])
        self.assertTrue(re.search("with Tea in 2 orders", told[1]))


class ForYouTourCase(ForYouCase):
    def _check(self):
        self.start_tour("/my", "ecrm_for_you", login="ada")
        self.assertEqual(self._in_cart(self.ada), {"Tea": 1, "Cup": 1})


class TestForYouTour(ForYouTourCase):
    def test_tour(self):
        self._check()


class TestForYouTourMobile(ForYouTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self._check()

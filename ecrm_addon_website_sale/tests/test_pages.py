import json

from lxml import html

from odoo.tools import mute_logger

from .shop_case import ShopCase


class TestPages(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.public.category"].create(
            {"name": 'Drinks & "more"', "product_tmpl_ids": cls.tea.product_tmpl_id.ids}
        )

    def _marks(self, url):
        """Return what the tracker is told on a page: kind -> properties."""
        with mute_logger("odoo.addons.base.models.ir_qweb"):  # on a template of Odoo's own
            page = html.fromstring(self.url_open(url).content)
        return {
            mark.get("data-ecrm"): json.loads(mark.get("data-ecrm-props"))
            for mark in page.xpath("//div[@data-ecrm]")
        }

    def test_product(self):
        template = self.tea.product_tmpl_id
        self.assertEqual(
            self._marks(template.website_url),
            {"web.product": {"product": self.tea.id, "template": template.id, "name": "Tea"}},
        )

    def test_category(self):
        self.assertEqual(
            self._marks(f"/shop/category/{self.category.id}"),
            {"web.category": {"category": self.category.id, "name": 'Drinks & "more"'}},
        )
        self.assertEqual(self._marks("/shop"), {})

    def test_search(self):
        self.tea.name = "Zwiebeltee"
        self.assertEqual(
            self._marks("/shop?search=zwiebeltee"),
            {"web.search": {"term": "zwiebeltee", "results": 1}},
        )
        self.assertEqual(
            self._marks("/shop?search=%22%3Cqxqxqx%3E"),
            {"web.search": {"term": '"<qxqxqx>', "results": 0}},
        )
        self.assertEqual(
            self._marks(f"/shop/category/{self.category.id}?search=zwiebeltee").keys(),
            {"web.category", "web.search"},
        )

    def test_corrected_search_is_told_as_typed(self):
        self.tea.name = "Zwiebeltee"
        marks = self._marks("/shop?search=zwiebeltea")
        self.assertEqual(marks, {"web.search": {"term": "zwiebeltea", "results": 1}})

    def test_further_pages_are_no_other_search(self):
        self.website.shop_ppg = 1
        self.tea.name, self.cup.name = "Zwiebel red", "Zwiebel white"
        self.assertEqual(self._marks("/shop?search=zwiebel")["web.search"]["results"], 2)
        self.assertEqual(self._marks("/shop/page/2?search=zwiebel"), {})

    def test_website_search(self):
        self.tea.name = "Zwiebeltee"
        marks = self._marks("/website/search?search=zwiebeltee")
        self.assertEqual(marks, {"web.search": {"term": "zwiebeltee", "results": 1}})
        marks = self._marks("/website/search?search=qxqxqx")
        self.assertEqual(marks, {"web.search": {"term": "qxqxqx", "results": 0}})
        self.assertEqual(self._marks("/website/search"), {})

    def test_nothing_where_it_is_off(self):
        self.website.ecrm_tracking = "off"
        self.assertEqual(self._marks(self.tea.website_url), {})
        self.assertEqual(self._marks("/shop?search=tea"), {})
        self.assertEqual(self._marks("/website/search?search=tea"), {})

from .shop_case import ShopCase

TEMPLATE = "website_sale.dynamic_filter_template_product_product_products_item"


class TestViewedProducts(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.filter = cls.env.ref("website_sale.dynamic_filter_latest_viewed_products")

    def _shown(self):
        """Return the ids of products that the snippet shows, in order."""
        fragments = self.make_jsonrpc_request(
            "/website/snippet/filters",
            {
                "filter_id": self.filter.id,
                "template_key": TEMPLATE,
                "limit": 16,
            },
        )
        return [
            product.id
            for fragment in fragments
            for product in self.tea | self.cup
            if product.name in fragment
        ]

    def _update(self, product):
        return self.make_jsonrpc_request(
            "/shop/products/recently_viewed_update", {"product_id": product.id}
        )

    def test_stock_is_not_written(self):
        self._update(self.tea)
        self._agree()
        self._update(self.tea)
        self.assertFalse(self.env["website.track"].search([("product_id", "=", self.tea.id)]))
        page = self.url_open(self.tea.website_url).text
        self.assertIn('data-view-track="0"', page)

    def test_stock_is_written_where_it_is_kept(self):
        self.website.ecrm_keep_stock_tracking = True
        self._update(self.tea)
        self.assertTrue(self.env["website.track"].search([("product_id", "=", self.tea.id)]))
        self.assertIn('data-view-track="1"', self.url_open(self.tea.website_url).text)
        self.assertEqual(self._shown(), [self.tea.id])

    def test_snippet_shows_what_was_viewed_last_first(self):
        self._agree()
        for product in (self.tea, self.cup, self.tea):
            self._beacon("web.product", product=product.id, name=product.name)
        self.assertEqual(self._shown(), [self.tea.id, self.cup.id])

    def test_snippet_leaves_out_what_cannot_be_bought_or_is_in_the_cart(self):
        self._agree()
        for product in (self.tea, self.cup):
            self._beacon("web.product", product=product.id, name=product.name)
        self.tea.is_published = False
        self.assertEqual(self._shown(), [self.cup.id])
        self._add(self.cup)
        self.assertEqual(self._shown(), [])

    def test_snippet_is_empty_for_who_did_not_agree(self):
        self._agree()
        self._beacon("web.product", product=self.tea.id, name="Tea")
        del self.opener.cookies["ecrm_vid"]
        self.assertEqual(self._shown(), [])

    def test_product_that_is_taken_off_the_list_stays_off(self):
        self._agree()
        for product in (self.tea, self.cup):
            self._beacon("web.product", product=product.id, name=product.name)
        delete = "/shop/products/recently_viewed_delete"
        self.make_jsonrpc_request(delete, {"product_id": self.tea.id})
        self.assertEqual(self._shown(), [self.cup.id])
        template_id = self.cup.product_tmpl_id.id
        self.make_jsonrpc_request(delete, {"product_template_id": template_id})
        self.assertEqual(self._shown(), [])

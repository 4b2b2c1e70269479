from datetime import timedelta

from odoo.fields import Command

from .recommend_case import NOW, RecommendCase

TABLES = ("ecrm.product.pair", "ecrm.product.seller", "ecrm.product.sequence")


class TestPairs(RecommendCase):
    """What the night counts, compared with counting by hand."""

    def _rows(self):
        """Return all that stands of the website, without the ids of the rows."""
        found = {}
        for model in TABLES:
            names = [name for name in self.env[model]._fields if name not in ("id", "display_name")]
            rows = self.env[model].search_read([("website_id", "=", self.website.id)], names)
            found[model] = sorted([{name: row[name] for name in names} for row in rows], key=str)
        return found

    def test_counts_by_hand(self):
        self._order(self.tea, self.cup, self.pot)
        self._order(self.tea, self.cup)
        self._order(self.tea, self.cup, self.jam)
        self._order(self.jam, self.tea)
        self._order(self.rug)
        self._build()
        # tea: cup 3, jam 2, pot 1 (too few); cup and jam, cup and pot only once
        self.assertEqual(
            self._pairs(),
            {("Tea", "Cup"): 3, ("Cup", "Tea"): 3, ("Tea", "Jam"): 2, ("Jam", "Tea"): 2},
        )
        sellers = self.env["ecrm.product.seller"].search([("website_id", "=", self.website.id)])
        self.assertEqual(
            [(seller.place, seller.product_tmpl_id.name, seller.orders) for seller in sellers[:3]],
            [(1, "Tea", 4), (2, "Cup", 3), (3, "Jam", 2)],
        )

    def test_twice_in_one_order_is_once(self):
        self._order(self.tea, self.tea, self.cup, self.cup)
        self._build()
        self.assertFalse(self._pairs())

    def test_habit_of_one_customer_is_no_pair(self):
        colleague = self.ann.create({"name": "Colleague", "parent_id": self.ann.id})
        for partner in (self.ann, self.ann, colleague):
            self._order(self.tea, self.cup, partner=partner)
        self._build()
        self.assertFalse(self._pairs())
        self._order(self.tea, self.cup, partner=self.bob)
        self._build()
        self.assertEqual(self._pairs(), {("Tea", "Cup"): 4, ("Cup", "Tea"): 4})

    def test_variants_are_one_product(self):
        attribute = self.env["product.attribute"].create({"name": "Size for pairs"})
        sizes = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": attribute.id} for name in ("S", "L")]
        )
        shirt = self.env["product.template"].create(
            {
                "name": "Shirt",
                "type": "service",
                "is_published": True,
                "website_id": self.website.id,
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": attribute.id, "value_ids": [Command.set(sizes.ids)]}
                    )
                ],
            }
        )
        small, large = shirt.product_variant_ids
        self._order(small, self.tea)
        self._order(large, self.tea)
        self._order(small, large)
        self._order(small, large)
        self._build()
        self.assertEqual(self._pairs(), {("Shirt", "Tea"): 2, ("Tea", "Shirt"): 2})
        (pick,) = self._recommend(large, limit=1)
        self.assertEqual((pick.product_id, pick.because_product_id), (self.tea.id, large.id))

    def test_what_nobody_chose_is_left_out(self):
        for _order in range(2):
            order = self._order(self.tea, self.cup)
            order.order_line = [
                Command.create({"display_type": "line_section", "name": "More"}),
                Command.create({"product_id": self.pot.id, "is_delivery": True}),
                Command.create({"product_id": self.jam.id, "is_downpayment": True}),
                Command.create({"product_id": self.rug.id, "price_unit": -3}),
            ]
        self._build()
        self.assertEqual(self._pairs(), {("Tea", "Cup"): 2, ("Cup", "Tea"): 2})

    def test_quotations_and_cancelled_orders_leave(self):
        self._order(self.tea, self.cup)
        second = self._order(self.tea, self.cup)
        self._order(self.tea, self.cup, confirm=False)
        self._build()
        self.assertEqual(self._pairs()["Tea", "Cup"], 2)
        second._action_cancel()
        self._build()
        self.assertFalse(self._pairs())

    def test_what_was_given_back_leaves(self):
        orders = [self._order(self.tea, self.cup, self.pot) for _order in range(2)]
        orders[0].order_line.write({"qty_delivered": 1})
        invoice = orders[0]._create_invoices()
        invoice.action_post()
        self._build()
        self.assertEqual(self._pairs()["Tea", "Cup"], 2)
        back = invoice._reverse_moves([{"invoice_date": NOW.date()}])
        cup = back.invoice_line_ids.filtered(lambda line: line.product_id == self.cup)
        (back.invoice_line_ids - cup).unlink()
        back.action_post()
        self._build()
        self.assertEqual(self._pairs(), {("Tea", "Pot"): 2, ("Pot", "Tea"): 2})

    def test_window_and_order_size(self):
        self.website.write({"ecrm_pair_months": 2, "ecrm_pair_order_size": 3})
        self._order(self.tea, self.cup, self.pot, self.jam)  # too many products
        self._order(self.tea, self.cup, days=90)  # too long ago
        self._order(self.tea, self.cup, days=-1)  # not known yet
        self._order(self.tea, self.cup)
        self._build()
        self.assertFalse(self._pairs())
        self.website.ecrm_pair_order_size = 4
        self._build()
        self.assertEqual(self._pairs(), {("Tea", "Cup"): 2, ("Cup", "Tea"): 2})

    def test_new_orders_weigh_more(self):
        for days, other in ((300, self.cup), (290, self.cup), (280, self.cup), (2, self.pot)):
            self._order(self.tea, other, days=days)
        self._order(self.tea, self.pot, days=1)
        self._build()
        self.assertEqual(self._names(self._recommend(self.tea, limit=2)), ["Pot", "Cup"])
        self.assertEqual([pick.orders for pick in self._recommend(self.tea, limit=2)], [2, 3])

    def test_not_published_is_not_counted(self):
        for _order in range(2):
            self._order(self.tea, self.cup, self.pot)
        self.cup.is_published = False
        self.pot.active = False
        self.pot.product_tmpl_id.active = False
        self._build()
        self.assertFalse(self._pairs())

    def test_second_run_writes_nothing_and_equals_a_rebuild(self):
        self._order(self.tea, self.cup)
        self._order(self.tea, self.cup, self.pot)
        self._order(self.pot, self.tea)
        self._build()
        ids = self.env["ecrm.product.pair"].search([("website_id", "=", self.website.id)]).ids
        self.assertFalse(any(map(any, self._build().values())))
        self._order(self.tea, self.jam, days=3)
        self._order(self.tea, self.jam, days=40)
        gone = self._order(self.tea, self.cup, days=5)
        self._build()
        gone._action_cancel()
        self._build()
        kept = self.env["ecrm.product.pair"].search([("website_id", "=", self.website.id)]).ids
        self.assertLess(set(ids), set(kept))  # these rows stayed the same ones
        step_by_step = self._rows()
        for model in TABLES:
            self.env[model].search([("website_id", "=", self.website.id)]).unlink()
        self._build()
        self.assertEqual(self._rows(), step_by_step)
        self.assertTrue(step_by_step["ecrm.product.pair"])

    def test_websites_and_companies_are_apart(self):
        company = self.env["res.company"].create({"name": "Other company"})
        other, foreign = self.env["website"].create(
            [
                {"name": "Other shop", "company_id": self.env.company.id},
                {"name": "Foreign shop", "company_id": company.id},
            ]
        )
        products = self.tea | self.cup | self.pot
        products.website_id = False
        for _order in range(2):
            self._order(self.tea, self.cup)  # of this website
            self._order(self.tea, self.pot, website_id=False)  # by a salesperson
            self._order(self.cup, self.pot, website_id=other.id)
        for website in (self.website, other, foreign):
            self._build(website)
        both = {("Tea", "Pot"): 2, ("Pot", "Tea"): 2}
        self.assertEqual(self._pairs(), {("Tea", "Cup"): 2, ("Cup", "Tea"): 2, **both})
        self.assertEqual(self._pairs(other), {("Cup", "Pot"): 2, ("Pot", "Cup"): 2, **both})
        self.assertFalse(self._pairs(foreign))
        self.assertEqual(self._recommend(self.tea, website=foreign), [])

    def test_somebody_else_counts(self):
        self._order(self.tea, self.cup)
        self._order(self.tea, self.cup)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext('ecrm.recommender'), %s)",
                (self.website.id,),
            )
            self._build()
            self.assertFalse(self._pairs())
        self._build()
        self.assertTrue(self._pairs())

    def test_cron(self):
        self._order(self.tea, self.cup, days=0)
        self._order(self.tea, self.cup, days=0)
        self.env["sale.order"].search([("website_id", "=", self.website.id)]).write(
            {"date_order": self.env.cr.now() - timedelta(hours=1)}
        )
        with self.enter_registry_test_mode():
            self.env.ref("ecrm_addon_website_sale.ir_cron_recommend").method_direct_trigger()
        self.assertEqual(self._pairs(), {("Tea", "Cup"): 2, ("Cup", "Tea"): 2})
        result = self.env["ecrm.recommender.result"].search([("website_id", "=", self.website.id)])
        self.assertEqual(result.revenue_verdict, "too_little")

    def test_views_next(self):
        """Ann and Bob look at tea, cup, pot; one more visit of Ann's changes no support."""
        all_three, back = (self.tea, self.cup, self.pot), (self.tea, self.tea, self.jam)
        for browser, visit, products in (("ann", 1, all_three), ("bob", 2, all_three),
                                         ("ann", 3, back), ("ann", 4, back)):  # fmt: skip
            for minute, product in enumerate(products):
                self._event(
                    "web.product",
                    browser,
                    minutes=60 - minute,
                    session_key=f"visit-{visit}",
                    res_model="product.product",
                    res_id=product.id,
                )
        self._build()
        rows = self.env["ecrm.product.sequence"].search([("website_id", "=", self.website.id)])
        self.assertEqual(
            {(row.product_tmpl_id.name, row.other_tmpl_id.name): (row.visits, row.weight / 2520)
             for row in rows},
            {("Tea", "Cup"): (2, 2), ("Tea", "Pot"): (2, 1), ("Cup", "Pot"): (2, 2)},
        )  # fmt: skip
        picks = self._recommend(self.tea, limit=2)
        self.assertEqual(self._names(picks), ["Cup", "Pot"])
        self.assertEqual([(pick.source, pick.orders) for pick in picks], [("visit", 2)] * 2)
        identities = self.env["ecrm.identity"].search([], order="id desc", limit=2)
        identities.partner_id = self.ann  # her phone, and her computer
        self._build()
        self.assertFalse(rows.exists())

from odoo.tests import new_test_user

from odoo.addons.ecrm_addon.models.ecrm_privacy_person import Person

from .recommend_case import RecommendCase


class TestRecommend(RecommendCase):
    """What is offered: to whom, of what, and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # tea: cup 3, jam 2; pot: jam 4, rug 2
        for products in [(cls.tea, cls.cup)] * 3 + [(cls.tea, cls.jam)] * 2:
            cls._order(*products)
        for products in [(cls.pot, cls.jam)] * 4 + [(cls.pot, cls.rug)] * 2:
            cls._order(*products)
        cls._order(cls.rug)
        cls.recommender._build(cls.website)
        public = cls.website.user_id
        cls.public = cls.recommender.with_user(public)

    def _agree(self, partner, state="granted"):
        person = Person(partner, partner.email, self.env.company)
        identity = self.env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
        if not identity:
            self.env["ecrm.log"].append([])
            identity = self.env["ecrm.identity"].create(
                {"kind": "partner", "key": str(partner.id), "partner_id": partner.id}
            )
        self.env["ecrm.consent"].record(identity, state, "personalise", source="portal")
        on = self.env["ecrm.privacy.choices"].is_on(person, "personalise")
        self.assertEqual(on, state == "granted")

    # ------------------------------------------------------------
    # WHY
    # ------------------------------------------------------------

    def test_explained(self):
        first, second, *rest = self._recommend(self.tea)
        self.assertEqual(first, (self.cup.id, 3, self.tea.id, "pair"))
        self.assertEqual(second, (self.jam.id, 2, self.tea.id, "pair"))
        # best sellers fill up: jam 6 is there already, tea is on the page
        self.assertEqual(
            [tuple(pick) for pick in rest],
            [(self.pot.id, 6, False, "popular"), (self.rug.id, 3, False, "popular")],
        )

    def test_a_basket_sums(self):
        """Jam goes with both, 2 + 4; cup is stronger than rug, each goes with one."""
        picks = self._recommend(self.tea, self.pot, limit=3)
        self.assertEqual(
            [tuple(pick) for pick in picks],
            [
                (self.jam.id, 4, self.pot.id, "pair"),
                (self.cup.id, 3, self.tea.id, "pair"),
                (self.rug.id, 2, self.pot.id, "pair"),
            ],
        )

    def test_limit(self):
        self.assertEqual(len(self._recommend(self.tea, limit=1)), 1)
        self.assertEqual(self._recommend(self.tea, limit=0), [])
        self.assertEqual(self._recommend(self.tea, limit=-5), [])
        self.assertEqual(len(self._recommend(limit=10_000)), 5)

    def test_unknown_products_are_passed_over(self):
        picks = self.recommender._recommend(self.website, self.nobody, [2**31 - 1, False], [0])
        self.assertEqual({pick.source for pick in picks}, {"popular"})

    # ------------------------------------------------------------
    # TO WHOM
    # ------------------------------------------------------------

    def test_without_consent_nothing_personal(self):
        self._order(self.tea, partner=self.ann)
        expected = self._recommend()
        self.assertEqual({pick.source for pick in expected}, {"popular"})
        self.assertEqual(self._recommend(partner=self.ann, seen_ids=[self.tea.id]), expected)
        self.assertIn(self.tea.id, [pick.product_id for pick in expected])
        self._agree(self.ann, "refused")
        self.assertEqual(self._recommend(partner=self.ann, seen_ids=[self.tea.id]), expected)

    def test_with_consent_by_her_orders_without_what_she_has(self):
        self._order(self.tea, partner=self.ann)
        self._agree(self.ann)
        picks = self._recommend(partner=self.ann)
        self.assertEqual(
            [tuple(pick) for pick in picks[:2]],
            [(self.cup.id, 3, self.tea.id, "pair"), (self.jam.id, 2, self.tea.id, "pair")],
        )
        self.assertNotIn(self.tea.id, [pick.product_id for pick in picks])
        self.assertNotIn("Tea", self._names(self._recommend(self.pot, partner=self.ann)))
        self._agree(self.ann, "withdrawn")
        self.assertIn(self.tea.id, [pick.product_id for pick in self._recommend(partner=self.ann)])

    def test_bought_long_ago_is_new_again(self):
        self._order(self.tea, partner=self.ann, days=400)
        self._agree(self.ann)
        self.assertIn("Tea", self._names(self._recommend(partner=self.ann)))

    def test_a_colleague_has_it_too(self):
        colleague = self.ann.create({"name": "Colleague", "parent_id": self.bob.id})
        self._agree(colleague)
        # Bob's company bought all of it
        self.assertEqual(self._recommend(partner=colleague), [])

    def test_what_a_colleague_bought_is_not_gone_by(self):
        """Her consent opens her own orders; what her company has is left out all the same."""
        firm = self.ann.create({"name": "Firm", "is_company": True})
        colleague = self.ann.create({"name": "Colleague", "parent_id": firm.id})
        self.ann.parent_id = firm
        self._order(self.tea, partner=colleague)
        self._agree(self.ann)
        picks = self._recommend(partner=self.ann)
        self.assertEqual({pick.source for pick in picks}, {"popular"})
        self.assertNotIn("Tea", self._names(picks))
        self._agree(colleague)
        self.assertEqual(self._recommend(partner=colleague)[0].because_product_id, self.tea.id)

    def test_the_public_user_is_nobody(self):
        partner = self.website.user_id.partner_id
        self.assertEqual(self._recommend(partner=partner), self._recommend())

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    def test_not_offered(self):
        other = self.env["website"].create({"name": "Other shop"})
        for values in (
            {"is_published": False},
            {"sale_ok": False},
            {"active": False},
            {"website_id": other.id},
        ):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                self.assertIn("Cup", self._names(self._recommend(self.tea)))
                self.cup.product_tmpl_id.write(values)
                self.assertNotIn("Cup", self._names(self._recommend(self.tea)))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_not_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        site = self.env["website"].create({"name": "Other shop", "company_id": company.id})
        products = (self.tea | self.cup | self.jam).product_tmpl_id
        products.website_id = False
        for other in products[1:]:
            self.env["ecrm.product.pair"].create(
                {
                    "company_id": company.id,
                    "website_id": site.id,
                    "product_tmpl_id": self.tea.product_tmpl_id.id,
                    "other_tmpl_id": other.id,
                    "orders": 5,
                    "weight": 5,
                }
            )
        self.cup.company_id = self.env.company
        self.assertEqual(self._names(self._recommend(self.tea, website=site)), ["Jam"])

    def test_not_permitted(self):
        """A record rule hides a product from the public; others see it."""
        self.env["ir.rule"].create(
            {
                "name": "No cups",
                "model_id": self.env.ref("product.model_product_template").id,
                "groups": [self.env.ref("base.group_public").id],
                "domain_force": f"[('id', '!=', {self.cup.product_tmpl_id.id})]",
            }
        )
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=", "product.template"), ("name", "=", "Public product template")]
        )
        rules.active = False  # rules of one group are alternatives
        arguments = (self.website, self.nobody, [self.tea.id])
        for recommender in (self.public, self.public.sudo()):
            self.assertNotIn("Cup", self._names(recommender._recommend(*arguments)))
        self.assertIn("Cup", self._names(self.recommender._recommend(*arguments)))

    def test_a_shop_behind_a_login(self):
        self.website.ecommerce_access = "logged_in"
        self.assertEqual(self.public._recommend(self.website, self.nobody, [self.tea.id]), [])
        portal = new_test_user(self.env, "recommend_portal", groups="base.group_portal")
        recommender = self.recommender.with_user(portal)
        self.assertTrue(recommender._recommend(self.website, portal.partner_id, [self.tea.id]))

    def test_no_price_no_sale(self):
        self.cup.list_price = 0
        self.assertIn("Cup", self._names(self._recommend(self.tea)))
        self.website.prevent_zero_price_sale = True
        self.assertNotIn("Cup", self._names(self._recommend(self.tea)))

    def test_sold_out(self):
        if "allow_out_of_stock_order" not in self.env["product.template"]._fields:
            self.skipTest("needs website_sale_stock")
        self.cup.product_tmpl_id.write(
            {"type": "consu", "is_storable": True, "allow_out_of_stock_order": False}
        )
        self.assertNotIn("Cup", self._names(self._recommend(self.tea)))
        self.cup.product_tmpl_id.allow_out_of_stock_order = True
        self.assertIn("Cup", self._names(self._recommend(self.tea)))
        self.cup.product_tmpl_id.allow_out_of_stock_order = False
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.website.company_id.id)], limit=1
        )
        self.website.warehouse_id = warehouse
        self.env["stock.quant"]._update_available_quantity(self.cup, warehouse.lot_stock_id, 3)
        self.assertIn("Cup", self._names(self._recommend(self.tea)))

    def test_nothing_sold_nothing_offered(self):
        empty = self.env["website"].create({"name": "New shop"})
        self.recommender._build(empty)
        picks = self.recommender._recommend(empty, self.nobody, [self.tea.id])
        self.assertFalse({pick.product_id for pick in picks} & {self.cup.id, self.jam.id})

    # ------------------------------------------------------------
    # COST AND RIGHTS
    # ------------------------------------------------------------

    def _queries(self, *products, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._recommend(*products, **values)
        return self.env.cr.sql_log_count - before

    def test_no_query_for_each_product(self):
        self._recommend(self.tea)
        few = self._queries(self.tea, limit=2)
        more = self._products(*(f"more {n}" for n in range(30)))
        self._order(self.tea, *more)
        self._order(self.tea, *more)
        self.recommender._build(self.website)
        self._recommend(self.tea, limit=40)
        self.assertEqual(len(self._recommend(self.tea, limit=32)), 32)
        self.assertLessEqual(self._queries(self.tea, limit=32), few)
        self.assertLessEqual(few, 8)

    def test_rights(self):
        models = ("ecrm.product.pair", "ecrm.product.sequence", "ecrm.product.seller",
                  "ecrm.recommender.result")  # fmt: skip
        company = self.env["res.company"].create({"name": "Other company"})
        site = self.env["website"].create({"name": "Foreign", "company_id": company.id})
        self.env["ecrm.recommender.result"]._renew(site)
        self.env["ecrm.recommender.result"]._renew(self.website)
        reader = new_test_user(
            self.env, "recommend_reader", groups="base.group_user,ecrm_addon.group_ecrm_user"
        )
        clerk = new_test_user(self.env, "recommend_clerk", groups="base.group_user")
        portal = new_test_user(self.env, "recommend_door", groups="base.group_portal")
        for model in models:
            self.assertTrue(self.env[model].with_user(reader).has_access("read"))
            self.assertFalse(self.env[model].with_user(reader).has_access("write"))
            for user in (clerk, portal, self.website.user_id):
                self.assertFalse(self.env[model].with_user(user).has_access("read"))
        seen = self.env["ecrm.recommender.result"].with_user(reader).search([])
        self.assertIn(self.website, seen.website_id)
        self.assertNotIn(site, seen.website_id)

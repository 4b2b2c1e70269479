from odoo.tests import new_test_user

from .loyalty_case import LoyaltyCase


class TestPricelist(LoyaltyCase):
    """Customers get the pricelist of their tier; their contact's own wins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.base, cls.golden, cls.own = cls.env["product.pricelist"].create(
            [{"name": name, "sequence": n} for n, name in enumerate(("Base", "Golden", "Own"))]
        )
        cls.env["product.pricelist"].search([]).filtered(
            lambda pricelist: pricelist not in (cls.base | cls.golden | cls.own)
        ).active = False
        cls.gold.pricelist_id = cls.golden
        cls.env.invalidate_all()

    def _pricelist(self, partner):
        partner.invalidate_recordset(["property_product_pricelist"])
        return partner.property_product_pricelist

    def test_the_tier_brings_it_and_takes_it(self):
        self.assertEqual(self._pricelist(self.customer), self.golden)
        self.assertEqual(self._pricelist(self.stranger), self.base)
        self._set_tier(self.customer, self.silver)
        self.assertEqual(self._pricelist(self.customer), self.base)

    def test_orders_use_it(self):
        order = self._order(confirm=False)
        self.assertEqual(order.pricelist_id, self.golden)

    def test_the_own_one_wins(self):
        self.customer.property_product_pricelist = self.own
        self.assertEqual(self._pricelist(self.customer), self.own)
        # the country's, too, though Odoo would store nothing for it
        self.customer.property_product_pricelist = self.base
        self.assertEqual(self._pricelist(self.customer), self.base)

    def test_people_of_a_company(self):
        self.customer.is_company = True
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        self.assertEqual(self._pricelist(clerk), self.golden)

    def test_archived_or_of_another_company_is_passed_over(self):
        self.golden.active = False
        self.assertEqual(self._pricelist(self.customer), self.base)
        self.golden.active = True
        self.assertEqual(self._pricelist(self.customer), self.golden)
        other = self.env["res.company"].create({"name": "Other"})
        self.gold.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        self.assertEqual(self._pricelist(self.customer), self.base)

    def test_salespeople_and_customers_need_no_rights(self):
        for login, groups in (
            ("ecrm_sam", "sales_team.group_sale_salesman"),
            ("ecrm_pat", "base.group_portal"),
        ):
            user = new_test_user(self.env, login, groups=groups)
            if user.share:
                self._set_tier(user.partner_id, self.gold)
                partner = user.partner_id.with_user(user).sudo()
            else:
                partner = self.customer.with_user(user)
            self.assertEqual(self._pricelist(partner).id, self.golden.id)

    def test_many_contacts_cost_no_more_queries(self):
        people = self.env["res.partner"].create([{"name": f"P {n}"} for n in range(20)])
        for partner in people[:10]:
            self._set_tier(partner, self.gold)

        def count(partners):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.mapped("property_product_pricelist")
            return self.cr.sql_log_count - before

        count(people)
        self.assertEqual(count(people), count(people[:2]))

    def test_deleting_a_tier_leaves_the_pricelist(self):
        self.gold.unlink()
        self.assertTrue(self.golden.exists())
        self.assertEqual(self._pricelist(self.customer), self.base)

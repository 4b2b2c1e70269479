from freezegun import freeze_time

from odoo.tests import new_test_user

from .score_case import ScoreCase


class TestProfileFacts(ScoreCase):
    """What customers bought: whose it is, how much, and on which day."""

    def setUp(self):
        super().setUp()
        (self.ann,) = self._people(1)

    def _facts(self, as_of="2026-06-30", partner=None):
        self._score(as_of)
        return self._profile(partner or self.ann)

    def test_sums(self):
        self._buy(self.ann, 100, "2026-01-10")
        self._buy(self.ann, 50, "2026-01-10 20:00:00")
        self._buy(self.ann, 30, "2026-02-01")
        profile = self._facts()
        self.assertEqual(profile.order_count, 3)
        self.assertEqual(profile.frequency, 3)
        self.assertEqual(profile.order_days, 2)
        self.assertEqual(profile.revenue, 180)
        self.assertEqual(profile.monetary, 180)
        self.assertEqual(profile.average_order, 60)
        self.assertEqual(str(profile.first_order_date), "2026-01-10")
        self.assertEqual(str(profile.last_order_date), "2026-02-01")
        self.assertEqual(profile.recency_days, 149)
        self.assertFalse(profile.last_visit_at)

    def test_an_order_of_no_day_stops_nobodys_score(self):
        self._buy(self.ann, 100, "2026-01-10")
        endless = self._buy(self.ann, 70, "2026-01-11")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET date_order = '-infinity' WHERE id = %s", (endless.id,)
        )
        self.assertEqual(self._facts().revenue, 100)

    def test_only_confirmed_orders_count(self):
        self._buy(self.ann, 100)
        self._buy(self.ann, 70).state = "cancel"
        self._order(self.ann, 50, confirm=False, company_id=self.company.id)
        self.assertEqual(self._facts().revenue, 100)

    def test_an_order_worth_nothing_is_an_order(self):
        self._buy(self.ann, 100)
        self._buy(self.ann, 0, "2026-03-01")
        profile = self._facts()
        self.assertEqual(profile.order_count, 2)
        self.assertEqual(profile.average_order, 100)
        self.assertEqual(str(profile.last_order_date), "2026-03-01")

    def test_a_negative_order_is_a_return(self):
        self._buy(self.ann, 100)
        self._buy(self.ann, -30, "2026-03-01")
        profile = self._facts()
        self.assertEqual((profile.revenue, profile.refunded, profile.monetary), (100, 30, 70))
        self.assertEqual(profile.order_count, 1)
        self.assertEqual(str(profile.last_order_date), "2026-01-10")

    def test_only_a_return(self):
        self._buy(self.ann, -30)
        profile = self._facts()
        self.assertEqual((profile.order_count, profile.monetary), (0, -30))
        self.assertIs(profile.recency_days, False)
        self.assertFalse(profile.tier_id)

    def test_missing_totals(self):
        order = self._buy(self.ann, 100)
        self._buy(self.ann, 40, "2026-02-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET amount_untaxed = NULL, currency_rate = NULL WHERE id = %s",
            (order.id,),
        )
        profile = self._facts()
        self.assertEqual((profile.order_count, profile.revenue), (2, 40))

    def test_no_number_at_all(self):
        order = self._buy(self.ann, 100)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET amount_untaxed = 'NaN' WHERE id = %s", (order.id,)
        )
        profile = self._facts()
        self.assertEqual((profile.order_count, profile.revenue), (1, 0))
        self.assertIs(profile.average_order, False)

    def test_foreign_currency_at_the_orders_rate(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "currency_id": dollar.id,
                "rate": 3,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id, "company_id": self.company.id}
        )
        order = self._buy(self.ann, 100, pricelist_id=pricelist.id)
        self.assertEqual((order.currency_id, order.currency_rate), (dollar, 3))
        dollar.rate_ids.unlink()
        self.assertEqual(self._facts().revenue, 33.33)

    def test_people_of_a_company_are_one_customer(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": firm.id} for name in ("Bob", "Cleo")]
        )
        self._buy(people[0], 10)
        self._buy(people[1], 20)
        self._buy(firm, 30)
        self.assertEqual(self._facts(partner=firm).revenue, 60)
        self.assertFalse(self._profile(people[0]))

    def test_days_are_those_of_the_company(self):
        self._buy(self.ann, 10, "2026-01-10 14:30:00")
        self._buy(self.ann, 10, "2026-01-10 15:30:00")
        self.assertEqual(self._facts().order_days, 1)
        self.company.ecrm_timezone = "Asia/Tokyo"
        profile = self._facts("2026-01-20")
        self.assertEqual(profile.order_days, 2)
        self.assertEqual(str(profile.last_order_date), "2026-01-11")
        self.assertEqual(profile.recency_days, 9)
        profile = self._facts("2026-01-10")
        self.assertEqual(profile.order_count, 1, "the second order was on the next day")

    def test_time_zone_by_default(self):
        self.company.ecrm_timezone = False
        self.assertEqual(self.company._ecrm_zone(), "UTC")
        self.company.partner_id.tz = "Europe/Brussels"
        self.assertEqual(self.company._ecrm_zone(), "Europe/Brussels")
        self.assertFalse(self.company._ecrm_knows_zone("Mars/Olympus"))

    def test_as_of_knows_nothing_later(self):
        self._buy(self.ann, 100, "2026-01-10")
        self._buy(self.ann, 50, "2026-02-10")
        self.assertEqual(self._facts("2026-02-09").revenue, 100)
        self.assertEqual(self._facts("2026-02-10").revenue, 150)
        self.assertEqual(self._facts("2026-02-10T11:59:59").revenue, 100)
        self.assertEqual(self._facts("2026-02-10T12:00:00").revenue, 150)
        self.assertFalse(self._facts("2026-01-09"), "nothing was known of her then")

    def test_two_companies_share_a_customer(self):
        other = self._company("Coffee House", "base.USD")
        self._buy(self.ann, 100)
        self._buy(self.ann, 5000, company=other)
        self._score("2026-06-30")
        self._score("2026-06-30", other)
        mine, theirs = self._profile(self.ann), self._profile(self.ann, other)
        self.assertEqual((mine.revenue, theirs.revenue), (100, 5000))
        self.assertEqual(theirs.currency_id.name, "USD")
        self.assertEqual((mine.tier_id.name, theirs.tier_id.name), ("Bronze", "Platinum"))
        reader = new_test_user(
            self.env,
            "one_company",
            groups="ecrm_addon.group_ecrm_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        seen = self.profiles.with_user(reader).search([("partner_id", "=", self.ann.id)])
        self.assertEqual(seen, mine)

    def test_public_visitors_are_no_customer(self):
        public = self.env.ref("base.public_partner")
        self._buy(public, 10)
        self.assertFalse(self._facts(partner=public))

    def test_archived_stays_deleted_goes(self):
        self._buy(self.ann, 100)
        prospect, gone = self._people(2)
        self._act(prospect)
        self._act(gone)
        self.ann.active = False
        profile = self._facts()
        self.assertEqual(profile.revenue, 100)
        self.assertTrue(self._profile(gone))
        gone.unlink()
        left = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertEqual(left.partner_id, self.ann | prospect)

    def test_a_customer_without_orders_is_none(self):
        self._act(self.ann)
        profile = self._facts()
        self.assertEqual((profile.order_count, profile.revenue), (0, 0))
        for name in ("recency_days", "frequency", "monetary", "average_order", "r_score"):
            self.assertIs(profile[name], False, name)
        self.assertIn("not enough history", profile.why)

    def test_who_lost_everything_has_no_profile(self):
        order = self._buy(self.ann, 100)
        self.assertTrue(self._facts())
        order.state = "cancel"
        run = self._score("2026-06-30")
        self.assertEqual(run.removed_count, 1)
        self.assertFalse(self._profile(self.ann))

    def test_nobody(self):
        run = self._score("2026-06-30")
        self.assertEqual((run.status, run.customer_count), ("too_little_data", 0))
        self.assertIn("0 customers", run.message)

    def test_thousands_of_orders_of_one(self):
        self._buy(self.ann, 10)
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO sale_order (name, state, company_id, currency_id, currency_rate,
                   partner_id, partner_invoice_id, partner_shipping_id, date_order,
                   amount_untaxed)
            SELECT 'X' || n, 'sale', company_id, currency_id, 1, partner_id, partner_id,
                   partner_id, date_order + n * interval '1 hour', 10
              FROM sale_order, generate_series(1, 1999) n WHERE partner_id = %s
            """,
            (self.ann.id,),
        )
        profile = self._facts()
        self.assertEqual((profile.order_count, profile.revenue), (2000, 20000))
        self.assertEqual(profile.order_days, 84)

    def test_names_with_markup(self):
        self.ann.name = "<b>Ann</b> & 'co' %s"
        self._buy(self.ann, 100)
        self.assertIn("Last order 171 days ago", self._facts().why)

    @freeze_time("2026-05-05 09:30:00")
    def test_now(self):
        self._buy(self.ann, 100, "2026-05-05 18:00:00")
        profile = self._facts(None)
        self.assertEqual(profile.recency_days, 0)
        self.assertEqual(str(profile.computed_at), "2026-05-05 09:30:00")
        self.assertIn("Last order today, one order", profile.why)

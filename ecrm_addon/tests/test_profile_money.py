from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .score_case import ScoreCase


class TestProfileMoney(ScoreCase):
    """Currencies, rates and companies, and by what orders count."""

    def setUp(self):
        super().setUp()
        (self.ann,) = self._people(1)

    def _facts(self, company=None, partner=None):
        self._score("2026-06-30", company)
        return self._profile(partner or self.ann, company)

    def _rewrite(self, order, **values):
        """Write columns as an import or another program may leave them."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE sale_order SET {name} = %s WHERE id = %s",  # noqa: S608
                (value, order.id),
            )
        self.env.invalidate_all()

    def _foreign(self, code):
        currency = self.env["res.currency"].with_context(active_test=False)
        found = currency.search([("name", "=", code)])
        found.active = True
        return found

    # ------------------------------------------------------------
    # CURRENCIES
    # ------------------------------------------------------------

    def test_a_currency_without_decimals(self):
        yen = self._company("Tea House of Kyoto", "base.JPY")
        order = self._buy(self.ann, 10, company=yen)
        self._rewrite(order, currency_id=self._foreign("EUR").id, currency_rate=0.00623)
        self._buy(self.ann, 1234, company=yen)
        profile = self._facts(yen)
        self.assertEqual((profile.revenue, profile.average_order), (1605 + 1234, 1420))

    def test_a_currency_of_three_decimals(self):
        dinar = self._company("Tea House of Kuwait", "base.KWD")
        dinar.currency_id.rounding = 0.001
        order = self._buy(self.ann, 10, company=dinar)
        self._rewrite(order, currency_id=self._foreign("EUR").id, currency_rate=3.0015)
        profile = self._facts(dinar)
        self.assertEqual(dinar.currency_id.decimal_places, 3)
        self.assertEqual((profile.revenue, profile.average_order), (3.332, 3.332))

    def test_a_currency_of_many_units(self):
        order = self._buy(self.ann, 1000)
        self._rewrite(order, currency_id=self._foreign("JPY").id, currency_rate=160.5)
        self.assertEqual(self._facts().revenue, 6.23)

    def test_a_rate_that_cannot_be(self):
        """It is an order, whose money nobody knows."""
        self._buy(self.ann, 40)
        for rate in (0, -2, None, "NaN"):
            with self.subTest(rate):
                order = self._buy(self.ann, 100, "2026-02-01")
                self._rewrite(order, currency_id=self._foreign("JPY").id, currency_rate=rate)
                profile = self._facts()
                self.assertEqual((profile.order_count, profile.revenue), (2, 40))
                order.state = "cancel"

    def test_in_its_own_currency_an_order_needs_no_rate(self):
        for rate in (0, -2, None, "NaN", 7):
            with self.subTest(rate):
                order = self._buy(self.ann, 100)
                self._rewrite(order, currency_rate=rate)
                self.assertEqual(self._facts().revenue, 100)
                order.state = "cancel"

    # ------------------------------------------------------------
    # COMPANIES, CONTACTS, DAYS
    # ------------------------------------------------------------

    def test_an_order_of_another_companys_contact(self):
        """Whose order it is tells its company, not the contact's."""
        other = self._company("Coffee House")
        order = self._buy(self.ann, 100)
        theirs = self.env["res.partner"].create({"name": "Bea", "company_id": other.id})
        self._rewrite(order, partner_id=theirs.id)
        self.assertFalse(self._facts())
        self.assertEqual(self._profile(theirs).revenue, 100)
        self._score("2026-06-30", other)
        self.assertEqual(self._profile(theirs, other).order_count, 0)

    def test_the_same_figures_beside_another_company(self):
        self._buy(self.ann, 100)
        self._facts()
        alone = self._figures()
        other = self._company("Coffee House", "base.USD")
        self._buy(self.ann, 5000, company=other)
        self._facts(other)
        self._facts()
        self.assertEqual(self._figures(), alone)

    def test_the_night_in_which_clocks_change(self):
        self.company.ecrm_timezone = "Europe/Brussels"
        # midnight is at 23:00 UTC before the last Sunday of March, at 22:00 UTC after it
        days = {
            "2026-03-28 22:59:59": "2026-03-28",
            "2026-03-28 23:00:00": "2026-03-29",
            "2026-03-29 21:59:59": "2026-03-29",
            "2026-03-29 22:00:00": "2026-03-30",
            "2025-10-25 21:59:59": "2025-10-25",
            "2025-10-26 22:59:59": "2025-10-26",
            "2025-10-26 23:00:00": "2025-10-27",
        }
        people = self._people(len(days))
        for partner, instant in zip(people, days, strict=True):
            self._buy(partner, 10, instant)
        self._score("2026-06-30")
        found = [str(self._profile(partner).last_order_date) for partner in people]
        self.assertEqual(found, list(days.values()))

    # ------------------------------------------------------------
    # BY WHAT ORDERS COUNT
    # ------------------------------------------------------------

    def test_margin_needs_a_module(self):
        if "margin" in self.env["sale.order"]._fields:
            self.skipTest("sale_margin is installed")
        with self.assertRaisesRegex(ValidationError, "sale_margin"):
            self.company.ecrm_value_basis = "margin"

    def test_margin_after_its_module_is_gone(self):
        """The setting outlives the module: a share of revenue stands in."""
        if "margin" in self.env["sale.order"]._fields:
            self.skipTest("sale_margin is installed")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET ecrm_value_basis = 'margin', ecrm_margin_percent = 40"
            " WHERE id = %s",
            (self.company.id,),
        )
        self.env.invalidate_all()
        self._buy(self.ann, 100)
        self._buy(self.ann, 50, "2026-02-01")
        self._buy(self.ann, -30, "2026-03-01")
        profile = self._facts()
        self.assertEqual((profile.revenue, profile.refunded), (150, 30))
        self.assertEqual(profile.monetary, 48)
        self.assertEqual(profile.tier_value, 120, "tiers count revenue")
        self._buy(self.ann, -300, "2026-04-01")
        self.assertEqual(self._facts().monetary, -180, "nothing is left, and 180 are lost")

    def test_only_a_return_by_margin(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET ecrm_value_basis = 'margin' WHERE id = %s", (self.company.id,)
        )
        self.env.invalidate_all()
        self._buy(self.ann, -30)
        self.assertEqual(self._facts().monetary, -30)

    def test_visitors_have_no_money_by_margin(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET ecrm_value_basis = 'margin' WHERE id = %s", (self.company.id,)
        )
        self.env.invalidate_all()
        self._act(self.ann)
        self.assertIs(self._facts().monetary, False)

    def test_limits_of_the_settings(self):
        allowed = {
            "ecrm_margin_percent": (0.01, 35.5, 100),
            "ecrm_discount_rate": (0, 1.5, 99.9),
            "ecrm_clv_months": (1, 60),
        }
        refused = {
            "ecrm_margin_percent": (0, -5, 100.01),
            "ecrm_discount_rate": (-0.1, 100),
            "ecrm_clv_months": (0, 61),
        }
        for name, values in allowed.items():
            for value in values:
                self.company[name] = value
        for name, values in refused.items():
            for value in values:
                with (
                    self.subTest(name=name, value=value),
                    self.assertRaises(ValidationError),
                    mute_logger("odoo.sql_db"),
                    self.cr.savepoint(),
                ):
                    self.company[name] = value

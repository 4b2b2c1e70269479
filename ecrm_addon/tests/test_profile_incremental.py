import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .score_case import ScoreCase

NOW = "2026-06-15 10:20:00"


@freeze_time(NOW)
class TestProfileIncremental(ScoreCase):
    """A customer renewed at once stands as a run over everybody would write him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(8)
        firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.people[6:].parent_id = firm
        cls.customers = cls.people.commercial_partner_id
        with freeze_time(NOW):
            for number, partner in enumerate(cls.people, 1):
                for order in range(number % 4 + 1):
                    cls._buy(partner, 75 * number, f"2026-0{order + 1}-1{number % 9}")
                cls._act(partner, at=f"2026-05-0{number} 09:00:00")
            cls._score()

    # ------------------------------------------------------------
    # WHAT CAN HAPPEN
    # ------------------------------------------------------------

    def _confirm(self, dice):
        partner = dice.choice(self.people)
        amount = dice.choice([0, 12.34, 250, 1999.99, -20])
        self._order(partner, amount, company_id=self.company.id)

    def _cancel(self, dice):
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")], order="id"
        )
        dice.choice(orders)._action_cancel()

    def _look(self, dice):
        partner = dice.choice(self.people)
        kind = dice.choice(["web.product", "email.clicked", "email.bounced", "chat.started"])
        at = fields.Datetime.now() - timedelta(hours=dice.randint(0, 4000))
        company = dice.choice([self.company.id, None])
        self._act(partner, kind, str(at), company_id=company)
        self.profiles._recompute(partner)

    def _rebuild(self):
        """Score everybody from nothing, by the thresholds that hold."""
        self.profiles.search([("company_id", "=", self.company.id)]).unlink()
        scorer = self.env["ecrm.scorer"].sudo()
        everybody = self.env["res.partner"].search([])
        scorer._score_customers(everybody)

    def assertSameFigures(self, found, expected):
        self.assertEqual(sorted(found), sorted(expected))
        for partner_id, row in found.items():
            for name, value in row.items():
                other = expected[partner_id][name]
                if isinstance(value, float) and other is not False:
                    self.assertAlmostEqual(value, other, 9, (partner_id, name))
                else:
                    self.assertEqual(value, other, (partner_id, name))

    # ------------------------------------------------------------
    # TESTS
    # ------------------------------------------------------------

    def test_any_history(self):
        for seed in range(4):
            dice = random.Random(seed)
            for _step in range(12):
                dice.choice([self._confirm, self._cancel, self._look])(dice)
            at_once = self._figures()
            self._rebuild()
            self.assertSameFigures(self._figures(), at_once)

    def test_facts_are_those_of_a_run(self):
        """All but what compares customers, whose thresholds a run computes anew."""
        dice = random.Random(99)
        for _step in range(15):
            dice.choice([self._confirm, self._cancel, self._look])(dice)
        at_once = self._figures()
        self._score()
        compared = ("r_score", "f_score", "m_score", "segment_id", "loyalty_score")
        facts = [
            {
                partner_id: {name: row[name] for name in row if name not in compared}
                for partner_id, row in figures.items()
            }
            for figures in (at_once, self._figures())
        ]
        self.assertSameFigures(*facts)

    def test_in_the_same_transaction(self):
        partner = self.people[0]
        before = self._profile(partner).order_count
        order = self._order(partner, 50, company_id=self.company.id)
        self.assertEqual(self._profile(partner).order_count, before + 1)
        self.assertEqual(self._profile(partner).recency_days, 0)
        order._action_cancel()
        self.assertEqual(self._profile(partner).order_count, before)

    def test_thresholds_are_those_of_the_latest_run(self):
        run = self.runs.search([("company_id", "=", self.company.id)], limit=1)
        partner = self.people[0]
        self._order(partner, run.thresholds["m"][3] + 10, company_id=self.company.id)
        profile = self._profile(partner)
        self.assertEqual((profile.r_score, profile.m_score), (5, 5))

    def test_before_any_run(self):
        other = self._company("Coffee House")
        self._order(self.people[0], 50, company_id=other.id)
        profile = self._profile(self.people[0], other)
        self.assertEqual((profile.order_count, profile.tier_id.name), (1, "Bronze"))
        self.assertIs(profile.r_score, False)

    def test_all_companies_of_a_customer(self):
        other = self._company("Coffee House")
        partner = self.people[1]
        self._act(partner, "web.form", NOW, company_id=other.id)
        self.profiles._recompute(partner)
        self.assertEqual(self._profile(partner, other).engagement_band, "new")
        self.assertEqual(self._profile(partner, other).order_count, 0)
        self.assertTrue(self._profile(partner).order_count)

    def test_a_person_who_joins_a_company(self):
        person, firm = self.people[0], self.people[7].commercial_partner_id
        orders = self._profile(person).order_count + self._profile(firm).order_count
        person.parent_id = firm
        self.profiles._recompute(person)
        self.assertFalse(self._profile(person))
        self.assertEqual(self._profile(firm).order_count, orders)

    def test_many_at_once(self):
        orders = self.env["sale.order"]
        for partner in self.people:
            orders |= self._order(partner, 10, confirm=False, company_id=self.company.id)
        counts = {p: self._profile(p).order_count for p in self.customers}
        orders.action_confirm()
        gained = {p: self._profile(p).order_count - counts[p] for p in self.customers}
        self.assertEqual(sorted(gained.values()), [1] * 6 + [2])

    def test_nobody(self):
        self.profiles._recompute(self.env["res.partner"])
        self.profiles._recompute(self.env.ref("base.public_partner"))

    def test_queries_of_a_confirmation(self):
        partner = self.people[0]
        self.profiles._recompute(partner)
        self.env.flush_all()
        with self.assertQueryCount(16):
            self.profiles._recompute(partner)

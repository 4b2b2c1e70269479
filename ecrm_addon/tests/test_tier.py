import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form
from odoo.tools import SQL

from ..lib.scoring.as_of import moment as moment_of
from ..queries import roll_tiers, sum_customer_facts
from .score_case import ScoreCase


class TestTier(ScoreCase):
    """Tiers: up at once, down after the grace days, each move with its reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"ecrm_tier_months": 12, "ecrm_grace_days": 30})
        names = ("bronze", "silver", "gold", "platinum")
        cls.tiers = {name: cls.env.ref(f"ecrm_addon.tier_{name}") for name in names}
        (cls.ann,) = cls._people(1)

    def _tier_on(self, day, partner=None):
        """Return the name of the tier, scored on that day as the night would."""
        with freeze_time(f"{day} 03:00:00"):
            self._score()
        return self._profile(partner or self.ann).tier_id.name

    def _moves(self, partner=None):
        found = self.env["ecrm.tier.change"].search(
            [("partner_id", "=", (partner or self.ann).id)], order="id"
        )
        return [(move.from_tier_id.name, move.to_tier_id.name, move.move) for move in found]

    def test_up_at_once(self):
        self._buy(self.ann, 499.99, "2026-01-10")
        self.assertEqual(self._tier_on("2026-01-11"), "Bronze")
        self._buy(self.ann, 0.01, "2026-01-12")
        self.assertEqual(self._tier_on("2026-01-13"), "Silver")
        self._buy(self.ann, 5000, "2026-01-14")
        self.assertEqual(self._tier_on("2026-01-15"), "Platinum")
        self.assertEqual(self._moves(), [("Bronze", "Silver", "up"), ("Silver", "Platinum", "up")])
        profile = self._profile(self.ann)
        self.assertEqual(str(profile.tier_since), "2026-01-15")
        self.assertEqual(profile.tier_progress, 100)
        self.assertFalse(profile.next_tier_id)
        self.assertIs(profile.missing_to_next, False)

    @freeze_time("2026-02-01 10:00:00")
    def test_up_with_the_order_itself(self):
        self._score()
        self._order(self.ann, 2500, company_id=self.company.id)
        profile = self._profile(self.ann)
        self.assertEqual(profile.tier_id.name, "Gold")
        self.assertEqual(self._moves(), [(False, "Gold", "up")])
        (told,) = self._touchpoints(self.ann, kind="loyalty.tier_up")
        self.assertEqual(told.company_id, self.company)
        self.assertEqual(told.res_model, "ecrm.tier.change")
        move = self.env["ecrm.tier.change"].browse(told.res_id)
        self.assertIn("spent in 365 days: Gold asks for", move.reason)

    def test_down_after_the_grace_days(self):
        self._buy(self.ann, 100, "2024-06-01")
        self._buy(self.ann, 2500, "2025-01-10")
        self.assertEqual(self._tier_on("2025-01-11"), "Gold")
        # the order is in the window up to 2026-01-09, and the grace lasts 30 days more
        self.assertEqual(self._tier_on("2026-01-09"), "Gold")
        self.assertFalse(self._profile(self.ann).tier_in_grace)
        self.assertEqual(self._tier_on("2026-01-10"), "Gold")
        profile = self._profile(self.ann)
        self.assertTrue(profile.tier_in_grace)
        self.assertEqual(profile.tier_value, 0)
        self.assertIn("Kept for 30 grace days at most", profile.why)
        self.assertEqual(self._tier_on("2026-02-08"), "Gold")
        self.assertEqual(self._tier_on("2026-02-09"), "Bronze")
        self.assertEqual(self._moves()[-1], ("Gold", "Bronze", "down"))
        (told,) = self._touchpoints(self.ann, kind="loyalty.tier_down")
        self.assertEqual(str(told.occurred_at), "2026-02-09 03:00:00")
        self.assertEqual(str(self._profile(self.ann).tier_since), "2026-02-09")

    def test_down_at_once_without_grace(self):
        self.company.ecrm_grace_days = 0
        self._buy(self.ann, 2500, "2025-01-10")
        self.assertEqual(self._tier_on("2026-01-09"), "Gold")
        self.assertEqual(self._tier_on("2026-01-10"), "Bronze")

    def test_two_orders_together(self):
        """They make the tier for some days only, until the older one leaves the window."""
        self._buy(self.ann, 1500, "2025-01-10")
        self._buy(self.ann, 600, "2026-01-05")
        self.assertEqual(self._tier_on("2026-01-20"), "Gold")
        self.assertEqual(self._profile(self.ann).tier_value, 600)
        self.assertEqual(self._tier_on("2026-02-08"), "Gold")
        self.assertEqual(self._tier_on("2026-02-09"), "Silver")

    def test_a_peak_between_runs_counts(self):
        """The tier was reached and lost between two nights, in the midst of the grace."""
        self._buy(self.ann, 2500, "2026-01-10")
        self._buy(self.ann, -1000, "2026-01-12")
        self.assertEqual(self._tier_on("2026-01-20"), "Gold")
        self.assertEqual(self._tier_on("2026-02-10"), "Gold")
        self.assertEqual(self._tier_on("2026-02-11"), "Silver")

    def test_the_best_of_the_grace_days(self):
        """What SQL finds in two short times is the best of all days, one by one."""
        self.tiers["silver"].minimum = 1  # nobody is passed over who never got that far
        dice, today = random.Random(5), date(2026, 3, 1)
        for months, grace in ((12, 30), (1, 90), (2, 1)):
            self.company.write({"ecrm_tier_months": months, "ecrm_grace_days": grace})
            people = self._people(6)
            bought = {partner.id: [] for partner in people}
            for partner in people:
                for _number in range(dice.randint(1, 9)):
                    day = today - timedelta(days=dice.randint(0, 500))
                    amount = dice.choice([-300, 50, 200, 700])
                    self._buy(partner, amount, str(day))
                    bought[partner.id].append((day, amount))
            window = (today - fields.Date.subtract(today, months=months)).days
            for partner_id, best in self._best(people, today).items():
                sums = [
                    sum(
                        amount
                        for day, amount in bought[partner_id]
                        if last - timedelta(days=window) < day <= last
                    )
                    for last in (today - timedelta(days=age) for age in range(grace + 1))
                ]
                self.assertEqual(best, max(sums), (months, grace))

    def _best(self, people, today):
        """Return the best sum of the grace days per customer, as the statement finds it."""
        scorer = self.env["ecrm.scorer"].sudo()
        moment = moment_of(today, fields.Datetime.now())
        scope = scorer._scope(self.company, moment, settled=True, **scorer._who(people))
        self.env.flush_all()
        query = SQL(
            "WITH fact AS (%s) SELECT customer, coalesce(best, tier_now)"
            " FROM fact LEFT JOIN (%s) rolled USING (customer)",
            sum_customer_facts.build(scope),
            roll_tiers.build(scope),
        )
        return dict(self.env.execute_query(query))

    def test_more_refunded_than_spent(self):
        self._buy(self.ann, 100, "2024-01-10")
        self._buy(self.ann, -150, "2026-01-10")
        self.assertEqual(self._tier_on("2026-01-11"), "Bronze")
        self.assertEqual(self._profile(self.ann).tier_value, -150)
        self.assertEqual(self._profile(self.ann).tier_progress, 0)

    def test_progress(self):
        self._buy(self.ann, 800, "2026-01-10")
        self._tier_on("2026-01-11")
        profile = self._profile(self.ann)
        self.assertEqual(profile.next_tier_id.name, "Gold")
        self.assertEqual((profile.tier_progress, profile.missing_to_next), (40, 1200))
        self.assertEqual(profile.missing_text, "1,200.00\N{NO-BREAK SPACE}€ more to Gold")

    def test_the_first_evaluation_is_no_news(self):
        self._buy(self.ann, 2500, "2026-01-10")
        self.assertEqual(self._tier_on("2026-01-20"), "Gold")
        self.assertEqual(self._moves(), [(False, "Gold", "up")])
        self.assertFalse(self._touchpoints(self.ann, channel="loyalty"))

    def test_the_lowest_tier_begins_with_the_first_order(self):
        self._buy(self.ann, 10, "2026-01-10")
        self.assertEqual(self._tier_on("2026-03-01"), "Bronze")
        self.assertEqual(str(self._profile(self.ann).tier_since), "2026-01-10")
        self.assertEqual(self._moves(), [])

    def test_who_never_ordered_has_no_tier(self):
        self._act(self.ann, at="2026-01-10 10:00:00")
        self.assertFalse(self._tier_on("2026-03-01"))
        profile = self._profile(self.ann)
        self.assertIs(profile.tier_progress, False)
        self.assertFalse(profile.next_tier_id)

    def test_a_look_at_the_past_moves_nobody(self):
        self._buy(self.ann, 2500, "2024-01-10")
        self.assertEqual(self._tier_on("2026-01-10"), "Bronze")
        with freeze_time("2026-01-10 10:00:00"):
            self._score("2024-02-01")
            profile = self._profile(self.ann)
            self.assertEqual(profile.tier_id.name, "Gold")
            self.assertFalse(profile.tier_since, "nobody knows")
        self.assertEqual(self._tier_on("2026-01-11"), "Bronze")
        self.assertEqual(self._moves(), [])

    def test_rebuilt_from_nothing(self):
        self._buy(self.ann, 600, "2026-01-10")
        self._tier_on("2026-01-11")
        self._buy(self.ann, 2000, "2026-02-10")
        self._tier_on("2026-02-11")
        before, moves = self._figures(), self._moves()
        self.profiles.search([("company_id", "=", self.company.id)]).unlink()
        self._tier_on("2026-02-11")
        self.assertEqual(self._figures(), before)
        self.assertEqual(self._moves(), moves)

    def test_measured_by_orders(self):
        self.company.ecrm_tier_measure = "orders"
        self.tiers["silver"].minimum = 3
        for day in ("10", "11", "12"):
            self._buy(self.ann, 0, f"2026-01-{day}")
        self.assertEqual(self._tier_on("2026-01-10"), "Bronze")
        profile = self._profile(self.ann)
        self.assertEqual(profile.tier_value, 1)
        self.assertIs(profile.missing_to_next, False)
        self.assertEqual(profile.missing_text, "2 more orders to Silver")
        self.assertEqual(self._tier_on("2026-01-11"), "Bronze")
        self.assertEqual(self._profile(self.ann).missing_text, "One more order to Silver")
        self.assertEqual(self._tier_on("2026-01-13"), "Silver")
        self.assertIn("Silver: 3 orders within 12 months.", self._profile(self.ann).why)

    def test_measured_by_the_loyalty_score(self):
        self.company.ecrm_tier_measure = "loyalty_score"
        for tier, minimum in (("silver", 30), ("gold", 50), ("platinum", 80)):
            self.tiers[tier].minimum = minimum
        people = self._people(6)
        for number, partner in enumerate(people, 1):
            for order in range(number):
                self._buy(partner, 100, f"2026-0{number}-1{order}")
        self._tier_on("2026-07-01")
        names = [self._profile(partner).tier_id.name for partner in people]
        self.assertEqual(names[0], "Bronze")
        self.assertEqual(names[-1], "Platinum")
        for partner in people:
            profile = self._profile(partner)
            self.assertEqual(profile.tier_value, profile.loyalty_score)

    def test_own_tiers_of_a_company(self):
        tea = self.env["ecrm.tier"].create(
            {"name": "Tea Lover", "minimum": 50, "company_id": self.company.id}
        )
        self._buy(self.ann, 40, "2026-01-10")
        self.assertFalse(self._tier_on("2026-01-11"))
        self.assertEqual(self._profile(self.ann).missing_to_next, 10)
        self._buy(self.ann, 40, "2026-01-12")
        self.assertEqual(self._tier_on("2026-01-13"), "Tea Lover")
        tea.active = False
        self.assertEqual(self._tier_on("2026-01-14"), "Bronze")

    def test_no_tiers_at_all(self):
        self._buy(self.ann, 40, "2026-01-10")
        self.env["ecrm.tier"].search([]).active = False
        self.assertFalse(self._tier_on("2026-01-11"))
        self.assertIs(self._profile(self.ann).tier_progress, False)

    def test_a_changed_minimum(self):
        self._buy(self.ann, 600, "2026-01-10")
        self.assertEqual(self._tier_on("2026-01-11"), "Silver")
        self.tiers["gold"].minimum = 550
        self.assertEqual(self._tier_on("2026-01-12"), "Gold")

    def test_a_contact_merge_keeps_the_moves(self):
        (double,) = self._people(1)
        self._buy(double, 600, "2026-01-10")
        self.assertEqual(self._tier_on("2026-01-11", double), "Silver")
        with freeze_time("2026-01-12 03:00:00"):
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge((double | self.ann).ids, self.ann)
        self.assertEqual(self._profile(self.ann).tier_id.name, "Silver")
        self.assertEqual(self._moves(), [(False, "Silver", "up")])

    def test_settings(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        with Form(settings.create({})) as form:
            form.ecrm_half_life = 14
            form.ecrm_timezone = "Asia/Tokyo"
            form.ecrm_tier_measure = "orders"
        self.assertEqual(self.company.ecrm_half_life, 14)
        self.assertEqual(self.company._ecrm_zone(), "Asia/Tokyo")
        for values in (
            {"ecrm_half_life": 0},
            {"ecrm_tier_months": 0},
            {"ecrm_grace_days": -1},
        ):
            with self.assertRaises(ValidationError):
                self.company.write(values)
        with self.assertRaises(ValidationError):
            self.tiers["gold"].minimum = -1

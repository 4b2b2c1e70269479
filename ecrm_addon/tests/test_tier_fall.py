import random
from datetime import date, timedelta

from freezegun import freeze_time

from .fall_case import FallCase


class TestTierFall(FallCase):
    """When a tier will be lost, to which other one, and what keeps it."""

    def test_in_the_grace_days(self):
        self._buy(self.ann, 2500, "2025-01-10")
        profile = self._night("2026-01-20")
        self.assertEqual(str(profile.tier_falls_on), "2026-02-09")
        self.assertEqual(str(profile.tier_until), "2026-02-08")
        self.assertEqual(profile.tier_falls_to_id.name, "Bronze")
        self.assertEqual(profile.tier_falls_short, 2000)
        self.assertEqual(
            profile.tier_fall_text,
            "Gold until Feb 8, 2026: 2,000.00\N{NO-BREAK SPACE}€ more keep it",
        )

    def test_before_the_grace_days(self):
        """The money is still there, but it is known when it will be gone."""
        self._buy(self.ann, 2500, "2025-01-10")
        self._buy(self.ann, 600, "2025-12-01")
        self.assertFalse(self._night("2025-10-01").tier_falls_on, "too far away")
        profile = self._night("2025-12-20")
        self.assertFalse(profile.tier_in_grace)
        self.assertEqual(str(profile.tier_falls_on), "2026-02-09")
        self.assertEqual(profile.tier_falls_to_id.name, "Silver")
        self.assertEqual(profile.tier_falls_short, 1400)

    def test_the_missing_amount_keeps_it(self):
        self._buy(self.ann, 2500, "2025-01-10")
        short = self._night("2026-01-20").tier_falls_short
        other = self.ann.copy()
        self._buy(other, 2500, "2025-01-10")
        self._buy(self.ann, short, "2026-02-08")
        self._buy(other, short - 0.01, "2026-02-08")
        self.assertEqual(self._night("2026-02-09").tier_id.name, "Gold")
        self.assertEqual(self._profile(other).tier_id.name, "Silver")

    def test_an_order_puts_it_off(self):
        self._buy(self.ann, 2500, "2025-01-10")
        self._night("2026-01-20")
        self._buy(self.ann, 2000, "2026-01-20")
        profile = self._night("2026-01-21")
        self.assertFalse(profile.tier_falls_on)
        self.assertIs(profile.tier_falls_short, False)
        self.assertFalse(profile.tier_fall_text)

    def test_the_lowest_tier_is_never_lost(self):
        self._buy(self.ann, 40, "2025-01-10")
        self.assertFalse(self._night("2026-01-20").tier_falls_on)

    def test_to_no_tier_at_all(self):
        self.tiers["bronze"].active = False
        self._buy(self.ann, 600, "2025-01-10")
        profile = self._night("2026-01-20")
        self.assertEqual(str(profile.tier_falls_on), "2026-02-09")
        self.assertFalse(profile.tier_falls_to_id)
        self.assertFalse(self._night("2026-02-09").tier_id)

    def test_a_return_that_leaves_the_window_first_saves_the_tier(self):
        """For a short time it is too little: shorter than the grace days."""
        self._buy(self.ann, 2500, "2025-01-10")
        self._buy(self.ann, -1500, "2025-01-20")
        self._buy(self.ann, 2100, "2025-12-15")
        profile = self._night("2026-01-05")
        self.assertEqual(profile.tier_id.name, "Gold")
        # from 10 to 19 January it is 600: within the grace
        self.assertFalse(profile.tier_falls_on)
        self.assertEqual(self._night("2026-02-20").tier_id.name, "Gold")

    def test_months_of_different_lengths(self):
        """The window of a month is as long as the month: the day is that of the calendar."""
        self.company.write({"ecrm_tier_months": 1, "ecrm_grace_days": 5})
        for first in ("2026-01-28", "2026-01-31", "2026-02-01", "2026-02-03"):
            partner = self.ann.copy()
            self._buy(partner, 600, first)
            told = self._night("2026-02-10", partner).tier_falls_on
            self.assertEqual(
                self._night(told - timedelta(days=1), partner).tier_id.name, "Silver", first
            )
            self.assertEqual(self._night(told, partner).tier_id.name, "Bronze", first)

    def test_without_grace(self):
        self.company.ecrm_grace_days = 0
        self._buy(self.ann, 2500, "2025-01-10")
        self._buy(self.ann, 600, "2025-02-01")
        profile = self._night("2026-01-01")
        self.assertEqual(str(profile.tier_falls_on), "2026-01-10")
        self.assertEqual(profile.tier_falls_short, 1400)
        self.assertEqual(self._night("2026-01-09").tier_id.name, "Gold")
        self.assertEqual(self._night("2026-01-10").tier_id.name, "Silver")

    def test_by_orders(self):
        self.company.ecrm_tier_measure = "orders"
        self._ladder(2, 3, 9)
        for day in ("2025-01-10", "2025-01-20", "2025-06-01"):
            self._buy(self.ann, 10, day)
        profile = self._night("2026-01-15")
        self.assertEqual(str(profile.tier_falls_on), "2026-02-09")
        # on that day only one of them is left in the window
        self.assertEqual(profile.tier_falls_short, 2)
        self.assertIn("2 more orders keep it", profile.tier_fall_text)
        # 20 January was the last day with two of them, in the grace of 9 February
        self.assertEqual(profile.tier_falls_to_id.name, "Silver")

    def test_the_day_is_that_on_which_a_later_night_lets_them_fall(self):
        """Random customers, random rules: gone through night by night, nobody falls else."""
        dice, today = random.Random(7), date(2026, 3, 1)
        for measure, grace, ladder in (
            ("net_spend", 30, (500, 2000, 5000)),
            ("net_spend", 0, (300, 900, 1500)),
            ("orders", 12, (2, 4, 6)),
        ):
            self.company.write({"ecrm_tier_measure": measure, "ecrm_grace_days": grace})
            self._ladder(*ladder)
            people = self._people(16)
            for partner in people:
                for _number in range(dice.randint(2, 9)):
                    day = today - timedelta(days=dice.choice((dice.randint(0, 420), 340)))
                    day += timedelta(days=dice.randint(-30, 0))
                    self._buy(partner, dice.choice([-300, 200, 700, 1500]), str(day))
            self._night(today)
            told = {
                partner: (profile.tier_falls_on, profile.tier_falls_to_id, profile.tier_id)
                for partner in people
                for profile in self._profile(partner)
            }
            self.assertGreater(sum(bool(day) for day, _to, _held in told.values()), 3, measure)
            self._go_through(today, told)

    def _go_through(self, today, told):
        """Score night by night: each customer falls on the day that was told, to that tier."""
        turns = {day for day, _to, _held in told.values() if day}
        nights = {day - timedelta(days=1) for day in turns} | turns
        nights |= {today + timedelta(days=days) for days in range(1, 90, 9)}
        fell = set()
        for night in sorted(night for night in nights if night > today):
            self._night(night)
            for partner, (day, to, held) in told.items():
                profile = self._profile(partner)
                if partner in fell:
                    continue
                if day and night >= day:
                    self.assertEqual((night, profile.tier_id), (day, to), partner.name)
                    fell.add(partner)
                else:  # who gave something back may rise when that leaves the window
                    self.assertGreaterEqual(profile.tier_id.minimum, held.minimum, (night, day))

    def test_a_rebuild_and_a_rerun_change_nothing(self):
        self._buy(self.ann, 2500, "2025-01-10")
        self._night("2026-01-20")
        before = self._figures()
        self._night("2026-01-20")
        self.assertEqual(self.run.written_count, 0)
        self.profiles.search([("company_id", "=", self.company.id)]).unlink()
        self._night("2026-01-20")
        self.assertEqual(self._figures(), before)

    @freeze_time("2026-01-20 10:00:00")
    def test_an_order_renews_it_at_once(self):
        self._buy(self.ann, 2500, "2025-01-10")
        self._score()
        self.assertTrue(self._profile(self.ann).tier_falls_on)
        self._order(self.ann, 2000, company_id=self.company.id)
        self.assertFalse(self._profile(self.ann).tier_falls_on)

    def test_screens_say_it(self):
        self._buy(self.ann, 2500, "2025-01-10")
        profile = self._night("2026-01-20")
        card = self.env["ecrm.customer.card"].with_company(self.company)
        self.assertEqual(card._tier(profile)["falls"], profile.tier_fall_text)
        told = self.ann.with_company(self.company)._ecrm_portal_values()["tier"]
        self.assertIn("Gold takes 2,000.00\N{NO-BREAK SPACE}€.", told["why"])
        self.assertIn("You keep Gold until February 8, 2026.", told["keep"])
        self.assertIn("keep it. Then it is ", told["keep"])
        self.tiers["gold"].invalidate_recordset()
        self.assertEqual(self.tiers["gold"].falling_count, 1)
        self.assertEqual(self.tiers["silver"].falling_count, 0)

from datetime import timedelta

from freezegun import freeze_time

from .fall_case import FallCase
from .forecast_case import TODAY, ForecastCase


class TestFallByScore(FallCase):
    """The loyalty score is known of today only: the ledger keeps since when it is too low."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.ecrm_tier_measure = "loyalty_score"
        cls.others = cls._people(6)
        for partner in cls.others:
            cls._buy(partner, 100, "2025-06-01")

    def setUp(self):
        super().setUp()
        self._ladder(20, 50, 200)
        self._buy(self.ann, 900, "2026-01-01")

    def _outdo(self, day):
        """Let the others become better customers than Ann."""
        for partner in self.others:
            for amount in (500, 600, 700):
                self._buy(partner, amount, day)

    def _since(self):
        self.env.invalidate_all()
        move = self.env["ecrm.tier.change"].search([("partner_id", "=", self.ann.id)], limit=1)
        return move.below_since and str(move.below_since)

    def _below(self):
        """Put Ann into Gold, and below it since 5 January."""
        self.assertEqual(self._night("2026-01-02").tier_id.name, "Gold")
        self.assertFalse(self._since())
        self._outdo("2026-01-04")
        return self._night("2026-01-05")

    def test_down_after_the_grace_days(self):
        profile = self._below()
        self.assertLess(profile.loyalty_score, 50)
        self.assertEqual(profile.tier_id.name, "Gold")
        self.assertTrue(profile.tier_in_grace)
        self.assertEqual(self._since(), "2026-01-05")
        self.assertEqual(str(profile.tier_falls_on), "2026-02-04")
        self.assertAlmostEqual(profile.tier_falls_short, 50 - profile.loyalty_score, 3)
        target = profile.tier_falls_to_id
        self.assertEqual(self._night("2026-02-03").tier_id.name, "Gold")
        self.assertEqual(self._since(), "2026-01-05")
        profile = self._night("2026-02-04")
        self.assertEqual(profile.tier_id, target)
        self.assertNotEqual(target.name, "Gold")
        self.assertFalse(profile.tier_falls_on)
        self.assertEqual(self._moves()[-1], ("Gold", target.name, "down"))
        self.assertFalse(self._since(), "of the new tier")

    def test_up_again_ends_the_grace(self):
        self._below()
        for _order in range(5):
            self._buy(self.ann, 2000, "2026-01-10")
        profile = self._night("2026-01-11")
        self.assertGreaterEqual(profile.loyalty_score, 50)
        self.assertFalse(self._since())
        self.assertFalse(profile.tier_falls_on)
        self.assertEqual(self._night("2026-03-01").tier_id.name, "Gold")

    def test_at_once_without_grace(self):
        self.company.ecrm_grace_days = 0
        self.assertNotEqual(self._below().tier_id.name, "Gold")

    def test_a_rebuild_keeps_the_day(self):
        self._below()
        self.profiles.search([("company_id", "=", self.company.id)]).unlink()
        profile = self._night("2026-01-20")
        self.assertEqual(self._since(), "2026-01-05")
        self.assertEqual(str(profile.tier_falls_on), "2026-02-04")

    def test_a_rerun_writes_nothing(self):
        self._below()
        self.env.cr.execute("SELECT max(xmin::text::bigint), count(*) FROM ecrm_tier_change")
        before = self.env.cr.fetchone()
        self._night("2026-01-05")
        self.assertEqual(self.run.written_count, 0)
        self._night("2026-01-06")
        self.env.cr.execute("SELECT max(xmin::text::bigint), count(*) FROM ecrm_tier_change")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_a_look_at_the_past_writes_nothing(self):
        self.assertEqual(self._night("2026-01-02").tier_id.name, "Gold")
        self._outdo("2026-01-04")
        with freeze_time("2026-01-20 03:00:00"):
            self._score("2026-01-10")
            self.assertEqual(self._profile(self.ann).tier_id.name, "Gold")
        self.assertFalse(self._since())
        self._night("2026-01-20")
        self.assertEqual(self._since(), "2026-01-20")

    def test_a_look_ahead_writes_nothing(self):
        self._below()
        moves = self._moves()
        with freeze_time("2026-01-06 03:00:00"):
            self._score("2026-03-01")
            self.assertNotEqual(self._profile(self.ann).tier_id.name, "Gold")
        self.assertEqual((self._moves(), self._since()), (moves, "2026-01-05"))

    def test_another_measure_ends_the_grace(self):
        self._below()
        self.company.ecrm_tier_measure = "net_spend"
        self._ladder(100, 500, 5000)
        self._night("2026-01-06")
        self.assertFalse(self._since())

    def test_a_contact_merge_keeps_the_day(self):
        self._below()
        double = self.ann.copy()
        with freeze_time("2026-01-06 03:00:00"):
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge((double | self.ann).ids, double)
        self.ann = double
        self.assertEqual(self._profile(double).tier_id.name, "Gold")
        self.assertEqual(self._since(), "2026-01-05")

    def test_companies_apart(self):
        other = self._company("Coffee House", ecrm_tier_measure="loyalty_score")
        self._buy(self.ann, 900, "2026-01-01", other)
        with freeze_time("2026-01-02 03:00:00"):
            self._score(company=other)
        self._below()
        moves = self.env["ecrm.tier.change"].search(
            [("partner_id", "=", self.ann.id), ("company_id", "=", other.id)]
        )
        self.assertFalse(any(moves.mapped("below_since")))

    def test_no_score_no_fall(self):
        """With too few customers nobody is compared, and so nobody falls."""
        self._below()
        orders = self.env["sale.order"].search([("partner_id", "in", self.others.ids)])
        orders.write({"state": "cancel"})
        profile = self._night("2026-06-01")
        self.assertIs(profile.loyalty_score, False)
        self.assertEqual(profile.tier_id.name, "Gold")
        self.assertFalse(profile.tier_falls_on)
        self.assertIn("Gold: kept", profile.why)


class TestFallByValue(ForecastCase):
    """Tiers by the lifetime value, as far as one is forecast."""

    def test_by_lifetime_value(self):
        self.company.write({"ecrm_tier_measure": "clv", "ecrm_grace_days": 20})
        tiers = {
            name: self.env.ref(f"ecrm_addon.tier_{name}")
            for name in ("bronze", "silver", "gold", "platinum")
        }
        people = self._people(400)
        self._bought(people, self._histories(400, 3))
        tiers["silver"].minimum, tiers["gold"].minimum = 50, 150
        run = self._score_on(TODAY)
        self.assertFalse(run.value_hidden, run.message)
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        self._check_placed(profiles, tiers)
        held = {profile.partner_id: profile.tier_id for profile in profiles}
        self.assertGreater(len(set(held.values())), 2)

        # nobody buys any more: who is below keeps the tier, and loses it 20 days later
        self._score_on(TODAY + timedelta(days=40))
        fell = {}
        for profile in self._all():
            minimum = held[profile.partner_id].minimum
            self.assertEqual(profile.tier_id, held[profile.partner_id])
            if profile.clv_12m < minimum:
                self.assertEqual(profile.tier_falls_on, TODAY + timedelta(days=60))
                self.assertAlmostEqual(profile.tier_falls_short, minimum - profile.clv_12m, 2)
                fell[profile.partner_id] = profile.tier_id
        self.assertGreater(len(fell), 3)
        self._score_on(TODAY + timedelta(days=60))
        for profile in self._all().filtered(lambda profile: profile.partner_id in fell):
            self.assertLess(profile.tier_id.minimum, fell[profile.partner_id].minimum)

        # without a model everybody stays, and new customers start in the lowest tier
        held = {profile.partner_id: profile.tier_id for profile in self._all()}
        (new,) = self._people(1)
        self._buy(new, 5000, str(TODAY + timedelta(days=60)))
        moves = self.env["ecrm.tier.change"].search_count([])
        run = self._score_on(TODAY + timedelta(days=200), model="none")
        self.assertIn("customers keep the tier they have", run.message)
        for profile in self._all() - self._profile(new):
            self.assertEqual(profile.tier_id, held[profile.partner_id])
            self.assertFalse(profile.tier_falls_on)
        self.assertEqual(self._profile(new).tier_id.name, "Bronze")
        self.assertIs(self._profile(new).tier_value, False)
        self.assertEqual(self.env["ecrm.tier.change"].search_count([]), moves)

    def _score_on(self, day, model="mbgnbd"):
        with freeze_time(f"{day} 03:00:00"):
            run = self.runs.score(self.company, model=model)
        self.env.invalidate_all()
        return run

    def _all(self):
        return self.profiles.search([("company_id", "=", self.company.id)])

    def _check_placed(self, profiles, tiers):
        for profile in profiles:
            value = profile.clv_12m
            name = "gold" if value >= 150 else "silver" if value >= 50 else "bronze"
            if value >= tiers["platinum"].minimum:
                name = "platinum"
            self.assertEqual(profile.tier_id, tiers[name], value)
            self.assertEqual(profile.tier_value, value)

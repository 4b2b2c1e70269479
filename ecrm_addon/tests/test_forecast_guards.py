import random
from datetime import timedelta

from .forecast_case import TODAY, ForecastCase

RANKED = ("p_alive", "p_buy_90d", "expected_orders_12m", "expected_order_value", "clv_12m")


class TestForecastGuards(ForecastCase):
    """Where a forecast is not to be trusted there is none, and the run says why."""

    def _once(self, count):
        """Return customers who ordered once, on as many days."""
        return [[(TODAY - timedelta(days=1 + n), 10 + n)] for n in range(count)]

    def _check_too_little(self, histories, problem, words):
        people = self._people(len(histories))
        self._bought(people, histories)
        run = self._score(TODAY)
        self.assertEqual((run.status, run.model, run.problem), ("too_little_data", "none", problem))
        self.assertIn(words, run.message)
        profiles = self.profiles.search([("partner_id", "in", people.ids)])
        self.assertEqual(len(profiles), len(people))
        for profile in profiles:
            self.assertTrue(profile.r_score and profile.f_score and profile.m_score)
            self.assertTrue(profile.segment_id and profile.loyalty_score is not False)
            for name in RANKED:
                self.assertIs(profile[name], False, name)

    def test_one_customer_too_few(self):
        histories = [orders or [(TODAY, 5)] for orders in self._histories(199, 21)]
        self._check_too_little(histories, "customers", "at least 200 customers")

    def test_one_too_few_who_came_back(self):
        """Another order of the same day is no coming back."""
        histories = self._once(251)
        for orders in histories[:49]:
            orders.append((orders[0][0] + timedelta(days=1), 20))
        histories[60].append(histories[60][0])
        self._check_too_little(histories, "repeaters", "at least 50 customers who came back")

    def test_just_enough(self):
        histories = self._once(200)
        for orders in histories[:50]:
            orders.insert(0, (orders[0][0] - timedelta(days=100), 20))
        self._bought(self._people(200), histories)
        self.assertNotEqual(self._score(TODAY).status, "too_little_data")

    def test_no_better_than_the_guess(self):
        """Clockwork: the same rate as before is never wrong, so what models say is hidden."""
        dice = random.Random(22)
        histories = []
        for _number in range(240):
            gap = dice.choice((15, 30, 45, 90))
            histories.append([(TODAY - timedelta(days=n), 20 + gap) for n in range(0, 361, gap)])
        people = self._people(240)
        self._bought(people, histories)
        run = self._score(TODAY)
        self.assertGreaterEqual(run.holdout_mae, run.holdout_naive_mae)
        self.assertTrue(run.value_hidden)
        self.assertEqual(run.status, "fallback")
        self.assertIn("no better than the guess", run.message)
        for profile in self.profiles.search([("partner_id", "in", people.ids)]):
            self.assertIs(profile.expected_orders_12m, False)
            self.assertIs(profile.clv_12m, False)
            self.assertTrue(0 < profile.p_buy_90d <= 1)
            self.assertTrue(profile.r_score)

    def test_nobody_and_one(self):
        """No model stumbles over too few, and no figure is made up."""
        for model in ("mbgnbd", "bgnbd", "nbd", "none"):
            run = self.runs.score(self.company, TODAY, model)
            self.assertEqual((run.status, run.customer_count), ("too_little_data", 0), model)
        [person] = self._people(1)
        daily = [(TODAY - timedelta(days=n), 10) for n in range(2001)]
        self._bought(person, [daily])
        for model in ("mbgnbd", "bgnbd", "nbd", "none"):
            run = self.runs.score(self.company, TODAY, model)
            self.assertEqual((run.status, run.customer_count), ("too_little_data", 1), model)
            profile = self._profile(person)
            self.assertEqual((profile.order_days, profile.recency_days), (2001, 0))
            for name in RANKED:
                self.assertIs(profile[name], False, name)

    def test_every_figure_is_a_number(self):
        """Returns, orders worth nothing, of today and of a thousand days: all within bounds."""
        odd = [
            [(TODAY, 0)],
            [(TODAY, -20)],
            [(TODAY - timedelta(days=n), 0) for n in range(1000)],
            [(TODAY - timedelta(days=n), (-1) ** n) for n in range(3)],
            [(TODAY - timedelta(days=3000), 1e9)],
        ]
        histories = [orders or [(TODAY, 1)] for orders in self._histories(240, 23)] + odd
        people = self._people(len(histories))
        self._bought(people, histories)
        for model in ("mbgnbd", "bgnbd", "nbd"):
            run = self.runs.score(self.company, TODAY, model)
            self.assertIn(run.status, ("ok", "fallback"))
            self.assertNotEqual(run.model, "none")
            for profile in self.profiles.search([("partner_id", "in", people.ids)]):
                for name in RANKED:
                    if profile[name] is not False:
                        limit = 1.0 if name.startswith("p_") else 1e12
                        self.assertTrue(0 <= profile[name] <= limit, (name, profile[name]))

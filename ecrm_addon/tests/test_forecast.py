import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from odoo import fields

from ..lib.scoring.as_of import moment as moment_of
from ..lib.scoring.purchases import Purchases
from ..lib.scoring.spend import Spend
from ..models.ecrm_forecaster import MONTH
from .forecast_case import TODAY, ForecastCase

DAY = timedelta(days=1)
FIGURES = ("p_alive", "p_buy_90d", "expected_orders_12m", "expected_order_value", "clv_12m")


class TestForecast(ForecastCase):
    """Forecasts of customers who buy as the model says, through orders in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(260)
        cls.histories = cls._histories(260, 1)
        cls._bought(cls.people, cls.histories)

    def _statistics(self, orders):
        days = sorted({day for day, _amount in orders})
        span, age = (days[-1] - days[0]).days, (TODAY - days[0]).days
        return len(days) - 1, span / 7, age / 7

    def _repeat_mean(self, orders):
        """Return the mean amount of the days with orders after the first."""
        days = defaultdict(float)
        for day, amount in orders:
            days[day] += amount
        repeats = [days[day] for day in sorted(days)[1:]]
        return sum(repeats) / len(repeats) if repeats else 0.0

    def _discounted(self, model, x, t_x, age):
        """Return the orders of each month to come, later ones discounted by 1 % a month."""
        orders = [model.expected(x, t_x, age, month * MONTH) for month in range(13)]
        return sum((orders[i] - orders[i - 1]) / 1.01**i for i in range(1, 13))

    def test_database_and_formulas_agree(self):
        shown = set()
        for name in ("mbgnbd", "bgnbd", "nbd"):
            run = self.runs.score(self.company, as_of=TODAY, model=name)
            self.assertEqual((run.problem, run.model), (False, name))
            parameters = [run[f"param_{each}"] for each in ("r", "alpha", "a", "b")]
            model = Purchases(name, *[None if each is False else each for each in parameters])
            spending = Spend(run.gg_p, run.gg_q, run.gg_v)
            for partner, orders in zip(self.people, self.histories, strict=True):
                profile = self._profile(partner)
                x, t_x, age = self._statistics(orders)
                if name == "nbd":
                    self.assertIs(profile.p_alive, False)
                else:
                    alive = model.p_alive(x, t_x, age)
                    self.assertAlmostEqual(profile.p_alive, alive, delta=1e-4)
                buys = model.p_buy(x, t_x, age, 90 / 7)
                self.assertAlmostEqual(profile.p_buy_90d, buys, delta=1e-4)
                amount = spending.mean(x, self._repeat_mean(orders))
                self.assertAlmostEqual(profile.expected_order_value, amount, delta=0.006)
                if run.value_hidden:
                    self.assertIs(profile.expected_orders_12m, False)
                    self.assertIs(profile.clv_12m, False)
                    continue
                shown.add(name)
                year = model.expected(x, t_x, age, 12 * MONTH)
                self.assertAlmostEqual(profile.expected_orders_12m, year, delta=1e-4)
                value = amount * self._discounted(model, x, t_x, age)
                self.assertAlmostEqual(profile.clv_12m, value, delta=0.006 + 1e-6 * value)
        self.assertIn("mbgnbd", shown)

    def test_companies_do_not_meet(self):
        """Parameters and figures of a company are those that it has alone."""
        names = [name for name in self.runs._fields if name.startswith(("param_", "gg_"))]
        names += ["thresholds", "log_likelihood", "customer_count"]
        run = self._score(TODAY)
        alone, figures = run.read(names, load=None)[0], self._figures()
        other = self._company("Coffee House", "base.USD")
        self._bought(self.people, self._histories(260, 2), other)
        foreign = self._score(TODAY, other)
        self.assertNotEqual(foreign.param_r, run.param_r)
        again = self._score(TODAY)
        self.assertEqual({**again.read(names, load=None)[0], "id": run.id}, alone)
        self.assertEqual((again.written_count, again.removed_count), (0, 0))
        self.assertEqual(self._figures(), figures)

    def test_odd_customers(self):
        """Who came today, often, or for nothing is forecast too, within bounds."""
        daily = [(TODAY - timedelta(days=n), 10) for n in range(2000)]
        odd = self._people(4)
        histories = [[(TODAY, 10)], daily, [(TODAY, 0)], [(TODAY, -5)]]
        self._bought(odd, histories)
        run = self._score(TODAY)
        self.assertEqual(run.model, "mbgnbd")
        for partner in odd[:3]:
            profile = self._profile(partner)
            for name in ("p_alive", "p_buy_90d"):
                self.assertTrue(0 <= profile[name] <= 1, name)
                self.assertIsNot(profile[name], False, name)
            self.assertTrue(0 <= profile.expected_order_value < 1e6)  # NaN is not below it
        for name in FIGURES:
            self.assertIs(self._profile(odd[3])[name], False, name)

    def test_a_new_order_gives_what_a_run_would(self):
        self._score()
        self._bought(self.people[:1], [[(date.today(), 25)]])
        self.profiles._recompute(self.people[0])
        at_once = self._figures(self._profile(self.people[0]))
        latest = self.runs.search([("company_id", "=", self.company.id)], limit=1)
        scorer = self.env["ecrm.scorer"]
        moment = moment_of(None, fields.Datetime.now(), "UTC")
        scope = scorer._scope(
            self.company,
            moment,
            public_ids=[],
            thresholds=latest.thresholds,
            settled=True,
        )
        scorer._prepare(scope)
        scorer._upsert(replace(scope, forecast=self.env["ecrm.forecaster"]._recall(latest, scope)))
        rebuilt = self._figures(self._profile(self.people[0]))
        for name, value in at_once[self.people[0].id].items():
            if isinstance(value, float):
                self.assertAlmostEqual(rebuilt[self.people[0].id][name], value, delta=1e-4)
            else:
                self.assertEqual(rebuilt[self.people[0].id][name], value, name)

    def test_nobody_leaves(self):
        """Orders on which the likelihood has no maximum: NBD, and the run says so."""
        steady = self._company("Steady")
        dice = random.Random(3)
        histories = []
        for _number in range(260):
            gap = dice.choice((7, 14, 28, 42))
            start = dice.randrange(gap)
            histories.append([(TODAY - timedelta(days=day), 20) for day in range(start, 360, gap)])
        self._bought(self.people, histories, steady)
        run = self._score(TODAY, steady)
        self.assertEqual((run.status, run.model, run.problem), ("fallback", "nbd", "no_churn"))
        self.assertIn("NBD", run.message)
        profile = self._profile(self.people[0], steady)
        self.assertIs(profile.p_alive, False)
        self.assertTrue(profile.p_buy_90d > 0.5)

    def test_all_alike(self):
        """Customers among whom nothing differs: recency, frequency and money, no forecast."""
        alike = self._company("Alike")
        orders = [(TODAY - timedelta(days=day), 20) for day in range(0, 350, 7)]
        self._bought(self.people, [orders] * 260, alike)
        run = self._score(TODAY, alike)
        self.assertEqual((run.status, run.model), ("fallback", "none"))
        self.assertIs(self._profile(self.people[0], alike).p_buy_90d, False)
        self.assertTrue(self._profile(self.people[0], alike).r_score)

    def test_looking_back(self):
        """What is said of the hold-out is what the orders say, and it leaks into nothing."""
        known = TODAY - timedelta(days=90)
        forward = self.runs.score(self.company, known, horizon_days=90)
        backward = self.runs.score(self.company, TODAY, horizon_days=90)
        self.assertEqual((forward.holdout_from, forward.holdout_to), (known + DAY, TODAY))
        for name in ("actual", "expected", "mae", "naive_mae", "brier", "auc"):
            self.assertEqual(forward[f"holdout_{name}"], backward[f"holdout_{name}"], name)
        came = sum(
            len({day for day, _amount in orders if day > known})
            for orders in self.histories
            if orders and orders[0][0] <= known
        )
        self.assertEqual(forward.holdout_actual, came)
        self._bought(self.people[:50], [[(TODAY, 99)]] * 50)
        again = self.runs.score(self.company, known, horizon_days=90)
        for name in ("param_r", "param_alpha", "param_a", "param_b", "gg_p", "log_likelihood"):
            self.assertEqual(again[name], forward[name], name)
        self.assertGreater(again.holdout_actual, came)

    def test_too_few(self):
        small = self._company("Small")
        self._bought(
            self.people[:199], [orders or [(TODAY, 1)] for orders in self.histories[:199]], small
        )
        run = self._score(TODAY, small)
        self.assertEqual(
            (run.status, run.model, run.problem), ("too_little_data", "none", "customers")
        )
        self.assertTrue(self._profile(self.people[0], small).r_score)

    def test_unknown_model_and_no_horizon(self):
        with self.assertRaises(ValueError):
            self.runs.score(self.company, model="pareto")
        with self.assertRaises(ValueError):
            self.runs.score(self.company, horizon_days=0)

    def test_no_forecast_wanted(self):
        run = self.runs.score(self.company, as_of=TODAY, model="none")
        self.assertEqual((run.status, run.model), ("ok", "none"))
        for name in FIGURES:
            self.assertIs(self._profile(self.people[0])[name], False, name)

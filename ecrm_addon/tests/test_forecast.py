from datetime import timedelta

from ..lib.scoring.purchases import Purchases
from ..models.ecrm_forecaster import MONTH
from .forecast_case import TODAY, ForecastCase

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

    def test_database_and_formulas_agree(self):
        for name in ("mbgnbd", "bgnbd", "nbd"):
            run = self.runs.score(self.company, as_of=TODAY, model=name)
            self.assertEqual((run.problem, run.model), (False, name))
            parameters = [run[f"param_{each}"] for each in ("r", "alpha", "a", "b")]
            model = Purchases(name, *[None if each is False else each for each in parameters])
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
                if run.value_hidden:
                    self.assertIs(profile.expected_orders_12m, False)
                    self.assertIs(profile.clv_12m, False)
                else:
                    year = model.expected(x, t_x, age, 12 * MONTH)
                    self.assertAlmostEqual(profile.expected_orders_12m, year, delta=1e-4)

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
        self.assertNotEqual(self._score(TODAY).status, "failed")
        for partner in odd:
            profile = self._profile(partner)
            for name in FIGURES:
                self.assertEqual(profile[name], profile[name], name)  # NaN is not itself
            for name in ("p_alive", "p_buy_90d"):
                if profile[name] is not False:
                    self.assertTrue(0 <= profile[name] <= 1, name)

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

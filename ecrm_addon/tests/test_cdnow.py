import importlib.util
import unittest
from datetime import date, datetime
from pathlib import Path

from .forecast_case import ForecastCase

CALIBRATION_END = date(1997, 9, 30)
LAST_DAY = date(1998, 6, 30)
HOLDOUT_DAYS = 273

#: Fader, Hardie and Lee, "Counting Your Customers the Easy Way" (2005), in the tests of CLVTools;
#: for MBG/NBD the tests of lifetimes (from BTYDplus). Name: published, how far off it may be.
BGNBD = {
    "param_r": (0.2425967, 0.001),
    "param_alpha": (4.413659, 0.009),
    "param_a": (0.7929869, 0.002),
    "param_b": (2.426164, 0.005),
    "log_likelihood": (-9582.429, 0.01),
}
MBGNBD = {
    "param_r": (0.525, 0.001),
    "param_alpha": (6.183, 0.012),
    "param_a": (0.891, 0.002),
    "param_b": (1.614, 0.003),
    "log_likelihood": (-9582.1357, 0.01),  # ours: none is printed
}
#: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), in the tests of CLVTools.
GAMMA_GAMMA = {
    "gg_p": (6.25, 0.03),
    "gg_q": (3.74, 0.02),
    "gg_v": (15.44, 0.08),
    "gg_log_likelihood": (-4055.9177, 0.01),
}
#: The mean amounts that note 025 of brucehardie.com prints for the first ten customers.
AMOUNTS = (24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17)
#: As lifetimes 0.11.3 computes them: number of the customer -> P(alive) by BG/NBD, by MBG/NBD,
#: and the value of 12 months by MBG/NBD, 1 % a month.
CUSTOMERS = {
    1: (0.726620, 0.706138, 37.18058),
    2: (0.212391, 0.170951, 4.288665),
    3: (1.0, 0.389723, 6.556268),
    6: (0.641835, 0.622680, 267.7861),
    9: (0.784873, 0.771569, 44.95629),
    100: (0.646992, 0.617221, 23.95604),
    1000: (0.680268, 0.658752, 48.73826),
    1516: (0.968854, 0.965485, 906.1421),
    2357: (1.0, 0.428462, 9.320996),
}
VALUE_OF_ALL = 67774.14


def sample():
    """Return where the sample lies that the package ``lifetimes`` brings, or None."""
    found = importlib.util.find_spec("lifetimes")
    folder = found and Path(found.origin).parent / "datasets"
    path = folder and folder / "CDNOW_sample.txt"
    return path if path and path.exists() else None


@unittest.skipUnless(sample(), "needs the data of requirements-data.txt (pip install --no-deps)")
class TestCdnow(ForecastCase):
    """2,357 customers of CDNOW, as papers and packages print what models say of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.histories = cls._read(sample())
        cls.people = cls._people(len(cls.histories))
        cls._bought(cls.people, cls.histories)

    @staticmethod
    def _read(path):
        """Return the orders of each customer, as lists of (day, dollars).

        Columns: number in all the data, number in the sample, yyyymmdd, CDs, dollars.
        """
        orders = {}
        for line in path.read_text().splitlines():
            _all, number, day, _count, dollars = line.split()
            day = datetime.strptime(day, "%Y%m%d").date()
            orders.setdefault(int(number), []).append((day, float(dollars)))
        return [orders[number] for number in sorted(orders)]

    def _forecast(self, model):
        run = self.runs.score(self.company, CALIBRATION_END, model, HOLDOUT_DAYS)
        self.assertEqual((run.status, run.model, run.problem), ("ok", model, False))
        return run

    def _check(self, run, published):
        for name, (value, delta) in published.items():
            self.assertAlmostEqual(run[name], value, delta=delta, msg=name)

    def _check_holdout(self, run):
        self.assertEqual(run.holdout_actual, 1882)
        self.assertLessEqual(run.holdout_mae, 0.8)
        self.assertLessEqual(run.holdout_mae, 0.8 * run.holdout_naive_mae)
        self.assertLessEqual(run.holdout_brier, 0.165)

    def test_orders(self):
        self.runs.score(self.company, LAST_DAY, "none")
        found = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), 2357)
        self.assertEqual(sum(found.mapped("order_days")), 6696)
        self.assertEqual(sum(found.mapped("order_count")), 6919)
        self.runs.score(self.company, CALIBRATION_END, "none")
        repeats = [profile.order_days - 1 for profile in found]
        self.assertEqual((sum(repeats), repeats.count(0)), (2457, 1411))

    def test_mbgnbd(self):
        run = self._forecast("mbgnbd")
        self._check(run, MBGNBD | GAMMA_GAMMA)
        self.assertEqual(run.gg_customer_count, 946)
        self._check_holdout(run)
        for number, (_bg, alive, value) in CUSTOMERS.items():
            profile = self._profile(self.people[number - 1])
            self.assertAlmostEqual(profile.p_alive, alive, delta=1e-4)
            self.assertAlmostEqual(profile.clv_12m, value, delta=0.001 * value + 0.005)
        for number, amount in enumerate(AMOUNTS):
            profile = self._profile(self.people[number])
            self.assertAlmostEqual(profile.expected_order_value, amount, delta=0.1)
        found = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertAlmostEqual(sum(found.mapped("clv_12m")), VALUE_OF_ALL, delta=70)

    def test_bgnbd(self):
        run = self._forecast("bgnbd")
        self._check(run, BGNBD | GAMMA_GAMMA)
        self._check_holdout(run)
        for number, (alive, _mbg, _value) in CUSTOMERS.items():
            profile = self._profile(self.people[number - 1])
            self.assertAlmostEqual(profile.p_alive, alive, delta=1e-4)

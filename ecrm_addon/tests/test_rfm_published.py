import csv
import os
import unittest
from datetime import date, timedelta
from pathlib import Path

from .forecast_case import ForecastCase

AS_OF = date(2006, 12, 31)
#: As in ``bench/data.py``: beside the checkout, or where one says it is.
FOLDER = Path(os.environ.get("ECRM_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FILE = FOLDER / "rfm" / "rfm_data_orders.csv"


@unittest.skipUnless(
    FILE.exists(), "needs rfm/rfm_data_orders.csv of the R package rfm in the folder ECRM_DATA"
)
class TestRfmPublished(ForecastCase):
    """The result that the R package ``rfm`` prints for its 995 customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        histories = {}
        with FILE.open(newline="") as rows:
            for row in csv.DictReader(rows):
                day = date(1970, 1, 1) + timedelta(days=float(row["order_date"]))
                key = (row["email"], row["customer_id"])
                histories.setdefault(key, []).append((day, float(row["revenue"])))
        people = cls.env["res.partner"].create(
            [{"name": name, "email": email} for email, name in histories]
        )
        cls._bought(people, histories.values())
        cls.run_ = cls._score(AS_OF)
        cls.found = cls.profiles.search([("partner_id", "in", people.ids)])

    def test_thresholds(self):
        self.assertEqual(self.run_.customer_count, 995)
        self.assertEqual(
            self.run_.thresholds,
            {
                "r": [114.0, 180.0, 296.4, 481.0],
                "f": [3.0, 4.0, 5.0, 7.0],
                "m": [254.8, 381.0, 505.4, 665.0],
            },
        )

    def test_one_customer(self):
        aden = self.found.filtered(lambda profile: profile.partner_id.name == "Aden Murphy")
        self.assertEqual((aden.recency_days, aden.frequency, aden.monetary), (98, 7, 596))
        self.assertEqual((aden.r_score, aden.f_score, aden.m_score), (5, 4, 4))

    def test_champions(self):
        champions = self.found.filtered(
            lambda profile: min(profile.r_score, profile.f_score, profile.m_score) >= 4
        )
        self.assertEqual(len(champions), 158)
        self.assertEqual(sum(champions.mapped("order_count")), 1234)
        self.assertAlmostEqual(sum(champions.mapped("revenue")), 120178, places=2)

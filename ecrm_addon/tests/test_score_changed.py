from unittest.mock import patch

from freezegun import freeze_time

from ..models import ecrm_scorer_changes
from .forecast_case import TODAY, ForecastCase

NAMES = ("model", "param_r", "gg_p", "thresholds", "status", "holdout_mae", "customer_count")


class TestScoreChanged(ForecastCase):
    """A second run of a day in a large company renews only those of whom something is new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(260)
        cls._bought(cls.people, cls._histories(260, 3))
        cls.startClassPatcher(freeze_time(f"{TODAY} 12:05:00"))
        # what makes a company a large one, and a few of its customers few
        cls.startClassPatcher(patch.object(ecrm_scorer_changes, "MANY_PROFILES", 100))
        cls.first = cls._score()
        cls._forget()

    @classmethod
    def _forget(cls):
        """Let the pipeline have worked off all notes."""
        cls.env.flush_all()
        cls.env["ecrm.change"].search([]).unlink()

    def test_nothing_new(self):
        before = self._figures()
        self.env["ecrm.profile"].search([("company_id", "=", self.company.id)], limit=1).revenue = 1
        run = self._score()
        self.assertEqual(run.yardstick_id, self.first)
        self.assertEqual((run.written_count, run.removed_count), (0, 0))
        self.assertNotEqual(self._figures(), before, "nobody looked at the row")
        for name in NAMES:
            self.assertEqual(run[name], self.first[name], name)
        self.assertIn("0 contacts", run.message)

    def test_few_are_renewed_as_a_run_would(self):
        self._buy(self.people[0], 500, str(TODAY))
        self._act(self.people[1], at=f"{TODAY} 11:00:00")
        run = self._score()
        self.assertEqual(run.yardstick_id, self.first)
        self.assertEqual(run.written_count, 2)
        few = self._figures()
        with patch.object(ecrm_scorer_changes, "MANY_PROFILES", 10**6):
            self._score()
        everybody = self._figures()
        for partner in self.people[:2]:
            for name in ("order_count", "revenue", "recency_days", "engagement", "tier_id"):
                self.assertEqual(few[partner.id][name], everybody[partner.id][name], name)

    def test_the_yardstick_stays_the_run_of_all(self):
        self._buy(self.people[0], 500, str(TODAY))
        second, third = self._score(), self._score()
        self.assertEqual((second | third).yardstick_id, self.first)

    def test_a_new_customer(self):
        (newcomer,) = self._people(1)
        self._buy(newcomer, 50, str(TODAY))
        run = self._score()
        self.assertEqual(run.customer_count, self.first.customer_count + 1)
        self.assertEqual(self._profile(newcomer).order_count, 1)

    def test_many_changes_are_a_run_of_all(self):
        for partner in self.people[:20]:
            self._buy(partner, 500, str(TODAY))
        run = self._score()
        self.assertFalse(run.yardstick_id)
        self.assertGreaterEqual(run.written_count, 20)

    def test_other_rules_are_a_run_of_all(self):
        self.company.ecrm_half_life = 7
        self.assertFalse(self._score().yardstick_id)
        self.assertTrue(self._score().yardstick_id)
        self.env["ecrm.tier"].search([])[-1].minimum += 1
        self.assertFalse(self._score().yardstick_id)
        self.env["ecrm.touchpoint.kind"].search([("code", "=", "web.product")]).weight += 1
        self.assertFalse(self._score().yardstick_id)

    def test_another_day_or_model_is_a_run_of_all(self):
        self.assertFalse(self.runs.score(self.company, model="bgnbd").yardstick_id)
        self._score()
        self.assertFalse(self._score(str(TODAY)).yardstick_id)
        with freeze_time(f"{TODAY.replace(month=7, day=1)} 00:05:00"):
            self.assertFalse(self._score().yardstick_id)

    def test_everybody_on_demand(self):
        run = self.runs.score(self.company, everybody=True)
        self.assertFalse(run.yardstick_id)

    def test_the_button_renews_whom_the_pipeline_takes_off(self):
        self.env["ecrm.pipeline"].run_now()
        self._forget()
        order = self._buy(self.people[0], 500, str(TODAY))
        self.env["ecrm.change"].note("sale.order", order.ids)
        self.env["ecrm.pipeline"].run_now()
        latest = self.runs.search([("company_id", "=", self.company.id)], limit=1)
        self.assertTrue(latest.yardstick_id)
        self.assertEqual(self._profile(self.people[0]).last_order_date, TODAY)

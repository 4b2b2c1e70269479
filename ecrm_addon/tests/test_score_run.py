from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .score_case import ScoreCase


class TestScoreRun(ScoreCase):
    """A run: of which moment, by whom, what it writes, and what it does not write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(7)
        for number, partner in enumerate(cls.people, 1):
            for order in range(number):
                cls._buy(partner, 90 * number, f"2026-0{order + 1}-1{number}")
            cls._act(partner, at=f"2026-03-0{number} 09:00:00")

    def test_figures_of_the_run(self):
        run = self._score("2026-09-30")
        self.assertEqual((run.status, run.model), ("too_little_data", "none"))
        self.assertEqual((run.customer_count, run.profile_count), (7, 7))
        self.assertEqual((run.written_count, run.removed_count), (7, 0))
        self.assertEqual(sorted(run.thresholds), ["f", "m", "r"])
        self.assertEqual(run.problem, "customers")
        self.assertIn("at least 200 customers", run.message)
        for name in ("param_r", "gg_p", "log_likelihood", "holdout_mae"):
            self.assertIs(run[name], False, name)

    def test_second_run_writes_nothing(self):
        self._score("2026-09-30")
        before = self._figures()
        run = self._score("2026-09-30")
        self.assertEqual((run.written_count, run.removed_count, run.move_count), (0, 0, 0))
        self.assertEqual(self._figures(), before)

    def test_second_run_of_now_writes_nothing(self):
        with freeze_time("2026-10-01 10:05:00"):
            self._score()
        with freeze_time("2026-10-01 10:55:00"):
            run = self._score()
        self.assertEqual((run.written_count, run.removed_count), (0, 0))

    def test_a_row_that_somebody_spoilt_is_mended(self):
        self._score("2026-09-30")
        before = self._figures()
        self._profile(self.people[0]).write({"revenue": 1, "r_score": False})
        self._profile(self.people[1]).unlink()
        run = self._score("2026-09-30")
        self.assertEqual(run.written_count, 2)
        self.assertEqual(self._figures(), before)

    def test_all_ways_to_say_when(self):
        self._score("2026-03-31")
        whole_day = self._figures()
        self.assertEqual(self._score(date(2026, 3, 31)).written_count, 0)
        instant = self._score("2026-03-31 23:59:59")
        self.assertEqual(instant.as_of, datetime(2026, 3, 31, 23, 59, 59))
        for as_of in ("2026-03-31T23:59:59+00:00", datetime(2026, 3, 31, 23, 59, 59)):
            self.assertEqual(self._score(as_of).written_count, 0)
        for partner_id, row in self._figures().items():
            for name in ("order_count", "recency_days", "r_score", "last_visit_at"):
                self.assertEqual(row[name], whole_day[partner_id][name])
        with self.assertRaises(ValueError):
            self._score("next year")

    def test_as_of_is_shown(self):
        self._score("2026-03-31")
        profile = self._profile(self.people[0])
        self.assertEqual(profile.computed_at, datetime(2026, 3, 31, 23, 59, 59))

    def test_one_customer(self):
        lonely = self._company("Lonely")
        self._buy(self.people[0], 10, company=lonely)
        run = self._score("2026-09-30", lonely)
        self.assertEqual((run.status, run.customer_count), ("too_little_data", 1))
        self.assertIn("1 customers", run.message)

    def test_companies_do_not_meet(self):
        """Thresholds and scores of two companies are those that each has alone."""
        alone = self._score("2026-09-30").thresholds
        figures = self._figures()
        other = self._company("Coffee House", "base.USD")
        for number, partner in enumerate(self.people, 1):
            self._buy(partner, 7000 - 900 * number, f"2026-08-0{number}", company=other)
        run = self._score("2026-09-30", other)
        self.assertNotEqual(run.thresholds, alone)
        again = self._score("2026-09-30")
        self.assertEqual((again.thresholds, again.written_count), (alone, 0))
        self.assertEqual(self._figures(), figures)

    def test_only_managers_may_start_it(self):
        for group, may in (("user", False), ("marketer", False), ("manager", True)):
            user = new_test_user(
                self.env,
                f"ecrm_{group}",
                groups=f"ecrm_addon.group_ecrm_{group}",
                company_id=self.company.id,
                company_ids=self.company.ids,
            )
            runs = self.runs.with_user(user)
            if may:
                self.assertEqual(runs.score(self.company).status, "too_little_data")
            else:
                with self.assertRaises(AccessError):
                    runs.score(self.company)

    def test_failure_is_written_down(self):
        scorer = type(self.env["ecrm.scorer"])
        with (
            patch.object(scorer, "_upsert", side_effect=RuntimeError("out of tea")),
            mute_logger("odoo.addons.ecrm_addon.models.ecrm_score_run"),
        ):
            run = self._score()
        self.assertEqual((run.status, run.message), ("failed", "out of tea"))

    def test_reasons_in_the_readers_words(self):
        self._score("2026-09-30")
        profile = self._profile(self.people[6])
        self.assertEqual(
            profile.why.splitlines()[0],
            "Last order 75 days ago (R 5), 7 orders (F 5), 4,410.00\N{NO-BREAK SPACE}€ "
            "spent (M 5).",
        )

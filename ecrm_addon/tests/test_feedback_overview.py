from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..lib.feedback.interval import FEWEST, figure
from .feedback_case import FeedbackCase


class TestFeedbackOverview(FeedbackCase):
    """The screen of a year: counts, figures with intervals, by month and by who served."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["res.company"].create({"name": "Figures"})
        cls.agent = new_test_user(
            cls.env,
            "feedback_reader",
            "ecrm_addon.group_ecrm_support",
            company_id=cls.shop.id,
            company_ids=[(6, 0, cls.shop.ids)],
        )

    def _answers(self, kind, *scores, months=0, user=None):
        at = self._days_ago(0).replace(day=1) - timedelta(days=30 * months)
        values = {"kind": kind, "company_id": self.shop.id, "user_id": user and user.id}
        values |= {"asked_at": at, "answered_at": at, "comment": "Said"}
        return self.feedback.create([{**values, "score": score} for score in scores])

    def _overview(self):
        return self.env["ecrm.feedback.overview"].with_user(self.agent).get_overview()

    def _figures(self):
        return {figures["kind"]: figures for figures in self._overview()["kinds"]}

    def test_figures_of_all_answers(self):
        self._answers("nps", *[10] * 5, *[8] * 3, *[0, 6])
        self._answers("csat", *[5] * 8, 3, 1)
        found = self._figures()
        for kind, bands in (("nps", (5, 3, 2)), ("csat", (8, 1, 1))):
            names = ("answers", "value", "low", "high", "error")
            self.assertEqual(tuple(found[kind][name] for name in names), figure(kind, *bands))
            self.assertEqual(tuple(found[kind][n] for n in ("good", "neutral", "bad")), bands)
        self.assertEqual(found["nps"]["value"], 30.0)

    def test_too_few_answers_have_no_figure(self):
        self._answers("csat", *[5] * (FEWEST - 1))
        found = self._figures()["csat"]
        self.assertEqual((found["answers"], found["value"], found["low"]), (FEWEST - 1, None, None))
        self._answers("csat", 5)
        self.assertEqual(self._figures()["csat"]["value"], 100.0)
        self.assertLess(self._figures()["csat"]["low"], 75)

    def test_by_month_and_by_who_served(self):
        self._answers("csat", 5, 4, user=self.marc)
        self._answers("csat", 1, months=2)
        self._answers("nps", 9, months=2, user=self.marc)
        overview = self._overview()
        self.assertEqual(len(overview["months"]), 12)
        answers = [(m["csat"]["answers"], m["nps"]["answers"]) for m in overview["months"]]
        self.assertEqual((answers[0], sum(a for a, _n in answers)), ((2, 0), 3))
        self.assertEqual(sum(n for _a, n in answers), 1)
        people = {row["name"]: row for row in overview["people"]}
        self.assertEqual(people["Marc"]["csat"]["answers"], 2)
        self.assertEqual(people["Marc"]["nps"]["answers"], 1)
        self.assertEqual(people["Nobody in particular"]["csat"]["bad"], 1)
        self.assertEqual([row["score"] for row in overview["comments"]], ["1 of 5"])

    def test_older_answers_are_left_out(self):
        self._answers("csat", 5, months=13)
        self.assertEqual(self._figures()["csat"]["answers"], 0)

    def test_how_many_of_those_asked_answered(self):
        self._answers("csat", 5, 4)
        asked = {"kind": "csat", "company_id": self.shop.id}
        self.feedback.create([{**asked, "asked_at": self._days_ago(0)} for _n in range(3)])
        # who came unasked counts as an answer, not as somebody who was asked
        self.feedback.create({**asked, "score": 5, "answered_at": self._days_ago(0)})
        found = self._figures()["csat"]
        self.assertEqual((found["asked"], found["answered"], found["answers"]), (5, 2, 3))

    def test_only_for_who_may_read_it(self):
        outsider = new_test_user(self.env, "feedback_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["ecrm.feedback.overview"].with_user(outsider).get_overview()

    def test_a_handful_of_queries(self):
        self._answers("csat", *[5] * 30, user=self.marc)
        self._overview()
        before = self.cr.sql_log_count
        self._overview()
        few = self.cr.sql_log_count - before
        for months in range(6):
            self._answers("nps", *range(11), months=months)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self._overview()
        self.assertLessEqual(self.cr.sql_log_count - before, few + 2)

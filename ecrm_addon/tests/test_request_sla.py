from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from .desk_case import DeskCase, at

LATE = "ecrm_addon.mail_activity_type_request_late"


class TestDue(DeskCase):
    """When a request is due, in the business hours of its team."""

    def _dues(self, asked, **values):
        request = self._ask(opened_at=asked, **values)
        return request.answer_due, request.solve_due

    def test_over_a_weekend(self):
        # one hour of Friday, three of Monday; then the rest of Monday
        self.assertEqual(
            self._dues(at("2026-02-06 16:00")), (at("2026-02-09 11:00"), at("2026-02-09 16:00"))
        )

    def test_asked_at_night(self):
        self.assertEqual(self._dues(at("2026-02-07 23:30"))[0], at("2026-02-09 12:00"))

    def test_over_a_change_of_the_clock(self):
        spring, autumn = at("2026-03-27 16:00"), at("2026-10-23 16:00")
        self.assertEqual(self._dues(spring)[0], at("2026-03-30 11:00"))
        self.assertEqual(self._dues(autumn)[0], at("2026-10-26 11:00"))
        # the same hour of the wall's clock is another one of UTC
        self.assertEqual(self._dues(spring)[0].hour, 9)
        self.assertEqual(self._dues(autumn)[0].hour, 10)

    def test_over_a_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": at("2026-02-09 00:00"),
                "date_to": at("2026-02-10 00:00"),
            }
        )
        self.assertEqual(self._dues(at("2026-02-06 16:00"))[0], at("2026-02-10 11:00"))

    def test_without_hours_of_its_own_a_team_works_those_of_the_company(self):
        self.team.calendar_id = False
        self.env.company.resource_calendar_id = self.calendar.copy({"tz": "America/New_York"})
        asked = at("2026-02-06 16:00", "America/New_York")
        self.assertEqual(self._dues(asked)[0], at("2026-02-09 11:00", "America/New_York"))

    def test_priorities_have_targets_of_their_own(self):
        request = self._ask(opened_at=at("2026-02-09 08:00"), priority="3")
        self.assertEqual(request.answer_due, at("2026-02-09 09:00"))
        request.priority = "1"
        self.assertEqual(request.answer_due, at("2026-02-09 12:00"))
        request.priority = "0"
        self.assertEqual((request.answer_due, request.due_at), (False, False))
        self.assertEqual(request.clock, "none")

    def test_what_is_answered_keeps_what_it_was_measured_by(self):
        request = self._ask(opened_at=at("2026-02-09 08:00"))
        request.answered_at = at("2026-02-09 10:00")
        request.priority = "3"
        self.assertEqual(request.answer_due, at("2026-02-09 12:00"))
        self.assertEqual(request.solve_due, at("2026-02-09 10:00"))
        self.assertEqual(request.due_at, request.solve_due)
        self.assertEqual(request.answer_hours, 2)

    def test_targets_that_change_count_for_what_is_open(self):
        values = {"opened_at": at("2026-02-09 08:00")}
        request, closed = self._ask(**values), self._ask(**values)
        closed.answered_at = at("2026-02-09 10:00")
        closed.stage_id = self.solved
        normal = self.team.target_ids.filtered(lambda target: target.priority == "1")
        normal.answer_hours = 1
        self.assertEqual(request.answer_due, at("2026-02-09 09:00"))
        self.assertEqual(closed.answer_due, at("2026-02-09 12:00"))
        self.team.calendar_id = self.calendar.copy({"tz": "America/New_York"})
        self.assertEqual(request.answer_due, at("2026-02-09 09:00", "America/New_York"))
        normal.unlink()
        self.assertFalse(request.answer_due)
        self.team.target_ids = [
            Command.create({"priority": "1", "answer_hours": 2, "solve_hours": 0})
        ]
        self.assertEqual(request.answer_due, at("2026-02-09 10:00", "America/New_York"))


class TestClock(DeskCase):
    """The clock stands still while the customer has to do something."""

    def setUp(self):
        super().setUp()
        with freeze_time(at("2026-02-09 08:00")):
            self.request = self._ask()

    def _move(self, stage, when, **values):
        with freeze_time(when):
            self.request.write({"stage_id": stage.id, **values})
            self.env.flush_all()

    def test_waiting_for_the_customer(self):
        self.request.answered_at = at("2026-02-09 09:00")
        self.assertEqual(self.request.due_at, at("2026-02-09 17:00"))
        self._move(self.waiting, at("2026-02-09 10:00"))
        self.assertEqual((self.request.due_at, self.request.clock), (False, "paused"))
        with freeze_time(at("2026-02-20 10:00")):
            self.assertFalse(self.request.is_late)
        # six business hours of Monday and two of Tuesday
        self._move(self.progress, at("2026-02-10 10:00"))
        self.assertEqual(self.request.stopped_hours, 8)
        self.assertEqual(self.request.due_at, at("2026-02-10 17:00"))
        self._move(self.solved, at("2026-02-10 12:00"), closed_at=at("2026-02-10 12:00"))
        self.assertEqual(self.request.solve_hours, 4)

    def test_waiting_over_a_weekend_costs_nobody_anything(self):
        self._move(self.waiting, at("2026-02-13 17:00"))
        before = self.request.stopped_hours
        self._move(self.progress, at("2026-02-16 08:00"))
        self.assertEqual(self.request.stopped_hours, before)

    def test_closed_while_it_waited(self):
        self._move(self.waiting, at("2026-02-09 10:00"))
        self._move(self.solved, at("2026-02-12 10:00"), closed_at=at("2026-02-12 10:00"))
        self.assertEqual(self.request.solve_hours, 2)
        report = self.env["ecrm.request.report"].browse(self.request.id)
        self.assertEqual(report.solved_in_time, 100)

    def test_reopened(self):
        self._move(self.solved, at("2026-02-09 12:00"), closed_at=at("2026-02-09 12:00"))
        self.assertEqual((self.request.due_at, self.request.clock), (False, "done"))
        self._move(self.progress, at("2026-02-10 08:00"), closed_at=False)
        # four of the eight hours are left
        self.assertEqual(self.request.solve_due, at("2026-02-10 12:00"))
        self.assertEqual(self.request.solve_hours, False)

    def test_late(self):
        requests = self.env["ecrm.request"]
        domain = [("team_id", "=", self.team.id), ("is_late", "=", True)]
        with freeze_time(at("2026-02-09 11:59")):
            self.assertFalse(requests.search(domain))
        with freeze_time(at("2026-02-09 12:00")):
            self.assertEqual(requests.search(domain), self.request)
            self.assertTrue(self.request.is_late)
            self.assertFalse(requests.search([*domain[:1], ("is_late", "=", False)]))


class TestTold(DeskCase):
    """Somebody hears of a request that has become late."""

    def setUp(self):
        super().setUp()
        with freeze_time(at("2026-02-09 08:00")):
            self.request = self._ask()

    def _tell(self, when):
        with freeze_time(when):
            self.env["ecrm.request"]._cron_tell_late()

    def _activities(self, request=None):
        request = request or self.request
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "ecrm.request"),
                ("res_id", "=", request.id),
                ("activity_type_id", "=", self.env.ref(LATE).id),
            ]
        )

    def test_the_assignee_or_else_the_leader(self):
        with freeze_time(at("2026-02-09 08:00")):
            mine = self._ask(user_id=self.agent.id)
            nobodys = self._ask(team_id=self.team.copy({"user_id": False}).id)
        self._tell(at("2026-02-09 11:00"))
        self.assertEqual(self.request.clock, "running")
        self.assertFalse(self._activities())
        self._tell(at("2026-02-09 13:30"))
        self.assertEqual(set((self.request | mine | nobodys).mapped("clock")), {"late"})
        self.assertEqual(self._activities().user_id, self.leader)
        self.assertEqual(self._activities().summary, "First answer is late")
        self.assertEqual(self._activities(mine).user_id, self.agent)
        self.assertFalse(self._activities(nobodys))

    def test_once_per_due_date(self):
        self._tell(at("2026-02-09 13:30"))
        self._tell(at("2026-02-09 13:35"))
        self.assertEqual(len(self._activities()), 1)
        with freeze_time(at("2026-02-09 14:00")):
            self.request.answered_at = at("2026-02-09 14:00")
            self.env.flush_all()
        self.assertFalse(self._activities(), "it was answered after all")
        self.assertEqual(self.request.clock, "running")
        self._tell(at("2026-02-10 08:00"))
        self.assertEqual(self._activities().summary, "Solution is late")

    def test_it_goes_with_the_request(self):
        self._tell(at("2026-02-09 13:30"))
        self.request.user_id = self.colleague
        self.assertEqual(self._activities().user_id, self.colleague)
        self.request.stage_id = self.waiting
        self.assertFalse(self._activities())

    def test_words_and_day_are_those_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.agent.write({"lang": "fr_FR", "tz": "Asia/Tokyo"})
        self.request.user_id = self.agent
        self.request.opened_at = at("2026-02-09 13:00")  # due at 17:00, in Tokyo the next day
        self._tell(at("2026-02-09 18:00"))
        self.assertEqual(f"{self._activities().date_deadline}", "2026-02-10")

    def test_many_cost_as_few(self):
        def told(count):
            with freeze_time(at("2026-02-09 08:00")):
                self._ask(user_id=self.agent.id)
                requests = self.env["ecrm.request"].create(
                    [{"name": f"{n}", "team_id": self.team.id} for n in range(count)]
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._tell(at("2026-02-09 13:30"))
            self.env.flush_all()
            self.assertEqual(set(requests.mapped("clock")), {"late"})
            return self.env.cr.sql_log_count - before

        told(2)
        few = told(2)
        self.assertLess(told(40), few + 38, "less than one query for each more")

    def test_nothing_is_left_when_the_addon_goes(self):
        self._tell(at("2026-02-09 13:30"))
        self.request.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        self.env["ecrm.request"]._remove_traces()
        activities = self.env["mail.activity"].with_context(active_test=False)
        self.assertFalse(activities.search([("res_model", "=", "ecrm.request")]))

    def test_others_hear_nothing(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "desk_stranger",
            "ecrm_addon.group_ecrm_support",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        found = self.env["ecrm.request"].with_user(stranger).search([])
        self.assertNotIn(self.request, found)

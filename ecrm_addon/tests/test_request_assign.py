from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .desk_case import DeskCase


class TestAssign(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assign = "load"
        cls.cron = cls.env.ref("ecrm_addon.ir_cron_request_assign")

    def _assign(self):
        self.env["ecrm.request"]._cron_assign()

    def _calls(self):
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])

    def test_to_who_has_the_fewest(self):
        other = self.team.copy({"assign": "manual", "name": "Other"})
        self._ask(user_id=self.agent.id, team_id=other.id)
        self._ask(user_id=self.agent.id)
        self._ask(user_id=self.colleague.id, stage_id=self.solved.id)
        asked = self.env["ecrm.request"].union(*(self._ask() for _n in range(4)))
        self._assign()
        by_user = [len(asked.filtered(lambda r, u=user: r.user_id == u))
                   for user in (self.agent, self.colleague)]  # fmt: skip
        self.assertEqual(by_user, [1, 3], "three each, with what was there")

    def test_the_most_urgent_first(self):
        calm, urgent = self._ask(), self._ask(priority="3")
        self._ask(user_id=self.agent.id)
        self._assign()
        self.assertEqual(urgent.user_id, self.colleague)
        self.assertTrue(calm.user_id)

    def test_who_is_on_leave_gets_none(self):
        now = fields.Datetime.now()
        resource = self.env["resource.resource"].create(
            {"name": "Ada", "user_id": self.agent.id, "calendar_id": self.calendar.id}
        )
        leave = self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=1),
            }
        )
        first = self._ask() | self._ask()
        self._assign()
        self.assertEqual(first.user_id, self.colleague)
        self.team.member_ids = self.agent
        nobodys = self._ask()
        self._assign()
        self.assertFalse(nobodys.user_id, "nobody is there")
        leave.date_to = now
        self._assign()
        self.assertEqual(nobodys.user_id, self.agent)

    def test_only_members_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "desk_stranger",
            "ecrm_addon.group_ecrm_support",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.team.member_ids = stranger
        request = self._ask()
        self._assign()
        self.assertFalse(request.user_id)

    def test_the_job_is_called_only_where_it_has_something_to_do(self):
        before = self._calls()
        self._ask(user_id=self.agent.id)
        self._ask(team_id=self.team.copy({"assign": "manual"}).id)
        self.assertEqual(self._calls(), before)
        request = self._ask(team_id=False)
        self.assertEqual(self._calls(), before)
        request.team_id = self.team
        self.assertEqual(self._calls(), before + 1)

    def test_by_hand_nobody_gets_any(self):
        self.team.assign = "manual"
        request = self._ask()
        self._assign()
        self.assertFalse(request.user_id)

    def test_the_assignee_is_told_by_mail(self):
        request = self._ask()
        self.env["ecrm.request"].with_context(tracking_disable=False)._cron_assign()
        mails = self.env["mail.message"].search(
            [("model", "=", "ecrm.request"), ("res_id", "=", request.id)]
        )
        self.assertIn(request.user_id.partner_id, mails.notified_partner_ids)
        self.assertIn(request.user_id.partner_id, request.message_partner_ids)

    def test_somebody_else_is_faster(self):
        """A batch is tried again with what is new by then, and left to the next run at last."""
        for failures, done in ((2, "done"), (9, 0)):
            busy = iter([SerializationFailure("busy")] * failures)

            def step(busy=busy):
                for error in busy:
                    raise error
                return "done"

            with patch.object(self.env.cr, "rollback") as undone:
                self.assertEqual(self.env["ecrm.request"]._or_later(step), done)
            self.assertEqual(undone.call_count, min(failures, 5))

    def test_queries_do_not_grow_with_the_members(self):
        def count():
            self._ask()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._assign()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        users = [
            new_test_user(self.env, f"desk_{n}", "ecrm_addon.group_ecrm_support")
            for n in range(8)
        ]  # fmt: skip
        self.team.member_ids = self.env["res.users"].union(*users)
        self.assertLessEqual(count(), few + 2)


class TestAssignTogether(DeskCase):
    """Two at a time, in transactions of their own that are really committed."""

    def test_a_request_that_somebody_takes_is_left_to_them(self):
        with self._committed() as (request_ids, first, second):
            taken, free = request_ids
            first["ecrm.request"].browse(taken).user_id = SUPERUSER_ID
            first.flush_all()
            # the one row is locked: nobody waits for it
            second.cr.execute(SQL("SET LOCAL lock_timeout = '2s'"))
            second["ecrm.request"]._cron_assign()
            second.flush_all()
            self.assertTrue(second["ecrm.request"].browse(free).user_id)
            second.cr.commit()
            first.cr.commit()
            second.invalidate_all()
            self.assertEqual(second["ecrm.request"].browse(taken).user_id.id, SUPERUSER_ID)

    def _committed(self):
        return _Committed(self.registry)


class _Committed:
    """Two environments on connections of their own, and what they see, removed at the end."""

    def __init__(self, registry):
        self.registry = registry
        self.cursors = []

    def _env(self):
        cursor = self.registry._db.cursor()
        self.cursors.append(cursor)
        return api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})

    def __enter__(self):
        self.first, second = self._env(), self._env()
        members = self.first.ref("base.user_admin")
        self.team = self.first["ecrm.request.team"].create(
            {"name": "Together", "assign": "load", "member_ids": [Command.set(members.ids)]}
        )
        self.requests = self.first["ecrm.request"].create(
            [{"name": name, "team_id": self.team.id} for name in ("Taken", "Free")]
        )
        self.first.cr.commit()
        return self.requests.ids, self.first, second

    def __exit__(self, *error):
        for cursor in self.cursors:
            cursor.rollback()
        self.requests.unlink()
        self.team.unlink()
        self.first.cr.commit()
        for cursor in self.cursors:
            cursor.close()

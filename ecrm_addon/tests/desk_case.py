from datetime import datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import EcrmCase


def at(text, zone="Europe/Brussels"):
    """Return an instant as Odoo stores it, from what a clock on the wall shows."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


class DeskCase(EcrmCase):
    """A team that works from 8 to 12 and from 13 to 17 in Brussels, with two agents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the jobs commit what they have done, which no test may
        cron = type(cls.env["ir.cron"])
        cls.startClassPatcher(patch.object(cron, "_commit_progress", lambda *a, **k: 60))
        group = "ecrm_addon.group_ecrm_"
        cls.agent = new_test_user(cls.env, "desk_agent", group + "support", name="Ada Agent")
        cls.colleague = new_test_user(cls.env, "desk_other", group + "support", name="Bo Agent")
        cls.leader = new_test_user(cls.env, "desk_leader", group + "support", name="Lea Leader")
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Desk", "tz": "Europe/Brussels", "company_id": cls.env.company.id}
        )
        cls.team = cls.env["ecrm.request.team"].create(
            {
                "name": "Desk",
                "user_id": cls.leader.id,
                "calendar_id": cls.calendar.id,
                "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
                "target_ids": [
                    Command.create({"priority": "1", "answer_hours": 4, "solve_hours": 8}),
                    Command.create({"priority": "3", "answer_hours": 1, "solve_hours": 2}),
                ],
            }
        )
        stage = "ecrm_addon.request_stage_"
        cls.new, cls.progress, cls.waiting, cls.solved, cls.cancelled = (
            cls.env.ref(stage + name)
            for name in ("new", "progress", "waiting", "solved", "cancelled")
        )

    @classmethod
    def _ask(cls, **values):
        """Return a request of the customer; asked now, unless told otherwise."""
        return cls.env["ecrm.request"].create(
            {
                "name": "Where is my tea?",
                "partner_id": cls.customer.id,
                "team_id": cls.team.id,
                **values,
            }
        )

from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..lib.tracking.event import identity_of
from ..queries import touchpoint_schema
from .privacy_case import PrivacyCase


class TestRetention(PrivacyCase):
    def setUp(self):
        super().setUp()
        cron = type(self.env["ir.cron"])
        self.startPatcher(patch.object(cron, "_commit_progress", lambda *a, **k: 60))
        self.retention = self.env["ecrm.retention"]
        self.web = self.env["ecrm.touchpoint.kind"].search([("code", "=", "web.page")])

    def _at(self, months):
        """Return the first instant of the month so many months ago."""
        day = fields.Date.subtract(fields.Date.today().replace(day=1), months=months)
        return datetime.combine(day, datetime.min.time())

    def _kinds(self):
        return sorted(self._touchpoints(self.person).mapped("kind"))

    def _keep_everything(self):
        self.env["ecrm.touchpoint.kind"].search([]).keep_months = 0

    def _partition(self, months):
        return touchpoint_schema.partition_name(self._at(months)) in self.log._partitions()

    def test_website_kinds_are_kept_25_months(self):
        kinds = self.env["ecrm.touchpoint.kind"].search([("code", "=like", "web.%")])
        self.assertEqual(set(kinds.mapped("keep_months")), {25})
        others = self.env["ecrm.touchpoint.kind"].search([]) - kinds
        self.assertEqual(set(others.mapped("keep_months")), {0})

    def test_what_is_older_is_passed_over(self):
        self.web.keep_months = 2
        events = [self._event(self.person, "web.page", str(self._at(n))) for n in (0, 1, 2, 3)]
        statuses = [result["status"] for result in self.log.append(events)]
        self.assertEqual(statuses, ["stored", "stored", "duplicate", "duplicate"])
        self.assertFalse(self.env["ecrm.quarantine"].search([("uid", "=", events[3]["uid"])]))

    def test_a_month_of_nothing_else_is_dropped(self):
        self._keep_everything()
        self.log.append([self._event(self.person, "web.page", str(self._at(200)))])
        self.assertTrue(self._partition(200))
        self.web.keep_months = 25
        self.retention.run()
        self.assertFalse(self._partition(200))
        self.assertEqual(self._kinds(), [])

    def test_survivors_are_kept(self):
        self._keep_everything()
        at = str(self._at(200))
        gone = self._event(self.person, "web.page", at)
        kept = [
            self._event(self.person, "social.like", at),
            self._event(self.person, "web.form", at),
        ]
        self.log.append([gone, *kept])
        before = self._touchpoints(self.person).filtered(lambda event: event.kind != "web.page")
        before = before.read()
        self.web.keep_months = 25
        self.assertGreaterEqual(self.retention.run(), 1)
        self.assertTrue(self._partition(200))
        self.assertEqual(self._touchpoints(self.person).read(), before)
        # the month takes events again, the same one only once, and no key is left over
        results = self.log.append([*kept, self._event(self.person, "social.like", at)])
        self.assertEqual(
            [result["status"] for result in results], ["duplicate", "duplicate", "stored"]
        )
        key = SQL("SELECT count(*) FROM ecrm_touchpoint_key WHERE uid = %s::uuid", gone["uid"])
        self.assertEqual(self.env.execute_query(key)[0][0], 0)
        self.assertEqual(self.retention.run(), 0)

    def test_the_last_days_of_retention(self):
        """No event grows older than its kind allows, and none goes a month too early."""
        self._keep_everything()
        self.log.append(
            [self._event(self.person, "web.page", str(self._at(months))) for months in (24, 25)]
        )
        self.web.keep_months = 25
        self.retention.run()
        self.assertEqual(self._touchpoints(self.person).mapped("occurred_at"), [self._at(24)])

    def test_visits_and_browsers_of_nobody_go_too(self):
        self._keep_everything()
        old, new = self._at(40), fields.Datetime.now()
        for name, at in (("old", old), ("new", new)):
            event = self._event(kind="web.page", at=str(at), session_key=f"visit-{name}")
            self.log.append([{**event, "identity": {"device": name}}])
        self.pipeline.run_now()
        self.web.keep_months = 25
        self.retention.run()
        visits = self.env["ecrm.session"].search([("session_key", "like", "visit-")])
        self.assertEqual(visits.mapped("session_key"), ["visit-new"])
        keys = [identity_of("device", name)[1] for name in ("old", "new")]
        left = self.env["ecrm.identity"].search([("key", "in", keys)]).mapped("key")
        self.assertEqual(left, keys[1:])

    def test_who_may_set_it(self):
        marketer = new_test_user(self.env, "ecrm_m", "ecrm_addon.group_ecrm_marketer")
        with self.assertRaises(AccessError):
            self.web.with_user(marketer).keep_months = 0
        self.web.with_user(self.manager).keep_months = 13

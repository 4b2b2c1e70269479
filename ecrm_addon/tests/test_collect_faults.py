from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import errors

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .door_case import DoorCase


@tagged("post_install", "-at_install")
class TestCollectFaults(DoorCase):
    """What the door says when PostgreSQL cannot, and what becomes of a batch with a flaw."""

    def test_a_full_disk_and_a_statement_that_took_too_long(self):
        self._agree()
        self._send(self._act())
        log = type(self.env["ecrm.log"])
        for error in (errors.DiskFull, errors.QueryCanceled, errors.AdminShutdown):
            act = self._act()

            def fail(*args, error=error):
                raise error()

            before = self._counts()
            with patch.object(log, "receive", fail), mute_logger("odoo.http"):
                answer = self._send(act)
            self.assertEqual(answer.status_code, 503)
            self.assertEqual(answer.json()["reason"], "unavailable")
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
            self.assertEqual(self._counts(), before)
            # the browser kept it, and comes again
            self.assertEqual(self._send(act).status_code, 204)
            self.assertEqual(len(self._stored(act)), 1)

    def test_one_bad_event_of_a_hundred(self):
        self._agree()
        acts = [self._act() for _number in range(99)]
        bad = self._act("web.producct", p={"product": 7})
        acts.insert(50, bad)
        self.assertEqual(self._send(*acts).status_code, 204)
        self.assertEqual(len(self._stored(*acts)), 99)
        kept = self.env["ecrm.quarantine"].search([("uid", "in", [act["id"] for act in acts])])
        self.assertEqual((kept.uid, kept.reason), (bad["id"], "unknown kind"))
        kept.body = {**kept.body, "kind": "web.product"}
        kept.action_retry()
        self.assertEqual(len(self._stored(*acts)), 100)

    def test_overlapping_batches(self):
        self._agree()
        acts = [self._act() for _number in range(30)]
        for batch in (acts[:20], acts[10:], acts, acts[5:15] * 2):
            self.assertEqual(self._send(*batch).status_code, 204)
        self.assertEqual(len(self._stored(*acts)), 30)
        query = "SELECT count(*) FROM ecrm_touchpoint WHERE uid = ANY(%s)"
        self.env.cr.execute(query, [[act["id"] for act in acts]])
        self.assertEqual(self.env.cr.fetchone()[0], 30)


@tagged("post_install", "-at_install")
class TestLimitsAsTheyAre(TransactionCase):
    """The limits that hold where nobody set any, by a clock that stands still in between."""

    def setUp(self):
        super().setUp()
        self.limits = self.env["ecrm.limits"]
        self.env["ir.config_parameter"].search([("key", "=like", "ecrm.limit\\_%")]).unlink()
        self.limits.forget()
        self.addCleanup(self.limits.forget)

    def _knock(self, kind, key, seconds, per_second, clock):
        """Knock so often; return in which second it was refused first, and how often not."""
        first, allowed = None, 0
        for second in range(seconds):
            for _number in range(per_second):
                if self.limits.allows(kind, key):
                    allowed += 1
                elif first is None:
                    first = second
                clock.tick(1 / per_second)
        return first, allowed

    def test_sixty_a_second_of_one_visit(self):
        with freeze_time("2026-06-01 10:00:00") as clock:
            first, allowed = self._knock("visit", "one", 10, 60, clock)
            self.assertEqual(first, 3, "after the burst of 200, in the fourth second")
            self.assertAlmostEqual(allowed, 200 + 10 * 5, delta=3)
            self.assertTrue(self.limits.allows("visit", "another"))
            self.assertFalse(all(self.limits.allows("visit", "one") for _n in range(3)))
            clock.tick(1)
            self.assertTrue(self.limits.allows("visit", "one"))

    def test_a_thousand_visitors_of_one_address(self):
        with freeze_time("2026-06-01 10:00:00") as clock:
            allowed = sum(self.limits.allows("newcomer", "192.0.2.1") for _n in range(1000))
            self.assertAlmostEqual(allowed, 300, delta=1)
            self.assertTrue(self.limits.allows("newcomer", "192.0.2.2"))
            clock.tick(1)
            allowed = sum(self.limits.allows("newcomer", "192.0.2.1") for _n in range(10))
            self.assertAlmostEqual(allowed, 5, delta=1)

    def test_a_person_never_meets_them(self):
        """A page a second with a batch each, all day long."""
        with freeze_time("2026-06-01 10:00:00") as clock:
            first, allowed = self._knock("visit", "one", 600, 1, clock)
        self.assertEqual((first, allowed), (None, 600))

import uuid
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL, mute_logger

from .common import EcrmCase


class TestLogInbox(EcrmCase):
    """Browsers' batches wait as they are; until they are unfolded the view tells of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["ecrm.log"]
        cls.at = fields.Datetime.now() - timedelta(seconds=30)
        cls.browser = cls.log.meet("f" * 32)
        cls.granted = cls.env["ecrm.consent"].record(cls.browser, "granted")

    def _visit(self, **values):
        return {
            "key": self.browser.key,
            "partner_id": None,
            "consent_id": self.granted.id,
            "website_id": self.env["website"].search([], limit=1).id,
            "company_id": self.env.company.id,
            "verdict": "human",
            "reasons": "",
            **values,
        }

    def _row(self, **values):
        return {
            "uid": str(uuid.uuid4()),
            "occurred_at": self.at.isoformat(),
            "kind": "web.page",
            "session_key": "v1",
            "path": "/a",
            "props": {"title": "A"},
            **values,
        }

    def _touchpoints(self, *rows):
        self.env["ecrm.touchpoint"].invalidate_model()
        return self.env["ecrm.touchpoint"].search([("uid", "in", [row["uid"] for row in rows])])

    def _unfold(self):
        while self.log.unfold():
            pass

    def _logged(self, row):
        query = SQL("SELECT count(*) FROM ecrm_touchpoint_data WHERE uid = %s::uuid", row["uid"])
        return self.env.execute_query(query)[0][0]

    def test_seen_at_once_and_the_same_afterwards(self):
        rows = [self._row(), self._row(kind="web.product", res_model="product.product", res_id=7)]
        self.assertEqual(self.log.receive(self._visit(), rows), 2)
        names = sorted(set(self.env["ecrm.touchpoint"]._fields) - {"about", "display_name"})
        before = self._touchpoints(*rows).read(names)
        self.assertEqual(len(before), 2)
        self.assertFalse(self._logged(rows[0]))
        self.assertEqual([e["kind"] for e in self.log.timeline(self.browser.ids)][0], "web.product")
        self.assertEqual(self.log.live(self.at), {self.browser.id: "/a"})
        self._unfold()
        self.assertTrue(self._logged(rows[0]))
        # the ids too: a record that somebody opened from a list does not go away
        self.assertEqual(self._touchpoints(*rows).read(names), before)
        self.assertFalse(self.log.health()["waiting"])

    def test_sent_again_it_is_one(self):
        self.assertEqual(self.log.receive(self._visit(), []), 0)
        row = self._row()
        for _time in range(2):
            self.log.receive(self._visit(), [row, self._row()])
        self.assertEqual(len(self._touchpoints(row)), 1)
        self._unfold()
        self.log.receive(self._visit(), [row])
        self.assertEqual(len(self._touchpoints(row)), 1)
        self._unfold()
        self.assertEqual(self._logged(row), 1)
        self.assertEqual(len(self._touchpoints(row)), 1)

    def test_without_consent_nothing_waits(self):
        self.granted.withdraw("test")
        row = self._row()
        self.assertEqual(self.log.receive(self._visit(), [row]), -1)
        self.assertFalse(self._touchpoints(row))
        # a cookie from before a backup was restored: nothing that the ledger does not know
        self.log.receive(self._visit(consent_id=2**31 - 1), [row])
        self._unfold()
        self.assertFalse(self._touchpoints(row))
        self.assertFalse(self.log.health()["waiting"])

    def test_new_browser_of_somebody_logged_in(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        row = self._row()
        self.log.receive(self._visit(key="e" * 32, partner_id=partner.id), [row])
        self.env["ecrm.pipeline"].run_now()
        touchpoint = self._touchpoints(row)
        self.assertEqual(touchpoint.identity_id.key, "e" * 32)
        self.assertEqual(touchpoint.partner_id, partner)
        self.assertTrue(touchpoint.identity_id.link_ids.from_start)

    def test_old_months_get_their_partition(self):
        row = self._row(occurred_at=(self.at - relativedelta(months=5)).isoformat())
        self.log.receive(self._visit(), [row])
        self._unfold()
        self.assertEqual(self._logged(row), 1)

    def test_what_cannot_be_read_costs_nobody_else(self):
        good, bad = self._row(), self._row(uid="no uid")
        self.log.receive(self._visit(), [good])
        self.log.receive(self._visit(), [bad])
        self.log.receive(self._visit(), [other := self._row()])
        with mute_logger("odoo.sql_db"):
            self._unfold()
        self.assertEqual((self._logged(good), self._logged(other)), (1, 1))
        (aside,) = self.env["ecrm.quarantine"].search([], order="id desc", limit=1)
        self.assertIn("no uid", str(aside.body))
        self.assertIn("uuid", aside.reason)

    def test_who_is_forgotten_does_not_come_back(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        self.browser._point_to(partner)
        waiting, late, own = self._row(), self._row(), self._row()
        self.log.receive(self._visit(), [waiting])
        self.log.receive(self._visit(key="e" * 32, partner_id=partner.id), [own])
        self.env["ecrm.privacy"].erase(partner)
        self.assertFalse(self._touchpoints(waiting, own))
        # a batch that was on its way while she was forgotten
        granted = self.env["ecrm.consent"].record(self.browser, "granted")
        self.log.receive(self._visit(consent_id=granted.id), [late])
        self._unfold()
        self.assertFalse(self._touchpoints(late))

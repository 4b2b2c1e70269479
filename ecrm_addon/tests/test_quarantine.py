from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EcrmCase


@tagged("post_install", "-at_install")
class TestQuarantine(EcrmCase):
    def _refuse(self, **values):
        event = self._event(kind="web.nonsense", **values)
        self.log.append([event])
        return self.env["ecrm.quarantine"].search([("uid", "=", event["uid"])])

    def test_mended_and_retried(self):
        refused = self._refuse(path="/tea")
        refused.action_retry()
        self.assertEqual((refused.state, refused.reason), ("refused", "unknown kind"))
        refused.body = {**refused.body, "kind": "web.page"}
        refused.action_retry()
        self.assertEqual(refused.state, "stored")
        stored = self._touchpoints()
        self.assertEqual((stored.path, stored.uid), ("/tea", refused.uid))
        refused.action_retry()
        self.assertEqual(len(self._touchpoints()), 1)

    def test_mended_into_another_mistake(self):
        refused = self._refuse()
        refused.body = {**refused.body, "kind": "web.page", "occurred_at": "never"}
        refused.action_retry()
        self.assertEqual((refused.state, refused.reason), ("refused", "invalid date"))

    def test_bodies_that_are_no_events(self):
        refused = self._refuse()
        for body in ([], "x", 7, False, {"collector": "no.such.model", "res_id": 1}):
            with self.subTest(body):
                refused.body = body
                refused.action_retry()
                self.assertEqual(refused.state, "refused")

    def test_what_comes_in_well_later_is_settled(self):
        refused = self._refuse()
        self.log.append([{**refused.body, "kind": "web.page"}])
        refused.invalidate_recordset()
        self.assertEqual(refused.state, "stored")

    def test_dropped_is_given_up(self):
        refused = self._refuse()
        refused.action_drop()
        self.assertEqual(refused.state, "dropped")
        refused.body = {**refused.body, "kind": "web.page"}
        refused.action_retry()
        self.assertEqual(refused.state, "dropped")
        self.assertFalse(self._touchpoints())

    def test_settled_ones_are_forgotten_after_three_months(self):
        old, young, open_ = self._refuse(), self._refuse(), self._refuse()
        (old + young).action_drop()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ecrm_quarantine SET write_date = now() - interval '4 months'"
            " WHERE id = ANY(%s)",
            [(old + open_).ids],
        )
        self.env["ecrm.quarantine"].invalidate_model()
        self.env["ecrm.quarantine"]._gc_settled()
        self.assertFalse(old.exists())
        self.assertTrue((young + open_).exists())

    def test_who_may_retry(self):
        refused = self._refuse()
        marketer = new_test_user(
            self.env, "ecrm_marketer_1", groups="ecrm_addon.group_ecrm_marketer"
        )
        self.assertTrue(refused.with_user(marketer).reason)
        with self.assertRaises(AccessError):
            refused.with_user(marketer).action_retry()

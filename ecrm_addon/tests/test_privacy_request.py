from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .privacy_request_case import ADDRESS, PrivacyRequestCase


@tagged("post_install", "-at_install")
class TestPrivacyRequest(PrivacyRequestCase):
    """What the back office sees and does."""

    def _by_hand(self, kind="erase", **values):
        return self.requests.with_user(self.dpo).create(
            {"kind": kind, "source": "letter", "partner_id": self.zed.id, **values}
        )

    def _what(self, request):
        return request.event_ids.mapped("what")

    def test_by_hand(self):
        request = self._by_hand(asked_at="2026-02-10 23:30:00")
        self.assertRegex(request.name, r"^PR/\d{4}/\d{4,}$")
        self.assertEqual(request.due_date, fields.Date.to_date("2026-03-12"))
        self.assertTrue(request.is_overdue)
        self.assertEqual((request.state, request.email), ("todo", ADDRESS))
        self.assertEqual(request.user_id, self.dpo)
        self.assertEqual(request.activity_ids.user_id, self.dpo)
        self.assertNotIn("Zed", request.activity_ids.summary)
        self.assertEqual(request.event_ids.by, "user")
        self.assertIn(request, self.requests.search([("is_overdue", "=", True)]))
        later = self._by_hand()
        self.assertNotIn(later, self.requests.search([("is_overdue", "=", True)]))
        self.assertIn(later, self.requests.search([("is_overdue", "=", False)]))

    def test_nobody_writes_what_follows_from_acts(self):
        request = self._by_hand(state="done", due_date="2030-01-01", name="X")
        self.assertEqual(request.state, "todo")
        self.assertNotEqual(request.name, "X")
        for values in ({"state": "done"}, {"due_date": "2030-01-01"}, {"result": []}):
            with self.assertRaises(AccessError):
                request.write(values)
        request.write({"note": "Called.", "user_id": self.env.user.id})
        self.assertEqual(request.event_ids[-1].about_user_id, self.env.user)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_the_trail_is_nobodys_to_change(self):
        request = self._by_hand()
        for env in (self.env(user=self.dpo), self.env):
            with self.assertRaises(AccessError):
                request.event_ids.with_env(env).write({"detail": "x"})
            with self.assertRaises(AccessError):
                request.event_ids.with_env(env).unlink()
            with self.assertRaises(AccessError):
                request.with_env(env).unlink()

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.requests.create({"kind": "access", "company_id": other.id})
        seen = self.requests.with_user(self.dpo).search([])
        self.assertNotIn(foreign, seen)
        self.assertNotIn(
            foreign.event_ids, self.env(user=self.dpo)["ecrm.privacy.request.event"].search([])
        )

    def test_who_answers(self):
        self.company.ecrm_privacy_user_id = False
        self.assertTrue(
            self.company._ecrm_privacy_user().has_group("ecrm_addon.group_ecrm_manager")
        )
        self.company.ecrm_privacy_user_id = self.dpo
        self.assertEqual(self.company._ecrm_privacy_user(), self.dpo)

    def test_refuse(self):
        request = self._by_hand()
        wizard = self._wizard(request.action_refuse())
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.reason = "We could not find out who asks."
        wizard.action_apply()
        self.assertEqual(request.state, "refused")
        self.assertFalse(request.activity_ids)
        self.assertIn("could not find out", self._mails(ADDRESS).body_html)
        self.assertIn("We could not find out who asks.", request.event_ids.mapped("detail"))
        with self.assertRaises(UserError):
            request.action_build()

    def test_prolong_once(self):
        request = self._by_hand()
        due_date = request.due_date
        wizard = self._wizard(request.action_prolong())
        wizard.reason = "Five thousand letters."
        wizard.action_apply()
        self.assertEqual(request.due_date, due_date + timedelta(days=60))
        self.assertEqual(request.activity_ids.date_deadline, request.due_date)
        self.assertIn("Five thousand letters", self._mails(ADDRESS).body_html)
        wizard = self._wizard(request.action_prolong())
        wizard.reason = "Again."
        with self.assertRaises(UserError):
            wizard.action_apply()

    def _wizard(self, action):
        return self.env(user=self.dpo)[action["res_model"]].browse(action["res_id"])

    def test_erase_by_hand(self):
        self._append(self.zed, 5)
        request = self._by_hand(note="Zed wrote.")
        wizard = self._wizard(request.action_erase())
        self.assertTrue(wizard.preview)
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.is_sure = True
        wizard.action_apply()
        self.assertEqual(request.state, "progress")
        self._work()
        self.assertEqual((request.state, request.progress), ("done", 100))
        self.assertFalse(request.partner_id or request.email or request.note)
        self.assertTrue(request.result_text)
        self.assertFalse(self._touchpoints(self.zed))
        self.assertLessEqual(
            {"asked", "started", "erased", "mailed", "done"}, set(self._what(request))
        )

    def test_an_employee_is_not_erased(self):
        request = self._by_hand(partner_id=self.dpo.partner_id.id)
        with self.assertRaises(UserError):
            request.action_erase()

    def test_an_address_that_several_have(self):
        self.env["res.partner"].create({"name": "Twin", "email": ADDRESS})
        person = self._person(self.zed)
        self.assertFalse(person.partner)
        request = self.requests.ask_erasure(person)
        request.confirm()
        self.assertEqual(request.state, "todo")
        self.assertEqual(request.activity_ids.user_id, self.dpo)
        self.requests.ask_download(person)
        self._work()
        made, rest = self.requests.search([("kind", "=", "access")], order="id")[-2:]
        self.assertEqual((made.state, rest.state), ("done", "todo"))
        self.assertTrue(self.zed.exists())

    def test_objection(self):
        request = self._by_hand("object")
        request.action_object()
        self.assertEqual(request.state, "done")
        self.assertIn(self.zed, self.env["ecrm.consent"]._objectors())

    def test_what_nobody_confirms_is_forgotten(self):
        request = self.requests.ask_erasure(self._person(self.zed))
        self.assertEqual((request.state, request.email), ("asked", ADDRESS))
        request.asked_at = fields.Datetime.now() - timedelta(hours=49)
        self._work()
        self.assertEqual((request.state, request.email), ("expired", False))
        self.assertFalse(request.partner_id)
        self._append(self.zed, 1)
        request.confirm()
        self.assertEqual(request.state, "expired")

    def test_an_address_of_long_ago_goes(self):
        request = self._by_hand("rectify")
        request.action_done()
        self.requests._gc_names()
        self.assertEqual(request.partner_id, self.zed)
        request.sudo().done_at = fields.Datetime.subtract(fields.Datetime.now(), months=37)
        self.requests._gc_names()
        self.assertFalse(request.partner_id or request.email)

    def test_a_merge_moves_requests(self):
        request = self._by_hand()
        target = self.env["res.partner"].create({"name": "Zed the Second", "email": ADDRESS})
        self.zed.user_ids.unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.zed | target).ids, target)
        self.assertEqual(request.partner_id, target)

    def test_erasing_forgets_earlier_requests(self):
        earlier = self._by_hand("access")
        self.assertIn(earlier.name, str(self.env["ecrm.privacy"].export(self.zed)))
        earlier.action_done()
        self.env["ecrm.privacy"].erase(self.zed)
        self.assertFalse(earlier.partner_id or earlier.email)
        self.assertTrue(earlier.name)

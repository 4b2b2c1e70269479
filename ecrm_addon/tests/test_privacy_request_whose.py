from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .privacy_request_case import ADDRESS, PrivacyRequestCase


@tagged("post_install", "-at_install")
class TestWhose(PrivacyRequestCase):
    """A request is and stays that of the person who asked."""

    def _by_hand(self, **values):
        return self.requests.with_user(self.dpo).create({"source": "letter", **values})

    def test_an_address_is_that_of_its_contact(self):
        self.assertEqual(self._by_hand(kind="erase", email=ADDRESS).partner_id, self.zed)

    def test_an_address_of_several_contacts_needs_a_choice(self):
        self.env["res.partner"].create({"name": "Zoe", "email": ADDRESS})
        request = self._by_hand(kind="erase", email=ADDRESS)
        self.assertFalse(request.partner_id)
        for button in (request.action_erase, request.action_build, request.action_object):
            with self.assertRaises(UserError):
                button()
        request.partner_id = self.zed
        request.action_erase()

    def test_a_request_does_not_become_another_persons(self):
        self._login(self.zed)
        self._send("/my/privacy", "/my/privacy/download")
        self._work()
        request = self.requests.search([("partner_id", "=", self.zed.id)]).with_user(self.dpo)
        for values in ({"partner_id": self.dpo.partner_id.id}, {"email": "dpo@shop.example"}):
            with self.assertRaises(AccessError):
                request.write(values)

    def test_a_file_goes_to_the_contacts_own_address(self):
        request = self._by_hand(kind="access", partner_id=self.zed.id, email="dpo@shop.example")
        with self.assertRaises(UserError):
            request.action_build()
        request.email = ADDRESS
        request.action_build()
        self._work()
        self.assertEqual(self.url_open(self._link(ADDRESS, "file/")).status_code, 200)

    def test_a_corrected_address_is_asked_anew(self):
        self.zed.email = "zed@typo.example"
        self._login(self.zed)
        self._send("/my/privacy", "/my/privacy/erase")
        old = self._link("zed@typo.example")
        self.zed.email = ADDRESS
        self._send("/my/privacy", "/my/privacy/erase")
        self.assertEqual(self.url_open(old).status_code, 404)
        self.assertIn("Erase everything now?", self.url_open(self._link(ADDRESS)).text)

    def test_open_requests_outlive_the_history(self):
        request = self._by_hand(kind="rectify", partner_id=self.zed.id)
        self.env["ecrm.privacy"].erase(self.zed)
        self.assertEqual((request.partner_id, request.state), (self.zed, "todo"))
        self.env["ecrm.privacy"].forget(self.zed)
        self.assertEqual(
            (request.partner_id.id, request.email, request.state), (False, False, "done")
        )

    def test_an_address_that_fails_holds_up_nobody(self):
        asks = self.env["ecrm.privacy.ask"]
        values = {"email_normalized": "a@nowhere.example", "company_id": self.company.id}
        asks.create([{**values, "lang": "xx_XX"}, {**values, "email_normalized": ADDRESS}])
        with self.assertLogs("odoo.addons.ecrm_addon.models.ecrm_privacy_ask", "ERROR"):
            self._work()
        self.assertFalse(asks.search([]))
        self.assertTrue(self._mails(ADDRESS))

    def test_a_job_that_takes_the_server_with_it_comes_before_somebody(self):
        self._login(self.zed)
        self._send("/my/privacy", "/my/privacy/download")
        request = self.requests.search([("partner_id", "=", self.zed.id)])
        request.attempts = 3  # none of which came back
        self._work()
        self.assertEqual(request.state, "todo")
        self.assertGreaterEqual(request.due_date, fields.Date.today())

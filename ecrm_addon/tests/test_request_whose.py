from odoo.tests import tagged

from .support_case import SupportCase


@tagged("post_install", "-at_install")
class TestRequestWhose(SupportCase):
    """Answers and links reach who asked, and no account that an address was typed into."""

    def _answered_to(self, request, **values):
        """Let the agent answer; return the addresses to which it is mailed."""
        with self.mock_mail_gateway():
            self._answer(request, **values)
        return sorted(to for mail in self._mails for to in mail["email_to"])

    def test_an_address_that_somebody_typed_into_their_account(self):
        self.tim.email = "victim@customers.example"
        request = self._process("victim@customers.example")
        self.assertFalse(request.partner_id)
        self.tim.email = "tim@customers.example"
        self.assertEqual(self._answered_to(request), ["victim@customers.example"])
        self.tim.email = "victim@customers.example"
        request._prove()
        self.assertFalse(request.partner_id)
        owner = self.env["res.partner"].create({"name": "V", "email": "victim@customers.example"})
        request = self._process("victim@customers.example", subject="And my cups?")
        self.assertEqual(request.partner_id, owner)

    def test_mails_go_to_the_address_that_asked(self):
        """Whatever address the contact has by now, and even if they follow the request."""
        for values in ({}, {"is_proved": False}):
            request = self._ask(**values)
            request.message_subscribe(partner_ids=self.rosa.ids)
            self.rosa.email = "else@customers.example"
            told = self._answered_to(request, partner_ids=self.rosa.ids)
            self.assertEqual(told, ["rosa@customers.example"])
            self.assertIn(request.access_token, self._mails[0]["body"])
            self.assertNotIn(self.rosa, request.message_ids[0].partner_ids)
            self.rosa.email = "rosa@customers.example"
        (told,) = self._answered_to(self._ask(email=False))
        self.assertIn("rosa@customers.example", told)

    def test_keys(self):
        """A link is closed where it was mailed to somebody else."""
        request = self._ask(partner_id=False, email="new@customers.example")

        def is_changed(**values):
            key = request.access_token
            request.write(values)
            return request.access_token != key

        self.assertFalse(is_changed(email="New@customers.example"))
        self.assertTrue(is_changed(email="rosa@customers.example"))
        self.assertFalse(is_changed(partner_id=self.rosa.id), "it is her address")
        self.assertTrue(is_changed(partner_id=self.zed.id))
        self.assertFalse(is_changed(partner_id=self.zed.id, priority="2"))
        request.partner_id = False
        self.assertTrue(is_changed(partner_id=self.zed.id), "it is not his address")

    # ------------------------------------------------------------
    # MERGED
    # ------------------------------------------------------------

    def _merged(self, source, target):
        source._merge_into(target)
        return source, target

    def test_what_comes_to_a_merged_one(self):
        mail = "new@customers.example"
        both = [self._process(mail, subject=subject) for subject in ("One", "Two")]
        source, target = self._merged(*both)
        target._close()
        found = self._process(mail, subject=f"Re: [{source.number}]", body="Still nothing")
        self.assertEqual(found, target)
        self.assertFalse(target.is_closed)
        self.assertTrue(source.is_closed)
        self.assertIn("Still nothing", self._thread(target))
        self.assertFalse(self._thread(source))

    def test_page_of_a_merged_one(self):
        source, target = self._merged(self._ask(), self._ask(subject="Where are my cups?"))
        target._close()
        self._login(self.rosa)
        url = f"/my/support/{source.id}"
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.headers["Location"], f"/my/support/{target.id}")
        self._form(url, {"act": "reopen", "question": "Still nothing"})
        self.assertIn("Still nothing", self._thread(target))
        self.assertEqual((source.is_closed, target.is_closed), (True, False))

    def test_key_of_a_merged_one(self):
        """It leads to the other one where that was mailed to the same address, and else not."""
        source, target = self._merged(self._ask(), self._ask())
        self.authenticate(None, None)
        url = self.form._page_url(source, source.access_token)
        response = self.url_open(url, allow_redirects=False)
        self.assertIn(target.access_token, response.headers["Location"])
        self._form(url, {"act": "answer", "question": "Hello"})
        self.assertIn("Hello", self._thread(target))
        target.write({"partner_id": self.zed.id, "email": "zed@customers.example"})
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(target.access_token, response.text)

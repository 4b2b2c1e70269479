import re
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..lib.email import reference
from ..models import ecrm_support_form
from .support_case import SupportCase


@tagged("post_install", "-at_install")
class TestSupportForm(SupportCase):
    """Asking without an account: the same answer for everybody, and nothing for programs."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self._network = "192.0.2.1"

    def _stamp(self, seconds=10):
        secret = self.env["ecrm.log"]._uid_secret()
        return reference.write(secret, ecrm_support_form.PURPOSE, int(time.time()) - seconds)

    def _send(self, email="zed@customers.example", files=None, **values):
        """Send the form; return the answer and the request it made."""
        data = {"email": email, "subject": "Late", "question": "Where is it?",
                "stamp": self._stamp(), **values}  # fmt: skip
        return self._made_by(lambda: self._form("/support", data, files))

    def _form(self, path, data=None, files=None, **values):
        """The same behind a proxy, which says who it is for."""
        headers = {"X-Forwarded-For": self._network, "X-Forwarded-Host": "127.0.0.1"}
        with (
            patch.dict(config._runtime_options, {"proxy_mode": True}),
            patch.dict(self.opener.headers, headers),
        ):
            return super()._form(path, data, files, **values)

    def test_form(self):
        page = self._page("/support")
        for name in ("email", "subject", "question", "files", "stamp"):
            self.assertTrue(page.xpath(f"//*[@name='{name}']"), name)
        for control in page.xpath(".//input[not(@type='hidden')] | .//textarea"):
            self.assertTrue(page.xpath(f".//label[@for='{control.get('id')}']"), control.get("id"))

    def test_asked(self):
        response, request = self._send()
        self.assertEqual(response.status_code, 200)
        self.assertEqual((request.email, request.source), ("zed@customers.example", "website"))
        self.assertFalse(request.is_proved)
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["zed@customers.example"])
        # nobody sends their own words through us to a stranger
        self.assertNotIn("Late", mail["subject"] + mail["body"])
        self.assertIn(request.access_token, mail["body"])
        # nothing on the page leads to the request: only who reads the mails has the key
        self.assertNotIn(request.access_token, response.text)
        self.assertNotIn(request.number, response.text)

    def test_same_answer_for_all(self):
        answers = set()
        for email in ("zed@customers.example", "zxx@customers.example", "zyy@customers.example"):
            response, request = self._send(email)
            self.assertTrue(request)
            text = re.sub(r'csrf_token: "\w+"', "", response.text)
            answers.add((response.status_code, text))
        self.assertEqual(len(answers), 1)

    def test_in_nobodys_portal(self):
        """Who typed the address into their account gets nothing; who logs in with it does."""
        _response, request = self._send()
        url = self.form._page_url(request, request.access_token)
        self._form(url, {"act": "confirm"})
        self.assertTrue(request.is_proved)
        self.assertFalse(request.partner_id)
        self._login(self.zed)
        self.assertNotIn(request.number, self._text("/my/support?filterby=all"))
        self.assertEqual(self.url_open(f"/my/support/{request.id}").status_code, 404)
        self.zed.user_ids.login = "zed@customers.example"
        self.authenticate("zed@customers.example", "zed-password")
        self.assertIn(request.number, self._text("/my/support?filterby=all"))

    def test_subject_in_one_line(self):
        _response, request = self._send(subject="Late\r\nBcc: all@customers.example\n")
        self.assertEqual(request.name, "Late Bcc: all@customers.example")
        request._prove()
        with self.mock_mail_gateway():
            self._answer(request)
        self.assertTrue(self._mails)

    def test_a_page_that_calls_itself_a_log(self):
        for raw in (b"<html><script>", b" <svg onload=x>", "\ufeff<html>".encode("utf-16")):
            response, request = self._send(files=[("files", ("a.log", raw, "text/html"))])
            self.assertEqual(response.status_code, 422, raw)
            self.assertFalse(request)
        log = b"GET / \n<html><script>alert(1)</script></html>"
        _response, request = self._send(files=[("files", ("a.log", log, "text/html"))])
        self.assertEqual(request.message_ids.attachment_ids.mimetype, "text/plain")

    def test_traps(self):
        for values, status in (
            ({"company_website": "http://spam.example"}, 200),
            ({"stamp": ""}, 422),
            ({"stamp": "00ff"}, 422),
            ({"stamp": self._stamp(-600)}, 422),
            ({"stamp": self._stamp(90_000)}, 422),
            ({"email": "nobody"}, 422),
            ({"email": "x" * 300 + "@customers.example"}, 422),
            ({"question": ""}, 422),
        ):
            response, request = self._send(**values)
            self.assertEqual(response.status_code, status, values)
            self.assertFalse(request, values)
            if status == 422:
                self.assertIn("Late", response.text)
            self.assertFalse(self._mails)

    def test_thousand_a_minute(self):
        """Of a flood a few get through; each other one is told so, keeps its text, costs little."""
        statuses = [self._send(email=f"x{n}@flood.example")[0].status_code for n in range(30)]
        self.assertEqual(statuses, [200] * 20 + [429] * 10)
        response, _request = self._send(email="last@flood.example", question="My own words")
        self.assertIn("My own words", response.text)
        allows = self.env["ecrm.limits"].allows
        taken = sum(allows("support", "192.0.2.7") for _time in range(1000))
        self.assertLessEqual(taken, 21)

    def test_one_address_from_everywhere(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_support_address", "2 0.0001")
        statuses = [self._send()[0].status_code for _time in range(4)]
        self.assertEqual(statuses, [200, 200, 429, 429])
        # whoever has the address is not locked out by others
        self._network = "2001:db8::1"
        self.assertEqual(self._send()[0].status_code, 200)

    def test_a_network_of_ipv6_is_one(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_support", "2 0.0001")
        statuses = []
        for number in range(4):
            self._network = f"2001:db8::{number}"
            statuses.append(self._send(f"x{number}@flood.example")[0].status_code)
        self.assertEqual(statuses, [200, 200, 429, 429])

    def test_files(self):
        exe = [("files", ("photo.png", b"MZ", "image/png"))]
        response, request = self._send(files=exe)
        self.assertIn("is a program", response.text)
        self.assertFalse(request)
        png = [("files", ("photo.png", b"\x89PNG\r\n\x1a\n...", "image/png"))]
        _response, request = self._send(files=png)
        self.assertEqual(request.message_ids.attachment_ids.name, "photo.png")

    def test_whoever_is_logged_in_asks_in_the_account(self):
        self._login(self.rosa)
        response = self.url_open("/support", allow_redirects=False)
        self.assertEqual(response.headers["Location"], "/my/support/new")

    @mute_logger("odoo.http")
    def test_without_a_token_nothing_is_taken(self):
        before = self._count()
        data = {"email": "a@b.example", "subject": "x", "question": "y", "stamp": self._stamp()}
        self.assertEqual(self.url_open("/support", data=data).status_code, 400)
        self.assertEqual(self._count(), before)

    def test_articles_that_were_opened(self):
        """Nothing is counted that was not suggested; see the help pages for what was."""
        opened = self.env["ecrm.faq.deflection"]
        before = opened.search_count([])
        faq_id = self.env["ecrm.faq"].search([("is_published", "=", True)], limit=1).id
        self._form("/support/opened", {"opened": f"7,x,{faq_id},'; drop,99999999999"})
        self.assertEqual(opened.search_count([]), before)

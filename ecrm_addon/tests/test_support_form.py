import re
import time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.email import reference
from ..models import ecrm_support_form
from .support_case import SupportCase


@tagged("post_install", "-at_install")
class TestSupportForm(SupportCase):
    """Asking without an account: the same answer for everybody, and nothing for programs."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _stamp(self, seconds=10):
        secret = self.env["ecrm.log"]._uid_secret()
        return reference.write(secret, ecrm_support_form.PURPOSE, int(time.time()) - seconds)

    def _send(self, email="zed@customers.example", files=None, **values):
        """Send the form; return the answer and the request it made."""
        data = {"email": email, "subject": "Late", "question": "Where is it?",
                "stamp": self._stamp(), **values}  # fmt: skip
        return self._made_by(lambda: self._form("/support", data, files))

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
        _response, request = self._send()
        self._login(self.zed)
        self.assertNotIn(request.number, self._text("/my/support?filterby=all"))
        self.assertEqual(self.url_open(f"/my/support/{request.id}").status_code, 404)
        self.authenticate(None, None)
        url = self.form._page_url(request, request.access_token)
        self._form(url, {"act": "confirm"})
        self._login(self.zed)
        self.assertIn(request.number, self._text("/my/support?filterby=all"))

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

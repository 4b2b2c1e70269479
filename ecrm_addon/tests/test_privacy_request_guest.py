import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .privacy_request_case import ADDRESS, PrivacyRequestCase

PAGE = "/ecrm/privacy"
STRANGER = "stranger@nowhere.example"


@tagged("post_install", "-at_install")
class TestGuest(PrivacyRequestCase):
    def _ask(self, email, **values):
        return self._send(PAGE, PAGE, email=email, **values)

    @staticmethod
    def _plain(text):
        return re.sub(r'csrf_token: "[0-9a-fo]+"', "", text)

    def test_known_and_unknown_addresses_get_the_same_answer(self):
        answers = {self._plain(self._ask(email).text) for email in (ADDRESS, STRANGER)}
        self.assertEqual(len(answers), 1)
        # the same work: one row each, and no mail yet
        self.assertEqual(self.env["ecrm.privacy.ask"].search_count([]), 2)
        self.assertFalse(self._mails(ADDRESS) | self._mails(STRANGER))
        self._work()
        self.assertFalse(self.env["ecrm.privacy.ask"].search_count([]))
        self.assertIn("hold nothing", self._mails(STRANGER).body_html)
        self.assertIn("/ecrm/privacy/", self._mails(ADDRESS).body_html)
        self._deliver()
        self.assertEqual(self._grep(STRANGER), [])

    def test_the_form(self):
        self.assertIn("in full", self._ask("zed@").text)
        self.assertEqual(self._plain(self._ask(ADDRESS).text), self._plain(self._ask(ADDRESS).text))
        self.assertEqual(self.env["ecrm.privacy.ask"].search_count([]), 1)
        trapped = self._ask("x@nowhere.example", company_website="spam")
        self.assertIn("look into your mailbox", trapped.text)
        self.assertEqual(self.env["ecrm.privacy.ask"].search_count([]), 1)
        self.env["ir.config_parameter"].set_param("ecrm.limit_privacy", "1 0.0001")
        self.env["ecrm.limits"].forget()
        self._ask("y@nowhere.example")
        self.assertIn("too often", self._ask("z@nowhere.example").text)

    def test_the_page(self):
        self._append(self.zed, 2)
        link = self._guest_link(ADDRESS)
        page = self.url_open(link)
        self.assertIn("z***@example.com", page.text)
        self.assertNotIn(ADDRESS, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("being made", self._send(link, f"{link}/download").text)
        self._work()
        path = re.search(r"/ecrm/privacy/file/[0-9a-f]+", self.url_open(link).text)[0]
        told = self._told(self.url_open(path).content)
        self.assertEqual(len(told["touchpoints"]), 2)
        self.assertIn("/ecrm/privacy/", self._mails(ADDRESS)[:1].body_html)

    def test_objection(self):
        link = self._guest_link(ADDRESS)
        for _time in range(2):
            self._send(link, link, choice="profile", state="off")
        request = self.requests.search([("kind", "=", "object")])
        self.assertEqual((len(request), request.state), (1, "done"))
        self.assertIn(self.zed, self.env["ecrm.consent"]._objectors())
        self._send(link, link, choice="profile", state="on")
        self.assertNotIn(self.zed, self.env["ecrm.consent"]._objectors())
        self._send(link, link, choice="profile", state="off")
        self.assertIn(self.zed, self.env["ecrm.consent"]._objectors(), "within the hour, too")

    def test_choices(self):
        link = self._guest_link(ADDRESS)
        page = self._send(link, link, choice="mails", frequency="monthly", pause="30")
        self.assertIn("Saved.", page.text)
        preference = self.env["ecrm.email.preference"].of_address(ADDRESS, self.env.company)
        self.assertEqual(preference.frequency, "monthly")
        self.assertFalse(any(topic["on"] for topic in preference.choices()["topics"]))
        self._send(link, link, choice="personalise", state="on")
        self.assertEqual(self.env["ecrm.consent"].allows(self.zed, "personalise"), self.zed)
        for values in ({"choice": "browser"}, {"choice": "x"}, {"choice": "personalise"}, {}):
            self.assertEqual(self._send(link, link, **values).status_code, 200)

    def test_erasure(self):
        self._append(self.zed, 2)
        link = self._guest_link(ADDRESS)
        self.assertIn("look into your mailbox", self._send(f"{link}/erase", f"{link}/erase").text)
        confirm = self._link(ADDRESS)
        self._send(confirm, confirm)
        self._work()
        self.assertFalse(self._touchpoints(self.zed))
        self.assertEqual(self.url_open(link).status_code, 404, "its address is forgotten")
        self.assertIn("Your data was erased", self.url_open(confirm).text)

    @mute_logger("odoo.http")
    def test_wrong_links_are_like_absent_ones(self):
        link = self._guest_link(ADDRESS)
        cut = link[:-1] + ("0" if link[-1] != "0" else "1")
        bodies = set()
        for path in (cut, f"{PAGE}/00", f"{PAGE}/{'9' * 400}", f"{PAGE}/x"):
            for page in (path, f"{path}/erase"):
                answer = self.url_open(page)
                self.assertEqual(answer.status_code, 404)
                bodies.add(self._plain(answer.text).replace(page, ""))
        self.assertEqual(len(bodies), 1)
        self.assertIsNone(self.make_jsonrpc_request(f"{cut}/progress", {}))
        self.assertEqual(self.url_open(f"{link}/download", data={"a": 1}).status_code, 400)
        with freeze_time(fields.Datetime.now() + timedelta(hours=49)):
            self.assertIsNone(self.persons.of_token(link.rsplit("/", 1)[1]))

    def test_a_file_of_a_login_needs_that_login(self):
        """Whoever reads the mails of an address does not get what a login asked for."""
        self._login(self.zed)
        self._send("/my/privacy", "/my/privacy/download")
        self._work()
        self.authenticate(None, None)
        path = self._link(ADDRESS, "file/")
        link = self._guest_link(ADDRESS)
        self.assertNotIn("/ecrm/privacy/file/", self.url_open(link).text)
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_the_footer_leads_here(self):
        self.assertIn('href="/ecrm/privacy"', self.url_open("/").text)

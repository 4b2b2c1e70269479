from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .privacy_request_case import ADDRESS, PrivacyRequestCase

PAGE = "/my/privacy/erase"


@tagged("post_install", "-at_install")
class TestErase(PrivacyRequestCase):
    def _request(self):
        return self.requests.search([("kind", "=", "erase")], order="id desc", limit=1)

    def _ask(self):
        self._login(self.zed)
        return self._send(PAGE, PAGE)

    def test_the_whole_way(self):
        self._append(self.zed, 4)
        self._order(self.zed)
        self._login(self.zed)
        self.assertIn("look up what we hold", self._text(PAGE))
        text = self._text(f"{PAGE}?list=1")
        self.assertIn("What the law makes us keep", text)
        self.assertIn("accounting and tax law", text)
        self.assertIn("look into your mailbox", self._ask().text)
        request, link = self._request(), self._link(ADDRESS)
        self.assertTrue(self._touchpoints(self.zed))
        for _scanner in range(2):
            self.assertIn("Erase everything now?", self.url_open(link).text)
        self.opener.head(self.base_url() + link)
        self.assertEqual(request.state, "asked")
        answer = self._send(link, link)
        self.assertIn("is being erased", answer.text)
        self.assertEqual(request.state, "progress")
        # logged out; what comes next is a page, not an error
        self.assertIn("/web/login", self.url_open("/my/privacy").url)
        self._work()
        self.assertFalse(self._touchpoints(self.zed))
        self.assertIn("Your data was erased", self.url_open(link).text)
        self.assertFalse(request.partner_id or request.email or request.by_user_id)
        self._check_certificate(request)

    def _check_certificate(self, request):
        mail = self._mails(ADDRESS)[:1]
        path = self._link(ADDRESS, "certificate/")
        page = self.url_open(path)
        file = self.url_open(f"{path}?download=1")
        self.assertIn("attachment", file.headers["Content-Disposition"])
        attached = mail.attachment_ids.raw.decode()
        for text in (page.text, file.text, attached):
            self.assertIn(request.name, text)
            self.assertIn("accounting and tax law", text)
            for name in ("Zed", ADDRESS):
                self.assertNotIn(name, text)
        self.assertNotIn("<script", file.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")

    def test_no_table_knows_the_address_because_of_the_request(self):
        before = set(self._grep(ADDRESS))
        self._append(self.zed, 4)
        self._ask()
        link = self._link(ADDRESS)
        self._send(link, link)
        self._work()
        self._deliver()
        after = set(self._grep(ADDRESS))
        self.assertLessEqual(after, before)
        self.assertFalse([table for table in after if table.startswith("ecrm_")])
        ours = [("model", "=", "ecrm.privacy.request")]
        self.assertFalse(self.env["mail.message"].search(ours))

    def test_a_mail_that_cannot_be_sent_goes_in_time(self):
        self._ask()
        mail = self._mails(ADDRESS)
        mail.state = "exception"
        mails = self.env["ecrm.privacy.letter"]
        mails._gc_unsent()
        self.assertTrue(mail.exists())
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=4), mail.id],
        )
        mails._gc_unsent()
        self.assertFalse(mail.exists())

    def test_one_mail_an_hour(self):
        for _time in range(3):
            self._ask()
        self.assertEqual(len(self._mails(ADDRESS)), 1)
        self._request().asked_at = fields.Datetime.now() - timedelta(hours=2)
        self._ask()
        self.assertEqual(len(self._mails(ADDRESS)), 2)
        self.assertEqual(self.requests.search_count([("partner_id", "=", self.zed.id)]), 1)

    @mute_logger("odoo.http")
    def test_confirming_needs_the_form_and_the_right_link(self):
        self._ask()
        link, request = self._link(ADDRESS), self._request()
        self.assertEqual(self.url_open(link, data={"a": 1}).status_code, 400)
        cut = link[:-1] + ("0" if link[-1] != "0" else "1")
        for path in (cut, "/ecrm/privacy/confirm/00", link.replace("confirm", "certificate")):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 404)
            self.assertIn("This link does not work", answer.text)
        self.assertEqual(request.state, "asked")
        request.asked_at = fields.Datetime.now() - timedelta(hours=49)
        self._work()
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_without_an_address_somebody_looks_at_it(self):
        self.zed.email = False
        self.assertIn("We take care of it", self._ask().text)
        self.assertEqual(self._request().state, "todo")
        self.assertEqual(self._request().activity_ids.user_id, self.dpo)

    def test_an_employee_is_told_kindly(self):
        self.authenticate("request_dpo", "request_dpo")
        self.assertIn("You work here", self.url_open(PAGE).text)
        self._send("/my/privacy", PAGE)
        self.assertFalse(self.requests.search([("partner_id", "=", self.dpo.partner_id.id)]))

    def test_a_revoked_user(self):
        self._login(self.zed)
        self.zed.user_ids.active = False
        answer = self.url_open("/my/privacy")
        self.assertIn("/web/login", answer.url)
        self.assertEqual(answer.status_code, 200)

    def test_nobody_is_erased_by_another(self):
        """Asking for another's address does nothing but send a mail to its owner."""
        self._append(self.zed, 2)
        request = self.requests.ask_erasure(self._person(self.zed))
        self._work()
        self.assertEqual(request.state, "asked")
        self.assertEqual(len(self._touchpoints(self.zed)), 2)

import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import ecrm_privacy
from .privacy_request_case import PrivacyRequestCase

PAGE = "/my/privacy"


@tagged("post_install", "-at_install")
class TestDownload(PrivacyRequestCase):
    def _ask(self, partner):
        self._login(partner)
        return self._send(f"{PAGE}/erase", f"{PAGE}/download")

    def _request(self, partner):
        return self.requests.search([("partner_id", "=", partner.id)], order="id desc", limit=1)

    def _file_path(self):
        return self._link(self.rosa.email, "file/")

    def test_the_whole_way(self):
        self._append(self.rosa, 3, path="/tea/<script>alert(1)</script>")
        self._append(self.tim, 3, path="/secret-of-tim")
        answer = self._ask(self.rosa)
        self.assertIn("being made", answer.text)
        request = self._request(self.rosa)
        self.assertEqual((request.source, request.state), ("portal", "progress"))
        told = self.make_jsonrpc_request(f"{PAGE}/progress", {})
        self.assertEqual(told, {"progress": 0, "is_done": False})
        self._work()
        self.assertEqual(self.make_jsonrpc_request(f"{PAGE}/progress", {})["is_done"], True)
        # the address of a contact is changed without proof: only its mailbox gets the link
        self.assertIn("We sent the link to rosa@example.com", self._text(PAGE))
        self.assertFalse(self._page(PAGE).xpath("//a[contains(@class, 'o_ecrm_file')]"))
        file = self.url_open(self._file_path())
        self.assertEqual(file.headers["Content-Type"], "application/zip")
        self.assertEqual(file.headers["Cache-Control"], "no-store")
        self.assertEqual(file.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("attachment", file.headers["Content-Disposition"])
        told = self._told(file.content)
        self.assertEqual(len(told["touchpoints"]), 3)
        self.assertEqual(told["contact"]["email"], self.rosa.email)
        with self._archive(file.content) as archive:
            pages = "".join(archive.read(name).decode() for name in archive.namelist()[1:])
        self.assertIn("/tea/&lt;script&gt;", pages)
        self.assertNotIn("<script", pages)
        self.assertNotIn("secret-of-tim", pages + str(told))
        self.assertIn("fetched", request.event_ids.mapped("what"))

    def test_one_at_a_time_and_one_an_hour(self):
        for _time in range(2):
            self._ask(self.rosa)
        self._work()
        self._ask(self.rosa)
        mine = [("partner_id", "=", self.rosa.id)]
        self.assertEqual(self.requests.search_count(mine), 1)
        self._request(self.rosa).asked_at = fields.Datetime.now() - timedelta(hours=2)
        self._ask(self.rosa)
        self.assertEqual(self.requests.search_count(mine), 2)

    def test_a_colleague_and_others_get_nothing(self):
        self._ask(self.rosa)
        self._work()
        path = self._file_path()
        self._login(self.tim)
        absent = self.url_open("/ecrm/privacy/file/00")
        self.assertEqual(absent.status_code, 404)
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self._plain(answer), self._plain(absent))
        self.assertNotIn("Download of all data", self._text(PAGE))
        request = self._request(self.rosa)
        attachment = request._files("archive")
        for user in (self.tim.user_ids, self.dpo):
            with self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])
        self.assertIn(self.url_open(f"/web/content/{attachment.id}").status_code, (403, 404))
        # without a login: the login, then the file
        self.authenticate(None, None)
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login?redirect=%2Fecrm%2Fprivacy%2Ffile", answer.headers["Location"])

    @staticmethod
    def _plain(answer):
        """Return a page without what differs from address to address."""
        text = answer.text.replace(urlsplit(answer.url).path, "")
        return re.sub(r'csrf_token: "[0-9a-fo]+"', "", text)

    def test_a_link_and_a_file_expire(self):
        self._ask(self.rosa)
        self._work()
        path, request = self._file_path(), self._request(self.rosa)
        cut = path[:-1] + ("0" if path[-1] != "0" else "1")
        self.assertEqual(self.url_open(cut).status_code, 404)
        self.assertEqual(self.url_open(path.replace("file", "certificate")).status_code, 404)
        request.archive_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.url_open(path).status_code, 404)
        self.assertTrue(request._files())
        self._work()
        self.assertFalse(request._files())
        self.assertEqual(request.event_ids[-1].what, "removed")
        self.assertIn("Make my file", self._text(PAGE))

    @mute_logger("odoo.http")
    def test_a_download_needs_the_form(self):
        self._login(self.rosa)
        self.assertEqual(self.url_open(f"{PAGE}/download", data={"a": 1}).status_code, 400)
        self.assertFalse(self._request(self.rosa))
        self._send(PAGE, f"{PAGE}/download", partner_id=str(self.tim.id))
        self.assertFalse(self._request(self.tim))

    def test_a_job_that_is_stopped_goes_on(self):
        """Each page of a history is made once, whenever the job is stopped."""
        self._append(self.rosa, 10)
        self._ask(self.rosa)
        request, cron = self._request(self.rosa), type(self.env["ir.cron"])
        with (
            patch.object(ecrm_privacy, "PAGE", 4),
            patch.object(cron, "_commit_progress", lambda *a, **k: 0),
        ):
            request._work()
            self.assertEqual((request.state, request.cursor["count"]), ("progress", 4))
            self.assertEqual(request.progress, 36)
            # what happens meanwhile comes with the next file
            self.log.append([self._event(self.rosa, at=fields.Datetime.now())])
            request._work()
            self.assertEqual(request.cursor["count"], 7)
        with patch.object(ecrm_privacy, "PAGE", 4):
            self._work()
        told = self._told(request._files("archive").raw)["touchpoints"]
        self.assertEqual(len({event["uid"] for event in told}), len(told))
        self.assertEqual(len(told), 10)
        self.assertEqual(len(request._files()), 1)

    @mute_logger("odoo.addons.ecrm_addon.models.ecrm_privacy_request_work")
    def test_a_job_that_fails_comes_before_somebody(self):
        self._ask(self.rosa)
        request = self._request(self.rosa)

        def fail(*_args, **_kwargs):
            raise ValueError("broken")

        with patch.object(type(self.env["ecrm.privacy"]), "export_pages", fail):
            for tries in range(1, 4):
                self._work()
                self.assertEqual(request.attempts, tries)
        self.assertEqual(request.state, "todo")
        self.assertEqual(request.activity_ids.user_id, self.dpo)
        self.assertIn("We look at your request", self._text(PAGE))

    def test_in_the_language_of_the_person(self):
        lang = self.env["res.lang"]._activate_lang("ar_001")
        self._ask(self.rosa)
        request = self._request(self.rosa)
        request.lang = lang.code
        self._work()
        with self._archive(request._files("archive").raw) as archive:
            self.assertIn('<html lang="ar-001" dir="rtl">', archive.read("index.html").decode())

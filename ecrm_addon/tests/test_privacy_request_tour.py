from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .privacy_request_case import PrivacyRequestCase


class RequestTourCase(PrivacyRequestCase):
    def _download(self):
        self._append(self.rosa, 3)
        self.start_tour("/my/privacy", "ecrm_privacy_ask_file", login="rosa")
        self._work()
        self.start_tour("/my/privacy", "ecrm_privacy_get_file", login="rosa")
        self._login(self.rosa)
        file = self.url_open(self._link(self.rosa.email, "file/"))
        self.assertEqual(file.headers["Content-Type"], "application/zip")

    def _erase(self):
        self._append(self.zed, 3)
        self.start_tour("/my/privacy", "ecrm_privacy_ask_erase", login="zed")
        link = self._link(self.zed.email)
        self.start_tour(link, "ecrm_privacy_confirm_erase", login="zed")
        self._work()
        self.start_tour(link, "ecrm_privacy_certificate")
        self.assertFalse(self._touchpoints(self.zed))

    def _guest(self):
        self.start_tour("/", "ecrm_privacy_guest")
        self._work()
        self.start_tour(self._link("zed@example.com", ""), "ecrm_privacy_guest_page")


@tagged("post_install", "-at_install")
class TestRequestTour(RequestTourCase):
    def test_download(self):
        self._download()

    def test_erase(self):
        self._erase()

    def test_guest(self):
        self._guest()

    def test_back_office(self):
        asked_at = fields.Datetime.now() - timedelta(days=40)
        self.requests.create({"kind": "erase", "partner_id": self.zed.id, "asked_at": asked_at})
        self.start_tour("/odoo/ecrm-privacy-requests", "ecrm_privacy_back_office", login="admin")


@tagged("post_install", "-at_install")
class TestRequestTourMobile(RequestTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_download_mobile(self):
        self._download()

    def test_erase_mobile(self):
        self._erase()

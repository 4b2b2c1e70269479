from odoo.tests import new_test_user

from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from .identity_case import Browser
from .privacy_portal_case import PrivacyPortalCase


class TestVisits(PrivacyPortalCase):
    def test_switched_off_nothing_is_stored_from_the_next_request_on(self):
        zed = self._on(self.zed, agreed=True)
        zed.visit("/before")
        self.assertEqual(self._visits(), 1)
        self.assertTrue(self._is_on(zed, "tracking"))
        self._post(zed, choice="tracking", state="off")
        self.assertFalse(self._is_on(zed, "tracking"))
        self.assertIn("Saved", self._section(zed, path="/my/privacy?saved=tracking"))
        cookies = zed.opener.cookies
        self.assertFalse({visit_lib.COOKIE, visit_lib.VISIT_COOKIE} & set(cookies.keys()))
        self.assertIn('"optional": false', cookies["website_cookies_bar"])
        for path in ("/my/privacy", "/", "/shop"):
            zed.get(path)
            zed.visit(path)
        self.assertEqual(self._visits(), 1)
        self.assertFalse(visit_lib.COOKIE in cookies)

    def test_it_holds_on_each_browser_until_she_agrees_there_anew(self):
        phone, desktop = (self._on(self.zed, agreed=True) for _number in range(2))
        desktop.visit("/before")
        self._digest()
        self._post(phone, choice="tracking", state="off")
        before = self._visits()
        desktop.visit("/after")
        desktop.visit("/after")  # the bar's answer of before is none either
        self.assertEqual(self._visits(), before)
        self.assertFalse(desktop.vid)
        self.assertNotIn("website_cookies_bar", desktop.opener.cookies)
        desktop.accept()
        desktop.visit("/anew")
        self.assertEqual(self._visits(), before + 1)
        phone.visit("/phone")
        self.assertEqual(self._visits(), before + 1)

    def test_a_browser_that_is_not_known_as_hers_yet(self):
        elsewhere = Browser(self).accept()
        elsewhere.visit("/nobody")
        self._post(self._on(self.zed), choice="tracking", state="off")
        before = self._visits()
        elsewhere.visit("/still-nobody")
        self.assertEqual(self._visits(), before + 1)
        elsewhere.login(self.zed.user_ids, "zed-password")
        elsewhere.visit("/hers")
        self.assertEqual(self._visits(), before + 1)
        self.assertFalse(self.env["ecrm.identity"].search([
            ("kind", "=", "device"), ("partner_id", "=", self.zed.id)
        ]))  # fmt: skip

    def test_a_logout_does_not_begin_anew(self):
        phone, desktop = (self._on(self.zed, agreed=True) for _number in range(2))
        self._digest()
        self._post(phone, choice="tracking", state="off")
        desktop.logout()
        desktop.visit("/out")
        self.assertEqual(self._visits(), 0)

    def test_a_lost_cookie_does_not_begin_anew(self):
        phone, desktop = (self._on(self.zed, agreed=True) for _number in range(2))
        self._post(phone, choice="tracking", state="off")
        desktop.opener.cookies.pop(visit_lib.COOKIE)
        desktop.visit("/lost")
        self.assertEqual(self._visits(), 0)
        self.assertNotIn("website_cookies_bar", desktop.opener.cookies)

    def test_a_colleague_goes_on(self):
        rosa, tim = self._on(self.rosa, agreed=True), self._on(self.tim, agreed=True)
        self._digest()
        self._post(rosa, choice="tracking", state="off", partner_id=str(self.tim.id))
        tim.visit("/tim")
        self.assertEqual(self._visits(), 1)
        self.assertEqual(self._said(self.tim, "measure"), [("granted", "cookie bar")])

    def test_switched_on_as_in_the_bar(self):
        zed = self._on(self.zed)
        self.assertFalse(self._is_on(zed, "tracking"))
        zed.visit("/before")
        self._post(zed, choice="tracking", state="on")
        self.assertTrue(self._is_on(zed, "tracking"))
        zed.visit("/after")
        self.assertEqual(self._visits(), 1)
        self.assertEqual(self._said(self.zed, "measure"), [("granted", "portal")])
        line = self.consents.search([("source", "=", "portal")])
        self.assertIn("If you agree, we record", line.text)
        self.assertIn("If you agree, we record", self._section(zed, "history"))
        self._post(zed, choice="tracking", state="off")
        self._post(zed, choice="tracking", state="on")
        self.assertTrue(self._is_on(zed, "tracking"))
        zed.visit("/again")
        self.assertEqual(self._visits(), 2)

    def test_erased_with_it(self):
        zed = self._on(self.zed, agreed=True)
        zed.visit("/before")
        self.assertEqual(self._visits(), 1)
        self._post(zed, choice="tracking", state="off", erase="1")
        self.assertEqual(self._visits(), 0)
        zed.visit("/after")
        self.assertEqual(self._visits(), 0)
        self.assertIn("not recorded", self._section(zed))

    def test_one_other_browser(self):
        phone, desktop = (self._on(self.zed, agreed=True) for _number in range(2))
        colleague = self._on(self.rosa, agreed=True)
        self._digest()
        lines = phone_line, desktop_line, foreign = self.consents.search([], order="id")
        self.assertEqual(set(lines.mapped("state")), {"granted"})
        ids = self._element(phone, "tracking").xpath(".//input[@name='consent']/@value")
        self.assertEqual(ids, [str(desktop_line.id)])
        for wrong in (foreign.id, 0, -1, "x", 10**12, phone_line.id + 10**6):
            self._post(phone, choice="browser", consent=str(wrong))
        self.assertTrue(all(line.holds() for line in lines))
        self._post(phone, choice="browser", consent=str(desktop_line.id))
        self.assertFalse(desktop_line.holds())
        desktop.visit("/desktop")
        self.assertEqual(self._visits(), 0)
        for browser in (phone, colleague):
            browser.visit("/still")
        self.assertEqual(self._visits(), 2)

    def test_a_browser_of_somebody_who_got_a_forwarded_mail(self):
        """Its click links it to Zed, who is shown nothing of it; his no holds for it, too."""
        _kind, key = identity_of("device", "stranger")
        stranger = self.log.meet(key)
        stranger.link(self.zed, "click")
        line = self.consents.record(
            stranger, "granted", source="cookie bar", website_id=self.website.id
        )
        zed = self._on(self.zed)
        self.assertNotIn("Other browsers", self._section(zed))
        self.assertIn("Nothing yet", self._section(zed, "history"))
        self._post(zed, choice="browser", consent=str(line.id))
        self.assertTrue(line.holds())
        self._post(zed, choice="tracking", state="off")
        self.assertFalse(line.holds())

    def test_page_views_of_odoo_are_told(self):
        zed, words = self._on(self.zed), "our website itself notes which of its pages you open"
        self.assertNotIn(words, self._section(zed))
        self.website.ecrm_keep_stock_tracking = True
        self.assertIn(words, self._section(zed))
        self.website.write({"ecrm_keep_stock_tracking": False, "ecrm_tracking": "off"})
        self.assertIn(words, self._section(zed))
        self.assertIn("pages you open are noted", zed.get("/my").text)

    def test_browsers_that_object_themselves(self):
        zed = self._on(self.zed, agreed=True)
        zed.opener.headers["Sec-GPC"] = "1"
        self.assertIn("Global Privacy Control", self._section(zed))
        self._post(zed, choice="tracking", state="on")
        zed.visit("/signal")
        self.assertEqual(self._visits(), 0)

    def test_modes_of_the_website(self):
        zed = self._on(self.zed)
        for mode, words in (
            ("anonymous", "without noting by whom"),
            ("off", "we do not record your visits"),
        ):
            self.website.ecrm_tracking = mode
            self.assertIn(words, self._section(zed))
            self._post(zed, choice="tracking", state="on")
        self.assertFalse(self.consents.search_count([]))

    def test_employees(self):
        user = new_test_user(self.env, "clerk", "base.group_user", password="clerk-password")
        clerk = self._on(user.partner_id)
        self.assertIn("Visits of those who work here", self._section(clerk))
        self._post(clerk, choice="tracking", state="on")
        self.assertFalse(self.consents.search_count([]))

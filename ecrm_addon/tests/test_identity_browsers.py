from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..lib.tracking import visit as visit_lib
from .identity_case import AGENT, Browser, IdentityCase


class TestBrowsers(IdentityCase):
    """The rules as browsers live them."""

    def test_login_makes_the_anonymous_days_hers(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        anonymous = browser.identity()
        self._digest()
        self.assertFalse(anonymous.partner_id)
        vid = browser.vid
        browser.login(self.user_ann)
        browser.visit("/after")
        self._digest()
        self.assertEqual(browser.vid, vid)
        self.assertEqual(self._ledger(anonymous), [("linked", "login", self.ann)])
        own = browser.identity(self.ann)
        self.assertEqual(own.partner_id, self.ann)
        self.assertTrue(own.link_ids.from_start)
        self.assertEqual(self._touchpoints(self.ann).mapped("path"), ["/before", "/after"])

    def test_being_asked_to_log_in_is_no_logout(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        vid = browser.vid
        self.assertIn("/web/login", browser.get("/my").headers["Location"])
        self.assertEqual(browser.vid, vid)
        browser.login(self.user_ann)
        self._digest()
        self.assertEqual(self._touchpoints(self.ann).mapped("path"), ["/before"])

    def test_consent_while_logged_in(self):
        browser = Browser(self)
        browser.login(self.user_ann)
        browser.accept()
        self._digest()
        self.assertEqual(browser.identity().partner_id, self.ann)

    def test_logout_begins_anew(self):
        browser = Browser(self).accept()
        browser.visit()
        browser.login(self.user_ann)
        first = browser.vid
        browser.logout()
        self.assertTrue(browser.vid)
        self.assertNotEqual(browser.vid, first)
        browser.visit("/stranger")
        self._digest()
        self.assertFalse(browser.identity().partner_id)

    def test_two_people_with_logout_between(self):
        browser = Browser(self).accept()
        for user in (self.user_ann, self.user_bea):
            browser.visit(f"/before-{user.login}")
            browser.login(user)
            browser.visit(f"/as-{user.login}")
            browser.logout()
        self._digest()
        for user in (self.user_ann, self.user_bea):
            self.assertEqual(
                self._touchpoints(user.partner_id).mapped("path"),
                [f"/before-{user.login}", f"/as-{user.login}"],
            )

    def test_two_people_without_logout(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        anonymous = browser.identity()
        browser.login(self.user_ann)
        browser.visit("/ann")
        vid = browser.vid
        browser.login(self.user_bea)
        self.assertNotEqual(browser.vid, vid)  # what comes is not Ann's any more
        browser.visit("/bea")
        browser.forget_session()
        browser.visit("/after-bea")
        self._digest()
        self.assertEqual(anonymous.partner_id, self.ann)
        self.assertEqual(self._touchpoints(self.ann).mapped("path"), ["/before", "/ann"])
        self.assertEqual(self._touchpoints(self.bea).mapped("path"), ["/bea", "/after-bea"])

    def test_an_expired_session(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        browser.login(self.user_ann)
        browser.forget_session()
        browser.visit("/expired")
        self._digest()
        browser.login(self.user_bea)
        browser.visit("/bea")
        self._digest()
        self.assertEqual(self._touchpoints(self.ann).mapped("path"), ["/before", "/expired"])
        self.assertEqual(self._touchpoints(self.bea).mapped("path"), ["/bea"])

    def test_the_same_person_again_keeps_the_browser(self):
        browser = Browser(self).accept()
        vid = browser.vid
        for _n in range(2):
            browser.login(self.user_ann)
            browser.forget_session()
            self._digest()
        self.assertEqual(browser.vid, vid)

    def test_a_browser_survives_its_update(self):
        browser = Browser(self).accept()
        browser.visit("/old")
        browser.opener.headers["User-Agent"] = AGENT.format(141)
        browser.visit("/new")
        self._digest()
        touchpoints = self.env["ecrm.touchpoint"]
        self.assertEqual(touchpoints.search_count([("identity_id", "=", browser.identity().id)]), 2)

    def test_employees_link_nothing(self):
        employee = new_test_user(self.env, "eve_staff", "base.group_user")
        browser = Browser(self).accept()
        browser.visit("/before")
        anonymous = browser.identity()
        browser.login(employee)
        browser.visit("/as-staff")
        self._digest()
        self.assertFalse(anonymous.partner_id)
        self.assertEqual(len(anonymous.link_ids), 0)
        self.assertFalse(self._touchpoints(employee.partner_id))

    def test_without_consent_a_login_says_nothing(self):
        browser = Browser(self)
        browser.login(self.user_ann)
        self.assertFalse(browser.vid)
        self.assertFalse(self.env["ecrm.change"].search([("model", "=", "ecrm.login")]))

    def test_a_password_alone_is_no_login(self):
        self.user_ann.sudo().totp_secret = "JBSWY3DPEHPK3PXP"
        browser = Browser(self).accept()
        browser.visit("/before")
        browser.login(self.user_ann)
        self._digest()
        self.assertFalse(browser.identity().partner_id)

    def test_logout_does_not_prolong_consent(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        self.env.flush_all()
        consent = self.env["ecrm.consent"].search([], limit=1)
        self.cr.execute(
            "UPDATE ecrm_consent SET create_date = create_date - interval '390 days' WHERE id = %s",
            [consent.id],
        )
        browser.login(self.user_ann)
        browser.logout()
        cookie = next(c for c in browser.opener.cookies if c.name == visit_lib.COOKIE)
        left = cookie.expires - fields.Datetime.now().timestamp()
        self.assertLess(left, 5 * 24 * 3600 + 60)
        self.assertGreater(left, 4 * 24 * 3600)

    def test_a_withdrawn_consent_ends_at_logout(self):
        browser = Browser(self).accept()
        browser.login(self.user_ann)
        self.env["ecrm.consent"].search([], limit=1).withdraw("company")
        browser.logout()
        self.assertFalse(browser.vid)

    def test_no_cookie_of_ours_opens_anything(self):
        ann = Browser(self).accept()
        ann.login(self.user_ann)
        ann.visit()
        self._digest()
        thief = Browser(self)
        for name in (visit_lib.COOKIE, visit_lib.VISIT_COOKIE, "website_cookies_bar"):
            if name in ann.opener.cookies:
                thief.opener.cookies.set(name, ann.opener.cookies[name])
        for path in ("/my", "/my/orders", "/odoo"):
            answer = thief.get(path)
            self.assertIn(answer.status_code, (302, 303), path)
            self.assertIn("/web/login", answer.headers["Location"])
        answer = thief.request("POST", "/web/session/get_session_info", json={"params": {}})
        self.assertEqual(answer.json()["error"]["message"], "Odoo Session Expired")
        # what the thief does under the cookie is not shown to Ann as hers alone
        self.assertNotEqual(ann.identity(self.ann), ann.identity())


class TestTimelineOfABrowser(IdentityCase):
    """The anonymous days, and the moment at which their customer became known."""

    def _read(self, partner, limit=30):
        rows, cursor = [], None
        while True:
            page = self.env["ecrm.timeline"].page(partner, cursor, limit=limit)
            rows += page["rows"]
            cursor = page["next"]
            if not cursor:
                return rows

    def test_the_moment_lies_between_before_and_after(self):
        identity = self._new_identity("browser-1")
        self.log.append(
            [
                self._event(self.ann, at="2026-02-01 10:00:00", path="/after"),
                self._event(identity={"device": "browser-1"}, at="2026-01-31 10:00:00"),
            ]
        )
        at = fields.Datetime.to_datetime("2026-01-31 12:00:00")
        self.env["ecrm.identity"].note_evidence("ecrm.checkout", self.ann.id, identity.key, at=at)
        self._digest()
        for limit in (1, 2, 30):
            with self.subTest(limit):
                kinds = [row["kind"] for row in self._read(self.ann, limit)]
                self.assertEqual(kinds, ["web.page", "identity.linked", "web.page", "web.page"])
        moment = self._read(self.ann)[1]
        self.assertEqual(moment["label"], "Became known by checkout")
        self.assertEqual(moment["at"], "2026-01-31T12:00:00Z")

    def test_who_was_known_from_the_start_never_became_known(self):
        identity = self._new_identity("browser-1")
        self._note(identity, self.ann, "own")
        self._digest()
        self.assertEqual([row["kind"] for row in self._read(self.ann)], ["web.page"])

    def test_a_confirmation_is_no_second_beginning(self):
        identity = self._new_identity("browser-1", self.ann, "click")
        self._note(identity, self.ann, "login")
        self._digest()
        labels = [row["label"] for row in self._read(self.ann) if row["key"].startswith("l")]
        self.assertEqual(set(labels), {"Confirmed by login", "Became known by a click in a mail"})

    def test_a_browser_that_went_on_to_somebody_else_tells_them_their_own_moment(self):
        identity = self._new_identity("browser-1", self.bea, "click")
        identity.link(self.ann, "hand")
        labels = [row["label"] for row in self._read(self.ann) if row["key"].startswith("l")]
        self.assertEqual(labels, ["Became known by hand"])

    def test_customers_see_only_browsers_on_which_they_logged_in(self):
        for number, evidence in enumerate(("click", "checkout", "form", "login")):
            self._new_identity(f"browser-{number}", self.ann, evidence)
        shown = self.env["ecrm.identity"].browse(self.ann._ecrm_portal_identity_ids())
        self.assertEqual(shown.link_ids.mapped("evidence"), ["login"])

    def test_undoing_a_line_still_works(self):
        identity = self._new_identity("browser-1", self.ann, "click")
        self._note(identity, self.bea, "login")
        self._digest()
        click = identity.link_ids.sorted("id")[0]
        with self.assertRaises(UserError):
            click.action_undo()

import json
import uuid
from datetime import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HOST, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..lib.tracking import visit as visit_lib
from .privacy_case import AGENT, SENTINEL, PrivacyCase


class TestConsentLedger(PrivacyCase):
    def test_nobody_edits_or_deletes(self):
        consent = self.env["ecrm.consent"].record(self._browser(), "granted", source="cookie bar")
        admin = self.env.ref("base.user_admin")
        for lines in (consent, consent.with_user(admin), consent.sudo()):
            with self.assertRaises(AccessError):
                lines.write({"state": "refused"})
            with self.assertRaises(AccessError):
                lines.unlink()

    def test_a_merge_leaves_it_intact(self):
        browser = self._browser("b1", self.person)
        consent = self.env["ecrm.consent"].record(browser, "granted", source="cookie bar")
        before = consent.read(["state", "identity_id", "source", "create_date"])
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.person | self.customer).ids, self.customer
        )
        consent.invalidate_recordset()
        self.assertEqual(consent.read(["state", "identity_id", "source", "create_date"]), before)
        self.assertEqual(consent.partner_id, self.customer)
        self.assertEqual(self.customer._ecrm_consents(), consent)

    def test_only_the_last_line_holds(self):
        consents = self.env["ecrm.consent"]
        granted = consents.record(self._browser(), "granted", source="cookie bar", text_version="1")
        self.assertTrue(granted.holds())
        withdrawn = granted.withdraw("back office")
        self.assertEqual(withdrawn.text_version, "1")
        self.assertFalse(granted.holds() or granted.withdraw("again"))
        both = granted | withdrawn
        mine = [("id", "in", both.ids)]
        self.assertEqual(consents.search([("is_current", "=", True), *mine]), withdrawn)
        self.assertEqual(consents.search([("is_current", "=", False), *mine]), granted)
        self.assertEqual(both.mapped("is_current"), [False, True])

    def test_who_may_note_a_withdrawal(self):
        consent = self.env["ecrm.consent"].record(self._browser(), "granted", source="cookie bar")
        user = new_test_user(self.env, "ecrm_reader", "ecrm_addon.group_ecrm_user")
        with self.assertRaises(AccessError):
            consent.with_user(user).action_withdraw()
        consent.with_user(self.manager).action_withdraw()
        self.assertFalse(consent.holds())

    def test_the_version_changes_with_the_words(self):
        website = self.env["website"].get_current_website()
        website.cookies_bar = True
        first = website._ecrm_text_version("en_US")
        self.assertEqual(website._ecrm_text_version("en_US"), first)
        view = website.with_context(website_id=website.id).viewref("website.cookies_bar")
        view.with_context(website_id=website.id).arch = view.arch.replace("I agree", "Go on then")
        second = website._ecrm_text_version("en_US")
        self.assertNotEqual(second, first)
        said = website.viewref("ecrm_addon.ecrm_consent_text").with_context(website_id=website.id)
        said.arch = said.arch.replace("we record", "we write down")
        third = website._ecrm_text_version("en_US")
        self.assertNotEqual(third, second)
        website._ecrm_ask_again()
        self.assertNotEqual(website._ecrm_text_version("en_US"), third)


class TestWebsiteMode(PrivacyCase):
    def test_bar_and_mode_go_together(self):
        website = self.env["website"].create({"name": "Test"})
        self.assertEqual(website.ecrm_tracking, "off")
        website.ecrm_tracking = "identified"
        self.assertTrue(website.cookies_bar)
        website.cookies_bar = False
        self.assertEqual(website.ecrm_tracking, "off")
        website.cookies_bar = True
        self.assertEqual(website.ecrm_tracking, "identified")
        website.ecrm_tracking = "off"
        website.cookies_bar = True  # as the settings save what did not change
        self.assertEqual(website.ecrm_tracking, "off")
        website.ecrm_tracking = "anonymous"
        website.cookies_bar = False
        self.assertEqual(website.ecrm_tracking, "anonymous")

    def test_settings(self):
        website = self.env["website"].create({"name": "Test"})
        for mode, bar in (("identified", True), ("off", True), ("anonymous", False)):
            self.env["res.config.settings"].create(
                {
                    "website_id": website.id,
                    "ecrm_tracking": mode,
                    "website_cookies_bar": bar,
                }
            ).execute()
            self.assertEqual((website.ecrm_tracking, website.cookies_bar), (mode, bar))


@tagged("post_install", "-at_install")
class TestConsentDoor(HttpCase, PrivacyCase):
    """The door over HTTP: what a browser keeps and sends is all that counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].get_current_website()
        cls.website.ecrm_tracking = "identified"

    def setUp(self):
        super().setUp()
        self.opener.cookies.clear()

    def _bar(self, accepted=True, at=None):
        at = at or int(fields.Datetime.now().timestamp() * 1000) + 60_000
        self.opener.cookies.set(
            "website_cookies_bar",
            json.dumps({"required": True, "optional": accepted, "ts": at}),
            domain=HOST,
        )

    def _send(self, headers=None, props=None, url="/tea", kind="web.page"):
        now = int(datetime.now().timestamp() * 1000)
        event = {"id": str(uuid.uuid4()), "t": now, "k": kind, "u": url, "s": "m3x8k2p9"}
        body = {"v": 1, "sent": now, "events": [{**event, "p": props or {"title": "Tea"}}]}
        return self._post("/ecrm/collect", body, headers)

    def _post(self, route, body, headers=None):
        headers = {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            **(headers or {}),
        }
        response = self.url_open(route, data=json.dumps(body), headers=headers)
        self.assertEqual(response.status_code, 204)
        return response

    def _counts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("ecrm.touchpoint", "ecrm.identity", "ecrm.consent", "ecrm.quarantine")
        names += ("website.visitor", "website.track", "ecrm.change")
        return {name: self.env[name].search_count([]) for name in names}

    def _cookie(self):
        return self.opener.cookies.get(visit_lib.COOKIE)

    def test_nothing_without_a_yes(self):
        """Cases 71 and 72: no choice, a refusal, and browsers that object."""
        before = self._counts()
        self._send()
        self._bar(False)
        self._send()
        self._bar()
        for name in ("Sec-GPC", "DNT"):
            self._send({name: "1"})
            self.url_open("/", headers={name: "1"})
            self._post("/ecrm/consent", {"state": "granted"}, {name: "1"})
        self.assertEqual(self._counts(), before)
        self.assertIsNone(self._cookie())

    def test_a_yes_is_written_down(self):
        self._bar(at=1_700_000_000_000)
        self._send({"DNT": "0"})
        consent = self.env["ecrm.consent"].search([], limit=1)
        self.assertEqual(consent.state, "granted")
        self.assertEqual(
            consent.proof,
            {
                "accepted": True,
                "ts": 1_700_000_000_000,
                "language": self.website.default_lang_id.code,
                "signals": {"Sec-GPC": "", "DNT": "0"},
            },
        )
        self.assertEqual(
            consent.text_version, self.website._ecrm_text_version(self.website.default_lang_id.code)
        )
        self.assertTrue(self._cookie())

    def test_withdrawal_in_the_browser(self):
        self._bar()
        self._send()
        consent = self.env["ecrm.consent"].search([], limit=1)
        self._post("/ecrm/consent", {"state": "withdrawn"})
        self.assertIsNone(self._cookie())
        self.assertFalse(consent.holds())
        before = self._counts()
        self._send()
        self.assertEqual(self._counts(), before)
        self.assertTrue(self.env["ecrm.touchpoint"].search([("consent_id", "=", consent.id)]))

    def test_withdrawal_elsewhere(self):
        """The back office, or a second device: the door answers, and does not begin anew."""
        self._bar()
        self._send()
        consent = self.env["ecrm.consent"].search([], limit=1)
        consent.action_withdraw()
        before = self._counts()
        self._send()
        self.assertIsNone(self._cookie())
        self.assertIsNone(self.opener.cookies.get("website_cookies_bar"), "is asked again")
        self._send()
        self.assertEqual(self._counts(), before)

    def test_withdrawal_that_erases(self):
        self._bar()
        self._send(props={"title": "About sentinel-title"})
        consent = self.env["ecrm.consent"].search([], limit=1)
        self.assertTrue(self._grep("sentinel-title"))
        self._post("/ecrm/consent", {"state": "withdrawn", "erase": True})
        self.assertEqual(self._grep("sentinel-title"), [])
        self.assertFalse(self.env["ecrm.touchpoint"].search([("consent_id", "=", consent.id)]))
        self.assertFalse(consent.holds())
        self.assertIsNone(self._cookie())

    def test_erasing_on_a_shared_computer_leaves_the_other_person_alone(self):
        self._bar()
        self._send()
        consent = self.env["ecrm.consent"].search([], limit=1)
        vid = visit_lib.read_cookie(self._cookie())[0]
        other = self._browser(visit_lib.token(vid, self.person.id), self.person)
        event = self._event(kind="web.page", at=str(fields.Datetime.now()))
        self.log.append(
            [{**event, "identity_kind": "device", "identity_key": other.key, "identity": None}]
        )
        self._post("/ecrm/consent", {"state": "withdrawn", "erase": True})
        left = self.env["ecrm.touchpoint"].search([("identity_id", "=", other.id)])
        self.assertEqual(len(left), 1)
        self.assertFalse(consent.holds())

    def test_asked_again(self):
        self._bar()
        self._send()
        first = self.env["ecrm.consent"].search([], limit=1)
        since = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.website.ecrm_consent_since = since
        before = self._counts()
        self._send()
        self.assertEqual(self._counts(), before, "an answer to earlier words counts")
        self._bar(at=int(fields.Datetime.add(since, hours=1).timestamp() * 1000))
        self._send()
        second = self.env["ecrm.consent"].search([], limit=1)
        self.assertNotEqual(second, first)
        self.assertEqual(second.state, "granted")

    def test_secrets_are_kept_nowhere(self):
        """Case 41, in each field that a browser fills."""
        self._bar()
        secret, address = "S3NTINELTOKEN", "sentinel@secret.example"
        quoted = address.replace("@", "%40")
        self._send(
            url=f"/my?access_token={secret}&email={quoted}&x={address}&utm_source={quoted}"
            f"&utm_campaign=token%3D{secret}#token={secret}"
        )
        self._send(props={"title": f"Reset password={secret} for {address} ({quoted})"})
        self._send(kind="web.search", props={"term": f"{address} access_token={secret}"})
        self._send(
            kind="web.custom",
            props={"name": f"by {address}", "token": secret, "api_key": secret, "who": quoted},
        )
        self._send(
            kind="web.outbound",
            props={"host": "x.example", "url": f"https://u:{secret}@x.example/?key={secret}"},
        )
        self._send(kind="no.such", props={"a": f"{address} token={secret}", "session": secret})
        self._send(props={"access_token": secret, "other": address})
        self.assertEqual(self._counts()["ecrm.quarantine"] > 0, True)
        for text in (secret, address, quoted):
            self.assertEqual(self._grep(text), [], text)

    def test_employees_are_not_recorded(self):
        self.authenticate("admin", "admin")
        before = self._counts()
        self._bar()
        self._send()
        self.website.ecrm_tracking = "anonymous"
        self._send()
        self.assertEqual(self._counts(), before)
        self.assertFalse(self.env["ecrm.web.count"].search_count([]))

    def test_mode_of_no_identifier_takes_the_cookie_away(self):
        self._bar()
        self._send()
        self.assertTrue(self._cookie())
        self.website.ecrm_tracking = "anonymous"
        self._send(url="/my/orders/77?x=1")
        self.assertIsNone(self._cookie())
        count = self.env["ecrm.web.count"].search([])
        self.assertEqual(count.mapped("label"), ["/my"])

    @mute_logger("odoo.http")
    def test_ledger_by_rpc(self):
        """Case 81: the administrator asks the server itself."""
        consent = self.env["ecrm.consent"].record(self._browser(), "granted", source="cookie bar")
        self.authenticate("admin", "admin")
        for method, arguments in (
            ("write", [consent.ids, {"state": "refused"}]),
            ("unlink", [consent.ids]),
        ):
            answer = self.make_jsonrpc_request_error(method, arguments)
            self.assertEqual(answer["data"]["name"], "odoo.exceptions.AccessError")
        self.assertEqual(consent.state, "granted")

    def make_jsonrpc_request_error(self, method, arguments):
        body = {
            "jsonrpc": "2.0",
            "params": {"model": "ecrm.consent", "method": method, "args": arguments, "kwargs": {}},
        }
        return self.url_open("/web/dataset/call_kw", json=body).json()["error"]

    def test_export_as_a_file(self):
        self._history(self.person)
        self.authenticate("admin", "admin")
        response = self.url_open(f"/ecrm/privacy/{self.person.id}/export")
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        told = response.json()
        self.assertEqual(told["contact"]["email"], SENTINEL)
        self.assertTrue(told["touchpoints"])
        new_test_user(self.env, "ecrm_none", "base.group_user", password="ecrm_none")
        self.authenticate("ecrm_none", "ecrm_none")
        with mute_logger("odoo.http"):
            response = self.url_open(f"/ecrm/privacy/{self.person.id}/export")
        self.assertEqual(response.status_code, 403)

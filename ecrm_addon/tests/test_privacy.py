import json
import uuid
from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HOST, HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from ..queries import touchpoint_schema
from .common import EcrmCase

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
SENTINEL = "zyx.sentinel@example.org"


class PrivacyCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.privacy = cls.env["ecrm.privacy"]
        cls.person = cls.env["res.partner"].create({"name": "Zyx", "email": SENTINEL})
        cls.manager = new_test_user(
            cls.env, "ecrm_dpo", "ecrm_addon.group_ecrm_manager,base.group_partner_manager"
        )

    def _browser(self, name="b1", partner=None):
        _kind, key = identity_of("device", name)
        identity = self.log.meet(key)
        if partner:
            identity.link(partner, "login")
        return identity

    def _history(self, partner, at="2026-03-01 10:00:00"):
        """Give a person something in every table of ours."""
        browser = self._browser(f"browser-{partner.id}", partner)
        consent = self.env["ecrm.consent"].record(browser, "granted", source="cookie bar")
        self.log.append(
            [
                self._event(partner, "social.like", at, props={"by": partner.email}),
                {**self._event(kind="email.opened", at=at), "identity": {"email": partner.email}},
                {
                    **self._event(kind="web.page", at=at, session_key=f"visit-{partner.id}"),
                    "identity": {"device": f"browser-{partner.id}"},
                    "path": "/tea",
                    "consent_id": consent.id,
                },
                # is refused, and kept with its body
                {**self._event(kind="no.such"), "identity": {"email": partner.email}},
            ]
        )
        self._order(partner, date=at).ecrm_session_key = f"visit-{partner.id}"
        self.pipeline.run_now()
        return browser, consent

    def _tables(self):
        """Return every table and view-less relation of ours."""
        rows = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class"
                " WHERE relname LIKE 'ecrm\\_%%' AND relkind IN ('r', 'p')"
                " AND relnamespace = current_schema::regnamespace"
            )
        )
        return [name for (name,) in rows]

    def _grep(self, text):
        """Return the tables of ours in which a text stands anywhere."""
        self.env.flush_all()
        found = []
        for table in self._tables():
            query = SQL(
                "SELECT EXISTS(SELECT FROM %s row WHERE strpos(lower(row::text), %s) > 0)",
                SQL.identifier(table),
                text.lower(),
            )
            if self.env.execute_query(query)[0][0]:
                found.append(table)
        return found


class TestExport(PrivacyCase):
    def test_the_file_tells_of_every_table(self):
        self._history(self.person)
        told = self.privacy.export(self.person)
        told = json.loads(json.dumps(told))
        self.assertEqual(told["contact"]["email"], SENTINEL)
        self.assertEqual(
            {identity["kind"] for identity in told["identities"]}, {"device", "email", "partner"}
        )
        self.assertTrue(told["identity_ledger"])
        self.assertEqual([line["state"] for line in told["consents"]], ["granted"])
        self.assertLessEqual(
            {"web.page", "email.opened", "social.like", "order.confirmed"},
            {event["kind"] for event in told["touchpoints"]},
        )
        self.assertEqual([visit["entry_path"] for visit in told["visits"]], ["/tea"])
        self.assertEqual(len(told["profiles"]), 1)
        self.assertEqual([order["visit"] for order in told["orders"]], [f"visit-{self.person.id}"])
        self.assertEqual([event["reason"] for event in told["refused_events"]], ["unknown kind"])

    def test_nobody_else_is_in_it(self):
        self._history(self.person)
        self._history(self.customer)
        told = json.dumps(self.privacy.export(self.customer))
        self.assertNotIn(SENTINEL, told)

    def test_many_touchpoints_come_in_pages(self):
        self.log.append([self._event(self.person, "social.like") for _number in range(25)])
        with patch("odoo.addons.ecrm_addon.models.ecrm_privacy.PAGE", 10):
            told, pages = self.privacy.export_pages(self.person)
            sizes = [len(page) for page in pages]
        self.assertNotIn("touchpoints", told)
        self.assertEqual(sizes, [10, 10, 5])

    def test_who_may(self):
        user = new_test_user(self.env, "ecrm_reader", "ecrm_addon.group_ecrm_user")
        for method in ("export", "erase"):
            with self.assertRaises(AccessError):
                getattr(self.privacy.with_user(user), method)(self.person)
        self.assertTrue(self.privacy.with_user(self.manager).export(self.person))

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "ecrm_stranger2",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self.log.append([self._event(self.person, "social.like", company_id=self.env.company.id)])
        told = self.privacy.with_user(stranger).export(self.person)
        self.assertEqual(told["touchpoints"], [])
        with self.assertRaises(UserError):
            self.privacy.with_user(stranger).erase(self.person)
        self.assertEqual(len(self._touchpoints(self.person)), 1)
        self.person.company_id = self.env.company
        for method in ("export", "erase"):
            with self.assertRaises(AccessError):
                getattr(self.privacy.with_user(stranger), method)(self.person)


class TestErasure(PrivacyCase):
    def test_nothing_names_the_person_any_more(self):
        browser, consent = self._history(self.person)
        self.assertIn("ecrm_quarantine", self._grep(SENTINEL))
        self.privacy.with_user(self.manager).erase(self.person)
        self.assertTrue(self.log.erase_done())
        self.assertEqual(self._grep(SENTINEL), [])
        self.assertFalse(self._touchpoints(self.person))
        self.assertFalse(self.env["ecrm.identity"].search([("partner_id", "=", self.person.id)]))
        self.assertFalse(self.env["ecrm.session"].search([("identity_id", "=", browser.id)]))
        self.assertFalse(self.env["ecrm.profile"].search([("partner_id", "=", self.person.id)]))
        self.assertFalse(browser.link_ids)
        orders = self.env["sale.order"].search([("partner_id", "=", self.person.id)])
        self.assertEqual(orders.mapped("ecrm_session_key"), [False])
        # the proof stays, taken back, and leads to nobody
        self.assertTrue(consent.exists())
        self.assertFalse(consent.partner_id)
        self.assertFalse(consent.holds())
        told = self.privacy.export(self.person)
        self.assertEqual(told["touchpoints"], [])

    def test_addresses_typed_on_a_browser_go_too(self):
        browser, _consent = self._history(self.person)
        identities = self.env["ecrm.identity"]
        address = identities.search([("kind", "=", "email"), ("key", "=", SENTINEL)])
        self.env["ecrm.identity.claim"].create(
            {
                "browser_id": browser.id,
                "address_id": address.id,
                "claimed_at": fields.Datetime.now(),
            }
        )
        identities.note_evidence("ecrm.claim", 1, browser.key, SENTINEL)
        self.assertIn("ecrm_change", self._grep(SENTINEL))
        self.assertTrue(self.privacy.export(self.person)["claimed_addresses"])
        self.privacy.erase(self.person)
        self.assertEqual(self._grep(SENTINEL), [])
        self.assertFalse(self.env["ecrm.identity.claim"].search([("browser_id", "=", browser.id)]))

    def test_others_stay(self):
        self._history(self.person)
        self._history(self.customer)
        before = self.privacy.export(self.customer)
        self.privacy.erase(self.person)
        after = self.privacy.export(self.customer)
        for name in ("identities", "consents", "touchpoints", "visits", "refused_events"):
            self.assertEqual(after[name], before[name], name)

    def test_collectors_do_not_bring_it_back(self):
        """Reading everything again, and changing an old order, tells nothing of before."""
        self._history(self.person)
        self.privacy.erase(self.person)
        order = self.env["sale.order"].search([("partner_id", "=", self.person.id)])
        order.client_order_ref = "changed"
        self.env["ecrm.collector"].search([]).action_read_again()
        self.pipeline.run_now()
        self.assertFalse(self._touchpoints(self.person))
        self.assertEqual(self._grep(SENTINEL), [])

    def test_what_comes_later_counts(self):
        self._history(self.person)
        self.privacy.erase(self.person)
        later = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.log.append([self._event(self.person, "social.like", str(later))])
        self.assertEqual(len(self._touchpoints(self.person)), 1)

    def test_refused_events_of_before_are_not_kept_either(self):
        self.privacy.erase(self.person)
        event = {**self._event(kind="no.such"), "identity": {"email": SENTINEL}}
        self.assertEqual(self.log.append([event])[0]["status"], "duplicate")
        self.assertEqual(self._grep(SENTINEL), [])

    def test_many_events_go_in_batches(self):
        self.log.append([self._event(self.person, "social.like") for _number in range(30)])
        erasures = type(self.env["ecrm.erasure"])
        work_off = erasures.work_off

        def of_ten(erasure):
            return work_off(erasure, 10)

        with (
            patch("odoo.addons.ecrm_addon.models.ecrm_privacy.AT_ONCE", 2),
            patch.object(erasures, "work_off", of_ten),
        ):
            self.privacy.erase(self.person)
            # nobody finds the rest, but it is there
            self.assertFalse(self._touchpoints(self.person))
            self.assertFalse(self.log.erase_done())
            while self.env["ecrm.erasure"].work_off():
                pass
        self.assertTrue(self.log.erase_done())
        kept = self.env["ecrm.touchpoint"].search_count([("kind", "=", "social.like")])
        self.assertEqual(kept, 0)

    def test_the_keys_are_a_secret_digest(self):
        self.privacy.erase(self.person)
        digests = self.env["ecrm.erasure"].search([]).mapped("digest")
        for key in (f"email:{SENTINEL}", f"partner:{self.person.id}", SENTINEL):
            self.assertNotIn(identity_of("device", key)[1], digests)

    def test_the_wizard_wants_to_be_sure(self):
        self._history(self.person)
        wizard = (
            self.env["ecrm.erase.wizard"]
            .with_user(self.manager)
            .with_context(active_model="res.partner", active_id=self.person.id)
            .create({})
        )
        self.assertEqual(wizard.visit_count, 1)
        wizard.action_erase()
        self.assertTrue(self._touchpoints(self.person))
        wizard.is_sure = True
        wizard.action_erase()
        self.assertFalse(self._touchpoints(self.person))


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
        website._ecrm_ask_again()
        self.assertNotEqual(website._ecrm_text_version("en_US"), second)


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


class TestRetention(PrivacyCase):
    def setUp(self):
        super().setUp()
        cron = type(self.env["ir.cron"])
        self.startPatcher(patch.object(cron, "_commit_progress", lambda *a, **k: 60))
        self.retention = self.env["ecrm.retention"]
        self.web = self.env["ecrm.touchpoint.kind"].search([("code", "=", "web.page")])

    def _at(self, months):
        """Return the first instant of the month so many months ago."""
        day = fields.Date.subtract(fields.Date.today().replace(day=1), months=months)
        return datetime.combine(day, datetime.min.time())

    def _kinds(self):
        return sorted(self._touchpoints(self.person).mapped("kind"))

    def _keep_everything(self):
        self.env["ecrm.touchpoint.kind"].search([]).keep_months = 0

    def _partition(self, months):
        return touchpoint_schema.partition_name(self._at(months)) in self.log._partitions()

    def test_website_kinds_are_kept_25_months(self):
        kinds = self.env["ecrm.touchpoint.kind"].search([("code", "=like", "web.%")])
        self.assertEqual(set(kinds.mapped("keep_months")), {25})
        others = self.env["ecrm.touchpoint.kind"].search([]) - kinds
        self.assertEqual(set(others.mapped("keep_months")), {0})

    def test_what_is_older_is_passed_over(self):
        self.web.keep_months = 2
        events = [self._event(self.person, "web.page", str(self._at(n))) for n in (0, 1, 2, 3)]
        statuses = [result["status"] for result in self.log.append(events)]
        self.assertEqual(statuses, ["stored", "stored", "duplicate", "duplicate"])
        self.assertFalse(self.env["ecrm.quarantine"].search([("uid", "=", events[3]["uid"])]))

    def test_a_month_of_nothing_else_is_dropped(self):
        self._keep_everything()
        self.log.append([self._event(self.person, "web.page", str(self._at(200)))])
        self.assertTrue(self._partition(200))
        self.web.keep_months = 25
        self.retention.run()
        self.assertFalse(self._partition(200))
        self.assertEqual(self._kinds(), [])

    def test_survivors_are_kept(self):
        self._keep_everything()
        at = str(self._at(200))
        gone = self._event(self.person, "web.page", at)
        kept = [
            self._event(self.person, "social.like", at),
            self._event(self.person, "web.form", at),
        ]
        self.log.append([gone, *kept])
        before = self._touchpoints(self.person).filtered(lambda event: event.kind != "web.page")
        before = before.read()
        self.web.keep_months = 25
        self.assertGreaterEqual(self.retention.run(), 1)
        self.assertTrue(self._partition(200))
        self.assertEqual(self._touchpoints(self.person).read(), before)
        # the month takes events again, the same one only once, and no key is left over
        results = self.log.append([*kept, self._event(self.person, "social.like", at)])
        self.assertEqual(
            [result["status"] for result in results], ["duplicate", "duplicate", "stored"]
        )
        key = SQL("SELECT count(*) FROM ecrm_touchpoint_key WHERE uid = %s::uuid", gone["uid"])
        self.assertEqual(self.env.execute_query(key)[0][0], 0)
        self.assertEqual(self.retention.run(), 0)

    def test_the_last_days_of_retention(self):
        """No event grows older than its kind allows, and none goes a month too early."""
        self._keep_everything()
        self.log.append(
            [self._event(self.person, "web.page", str(self._at(months))) for months in (24, 25)]
        )
        self.web.keep_months = 25
        self.retention.run()
        self.assertEqual(self._touchpoints(self.person).mapped("occurred_at"), [self._at(24)])

    def test_visits_and_browsers_of_nobody_go_too(self):
        self._keep_everything()
        old, new = self._at(40), fields.Datetime.now()
        for name, at in (("old", old), ("new", new)):
            event = self._event(kind="web.page", at=str(at), session_key=f"visit-{name}")
            self.log.append([{**event, "identity": {"device": name}}])
        self.pipeline.run_now()
        self.web.keep_months = 25
        self.retention.run()
        visits = self.env["ecrm.session"].search([("session_key", "like", "visit-")])
        self.assertEqual(visits.mapped("session_key"), ["visit-new"])
        keys = [identity_of("device", name)[1] for name in ("old", "new")]
        left = self.env["ecrm.identity"].search([("key", "in", keys)]).mapped("key")
        self.assertEqual(left, keys[1:])

    def test_who_may_set_it(self):
        marketer = new_test_user(self.env, "ecrm_m", "ecrm_addon.group_ecrm_marketer")
        with self.assertRaises(AccessError):
            self.web.with_user(marketer).keep_months = 0
        self.web.with_user(self.manager).keep_months = 13


class TestPrivacyLookup(PrivacyCase):
    def test_it_lists_our_data(self):
        browser, consent = self._history(self.person)
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Zyx", "email": SENTINEL})
        wizard.action_lookup()
        listed = {(line.res_model, line.res_id) for line in wizard.line_ids}
        self.assertEqual(len(listed), len(wizard.line_ids))
        expected = {("ecrm.touchpoint", event.id) for event in self._touchpoints(self.person)}
        expected |= {("ecrm.consent", consent.id), ("ecrm.identity", browser.id)}
        visits = self.env["ecrm.session"].search([("identity_id", "=", browser.id)])
        refused = self.env["ecrm.quarantine"].search([("kind", "=", "no.such")])
        expected |= {("ecrm.session", visit.id) for visit in visits}
        expected |= {("ecrm.quarantine", event.id) for event in refused}
        self.assertTrue(visits and refused)
        self.assertLessEqual(expected, listed)

    def test_others_are_not_listed(self):
        self._history(self.person)
        self._history(self.customer)
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Zyx", "email": SENTINEL})
        wizard.action_lookup()
        events = wizard.line_ids.filtered(lambda line: line.res_model == "ecrm.touchpoint")
        self.assertEqual(set(events.mapped("res_id")), set(self._touchpoints(self.person).ids))

    def test_a_touchpoint_is_not_deleted_there(self):
        self._history(self.person)
        with self.assertRaises(UserError):
            self._touchpoints(self.person)[:1].sudo().unlink()


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

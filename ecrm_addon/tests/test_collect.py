import json
import uuid
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import new_test_user, tagged

from ..lib.tracking import visit as visit_lib
from ..models.ecrm_visit import BAR_COOKIE
from .door_case import FIREFOX, NO, YES, DoorCase


@tagged("post_install", "-at_install")
class TestCollect(DoorCase):
    """The door for browsers that behave."""

    def test_nothing_without_an_answer_to_the_bar(self):
        for answer in (None, NO, "{}", "nonsense", '{"optional": "yes"}', "[]", "{" * 3000):
            if answer:
                self._agree(answer)
            before = self._counts()
            response = self._send(self._act())
            self.assertEqual(response.status_code, 204, answer)
            self.assertFalse(response.headers.get("Set-Cookie"), answer)
            self.assertEqual(self._counts(), before, answer)

    def test_first_batch_of_who_agreed_brings_consent_and_cookie(self):
        self._agree()
        act = self._act("web.product", p={"product": 7, "name": "Tea"})
        response = self._send(act)
        self.assertEqual((response.status_code, response.content), (204, b""))
        cookie = response.headers["Set-Cookie"]
        self.assertRegex(cookie, r"^ecrm_vid=[\w-]{22}\.\d+\.[0-9a-f]{32};")
        for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={visit_lib.MAX_AGE}"):
            self.assertIn(attribute, cookie)
        self.assertNotIn("session_id", cookie)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        (touchpoint,) = self._stored(act)
        vid, consent_id, _sign = visit_lib.read_cookie(self._cookie)
        consent = self.env["ecrm.consent"].browse(consent_id)
        self.assertEqual(consent.state, "granted")
        self.assertEqual(touchpoint.consent_id, consent.id)
        self.assertEqual(touchpoint.identity_id, consent.identity_id)
        self.assertEqual((touchpoint.res_model, touchpoint.res_id), ("product.product", 7))
        self.assertEqual(touchpoint.verdict, "human")
        self.assertEqual(touchpoint.website_id, self.website)
        self.assertEqual(touchpoint.company_id, self.website.company_id)
        self.assertEqual(touchpoint.props, {"product": 7, "name": "Tea", "device": "desktop"})
        self.assertNotIn(vid, json.dumps([touchpoint.identity_id.key, touchpoint.session_key]))

    def test_further_batches_need_no_new_cookie_and_no_new_identity(self):
        self._agree()
        self._send(self._act())
        before = self._counts()
        acts = [self._act(), self._act("web.search", p={"term": "tea", "results": 3})]
        response = self._send(*acts)
        self.assertFalse(response.headers.get("Set-Cookie"))
        after = self._counts()
        self.assertEqual(len({t.identity_id for t in self._stored(*acts)}), 1)
        self.assertEqual(after["ecrm_touchpoint"], before["ecrm_touchpoint"] + 2)
        for table in ("ecrm_identity", "ecrm_consent"):
            self.assertEqual(after[table], before[table])

    def test_forged_cookies_name_nobody(self):
        self._agree()
        self._send(self._act())
        vid, consent_id, signature = visit_lib.read_cookie(self._cookie)
        victim = self.env["ecrm.consent"].browse(consent_id).identity_id
        forged = (
            f"{visit_lib.new_id()}.{consent_id}.{signature}",
            f"{vid}.{consent_id}.{'0' * 32}",
            f"{vid}.{consent_id + 1}.{signature}",
            f"{vid}.0.{signature}",
            "x" * 4000,
        )
        for cookie in forged:
            self.opener.cookies.set(visit_lib.COOKIE, cookie)
            before = len(self.env["ecrm.touchpoint"].search([("identity_id", "=", victim.id)]))
            self.assertEqual(self._send(self._act()).status_code, 204)
            self.env.invalidate_all()
            touchpoints = self.env["ecrm.touchpoint"].search([("identity_id", "=", victim.id)])
            self.assertEqual(len(touchpoints), before, cookie[:60])
            self.opener.cookies.clear()
            self._agree()

    def test_off_keeps_nothing(self):
        self.website.ecrm_tracking = "off"
        self._agree()
        before = self._counts()
        self.assertEqual(self._send(self._act()).status_code, 204)
        self.assertEqual(self._counts(), before)

    def test_anonymous_counts_without_identifier(self):
        self.website.ecrm_tracking = "anonymous"
        self._agree()
        before = self._counts()
        response = self._send(self._act(u=f"{self.base_url()}/my/orders/7?x=1"))
        self.assertFalse(response.headers.get("Set-Cookie"))
        self.assertEqual(self._counts(), before)
        row = self.env["ecrm.web.count"].search([], order="id desc", limit=1)
        self.assertEqual((row.kind, row.label, row.website_id), ("web.page", "/my", self.website))

    def test_objecting_browsers_are_left_alone(self):
        for header in ("Sec-GPC", "DNT"):
            for mode in ("identified", "anonymous"):
                self.website.ecrm_tracking = mode
                self._agree()
                before = self._counts(), self.env["ecrm.web.count"].search_count([])
                response = self._send(self._act(), headers={header: "1"})
                self.assertEqual(response.status_code, 204)
                self.assertNotIn(f"{visit_lib.COOKIE}=", response.headers.get("Set-Cookie", ""))
                after = self._counts(), self.env["ecrm.web.count"].search_count([])
                self.assertEqual(after, before, header)

    def test_withdrawal_acts_on_the_next_batch(self):
        self._agree()
        self._send(self._act())
        cookie = self._cookie
        response = self._decide("withdrawn")
        self.assertEqual(response.status_code, 204)
        self.assertFalse(self._cookie)
        self.opener.cookies.set(visit_lib.COOKIE, cookie)  # a copy of it is worth nothing
        self._agree()
        act = self._act()
        self._send(act)
        self.assertFalse(self._stored(act))

    def test_refusing_deletes_the_cookie(self):
        self._agree()
        self._send(self._act())
        self._agree(NO)
        self._decide("refused")
        before = self._counts()
        self._send(self._act())
        self.assertEqual(self._counts(), before)
        self.assertFalse(self._cookie)

    def test_an_answer_to_earlier_words_is_none(self):
        self._agree(json.dumps({"optional": True, "ts": self._now() - 1000}))
        self.website.ecrm_consent_since = "2038-01-01 00:00:00"
        before = self._counts()
        self._send(self._act())
        self.assertEqual(self._counts(), before)

    def test_the_same_event_twice_is_one(self):
        self._agree()
        act = self._act()
        self._send(act, act)
        self._send(act)
        self._send({**act, "id": act["id"].upper()}, self._act())
        self.assertEqual(len(self._stored(act)), 1)

    def test_bad_events_are_set_aside_and_good_ones_kept(self):
        self._agree()
        good = [self._act(), self._act("web.custom", p={"name": "fair", "stand": 7})]
        bad = [
            (self._act("web.unknown"), "unknown kind"),
            (self._act("order.confirmed"), "unknown kind"),
            (self._act(p={"colour": "red"}), "unknown property"),
            (self._act(p=["x"]), "properties are not an object"),
            (self._act(t="yesterday"), "invalid date"),
            (self._act(t=0), "invalid date"),
            (self._act(u=7), "url is not a text"),
            (self._act(s="a b"), "invalid visit"),
            (self._act("web.product", p={"product": -1}), "product is not an id"),
            (self._act("web.custom", p={"stand": 7}), "a custom event has a name"),
            (self._act(extra=1), "unknown key"),
        ]
        response = self._send(good[0], *[event for event, _reason in bad], good[1])
        self.assertEqual(response.status_code, 204)
        self.assertEqual(len(self._stored(*good)), 2)
        for event, reason in bad:
            kept = self.env["ecrm.quarantine"].search([("uid", "=", event["id"])])
            self.assertEqual((kept.reason, kept.state), (reason, "refused"))
            self.assertFalse(self._stored(event))

    def test_a_mended_event_is_stored_as_the_browsers(self):
        self._agree()
        act = self._act("web.producct", p={"product": 7})
        self._send(self._act(), act)
        kept = self.env["ecrm.quarantine"].search([("uid", "=", act["id"])])
        kept.body = {**kept.body, "kind": "web.product"}
        kept.action_retry()
        self.assertEqual(kept.state, "stored")
        (touchpoint,) = self._stored(act)
        _vid, consent_id, _sign = visit_lib.read_cookie(self._cookie)
        consent = self.env["ecrm.consent"].browse(consent_id)
        self.assertEqual(touchpoint.identity_id, consent.identity_id)
        self.assertEqual(touchpoint.consent_id, consent.id)

    def test_quarantine_of_one_visit_ends(self):
        self._agree()
        self._send(self._act())
        before = self._counts()["ecrm_quarantine"]
        for _batch in range(3):
            self._send(*[self._act("web.nonsense") for _number in range(60)])
        self.assertLessEqual(self._counts()["ecrm_quarantine"] - before, 55)

    def test_clocks_wrong_by_a_day_or_ten_years(self):
        self._agree()
        for days in (-1, 1, -3650, 3650):
            shift = days * 86_400_000
            sent = self._now() + shift
            act = self._act(t=sent - 60_000)
            self._send(act, batch={"sent": sent})
            (touchpoint,) = self._stored(act)
            waited = (datetime.now() - touchpoint.occurred_at).total_seconds()
            self.assertAlmostEqual(waited, 60, delta=5, msg=days)

    def test_staff_is_never_recorded(self):
        new_test_user(self.env, "ecrm_clerk", groups="base.group_user", password="ecrm_clerk")
        self.authenticate("ecrm_clerk", "ecrm_clerk")
        for mode in ("identified", "anonymous"):
            self.website.ecrm_tracking = mode
            self._agree()
            before = self._counts(), self.env["ecrm.web.count"].search_count([])
            self._send(self._act())
            after = self._counts(), self.env["ecrm.web.count"].search_count([])
            self.assertEqual(after, before)

    def test_a_customer_gets_an_identity_of_his_own(self):
        user = new_test_user(
            self.env, "ecrm_rosa", groups="base.group_portal", password="ecrm_rosa"
        )
        self._agree()
        self._send(first := self._act())
        bar, vid = self.opener.cookies[BAR_COOKIE], self._cookie
        self.authenticate("ecrm_rosa", "ecrm_rosa")
        self.opener.cookies.set(BAR_COOKIE, bar)
        self.opener.cookies.set(visit_lib.COOKIE, vid)
        self._send(second := self._act())
        before, after = self._stored(first, second)
        self.assertNotEqual(before.identity_id, after.identity_id)
        self.assertEqual(before.session_key, after.session_key)
        for _batch in range(3):
            self._send(self._act())
        self.env.cr.execute("SELECT count(*) FROM res_device_log WHERE user_id = %s", [user.id])
        self.assertLessEqual(self.env.cr.fetchone()[0], 2)  # the login's and the browser's
        self.pipeline.run_now()
        self.env.invalidate_all()
        self.assertEqual(after.identity_id.partner_id, user.partner_id)

    def test_another_websites_visits_are_that_companys(self):
        company = self.env["res.company"].create({"name": "Branch"})
        branch = self.env["website"].create(
            {
                "name": "Branch",
                "domain": self.base_url(),
                "company_id": company.id,
                "cookies_bar": True,
            }
        )
        self._agree()
        self._send(act := self._act())
        (touchpoint,) = self._stored(act)
        self.assertEqual((touchpoint.website_id, touchpoint.company_id), (branch, company))

    def test_machines_are_marked(self):
        self.agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
        self._agree()
        self._send(act := self._act())
        (touchpoint,) = self._stored(act)
        self.assertEqual(touchpoint.verdict, "machine")
        self.assertTrue(touchpoint.verdict_reasons)

    def test_limits_shut_out_one_visit_and_nobody_else(self):
        self._agree()
        self._send(self._act())
        one, bar = self._cookie, self.opener.cookies[BAR_COOKIE]
        self.env["ir.config_parameter"].set_param("ecrm.limit_visit", "5 0.001")
        answers = [self._send(self._act()) for _number in range(7)]
        self.assertEqual([answer.status_code for answer in answers[:3]], [204] * 3)
        self.assertRefused(answers[-1], 429)
        self.assertGreater(int(answers[-1].headers["Retry-After"]), 0)
        self.opener.cookies.pop(visit_lib.COOKIE, None)
        self.opener.cookies.set(BAR_COOKIE, bar)
        act = self._act()
        self.assertEqual(self._send(act).status_code, 204)
        self.assertEqual(len(self._stored(act)), 1)
        self.assertNotEqual(self._cookie, one)

    def test_limits_shut_out_an_address_that_makes_visitors(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_newcomer", "3 0.001")
        self._agree()
        statuses = []
        for _number in range(6):
            statuses.append(self._send(self._act()).status_code)
            self.opener.cookies.pop(visit_lib.COOKIE, None)
        self.assertEqual(statuses.count(429), 3)

    def test_nonsense_in_the_limits_is_passed_over(self):
        self._agree()
        for value in ("many", "0 0", "-5 1", "5 -1", "1e9 nan", "5 inf", "9" * 30 + " 1e-300"):
            self.env["ir.config_parameter"].set_param("ecrm.limit_visit", value)
            self.assertEqual(self._send(self._act()).status_code, 204, value)


@tagged("post_install", "-at_install")
class TestCollectOnce(DoorCase):
    """What only shows with a door in one's hand."""

    def test_a_repeated_transaction_reads_its_body_once(self):
        """Odoo repeats a request after a serialization failure; the body came only once."""
        self._agree()
        self._send(self._act())
        door = type(self.env["ecrm.log"])
        receive, calls = door.receive, []

        def fail_once(log, visit, rows):
            calls.append(rows)
            if len(calls) == 1:
                raise ConcurrencyError("somebody was first")
            return receive(log, visit, rows)

        with (
            patch.object(door, "receive", fail_once),
            patch("odoo.service.model.time.sleep", lambda seconds: None),
        ):
            response = self._send(act := self._act())
        self.assertEqual(response.status_code, 204, response.text)
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(self._stored(act)), 1)

    def test_limits_file_that_cannot_be_written(self):
        limits = self.env["ecrm.limits"]
        limits.forget()
        with (
            patch.object(type(limits), "_path", lambda self: "/proc/nowhere/limits"),
            self.assertLogs("odoo.addons.ecrm_addon.models.ecrm_limits", "WARNING") as logs,
        ):
            self._agree()
            self.assertEqual(self._send(self._act()).status_code, 204)
            self.assertEqual(self._send(self._act()).status_code, 204)
        self.assertEqual(len(logs.records), 1)
        limits.forget()

    def test_a_view_seen_by_a_phone(self):
        self.agent = FIREFOX.replace("X11; Linux x86_64", "Android 15; Mobile")
        self._agree(YES)
        self._send(act := self._act(id=str(uuid.uuid4())))
        (touchpoint,) = self._stored(act)
        self.assertEqual(touchpoint.props["device"], "mobile")

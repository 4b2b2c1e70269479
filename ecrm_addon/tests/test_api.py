import json
import uuid

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..lib.api import examples, openapi, payload
from .common import EcrmCase

PATH = "/ecrm/api/v1/events"


class ApiCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Shop", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.other_company = cls.env["res.company"].create({"name": "Other Shop"})
        cls.key, cls.secret = cls.env["ecrm.api.key"].generate("Till", cls.company)

    @classmethod
    def _event(cls, kind="app.purchase", **values):
        return {
            "uid": str(uuid.uuid4()),
            "kind": kind,
            "occurred_at": "2026-03-01T10:00:00Z",
            "identity": {"email": "ann@example.com"},
            **values,
        }

    def _stored(self, *events):
        uids = [event["uid"] for event in events]
        return self.env["ecrm.touchpoint"].search([("uid", "in", uids)])

    def _refused(self, event):
        return self.env["ecrm.quarantine"].search([("uid", "=", event["uid"])])


@tagged("post_install", "-at_install")
class TestApiDoor(ApiCase):
    """What becomes of events, each for itself."""

    def _send(self, *events, key=None):
        return self.env["ecrm.api.door"].receive(key or self.key, list(events))

    def _reason(self, **values):
        return self._send(self._event(**values))[0]["reason"]

    # ------------------------------------------------------------
    # STORING
    # ------------------------------------------------------------

    def test_everything_an_event_may_say(self):
        event = self._event(
            occurred_at="2026-03-01T01:00:00+02:00", value=-24.9, session="visit-1",
            url="https://app.example/tea?token=S3CRET&utm_medium=push&x=1#top",
            referrer="https://www.search.example/?q=me", utm_source="news",
            props={"title": "Tea", "n": [1]},
        )  # fmt: skip
        self.assertEqual(
            self._send(event), [{"uid": event["uid"], "status": "stored", "reason": None}]
        )
        stored = self._stored(event)
        self.assertEqual(stored.company_id, self.company)
        self.assertEqual(str(stored.occurred_at), "2026-02-28 23:00:00")
        self.assertEqual(stored.value, -24.9)
        self.assertEqual(stored.path, "/tea?utm_medium=push&x=1")
        self.assertEqual(stored.referrer_host, "search.example")
        self.assertEqual((stored.utm_source, stored.utm_medium), ("news", "push"))
        self.assertEqual(stored.props, event["props"])
        self.assertEqual(len(stored.session_key), 32)
        self.assertIn(self.key.prefix, stored.verdict_reasons)
        self.assertNotIn(self.secret, stored.verdict_reasons)

    def test_answers_stand_in_the_order_of_the_events(self):
        first, bad, second = self._event(), self._event(kind="order.paid"), self._event()
        answers = self._send(first, "nothing", bad, second, first, bad)
        self.assertEqual(
            [answer["status"] for answer in answers],
            ["stored", "quarantined", "quarantined", "stored", "duplicate", "quarantined"],
        )
        self.assertEqual(
            [answers[place]["uid"] for place in (0, 2, 3, 4, 5)],
            [event["uid"] for event in (first, bad, second, first, bad)],
        )
        self.assertEqual(self._send(second)[0]["status"], "duplicate")
        self.assertEqual(len(self._stored(first, second)), 2)
        self.assertEqual(len(self._refused(bad)), 1)

    def test_the_same_number_in_two_companies_is_two_people(self):
        other_key, _secret = self.env["ecrm.api.key"].generate("Other", self.other_company)
        mine, again, theirs = (self._event(identity={"external_id": "C-7"}) for _n in range(3))
        again["identity"] = {"external_id": " C-7 "}
        self._send(mine, again)
        self._send(theirs, key=other_key)
        self.assertEqual(self._stored(mine).identity_id, self._stored(again).identity_id)
        self.assertNotEqual(self._stored(mine).identity_id, self._stored(theirs).identity_id)
        self.assertEqual(self._stored(theirs).identity_id.company_id, self.other_company)
        # nor does the same name of a visit join them
        mine, theirs = self._event(session="s1"), self._event(session="s1")
        self._send(mine)
        self._send(theirs, key=other_key)
        self.assertNotEqual(self._stored(mine).session_key, self._stored(theirs).session_key)

    def test_a_contact_of_this_company_or_a_shared_one(self):
        partners = self.env["res.partner"].create(
            [
                {"name": "Shared"},
                {"name": "Ours", "company_id": self.company.id},
                {"name": "Archived", "active": False},
                {"name": "Theirs", "company_id": self.other_company.id},
                {"name": "Nobody"},
            ]
        )
        partners[4].unlink()
        events = [self._event(identity={"partner_id": partner.id}) for partner in partners]
        answers = self._send(*events)
        self.assertEqual(
            [answer["reason"] for answer in answers],
            [None, None, None, "unknown contact", "unknown contact"],
        )
        for partner, event in zip(partners[:3], events, strict=False):
            self.assertEqual(self._stored(event).partner_id, partner)

    def test_a_contact_that_was_merged_away(self):
        gone, kept = self.env["res.partner"].create([{"name": "Ann"}, {"name": "Anna"}])
        self._send(self._event(identity={"partner_id": gone.id}))
        gone_id = gone.id
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (gone + kept).ids, kept, extra_checks=False
        )
        event = self._event(identity={"partner_id": gone_id})
        self.assertEqual(self._send(event)[0]["status"], "stored")
        self.assertEqual(self._stored(event).partner_id, kept)
        kept.company_id = self.other_company
        self.assertEqual(
            self._send(self._event(identity={"partner_id": gone_id}))[0]["reason"],
            "unknown contact",
        )

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def _rate(self, currency, day, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": rate,
                "company_id": self.company.id,
            }
        )

    def test_amounts_are_converted_at_the_rate_of_the_day(self):
        pound = self.env.ref("base.GBP")
        pound.active = True
        pound.rate_ids.unlink()
        self._rate(pound, "2026-01-01", 0.8)
        self._rate(pound, "2026-02-01", 0.5)
        days = {"2026-01-15": 12.5, "2026-02-15": 20.0}
        for day, expected in days.items():
            event = self._event(occurred_at=day, value="10", currency="GBP", props={"a": 1})
            self.assertEqual(self._send(event)[0]["status"], "stored")
            stored = self._stored(event)
            self.assertEqual(stored.value, expected)
            self.assertEqual(
                stored.props, {"a": 1, "original_value": "10", "original_currency": "GBP"}
            )
        event = self._event(value=10.555, currency="EUR")
        self._send(event)
        self.assertAlmostEqual(self._stored(event).value, 10.555, 3)
        self.assertFalse(self._stored(event).props)

    def test_a_currency_that_nobody_can_convert_waits_for_its_rate(self):
        pound = self.env.ref("base.GBP")
        pound.active = True
        pound.rate_ids.unlink()
        event = self._event(value=10, currency="GBP")
        self.assertEqual(self._send(event)[0]["reason"], "no exchange rate")
        refused = self._refused(event)
        self.assertEqual(refused.company_id, self.company)
        refused.action_retry()
        self.assertEqual((refused.state, refused.reason), ("refused", "no exchange rate"))
        self._rate(pound, "2026-01-01", 0.5)
        refused.action_retry()
        self.assertEqual(refused.state, "stored")
        self.assertEqual(self._stored(event).value, 20)
        self.assertEqual(self._stored(event).company_id, self.company)
        self.assertEqual(self._reason(value=1, currency="XQX"), "unknown currency")
        pound.active = False
        self.assertEqual(self._reason(value=1, currency="GBP"), "unknown currency")

    # ------------------------------------------------------------
    # REFUSING
    # ------------------------------------------------------------

    def test_what_is_set_aside_and_why(self):
        for reason, values in {
            "unknown field: company_id": {"company_id": self.other_company.id},
            "unknown field: verdict": {"verdict": "human"},
            "unknown field: identity_key": {"identity_kind": "device", "identity_key": "x"},
            "unknown kind": {"kind": "web.nonsense"},
            "no kind": {"kind": ""},
            "no identity": {"identity": None},
            "identity is not one of partner_id, email, external_id": {"identity": {"device": "x"}},
            "invalid e-mail address": {"identity": {"email": "Ann <ann@example.com>"}},
            "invalid external_id": {"identity": {"external_id": " \x00 "}},
            "unknown contact": {"identity": {"partner_id": 2**31}},
            "value is not a number": {"value": 1e300},
            "unknown currency": {"value": 1, "currency": "eur"},
            "invalid date": {"occurred_at": 1767225600},
            "no date": {"occurred_at": None},
            "date in the future": {"occurred_at": "9999-12-31T23:59:59Z"},
            "date too old": {"occurred_at": "1969-12-31"},
            "invalid session": {"session": "a b"},
            "url is not a text": {"url": ["/"]},
            "props is not an object": {"props": [1]},
            "properties too long": {"props": {"x": "y" * 9000}},
            "event too large": {"props": {"x": "y" * 90_000}},
        }.items():
            with self.subTest(reason):
                self.assertEqual(self._reason(**values), reason)
        self.assertEqual(self._send(7)[0]["reason"], "not an object")
        self.assertEqual(self._send({**self._event(), "uid": "7"})[0]["reason"], "invalid uid")

    def test_kinds_that_come_from_the_server(self):
        for kind in ("order.confirmed", "email.opened", "loyalty.earned", "consent.granted"):
            self.assertEqual(self._reason(kind=kind), "this kind comes from the server")
        for kind in ("order\x00.confirmed", "Order.confirmed", " order.confirmed", ["order.paid"]):
            self.assertIn(self._reason(kind=kind), ("unknown kind", "no kind"))
        self.assertFalse(self.env["ecrm.touchpoint"].search([("kind", "=like", "order%")]))

    def test_kinds_that_a_key_may_not_report(self):
        self.assertIsNone(self._reason(kind="support.opened"))
        self.key.allow_support = False
        self.assertEqual(self._reason(kind="support.opened"), "this key may not report this kind")
        self.assertIsNone(self._reason(kind="social.liked"))

    def test_what_is_kept_of_a_refused_event_holds_no_secret_and_has_an_end(self):
        event = self._event(kind="order.paid", url="https://u:p@x.example/a?token=S3CRET")
        large = self._event(url="/a?password=S3CRET", props={"x": "y" * 500_000})
        self._send(event, large)
        for refused in self._refused(event) + self._refused(large):
            self.assertNotIn("S3CRET", refused.body_text)
            self.assertLess(len(refused.body_text), 2000)

    def test_a_retry_goes_through_the_same_door(self):
        group = "ecrm_addon.group_ecrm_manager"
        company = fields.Command.set(self.other_company.ids)
        manager = new_test_user(
            self.env, "api_other", group, company_id=self.other_company.id, company_ids=[company]
        )
        other_key, _secret = self.env["ecrm.api.key"].generate("Other", self.other_company)
        event = self._event(kind="order.confirmed")
        self._send(event, key=other_key)
        refused = self._refused(event).with_user(manager)
        refused.action_retry()
        self.assertEqual(refused.reason, "this kind comes from the server")
        # whoever mends an event cannot send it into another company
        refused.body = {**refused.body, "kind": "app.opened", "api_key": self.key.id}
        refused.action_retry()
        self.assertEqual((refused.state, refused.reason), ("refused", "unknown API key"))
        refused.body = {**refused.body, "api_key": other_key.id}
        refused.action_retry()
        self.assertEqual(refused.state, "stored")
        self.assertEqual(self._stored(event).company_id, self.other_company)

    def test_unstorable_characters_are_left_out(self):
        event = self._event(
            url="/a\x00\ud800", props={"a\x00": "b\udfff"}, identity={"external_id": "x\x00y"}
        )
        self.assertEqual(self._send(event)[0]["status"], "stored")
        self.assertEqual(self._stored(event).path, "/a")
        self.assertEqual(self._stored(event).props, {"a": "b"})

    def test_a_hundred_months_at_once(self):
        events = [
            self._event(occurred_at=f"{1990 + n // 12}-{n % 12 + 1:02}-01") for n in range(100)
        ]
        self.assertEqual({answer["status"] for answer in self._send(*events)}, {"stored"})


@tagged("post_install", "-at_install")
class TestApiKey(ApiCase):
    """Who gets in, who may make keys, and that nobody can read one."""

    def _authenticate(self, secret):
        return self.env["ecrm.api.key"].authenticate(secret)

    def test_only_the_whole_key_opens(self):
        self.assertEqual(self._authenticate(self.secret), self.key)
        for wrong in ("", self.secret[:-1], self.secret + "x", self.secret[:-1] + "!",
                      self.key.prefix, f"{self.key.prefix}_{'A' * 43}", self.secret.upper(),
                      "\x00", "ecrm_ffffffff_" + "A" * 43, self.secret + "\n"):  # fmt: skip
            self.assertFalse(self._authenticate(wrong), wrong)

    def test_revoked_rotated_expired(self):
        new = self.key.action_rotate()["context"]["default_key"]
        self.assertNotEqual(new, self.secret)
        self.assertFalse(self._authenticate(self.secret))
        self.assertEqual(self._authenticate(new), self.key)
        self.key.expires_on = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertEqual(self.key.state, "expired")
        self.assertFalse(self._authenticate(new))
        self.key.expires_on = fields.Date.today()
        self.assertTrue(self._authenticate(new))
        self.key.action_revoke()
        self.assertEqual(self.key.state, "revoked")
        self.assertFalse(self._authenticate(new))
        self.key.action_unarchive()
        self.assertEqual(self.key.state, "revoked")
        self.assertFalse(self._authenticate(new))
        newest = self.key.action_rotate()["context"]["default_key"]
        self.assertEqual(self._authenticate(newest), self.key)

    def test_the_key_itself_is_in_no_table(self):
        wizard = self.env["ecrm.api.key.wizard"].create({"name": "App"})
        secret = wizard.action_generate()["context"]["default_key"]
        self.assertTrue(self._authenticate(secret))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(k)::text || to_jsonb(w)::text FROM ecrm_api_key k,"
            " ecrm_api_key_wizard w"
        )
        for (row,) in self.env.cr.fetchall():
            self.assertNotIn(secret, row)
            self.assertNotIn(secret[14:], row)

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_nobody_reads_the_hash(self):
        manager = new_test_user(self.env, "api_manager", "ecrm_addon.group_ecrm_manager")
        manager.company_ids += self.company
        key = self.key.with_user(manager).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(key.name, "Till")
        self.assertNotIn("secret_hash", key.fields_get())
        self.assertNotIn("secret_hash", key.read()[0])
        for attempt in (
            lambda: key.read(["secret_hash"]),
            lambda: key.search([("secret_hash", "=like", "a%")]),
            lambda: key.search([], order="secret_hash"),
            lambda: key.formatted_read_group([], ["secret_hash"], ["__count"]),
            lambda: key.write({"secret_hash": "x"}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_only_managers_of_the_company(self):
        group = "ecrm_addon.group_ecrm_"
        users = [
            new_test_user(self.env, "api_portal", "base.group_portal"),
            new_test_user(self.env, "api_sales", "sales_team.group_sale_manager"),
            new_test_user(self.env, "api_marketer", group + "marketer"),
            new_test_user(self.env, "api_elsewhere", group + "manager"),
        ]
        for user in users:
            key = self.key.with_user(user)
            for attempt in (
                lambda key=key: key.read(["prefix"]),
                lambda key=key: key.action_rotate(),
                lambda key=key: key.action_revoke(),
                lambda key=key: key.generate("Mine", self.company),
            ):
                with self.assertRaises(AccessError, msg=user.login):
                    attempt()
        self.assertEqual(self._authenticate(self.secret), self.key)

    def test_a_key_stays_with_its_company(self):
        with self.assertRaises(UserError):
            self.key.company_id = self.other_company
        self.key.write({"company_id": self.company.id, "name": "Till 2"})
        self.assertEqual(self.key.name, "Till 2")


@tagged("post_install", "-at_install")
class TestApiHttp(ApiCase, HttpCase):
    """The request as a whole: who, what, how large."""

    def _post(self, body, **headers):
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.secret}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.url_open(PATH, data=data, headers=headers, method="POST")

    def _assert_refused(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertEqual(response.json()["error"]["code"], code)
        self.assertNotIn("Set-Cookie", response.headers)

    def test_the_example_in_the_document(self):
        answer = self._post(examples.BATCH)
        self.assertEqual(answer.status_code, 200, answer.text)
        results = answer.json()["results"]
        self.assertEqual([row["status"] for row in results], ["stored", "stored", "quarantined"])
        # the example shows the second event as sent before
        self.assertEqual(self._post(examples.BATCH).json()["results"][1],
                         examples.RESULTS["results"][1])  # fmt: skip
        self.assertEqual(results[0], examples.RESULTS["results"][0])
        self.assertEqual(results[2], examples.RESULTS["results"][2])
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_who(self):
        batch = {"events": [self._event()]}
        for wrong in (None, "", "Bearer", f"Basic {self.secret}", f"Bearer {self.secret}x",
                      self.secret, f"Bearer {self.secret} {self.secret}"):  # fmt: skip
            answer = self._post(batch, Authorization=wrong)
            self._assert_refused(answer, 401, "unauthorized")
            self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
        self.assertFalse(self._stored(batch["events"][0]))
        self.assertEqual(self._post(batch, Authorization=f"bearer {self.secret}").status_code, 200)
        self.key.action_revoke()
        self._assert_refused(self._post(batch), 401, "unauthorized")

    def test_a_login_is_no_key(self):
        self.authenticate("admin", "admin")
        answer = self._post({"events": []}, Authorization=None)
        self._assert_refused(answer, 401, "unauthorized")

    def test_what(self):
        for body, status, code in (
            (b"", 400, "not_json"),
            (b"{", 400, "not_json"),
            (b'{"events": [NaN]}', 400, "not_json"),
            (b'{"events": [' + b"9" * 5000 + b"]}", 400, "not_json"),
            (b'{"events": ["\xff"]}', 400, "not_utf8"),
            ('{"events": []}'.encode("utf-16"), 400, "not_utf8"),
            (b"[" * 200_000, 400, "too_deep"),
            (b'{"events": ' + b"[" * 25 + b"]" * 25 + b"}", 400, "too_deep"),
            (b"[]", 422, "no_events"),
            (b'{"events": {}}', 422, "no_events"),
            (b'{"events": [], "company_id": 1}', 422, "unknown_field"),
            (json.dumps({"events": [1] * 1001}), 413, "too_many_events"),
            (b" " * (payload.MAX_BYTES + 1), 413, "too_large"),
        ):
            with self.subTest(body[:30]):
                self._assert_refused(self._post(body), status, code)
        self.assertEqual(self._post({"events": []}).json(), {"results": []})

    def test_how_it_is_sent(self):
        batch = json.dumps({"events": []})
        for headers, code in (
            ({"Content_Type": "text/plain"}, "unsupported_type"),
            ({"Content_Type": "application/x-www-form-urlencoded"}, "unsupported_type"),
            ({"Content_Type": "multipart/form-data; boundary=x"}, "unsupported_type"),
            ({"Content_Type": None}, "unsupported_type"),
            ({"Content_Type": "application/json; charset=latin-1"}, "unsupported_charset"),
            ({"Content_Encoding": "gzip"}, "unsupported_encoding"),
        ):
            self._assert_refused(self._post(batch, **headers), 415, code)
        answer = self._post(batch, Content_Type="application/json; charset=UTF-8")
        self.assertEqual(answer.status_code, 200)

    def test_other_methods(self):
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = self.url_open(PATH, method=method)
            self.assertEqual(answer.status_code, 405, method)
            self.assertEqual(answer.headers["Allow"], "POST")
        self.assertEqual(self.url_open(openapi.DOCUMENT_PATH, data="x").status_code, 405)

    def test_what_other_modules_look_for_in_an_address_is_not_asked(self):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.secret}"}
        answer = self.url_open(
            f"{PATH}?affiliate_id=x&utm_source=y&debug=1", data='{"events": []}', headers=headers
        )
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_too_many_requests(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_api", "2 0.001")
        self.env["ecrm.limits"].forget()
        _key, greedy = self.env["ecrm.api.key"].generate("Greedy", self.company)
        answers = [
            self._post({"events": []}, Authorization=f"Bearer {greedy}") for _n in range(4)
        ]
        self.assertEqual([answer.status_code for answer in answers], [200, 200, 429, 429])
        self._assert_refused(answers[-1], 429, "too_many_requests")
        self.assertGreaterEqual(int(answers[-1].headers["Retry-After"]), 1)
        self.assertEqual(self._post({"events": []}).status_code, 200)

    def test_the_document(self):
        answer = self.url_open(openapi.DOCUMENT_PATH)
        self.assertEqual(answer.json(), json.loads(json.dumps(openapi.document())))
        self.assertIn("public", answer.headers["Cache-Control"])
        self.assertNotIn("Set-Cookie", answer.headers)

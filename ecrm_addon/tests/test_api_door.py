from odoo import fields
from odoo.tests import new_test_user, tagged

from .api_case import ApiCase


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
            "date too old": {"occurred_at": "2001-12-31"},
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

    def test_all_months_that_may_be_told_at_once(self):
        today = fields.Date.today()
        months = [fields.Date.subtract(today, months=n) for n in range(120)]
        events = [self._event(occurred_at=month.isoformat()) for month in months]
        self.assertEqual({answer["status"] for answer in self._send(*events)}, {"stored"})

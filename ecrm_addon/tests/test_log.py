import json
import uuid
from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from ..queries import append_touchpoints, touchpoint_schema
from .common import EcrmCase


@tagged("post_install", "-at_install")
class TestLog(EcrmCase):
    """The port: what goes in comes out, once, and what cannot is kept with its reason."""

    def _append(self, *events):
        return self.log.append(list(events))

    def _refused(self, uid):
        return self.env["ecrm.quarantine"].search([("uid", "=", uid)])

    def _months(self):
        return {row[0] for row in self.env.execute_query(touchpoint_schema.list_partitions())}

    # ------------------------------------------------------------
    # STORING
    # ------------------------------------------------------------

    def test_all_columns_come_back(self):
        event = self._event(
            at="2026-02-03T05:05:06+02:00", website_id=1, company_id=self.env.company.id,
            session_key="S1", res_model="res.partner", res_id=self.customer.id, path="/tea",
            referrer_host="search.example.com", utm_source="news", utm_medium="email",
            utm_campaign="spring", value="12.34", verdict="human", verdict_reasons="click",
            props={"title": "Tea", "n": [1, {"x": None}]},
        )  # fmt: skip
        self.assertEqual(
            self._append(event), [{"uid": event["uid"], "status": "stored", "reason": None}]
        )
        stored = self._touchpoints()
        self.assertEqual(stored.occurred_at, datetime(2026, 2, 3, 3, 5, 6))
        self.assertEqual(stored.channel, "web")
        self.assertEqual(stored.value, 12.34)
        self.assertEqual(stored.props, event["props"])
        for name in ("uid", "kind", "session_key", "path", "referrer_host", "utm_source",
                     "utm_medium", "utm_campaign", "verdict", "verdict_reasons"):  # fmt: skip
            self.assertEqual(stored[name], event[name])

    def test_the_same_uid_is_one_row(self):
        event, other = self._event(), self._event()
        answers = self._append(event, other, event)
        self.assertEqual(
            [answer["status"] for answer in answers], ["stored", "stored", "duplicate"]
        )
        answers = self._append({**event, "occurred_at": "2025-05-05 00:00:00"})
        self.assertEqual(answers[0]["status"], "duplicate")
        self.assertEqual(len(self._touchpoints()), 2)

    def test_one_identity_per_key_and_what_came_first_and_last(self):
        self._append(
            self._event(at="2026-03-01 10:00:00"),
            self._event(at="2026-01-01 10:00:00"),
            {**self._event(), "identity": {"email": " ANN@x.example "}},
            {**self._event(), "identity": {"email": "ann@X.example"}},
            {**self._event(), "identity": {"device": "abc"}},
            {**self._event(), "identity": {"external_id": "loyalty-7"}},
            {**self._event(), "identity": None},
        )
        identity = self._identities()
        self.assertEqual(len(identity), 1)
        self.assertEqual(identity.first_seen, datetime(2026, 1, 1, 10))
        self.assertEqual(identity.last_seen, datetime(2026, 3, 1, 10))
        address = self.env["ecrm.identity"].search([("key", "=", "ann@x.example")])
        self.assertEqual(address.kind, "email")
        self.assertEqual(self.log.aggregate(identity_ids=address.ids)[0]["events"], 2)

    def test_months_are_made_as_they_are_needed(self):
        last, first = datetime(1987, 12, 31, 23, 59, 59), datetime(1988, 1, 1)
        # of a kind that is kept for ever
        events = [self._event(kind="social.like", at=str(at)) for at in (last, first)]
        answers = self._append(*events)
        self.assertEqual({answer["status"] for answer in answers}, {"stored"})
        self.assertLessEqual(
            {"ecrm_touchpoint_data_1987_12", "ecrm_touchpoint_data_1988_01"}, self._months()
        )

    def test_the_months_to_come_are_prepared(self):
        self.log.prepare_months()
        today = fields.Date.today()
        for ahead in range(4):
            month = fields.Date.add(today.replace(day=1), months=ahead)
            self.assertIn(touchpoint_schema.partition_name(month), self._months())

    def test_texts_too_long_are_cut_and_stay_distinct(self):
        path = "/" + "x" * 10_000
        self._append(
            self._event(path=path + "a"), self._event(path=path + "b"),
            self._event(res_model="".join(map(str, range(9000))), session_key="s" * 9000,
                        verdict_reasons="r" * 9000, referrer_host="h" * 9000,
                        utm_campaign="c" * 9000),
        )  # fmt: skip
        stored = self._touchpoints()
        self.assertEqual(len(stored), 3)
        self.assertEqual(len(set(stored.mapped("path"))), 3)
        self.assertLessEqual(max(len(path or "") for path in stored.mapped("path")), 2000)

    def test_only_whose_history_changed_is_noted(self):
        event = self._event()
        self._append(event)
        self.env["ecrm.change"].take("ecrm.identity")
        self._append(event)
        self.assertEqual(self.env["ecrm.change"].take("ecrm.identity"), [])
        self._append(self._event())
        self.assertEqual(self.env["ecrm.change"].take("ecrm.identity"), self._identities().ids)

    def test_a_contact_that_was_merged_away_stands_for_the_other(self):
        self._append(self._event())
        identity = self._identities()
        other = self.env["res.partner"].create({"name": "Other"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, other.id], other, extra_checks=False
        )
        late = self._event()
        self.assertEqual(self._append(late)[0]["status"], "stored")
        self.assertEqual(self._touchpoints(other).identity_id, identity)
        self.assertEqual(len(self._touchpoints(other)), 2)

    # ------------------------------------------------------------
    # REFUSING
    # ------------------------------------------------------------

    def test_bad_events_cost_only_themselves(self):
        far = fields.Datetime.now() + timedelta(days=3)
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        nobody.unlink()
        bad = {
            "unknown kind": self._event(kind="web.nonsense"),
            "no kind": self._event(kind=None),
            "no date": self._event(at=None),
            "invalid date": self._event(at="yesterday"),
            "date too old": self._event(at="0001-01-01 00:00:00"),
            "date in the future": self._event(at=far),
            "unknown contact": {**self._event(), "identity": {"partner_id": nobody.id}},
            "value is not a number": self._event(value=float("nan")),
            "properties too long": self._event(props={"x": "y" * 9000}),
            "props is not an object": self._event(props=["x"]),
            "unknown verdict": self._event(verdict="maybe"),
            "path is not a text": self._event(path={"a": 1}),
            "identity without a key": {**self._event(), "identity": {"name": "Ann"}},
            "res_id is not an id": self._event(res_id=2**40),
        }
        good = self._event()
        answers = self._append(*bad.values(), good)
        self.assertEqual([answer["reason"] for answer in answers], [*bad, None])
        self.assertEqual(answers[-1]["status"], "stored")
        self.assertEqual(len(self._touchpoints()), 1)
        for reason, event in bad.items():
            with self.subTest(reason):
                self.assertEqual(self._refused(event["uid"]).reason, reason)

    def test_what_is_no_event_at_all(self):
        answers = self._append("text", None, 7, ["x"], {}, {"uid": "not one"})
        self.assertEqual(
            [answer["reason"] for answer in answers],
            ["not an object"] * 4 + ["invalid uid"] * 2,
        )

    def test_nul_and_lone_surrogates(self):
        event = self._event(path="/a\x00b\ud800", props={"k\x00": "v\udfff"})
        self.assertEqual(self._append(event)[0]["status"], "stored")
        self.assertEqual(self._touchpoints().path, "/ab")
        self.assertEqual(self._touchpoints().props, {"k": "v"})

    def test_refused_twice_is_one_line(self):
        event = self._event(kind="web.nonsense")
        for _time in range(2):
            self.assertEqual(self._append(event)[0]["status"], "quarantined")
        self.assertEqual(len(self._refused(event["uid"])), 1)

    def test_what_a_select_refuses_is_counted_once(self):
        rows = [
            {"uid": str(uuid.uuid4()), "kind": kind, "occurred_at": "2026-01-01"}
            for kind in ("web.page", "web.nonsense")
        ]
        select = append_touchpoints.from_rows(json.dumps(rows))
        self.assertEqual(self.log.append_select(select), (2, 1, 1))
        self.assertEqual(self.log.append_select(select), (2, 0, 0))

    # ------------------------------------------------------------
    # READING AND REMOVING
    # ------------------------------------------------------------

    def test_the_timeline_page_by_page(self):
        same = "2026-01-01 10:00:00"  # many events of one instant must not be lost or doubled
        self._append(*[self._event(at=same, path=f"/{n}") for n in range(7)])
        self._append(self._event(at="2026-01-02 10:00:00", path="/new"))
        identity, seen, before = self._identities(), [], None
        while page := self.log.timeline(identity.ids, before, 3):
            seen += [event["path"] for event in page]
            before = page[-1]["occurred_at"], page[-1]["id"]
        self.assertEqual(len(seen), 8)
        self.assertEqual(len(set(seen)), 8)
        self.assertEqual(seen[0], "/new")

    def test_erase_takes_the_keys_along(self):
        event = self._event()
        self._append(event)
        identity = self._identities()
        self.log.erase(identity.ids)
        self.assertTrue(self.log.erase_done())
        self.assertFalse(self._touchpoints())
        self.assertEqual(self._append(event)[0]["status"], "stored")

    def test_months_are_dropped(self):
        old, kept = (
            self._event(kind="social.like", at=at)
            for at in ("1990-05-31 23:59:59", "1990-06-01 00:00:00")
        )
        self._append(old, kept)
        self.assertEqual(self.log.drop_before(date(1990, 6, 15)), 1)
        self.assertEqual(self._touchpoints().mapped("uid"), [kept["uid"]])
        self.assertEqual(self._append(old)[0]["status"], "stored")

    def test_health(self):
        self._append(self._event())
        health = self.log.health()
        self.assertGreaterEqual(health["partitions"], 1)
        self.assertGreater(health["bytes"], 0)
        self.assertTrue(health["last_event"])

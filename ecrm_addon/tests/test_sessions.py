import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..lib.tracking.event import identity_of
from ..lib.tracking.sources import classify
from ..queries.upsert_sessions import COLUMNS
from .common import EcrmCase

START = datetime(2026, 3, 2, 10, 0)


class SessionCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sessions = cls.env["ecrm.session"]
        cls.company = cls.env["res.company"].create({"name": "Tea House"})
        cls.website = cls.env["website"].create(
            {"name": "Tea", "company_id": cls.company.id, "domain": "https://www.tea.example"}
        )

    def _web(self, kind="web.page", second=0, visit="v1", device="d1", **values):
        """Return an event of a visit, so many seconds after ``START``."""
        values = {
            "identity": {"device": device},
            "session_key": visit,
            "company_id": self.company.id,
            "website_id": self.website.id,
            "path": "/",
            **values,
        }
        return self._event(kind=kind, at=START + timedelta(seconds=second), **values)

    def _digest(self):
        while self.pipeline._digest(recompute=False):
            pass

    def _told(self, *events):
        """Append events and digest; return the visit ``v1``."""
        self.log.append(list(events))
        self._digest()
        return self.sessions.search([("session_key", "=", "v1")])

    def _identity(self, token):
        kind, key = identity_of("device", token)
        return self.env["ecrm.identity"].search([("kind", "=", kind), ("key", "=", key)])


class TestSessions(SessionCase):
    def test_a_visit(self):
        session = self._told(
            self._web(second=0, path="/?utm_source=x", referrer_host="www.google.com"),
            self._web("web.product", 60, path="/shop/tea-1", props={"device": "mobile"}),
            self._web("web.search", 70, path="/shop"),
            self._web("web.cart_add", 90, path="/shop/cart"),
            self._web("web.page", 100, path="/contactus", verdict="human"),
        )
        self.assertEqual(session.identity_id, self._identity("d1"))
        self.assertEqual((session.website_id, session.company_id), (self.website, self.company))
        self.assertEqual((session.started_at, session.duration), (START, 100))
        self.assertEqual((session.page_count, session.event_count), (3, 5))
        self.assertEqual((session.source, session.medium), ("google", "organic"))
        self.assertEqual((session.entry_path, session.exit_path), ("/", "/contactus"))
        self.assertEqual((session.stage, session.stage_name), (2, "2"))
        self.assertEqual((session.device, session.verdict), ("mobile", "human"))

    def test_an_order_ends_the_funnel(self):
        session = self._told(
            self._web(),
            self._web("web.checkout", 10, props={"step": "cart"}),
        )
        self.assertEqual(session.stage, 2)
        session = self._told(self._web("web.checkout", 20, props={"step": "payment"}))
        self.assertEqual(session.stage, 3)
        days_later = 3 * 86400
        order = {"kind": "order.confirmed", "res_model": "sale.order", "value": 120}
        session = self._told(
            self._web(second=days_later, res_id=77, **order),
            self._web(second=days_later + 5, res_id=78, **order),
        )
        self.assertEqual((session.stage, session.order_count, session.value), (4, 2, 240))
        self.assertEqual(session.duration, 20, "what the shop does later is no visit")

    def test_the_last_page_counts_half_an_hour_at_most(self):
        page = self._web(second=0)
        session = self._told(page, self._web("web.leave", 40))
        self.assertEqual(session.duration, 40)
        session = self._told(self._web("web.leave", 20_000))
        self.assertEqual(session.duration, 1800)

    def test_the_source_is_that_of_the_first_event_that_tells(self):
        session = self._told(
            self._web(second=5, utm_source="Newsletter", utm_medium="E-Mail", utm_campaign="May"),
            self._web(second=9, utm_source="other"),
            self._web(second=1, referrer_host="www.tea.example"),
        )
        self.assertEqual((session.source, session.medium), ("newsletter", "e-mail"))
        self.assertEqual(session.campaign, "May")
        self.assertFalse(session.referrer_host)
        # late: what came first counts, not what was told first
        session = self._told(self._web(second=2, referrer_host="l.facebook.com"))
        self.assertEqual((session.source, session.medium), ("facebook", "social"))

    def test_the_database_classifies_like_python(self):
        hosts = ["www.google.co.uk", "mail.google.com", "t.co", "best.com", "search.yahoo.com"]
        hosts += ["google.evil.example.com", "com.google.android.gm", "News.Ycombinator.com"]
        events = [
            self._web(visit=f"host{number}", referrer_host=host, utm_medium=medium)
            for number, (host, medium) in enumerate((h, m) for h in hosts for m in (None, "CPC"))
        ]
        events += [self._web(visit="none"), self._web(visit="named", utm_source=" Tea Blog ")]
        self.log.append(events)
        self._digest()
        for event in events:
            session = self.sessions.search([("session_key", "=", event["session_key"])])
            expected = classify(
                event.get("referrer_host"), event.get("utm_source"), event.get("utm_medium")
            )
            self.assertEqual((session.source, session.medium or None), expected, event)

    def test_a_pace_that_no_human_has(self):
        seconds = [number + number % 3 * 0.3 for number in range(40)]
        tabs = [self._web(second=second, verdict="human") for second in seconds]
        self.assertEqual(self._told(*tabs).verdict, "human")
        burst = [self._web(second=99 + number / 5, verdict="human") for number in range(41)]
        session = self._told(*burst)
        self.assertEqual((session.verdict, session.verdict_reasons), ("machine", "rate:41_in_10s"))

    def test_events_are_read_once(self):
        self._told(self._web(), *(self._web(visit="v2", second=number) for number in range(41)))
        with self.assertQueryCount(1):
            self.sessions._renew({"v1"})
        with self.assertQueryCount(2):  # one of them is long enough to have a pace
            self.sessions._renew({"v1", "v2"})

    def test_a_machine_stays_one(self):
        bot = self._web(verdict="machine", verdict_reasons="known_bot:x")
        session = self._told(bot, self._web(second=9, verdict="human"))
        self.assertEqual((session.verdict, session.verdict_reasons), ("machine", "known_bot:x"))


class TestSessionPeople(SessionCase):
    def test_a_contact_known_later(self):
        session = self._told(self._web())
        self.assertFalse(session.partner_id)
        self._identity("d1").link(self.customer, "form")
        self._digest()
        self.assertEqual(session.partner_id, self.customer)
        self._identity("d1").unlink_contact()
        self._digest()
        self.assertFalse(session.partner_id)

    def test_logged_in_during_the_visit(self):
        self._told(self._web(device="anonymous"))
        self.log.append([self._web(second=30, device="logged in")])
        self._identity("logged in").link(self.customer, "login")
        self._digest()
        session = self.sessions.search([("session_key", "=", "v1")])
        self.assertEqual(session.partner_id, self.customer)
        self.assertEqual(session.identity_id, self._identity("logged in"))
        self.assertEqual(session.other_identity_id, self._identity("anonymous"))
        self.assertEqual(session.event_count, 2)
        # the other way round, when neither brings a note of the visit
        self._identity("logged in").unlink_contact()
        self._identity("anonymous").link(self.customer, "form")
        self._digest()
        self.assertEqual(session.identity_id, self._identity("anonymous"))

    def test_merged_contacts(self):
        session = self._told(self._web())
        self._identity("d1").link(self.customer, "form")
        self._digest()
        other = self.env["res.partner"].create({"name": "Ann B.", "email": "ann@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, other)
        self._digest()
        self.assertEqual(session.partner_id, other)

    def test_erased(self):
        session = self._told(self._web(), self._web(visit="v2", device="d2"))
        self.log.erase(self._identity("d1").ids)
        self._digest()
        self.assertFalse(session.exists())
        self.assertTrue(self.sessions.search([("session_key", "=", "v2")]))


class TestSessionsRebuild(SessionCase):
    """However events arrive, the visits are the same, and the same as made from nothing."""

    def _story(self, dice):
        kinds = ["web.page", "web.page", "web.product", "web.search", "web.leave"]
        kinds += ["web.cart_add", "web.checkout", "order.confirmed"]
        events = []
        for number in range(60):
            visit = dice.randint(1, 6)
            device = f"d{visit}" if dice.random() < 0.8 else f"login{visit}"
            events.append(
                self._web(
                    dice.choice(kinds),
                    # the same instant twice must not depend on who came first
                    dice.randint(0, 40) * 2,
                    f"visit{visit}",
                    device,
                    path=f"/page{dice.randint(0, 3)}",
                    props={"device": dice.choice(["desktop", "mobile", None])},
                    referrer_host=dice.choice([None, None, "www.bing.com", "a.example"]),
                    utm_source=dice.choice([None, None, None, "ads"]),
                    utm_campaign=dice.choice([None, None, "spring"]),
                    value=dice.choice([10, 20.5]),
                    res_id=number + 1,
                    verdict=dice.choice(["human", "unknown", "human", "proxy"]),
                    consent_id=dice.choice([None, 3, 4]),
                )
            )
        return events

    def _rows(self):
        sessions = self.sessions.search([("session_key", "=like", "visit%")])
        names = [name for name in COLUMNS if name not in ("identity_id", "other_identity_id")]
        return {
            session.session_key: {
                **{name: session[name] for name in names},
                "identity": session.identity_id.key,
                "other": session.other_identity_id.key,
            }
            for session in sessions
        }

    def _forget(self):
        identities = self.sessions.search([("session_key", "=like", "visit%")])
        identities = identities.identity_id | identities.other_identity_id
        self.log.erase(identities.ids)
        identities.unlink()
        self._digest()
        self.assertFalse(self._rows())

    def test_any_order_and_any_batches(self):
        for seed in range(4):
            dice = random.Random(seed)
            events = self._story(dice)
            self.log.append(events)
            self._digest()
            at_once = self._rows()
            self.assertGreater(len(at_once), 4)
            self.sessions._rebuild()
            self.assertFalse(self._rows())
            self._digest()
            self.assertEqual(self._rows(), at_once, "rebuilt")
            self._forget()
            dice.shuffle(events)
            while events:
                size = dice.randint(1, 9)
                batch, events = events[:size], events[size:]
                self.log.append(batch)
                self.log.append(batch)
                self._digest()
            self.assertEqual(self._rows(), at_once, "in another order")
            self._forget()

    def test_nothing_is_written_twice(self):
        session = self._told(self._web())
        self.env.cr.execute("SELECT ctid FROM ecrm_session WHERE id = %s", (session.id,))
        before = self.env.cr.fetchone()
        self.env["ecrm.change"].note("ecrm.session", [0], key="v1")
        self._digest()
        self.env.cr.execute("SELECT ctid FROM ecrm_session WHERE id = %s", (session.id,))
        self.assertEqual(self.env.cr.fetchone(), before)


class TestFunnel(SessionCase):
    def setUp(self):
        super().setUp()
        self._told(
            self._web(visit="v1"),
            self._web(visit="v2"),
            self._web("web.product", visit="v2"),
            self._web("web.cart_add", visit="v3"),
            self._web("order.confirmed", visit="v4", value=50, res_id=1),
            self._web("order.confirmed", visit="bot", value=9, verdict="machine"),
        )
        self.domain = [("website_id", "=", self.website.id)]

    def test_steps(self):
        steps = self.sessions.get_funnel(self.domain)
        self.assertEqual([step["sessions"] for step in steps], [4, 3, 2, 1, 1])
        self.assertEqual([step["lost"] for step in steps], [1, 1, 1, 0, 0])
        self.assertEqual([step["share"] for step in steps], [1, 0.75, 0.5, 0.25, 0.25])
        self.assertEqual(steps[1]["drop_off"], 1 / 3)
        self.assertEqual(steps[-1]["value"], 50)

    def test_it_reads_an_index_and_no_visit(self):
        user = new_test_user(self.env, "user@x.org", groups="ecrm_addon.group_ecrm_user")
        domain = [("started_at", ">=", START), ("website_id", "=", self.website.id)]
        asked = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def note(cr, query, *args, **kwargs):
            asked.append(query)
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, "execute", note):
            self.sessions.with_user(user).get_funnel(domain)
        (funnel,) = [query for query in asked if 'SUM("ecrm_session"' in str(query)]
        # of a few visits any plan is good
        self.env.cr.execute(
            "INSERT INTO ecrm_session (session_key, started_at)"
            " SELECT 'many' || n, %s::timestamp - n * interval '1 hour'"
            " FROM generate_series(1, 5000) AS n",
            [START],
        )
        self.env.cr.execute("ANALYZE ecrm_session")
        # nor are pages known to be visible to all before a transaction ends
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", funnel))
        self.assertIn("Index Only Scan using ecrm_session_started_idx", str(plan))

    def test_of_nothing(self):
        steps = self.sessions.get_funnel([("id", "=", 0)])
        self.assertEqual([step["sessions"] for step in steps], [0] * 5)

    def test_who_may_see_it(self):
        outsider = new_test_user(self.env, "sales@x.org", groups="sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.sessions.with_user(outsider).get_funnel([])
        user = new_test_user(self.env, "user@x.org", groups="ecrm_addon.group_ecrm_user")
        self.assertEqual(self.sessions.with_user(user).get_funnel(self.domain)[0]["sessions"], 0)
        user.company_ids += self.company
        funnel = self.sessions.with_user(user).with_context(
            allowed_company_ids=[user.company_id.id, self.company.id]
        )
        self.assertEqual(funnel.get_funnel(self.domain)[0]["sessions"], 4)

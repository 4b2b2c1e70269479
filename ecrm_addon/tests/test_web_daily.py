import random
import uuid
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from .test_sessions import START, SessionCase

DAY = date(2026, 3, 2)


class DailyCase(SessionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daily = cls.env["ecrm.web.daily"]

    def _rows(self, **domain):
        conditions = [(name, "=", value) for name, value in domain.items()]
        return self.daily.search([("website_id", "=", self.website.id), *conditions])

    def _figures(self):
        names = [name for name in self.daily._fields if name not in ("id", "kind_id")]
        names = [name for name in names if self.daily._fields[name].store]
        rows = self._rows().read(names, load=None)
        return {
            (row["day"], row["key"]): {name: row[name] for name in names if name in row}
            for row in rows
        }


class TestWebDaily(DailyCase):
    maxDiff = None

    def test_times_and_visitors(self):
        self._told(
            self._web(path="/a?x=1", referrer_host="www.bing.com", props={"device": "tablet"}),
            self._web(second=9, path="/a?x=2"),
            self._web(second=9, path="/a", visit="v2", device="d2"),
        )
        bing, direct = self._rows(kind="web.page").sorted("count", reverse=True)
        self.assertEqual((bing.day, bing.label, bing.company_id), (DAY, "/a", self.company))
        self.assertEqual((bing.count, bing.visitors), (2, 1))
        self.assertEqual((bing.source, bing.device), ("bing", "tablet"))
        self.assertEqual((direct.count, direct.source), (1, "direct"))
        self.assertEqual(bing.kind_id, self.env.ref("ecrm_addon.kind_web_page"))

    def test_searches_without_results(self):
        self._told(
            self._web("web.search", props={"term": "Green Tea ", "results": 0}),
            self._web("web.search", 9, props={"term": "green tea", "results": 4}),
            self._web("web.search", 9, props={"term": "cup", "results": 4}),
        )
        tea = self._rows(kind="web.search", label="green tea")
        self.assertEqual((tea.count, tea.zero_results), (2, 1))
        self.assertEqual(self._rows(kind="web.search", label="cup").zero_results, 0)

    def test_a_product_keeps_its_row_when_it_is_renamed(self):
        product = {"res_model": "product.product", "res_id": self.product.id}
        self._told(
            self._web("web.product", props={"name": "Tea"}, **product),
            self._web("web.product", 9, props={"name": "Tea, green"}, **product),
            self._web("web.product", 10, props={"product": self.product.id}),
        )
        row = self._rows(kind="web.product")
        self.assertEqual((row.count, row.res_id, row.label), (3, self.product.id, "Tea, green"))

    def test_visible_time_is_that_of_the_view(self):
        view = self._web(path="/a")
        leave = {"view": view["uid"], "seconds": 12.4}
        self._told(view, self._web("web.leave", 30, path="/a", props=leave))
        self.assertEqual(self._rows(kind="web.page").seconds, 12)
        self.assertFalse(self._rows(kind="web.leave"))
        nonsense = {"view": "x", "seconds": "many"}
        self._told(self._web("web.leave", 40, path="/a", props=nonsense))
        self.assertEqual(self._rows(kind="web.page").seconds, 12)

    def test_machines_are_counted_apart(self):
        self._told(self._web(verdict="machine"), self._web(visit="v2", device="d2"))
        row = self._rows(kind="web.page")
        self.assertEqual((row.count, row.visitors, row.machine_count), (1, 1, 1))

    def test_a_verdict_revised_later(self):
        self._told(self._web(second=-86400, path="/yesterday"))
        self.assertEqual(self._rows(label="/yesterday").count, 1)
        self._told(*(self._web(second=number / 10) for number in range(41)))
        row = self._rows(label="/yesterday")
        self.assertEqual((row.count, row.machine_count), (0, 1))

    def test_a_source_known_later(self):
        self._told(self._web(path="/a"))
        self.assertEqual(self._rows(label="/a").source, "direct")
        self._told(self._web(second=-86400, path="/", referrer_host="t.co"))
        self.assertEqual(self._rows(label="/a").source, "x")

    def test_days_are_those_of_the_company(self):
        evening = {"at": datetime(2026, 3, 2, 23, 30)}
        self._told({**self._web(path="/late"), "occurred_at": evening["at"]})
        self.assertEqual(self._rows(label="/late").day, DAY)
        self.company.ecrm_timezone = "Europe/Brussels"
        self.daily._rebuild()
        self._digest()
        self.assertEqual(self._rows(label="/late").mapped("day"), [DAY + timedelta(days=1)])
        self.company.ecrm_timezone = "America/Los_Angeles"
        self.daily._rebuild()
        self._digest()
        self.assertEqual(self._rows(label="/late").mapped("day"), [DAY])

    def test_days_of_23_and_of_25_hours(self):
        self.company.ecrm_timezone = "Europe/Brussels"
        instants = {
            # clocks go forward on 29 March, 1:00 UTC
            "2026-03-28 22:59:59": date(2026, 3, 28),
            "2026-03-28 23:00:00": date(2026, 3, 29),
            "2026-03-29 21:59:59": date(2026, 3, 29),
            "2026-03-29 22:00:00": date(2026, 3, 30),
            # and back on 26 October, 1:00 UTC
            "2025-10-25 21:59:59": date(2025, 10, 25),
            "2025-10-25 22:00:00": date(2025, 10, 26),
            "2025-10-26 22:59:59": date(2025, 10, 26),
            "2025-10-26 23:00:00": date(2025, 10, 27),
        }
        self._told(
            *(
                {**self._web(path=f"/{number}", visit=f"v{number}"), "occurred_at": at}
                for number, at in enumerate(instants)
            )
        )
        told = [self._rows(label=f"/{number}").day for number in range(len(instants))]
        self.assertEqual(told, list(instants.values()))

    def test_a_day_noted_often_is_counted_once(self):
        self._told(self._web())
        for _time in range(3):
            self.env["ecrm.change"].note("ecrm.web.day", [self.website.id], key=str(DAY))
        self.assertEqual(self.daily._digest(), 1)
        self.assertEqual(self.daily._digest(), 0)

    def test_erased(self):
        self._told(self._web())
        self.assertTrue(self._rows())
        self.log.erase(self._identity("d1").ids)
        self._digest()
        self.assertFalse(self._rows())

    def test_any_order_and_rebuilt(self):
        for seed in range(3):
            dice = random.Random(seed)
            events = [
                self._web(
                    dice.choice(["web.page", "web.product", "web.search", "web.leave"]),
                    dice.randint(0, 3 * 86400),
                    f"visit{dice.randint(1, 9)}",
                    f"d{dice.randint(1, 4)}",
                    path=f"/page{dice.randint(0, 3)}",
                    referrer_host=dice.choice([None, "www.bing.com"]),
                    props={"term": "tea", "results": dice.randint(0, 1), "device": "mobile"},
                    verdict=dice.choice(["human", "human", "human", "machine"]),
                )
                for _number in range(80)
            ]
            self.log.append(events)
            self._digest()
            at_once = self._figures()
            self.assertGreater(len(at_once), 5)
            self.daily._rebuild()
            self._digest()
            self.assertEqual(self._figures(), at_once)
            self._forget()
            dice.shuffle(events)
            while events:
                batch, events = events[:7], events[7:]
                self.log.append(batch)
                self._digest()
            self.assertEqual(self._figures(), at_once)
            self._forget()

    def _forget(self):
        self.log.erase(self.env["ecrm.identity"].search([("kind", "=", "device")]).ids)
        self._digest()
        self.assertFalse(self._rows())


@freeze_time(START)
class TestWebDailyCountedOn(TestWebDaily):
    """The same, where a day is so new that it is counted on and not counted anew."""

    allow_inherited_tests_method = True

    def test_is_counted_on(self):
        self._told(self._web(path="/a"))
        self.env.cr.execute("UPDATE ecrm_web_daily SET count = 100 WHERE label = '/a'")
        self.daily.invalidate_model()
        self._told(self._web(second=9, path="/a"))
        self.assertEqual(self._rows(label="/a").count, 101)
        self.daily._rebuild()
        self._digest()
        self.assertEqual(self._rows(label="/a").count, 2)

    def test_what_the_browsers_door_appends(self):
        self._told(self._web(path="/a"))
        browser = self._identity("d1")
        granted = self.env["ecrm.consent"].record(browser, "granted")
        visit = {
            "key": browser.key,
            "partner_id": None,
            "consent_id": granted.id,
            "website_id": self.website.id,
            "company_id": self.company.id,
            "verdict": "human",
            "reasons": "",
        }
        row = {
            "uid": str(uuid.uuid4()),
            "occurred_at": (START + timedelta(seconds=9)).isoformat(),
            "kind": "web.page",
            "session_key": "v1",
            "path": "/a",
            "props": {},
        }
        self.assertEqual(self.log.receive(visit, [row]), 1)
        self.log.unfold()
        note = self.env["ecrm.change"].search([("model", "=", "ecrm.web.day")])
        self.assertEqual(note.mapped("key"), [f"{DAY} {browser.id}"])
        self._digest()
        self.assertEqual(self._rows(label="/a").count, 2)


class TestAnonymousCounts(DailyCase):
    def _count(self, **values):
        return {
            "website_id": self.website.id,
            "company_id": self.company.id,
            "kind": "web.page",
            "label": "/a",
            "source": "direct",
            "device": "mobile",
            **values,
        }

    def test_added_up(self):
        counts = self.env["ecrm.web.count"]
        counts._append([self._count(), self._count(), self._count(label="/b", count=5)])
        self.assertEqual(counts.search_count([]), 3)
        self._digest()
        self.assertFalse(counts.search_count([]))
        counts._append([self._count()])
        self._digest()
        a, b = self._rows(label="/a"), self._rows(label="/b")
        self.assertEqual((a.count, b.count), (3, 5))
        self.assertTrue(a.anonymous and b.anonymous)
        self.assertFalse(a.visitors)

    def test_one_insert(self):
        rows = [self._count() for _number in range(20)]
        self.env["ecrm.web.count"]._append(rows)  # fills the caches
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["ecrm.web.count"]._append(rows)

    @freeze_time("2026-03-02 23:30:00")
    def test_the_day_is_the_companys(self):
        self.company.ecrm_timezone = "Asia/Tokyo"
        self.env["ecrm.web.count"]._append([self._count()])
        self._digest()
        self.assertEqual(self._rows().day, date(2026, 3, 3))

    def test_beside_what_the_log_tells(self):
        self.env["ecrm.web.count"]._append([self._count(day="2026-03-02")])
        self._told(self._web(path="/a", props={"device": "mobile"}))
        self.assertEqual(sorted(self._rows(label="/a").mapped("anonymous")), [False, True])
        self.daily._rebuild()
        self._digest()
        self.assertEqual(sorted(self._rows(label="/a").mapped("anonymous")), [False, True])

    def test_nothing_leads_to_a_person(self):
        names = set(self.env["ecrm.web.count"]._fields)
        told = {"day", "website_id", "company_id", "kind", "label", "source", "device", "count"}
        self.assertEqual(names - {"id", "display_name"}, told)


@freeze_time(START + timedelta(days=2))
class TestWebReports(DailyCase):
    def test_viewed_but_not_bought(self):
        sold = self.product
        unsold = self.env["product.product"].create({"name": "Cup", "type": "service"})
        for product in (sold, unsold):
            seen = {"res_model": "product.product", "res_id": product.id}
            self._told(
                self._web("web.product", **seen),
                self._web("web.product", 9, visit="v2", device="d2", **seen),
                self._web("web.cart_add", 10, **seen),
            )
        values = {"company_id": self.company.id}
        if "website_id" in self.env["sale.order"]._fields:
            values["website_id"] = self.website.id
        self._order(date=START, **values)
        reports = self.env["ecrm.web.product.report"]
        rows = reports.search([("website_id", "=", self.website.id)])
        by_product = {row.product_id: row for row in rows}
        row = by_product[sold]
        self.assertEqual((row.views, row.visitors, row.carts, row.order_count), (2, 2, 1, 1))
        self.assertEqual((row.quantity, row.conversion), (1, 0.5))
        self.assertEqual(by_product[unsold].order_count, 0)
        not_bought = reports.search([("order_count", "=", 0), ("views", ">", 0)])
        self.assertIn(unsold, not_bought.product_id)
        self.assertNotIn(sold, not_bought.product_id)

    def test_searches_that_found_nothing_come_first(self):
        self._told(
            *(self._web("web.search", n, props={"term": "tea", "results": 3}) for n in range(3)),
            self._web("web.search", 9, props={"term": "cofee", "results": 0}),
        )
        rows = self.env["ecrm.web.search.report"].search([("website_id", "=", self.website.id)])
        self.assertEqual(rows.mapped("term"), ["cofee", "tea"])
        self.assertEqual(rows.mapped("searches"), [1, 3])

    def test_pages_of_a_period(self):
        view = self._web(path="/a")
        leave = {"view": view["uid"], "seconds": 20}
        self._told(
            view,
            self._web(second=60, path="/a", uid=str(uuid.uuid4())),
            self._web("web.leave", 20, props=leave),
            self._web(second=-20 * 86400, path="/a", visit="v0"),
        )
        reports = self.env["ecrm.web.page.report"]
        domain = [("website_id", "=", self.website.id)]
        self.assertEqual(reports.search(domain).views, 3)
        self.env.invalidate_all()
        row = reports.with_context(ecrm_days=7).search(domain)
        self.assertEqual((row.views, row.seconds, row.last_day), (2, 10, DAY))
        self.env.invalidate_all()
        self.assertEqual(reports.with_context(ecrm_days="1; DROP").search(domain).views, 3)

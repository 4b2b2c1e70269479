from datetime import timedelta

from freezegun import freeze_time

from .test_sessions import START
from .test_web_daily import DailyCase

#: Kinds that carry points, and that a browser tells.
KINDS = ("web.page", "web.product", "web.search")


@freeze_time(START + timedelta(hours=1))
class TestLateVerdict(DailyCase):
    """A machine that its pace gave away counts nowhere, from the first act of its visit on."""

    maxDiff = None

    def setUp(self):
        super().setUp()
        # somebody who is known, and was here before
        self._tell(self._web(visit="before", second=-900, path="/before", verdict="human"))
        self._identity("d1").link(self.customer, "login")
        self._tell()
        self.before = self._figures_that_count()
        acts = [
            self._web(kind, 7 * n * n, path="/a", verdict="human", props={"term": "tea"})
            for n, kind in enumerate(KINDS)
        ]
        self._tell(*acts)

    def _tell(self, *events):
        """Append events, and do what the cron does every minute."""
        self.log.append(list(events))
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def _look_like_a_clock(self):
        """Look at a page every 20 seconds, as nobody does but a script."""
        self._tell(*(self._web(second=300 + 20 * n, verdict="human") for n in range(21)))

    def _mend(self):
        """Bring late what was not told in time: the pace is none of a clock."""
        self._tell(self._web(second=509, verdict="human"))

    def _figures_that_count(self):
        """Return what screens and scores count: all of it has to know of the verdict."""
        identity = self._identity("d1")
        daily = self._rows(day=START.date())
        profile = self.env["ecrm.profile"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )
        not_by_machines = [("identity_id", "=", identity.id), ("verdict", "!=", "machine")]
        seen = self.log.timeline([identity.id], n=99)
        by_hand = self.log.timeline([identity.id], n=99, verdicts=["human", "unknown"])
        funnel = self.sessions.get_funnel([("website_id", "=", self.website.id)])
        return {
            "engagement": round(profile.engagement or 0, 9),
            "days": sum(daily.mapped("count")),
            "products": sum(daily.filtered(lambda row: row.kind == "web.product").mapped("count")),
            "searches": sum(daily.filtered(lambda row: row.kind == "web.search").mapped("count")),
            "touchpoints": self.env["ecrm.touchpoint"].search_count(not_by_machines),
            "timeline": sum(event["verdict"] == "human" for event in seen),
            "portal": len(by_hand),
            "funnel": funnel[0]["sessions"],
            "live": self.log.live(START - timedelta(hours=1)).get(identity.id),
        }

    def test_found_out_late(self):
        counted = self._figures_that_count()
        for name, figure in counted.items():
            self.assertNotEqual(figure, self.before[name], f"{name} counts people")
        self._look_like_a_clock()
        visit = self.sessions.search([("session_key", "=", "v1")])
        self.assertEqual((visit.verdict, visit.verdict_reasons), ("machine", "clockwork"))
        self.assertEqual(self._figures_that_count(), self.before)
        daily = self._rows(day=START.date())
        self.assertEqual(sum(daily.mapped("machine_count")), len(KINDS) + 21)

    def test_taken_back(self):
        self._look_like_a_clock()
        self._mend()
        visit = self.sessions.search([("session_key", "=", "v1")])
        self.assertEqual((visit.verdict, visit.verdict_reasons), ("human", False))
        counted = self._figures_that_count()
        self.assertEqual(counted["days"], 1 + len(KINDS) + 22)
        self.assertEqual(counted["touchpoints"], counted["days"])
        self.assertEqual(counted["timeline"], counted["days"])
        self.assertEqual(counted["portal"], counted["days"])
        self.assertEqual((counted["products"], counted["searches"], counted["funnel"]), (1, 1, 2))
        self.assertGreater(counted["engagement"], self.before["engagement"])

    def test_in_whatever_order(self):
        """Scores follow the verdict, whether it came before them or after."""
        self._look_like_a_clock()
        one_by_one = self._figures_that_count()
        self.sessions._rebuild()
        self._tell()
        self.assertEqual(self._figures_that_count(), one_by_one)
        self._mend()
        one_by_one = self._figures_that_count()
        self.pipeline.run_now()
        self.assertEqual(self._figures_that_count(), one_by_one)

    def test_the_log_stays_as_it_was_told(self):
        self._look_like_a_clock()
        touchpoints = self.env["ecrm.touchpoint"].search([("session_key", "=", "v1")])
        self.assertEqual(set(touchpoints.mapped("verdict")), {"machine"})
        self.assertEqual(set(touchpoints.mapped("verdict_reasons")), {"clockwork"})
        raw = self.env.execute_query_dict(self.log.visit_events(["v1"]))
        self.assertEqual({event["verdict"] for event in raw}, {"human"})

    def test_an_order_is_no_act_of_the_browser(self):
        """What Odoo's own records say holds, whoever clicked."""
        order = self._web("order.confirmed", 100, res_model="sale.order", res_id=7, value=9)
        self._tell({**order, "verdict": "human"})
        self._look_like_a_clock()
        told = self._touchpoints(kind="order.confirmed")
        self.assertEqual(told.verdict, "human")
        visit = self.sessions.search([("session_key", "=", "v1")])
        self.assertEqual(visit.verdict, "machine")

    def test_a_machine_from_the_start_keeps_its_own_reasons(self):
        bot = self._web(visit="bot", device="b1", verdict="machine", verdict_reasons="headless")
        self._tell(bot)
        touchpoint = self.env["ecrm.touchpoint"].search([("uid", "=", bot["uid"])])
        self.assertEqual((touchpoint.verdict, touchpoint.verdict_reasons), ("machine", "headless"))

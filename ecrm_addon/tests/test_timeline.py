from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import EcrmCase


class TestTimeline(EcrmCase):
    """What the tab "Customer 360" shows below the scores."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "ecrm_reader",
            "ecrm_addon.group_ecrm_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.timeline = cls.env["ecrm.touchpoint"].with_user(cls.user)

    def _read(self, partner=None, limit=30, **kwargs):
        """Return all rows, page by page."""
        rows, cursor = [], None
        for _page in range(100):
            page = self.timeline.get_timeline(
                (partner or self.customer).id, before=cursor, limit=limit, **kwargs
            )
            rows += page["rows"]
            events = [row for row in page["rows"] if row["key"].startswith("e")]
            self.assertLessEqual(len(events), limit)
            cursor = page["next"]
            if not cursor:
                return rows
        raise AssertionError("the timeline does not end")

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def test_newest_first(self):
        self.log.append(
            [self._event(at=f"2026-01-0{day} 10:00:00", path=f"/{day}") for day in (2, 3, 1)]
        )
        self.assertEqual([row["detail"] for row in self._read()], ["/3", "/2", "/1"])

    def test_pages_have_no_gaps_and_no_doubles_even_at_one_instant(self):
        start = datetime(2026, 1, 1, 10, 0, 0, 123456)
        # seven events each at the same microsecond, on several keys of one customer
        self.log.append(
            [
                self._event(
                    at=(start + timedelta(seconds=n // 7)).isoformat(),
                    path=f"/{n}",
                    **({"identity": {"email": "ann@work.example"}} if n % 2 else {}),
                )
                for n in range(40)
            ]
        )
        self.env["ecrm.identity"].search([("key", "=", "ann@work.example")]).link(
            self.customer, "form"
        )
        for limit in (1, 3, 7, 30, 100):
            rows = self._read(limit=limit)
            self.assertEqual(len({row["key"] for row in rows}), 40, limit)
            self.assertEqual(len(rows), 40, limit)
            instants = [row["at"] for row in rows]
            self.assertEqual(instants, sorted(instants, reverse=True))

    def test_the_last_page_says_so(self):
        self.log.append([self._event() for _n in range(6)])
        self.assertTrue(self.timeline.get_timeline(self.customer.id, limit=5)["next"])
        self.assertFalse(self.timeline.get_timeline(self.customer.id, limit=6)["next"])

    def test_nothing_recorded(self):
        self.assertEqual(self.timeline.get_timeline(self.customer.id), {"rows": [], "next": False})

    def test_a_page_is_never_huge(self):
        self.log.append([self._event() for _n in range(120)])
        page = self.timeline.get_timeline(self.customer.id, limit=100_000)
        self.assertEqual(len(page["rows"]), 100)

    def test_a_broken_cursor_is_refused_in_words(self):
        for cursor in (["yesterday", 1], ["2026-01-01"], "x", [None, None], 7):
            with self.assertRaises(UserError):
                self.timeline.get_timeline(self.customer.id, before=cursor)

    def test_what_is_said_of_an_act(self):
        said = {
            "web.search": ({"term": "tea", "results": 0}, "“tea”: nothing found"),
            "web.cart_add": ({"quantity": 2.0}, "Quantity: 2"),
            "web.checkout": ({"step": "payment"}, "Step: payment"),
            "web.download": ({"file": "a.pdf"}, "a.pdf"),
            "web.page": ({"term": {"x": [1]}, "quantity": "many", "step": 7}, "{'x': [1]}"),
        }
        for kind, (props, _words) in said.items():
            self.log.append([self._event(kind=kind, props=props, path=None)])
        details = {row["kind"]: row["detail"] for row in self._read()}
        self.assertEqual(details, {kind: words for kind, (_, words) in said.items()})

    def test_acts_of_a_visit_name_it_and_leaving_has_no_row(self):
        visit = {"session_key": "visit-1", "company_id": self.env.company.id}
        self.log.append(
            [
                self._event(referrer_host="www.google.com", **visit),
                self._event(kind="web.leave", at="2026-01-01 10:02:00", **visit),
                self._event(kind="chat.started"),
            ]
        )
        while self.env["ecrm.pipeline"]._digest(recompute=False):
            pass
        visits = {row["kind"]: row["visit"] for row in self._read()}
        session = self.env["ecrm.session"].search([("session_key", "=", "visit-1")])
        self.assertEqual(set(visits), {"web.page", "chat.started"})
        self.assertFalse(visits["chat.started"])
        self.assertEqual(
            visits["web.page"],
            {"id": session.id, "source": "google", "device": "", "pages": 1, "seconds": 120},
        )

    def test_channels(self):
        kinds = ("web.page", "email.opened", "chat.started", "loyalty.tier_up")
        self.log.append([self._event(kind=kind) for kind in kinds])
        rows = self._read(channels=["email", "chat"])
        self.assertEqual({row["kind"] for row in rows}, {"email.opened", "chat.started"})
        self.assertEqual(len(self._read(channels=[])), 4)

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _one(self, **values):
        self.log.append([self._event(**values)])
        (row,) = self._read()
        return row

    def test_words_for_a_kind(self):
        row = self._one(kind="email.clicked", props={"url": "https://x.example"})
        kind = self.env["ecrm.touchpoint.kind"].search([("code", "=", "email.clicked")])
        self.assertEqual((row["label"], row["icon"]), (kind.name, kind.icon))
        self.assertEqual(row["detail"], "https://x.example")

    def test_a_kind_that_an_app_made_up(self):
        self.assertEqual(self._one(kind="app.shelf_scanned")["label"], "Shelf scanned")

    def test_value_and_currency(self):
        row = self._one(kind="order.confirmed", value=12.5, company_id=self.env.company.id)
        self.assertEqual(row["value"], 12.5)
        self.assertEqual(row["currency_id"], self.env.company.currency_id.id)
        self.assertEqual(row["at"], "2026-01-01T10:00:00Z")

    def test_what_mail_scanners_did_can_be_left_out(self):
        acts = (("email.clicked", "machine"), ("email.clicked", "human"), ("web.page", "machine"))
        self.log.append([self._event(kind=kind, verdict=verdict) for kind, verdict in acts])
        timeline = self.env["ecrm.touchpoint"].get_timeline
        rows = timeline(self.customer.id, machines=False)["rows"]
        found = {(row["kind"], row["verdict"]) for row in rows}
        self.assertEqual(found, {("email.clicked", "human"), ("web.page", "machine")})
        self.assertEqual(len(timeline(self.customer.id)["rows"]), 3)

    def test_doubt_is_told_only_where_machines_act(self):
        verdicts = {
            ("email.clicked", "machine"): "machine",
            ("email.opened", "unknown"): "unknown",
            ("email.sent", "unknown"): False,
            ("web.page", "unknown"): "unknown",
            ("order.confirmed", "human"): "human",
        }
        self.log.append([self._event(kind=kind, verdict=verdict) for kind, verdict in verdicts])
        found = {row["kind"]: row["verdict"] for row in self._read()}
        self.assertEqual(found, {kind: told for (kind, _v), told in verdicts.items()})

    def test_markup_stays_text(self):
        row = self._one(path="/<script>alert(1)</script>")
        self.assertEqual(row["detail"], "/<script>alert(1)</script>")

    def test_a_company_shows_its_people_and_who_it_was(self):
        firm = self.env["res.partner"].create(
            {
                "name": "Firm",
                "is_company": True,
                "child_ids": [fields.Command.create({"name": "Clerk"})],
            }
        )
        later = self._event(firm.child_ids, at="2026-01-01 10:00:01")
        self.log.append([self._event(firm), later])
        for partner in (firm, firm.child_ids):
            self.assertEqual([row["person"] for row in self._read(partner)], ["Clerk", False])

    def test_the_moment_a_browser_is_recognised(self):
        self.log.append([self._event(identity={"device": "browser-7"}, path="/before")])
        identity = self.env["ecrm.identity"].search([("kind", "=", "device")])
        self.assertFalse(self._read())
        lines = identity.link(self.customer, "login")
        moment, before = self._read()
        self.assertEqual((moment["kind"], before["detail"]), ("identity.linked", "/before"))
        self.assertEqual(
            [row["key"] for row in self._read(limit=1)], [moment["key"], before["key"]]
        )
        self.assertFalse(self._read(channels=["email"]))
        lines.action_undo()
        self.assertFalse(self._read())

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    def _about(self, record, **values):
        return self._one(kind="order.confirmed", res_model=record._name, res_id=record.id, **values)

    def test_a_row_leads_to_its_source(self):
        order = self._order(confirm=False)
        row = self._about(order)
        self.assertEqual(row["name"], order.display_name)
        self.assertEqual(row["source"], {"model": "sale.order", "id": order.id})

    def test_a_source_that_one_may_not_read_has_no_name_and_no_link(self):
        order = self._order(confirm=False)
        self.user.group_ids -= self.env.ref("sales_team.group_sale_salesman_all_leads")
        row = self._about(order, props={"name": order.name})
        self.assertEqual((row["name"], row["source"], row["gone"]), ("", False, False))
        with self.assertRaises(AccessError):
            order.with_user(self.user).read(["name"])

    def test_a_source_that_a_rule_hides(self):
        self.user.group_ids -= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.user.group_ids += self.env.ref("sales_team.group_sale_salesman")
        colleague = new_test_user(self.env, "ecrm_colleague", "sales_team.group_sale_salesman")
        theirs = self._order(confirm=False, user_id=colleague.id)
        mine = self._order(confirm=False, user_id=self.user.id)
        self.log.append(
            [
                self._event(kind="order.quoted", res_model="sale.order", res_id=order.id)
                for order in (theirs, mine)
            ]
        )
        self.assertEqual({row["name"] for row in self._read()}, {"", mine.name})

    def test_a_deleted_source_is_told_as_it_was_noted(self):
        order = self._order(confirm=False)
        noted = {"res_model": "sale.order", "res_id": order.id, "props": {"name": "S1"}}
        order.unlink()
        self.env["ecrm.change"].discard("sale.order")
        row = self._one(kind="order.quoted", **noted)
        self.assertEqual((row["name"], row["source"], row["gone"]), ("S1", False, True))

    def test_a_source_of_a_module_that_is_gone(self):
        row = self._one(kind="app.parked", res_model="parking.lot", res_id=1)
        self.assertEqual((row["source"], row["gone"]), (False, True))

    def test_an_archived_source_is_still_there(self):
        self.product.active = False
        row = self._one(kind="web.product", res_model="product.product", res_id=self.product.id)
        self.assertEqual(row["name"], self.product.display_name)
        self.assertTrue(row["source"])

    def test_the_button_opens_the_source(self):
        order = self._order(confirm=False)
        self._about(order)
        touchpoint = self._touchpoints().with_user(self.user)
        action = touchpoint.action_open_source()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
        self.assertEqual(touchpoint.about, order.name)
        self.user.group_ids -= self.env.ref("sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(UserError):
            touchpoint.action_open_source()

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_a_page_costs_as_many_queries_for_many_rows_as_for_few(self):
        orders = [self._order(confirm=False) for _n in range(30)]
        counts = []
        for batch in (orders[:2], orders[2:]):
            self.log.append(
                [
                    self._event(kind="order.quoted", res_model="sale.order", res_id=order.id)
                    for order in batch
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = self.timeline.get_timeline(self.customer.id)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(page["rows"]), 30)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 15)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def _listed(self, action):
        return self.timeline.search(action["domain"])

    def test_the_stat_button_lists_what_the_customer_did(self):
        self.log.append([self._event(), self._event(self.env.user.partner_id)])
        action = self.customer.with_user(self.user).action_view_ecrm_touchpoints()
        self.assertEqual(self._listed(action), self._touchpoints())

    def test_the_journey_ends_with_the_order(self):
        order = self._order(date="2026-01-05 12:00:00")
        about = {"res_model": "sale.order", "res_id": order.id}
        self.log.append(
            [
                self._event(at="2026-01-01 10:00:00", path="/seen-before"),
                self._event(at="2026-01-05 12:00:00", kind="order.confirmed", **about),
                self._event(at="2026-01-07 10:00:00", path="/seen-after"),
                self._event(at="2026-01-08 10:00:00", kind="order.cancelled", **about),
            ]
        )
        journey = self._listed(order.with_user(self.user).action_view_ecrm_journey())
        self.assertEqual(journey.filtered("path").mapped("path"), ["/seen-before"])
        # what became of the order belongs to its journey, even what came later
        self.assertIn("order.cancelled", journey.mapped("kind"))


class TestCustomerCard(EcrmCase):
    """The scores above the timeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "ecrm_reader", "ecrm_addon.group_ecrm_user")
        cls.cards = cls.env["ecrm.customer.card"].with_user(cls.user)

    def test_of_whom_nothing_is_known(self):
        card = self.cards.get_card(self.customer.id)
        self.assertFalse(card["known"])
        for name in ("scope", "tier", "score", "segment", "engagement", "rfm", "computed_at"):
            self.assertFalse(card[name], name)

    def test_the_newest_order_is_there_at_once(self):
        self.pipeline.run_now()
        order = self._order(amount=100)
        card = self.cards.get_card(self.customer.id)
        facts = {fact["name"]: fact["value"] for fact in card["facts"]}
        self.assertEqual((facts["order_count"], facts["revenue"]), (1, 100))
        self.assertIs(facts["last_email_at"], False)
        rows = self.env["ecrm.touchpoint"].with_user(self.user).get_timeline(self.customer.id)
        self.assertIn(
            order.name,
            self._touchpoints(kind="order.confirmed").mapped("about"),
        )
        self.assertIn("order.confirmed", [row["kind"] for row in rows["rows"]])
        self.assertEqual(
            card["computed_at"],
            fields.Datetime.to_string(self.customer.ecrm_profile_id.computed_at),
        )

    def test_scores_come_with_their_reasons(self):
        self.env["ecrm.tier"].search([]).active = False
        self.env["ecrm.tier"].create([{"name": "Low"}, {"name": "High", "minimum": 1000}])
        for n in range(6):
            self._order(self.env["res.partner"].create({"name": f"Nr. {n}"}), amount=10 * n + 10)
        self._order(amount=500)
        self.pipeline.run_now()
        card = self.cards.get_card(self.customer.id)
        self.assertEqual((card["tier"]["name"], card["tier"]["next"]), ("Low", "High"))
        self.assertEqual(card["tier"]["progress"], 50)
        self.assertTrue(card["tier"]["why"])
        self.assertTrue(0 <= card["score"]["value"] <= 100)
        self.assertTrue(card["score"]["why"])
        self.assertTrue(card["segment"]["name"])
        self.assertEqual([part["letter"] for part in card["rfm"]], ["R", "F", "M"])
        for part in card["rfm"]:
            self.assertTrue(part["why"])
        self.assertEqual(card["rfm"][2]["score"], 5)

    def test_a_company_says_that_it_counts_its_people(self):
        firm = self.env["res.partner"].create(
            {
                "name": "Firm",
                "is_company": True,
                "child_ids": [fields.Command.create({"name": "Clerk"})],
            }
        )
        self.assertIn("1", self.cards.get_card(firm.id)["scope"])
        self.assertIn("Firm", self.cards.get_card(firm.child_ids.id)["scope"])

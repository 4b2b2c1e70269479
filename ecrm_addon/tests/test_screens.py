from datetime import datetime, timedelta

from odoo.tests import new_test_user

from .test_sessions import START, SessionCase


class ScreensCase(SessionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "screens_user",
            "ecrm_addon.group_ecrm_user",
            company_ids=[(6, 0, (cls.env.company + cls.company).ids)],
        )

    def _as_user(self, model, *companies):
        context = {"allowed_company_ids": [company.id for company in companies]}
        return self.env[model].with_user(self.user).with_context(**context)


class TestFunnel(ScreensCase):
    def test_each_company_sees_its_own_visits(self):
        ours = {"company_id": self.env.company.id, "website_id": None}
        self._told(
            self._web("web.product", visit="v1"),
            self._web("web.cart_add", visit="v2", device="d2"),
            self._web(visit="v3", device="d3", **ours),
        )
        domain = [("session_key", "in", ["v1", "v2", "v3"])]

        def counts(*companies):
            steps = self._as_user("ecrm.session", *companies).get_funnel(domain)
            return [step["sessions"] for step in steps]

        self.assertEqual(counts(self.company), [2, 2, 1, 0, 0])
        self.assertEqual(counts(self.env.company), [1, 0, 0, 0, 0])
        self.assertEqual(counts(self.env.company, self.company), [3, 2, 1, 0, 0])

    def test_who_left_at_a_step_is_who_the_list_shows(self):
        self._told(
            self._web("web.product", visit="v1"),
            self._web("web.product", visit="v2", device="d2"),
            self._web("web.product", visit="v3", device="d3", verdict="machine"),
            self._web("web.cart_add", visit="v4", device="d4"),
        )
        domain = [("session_key", "in", ["v1", "v2", "v3", "v4"])]
        sessions = self._as_user("ecrm.session", self.company)
        product = sessions.get_funnel(domain)[1]
        shown = sessions.search([*domain, ("stage", "=", 1), ("verdict", "!=", "machine")])
        self.assertEqual((product["lost"], product["drop_off"]), (len(shown), 2 / 3))


class TestVisitorNames(ScreensCase):
    def test_nobody_is_without_a_name(self):
        session = self._told(self._web())
        identity = self._identity("d1")
        name = f"Visitor {identity.key[:6]}"
        visitor = self._as_user("ecrm.visitor", self.company).browse(identity.id)
        self.assertEqual((visitor.visitor_name, visitor.display_name), (name, name))
        self.assertEqual(session.display_name, f"{name} 2026-03-02 10:00")
        identity.link(self.customer, "form")
        self._digest()
        self.env.invalidate_all()
        self.assertEqual((visitor.visitor_name, session.visitor_name), ("Ann", "Ann"))

    def test_a_contact_of_another_company_has_a_name_too(self):
        session = self._told(self._web())
        self.customer.company_id = self.env.company
        self._identity("d1").link(self.customer, "form")
        self._digest()
        seen = self._as_user("ecrm.session", self.company).browse(session.id)
        self.env.invalidate_all()
        self.assertEqual(seen.visitor_name, "Ann")

    def test_a_visitor_is_found_by_its_letters(self):
        self._told(self._web())
        key = self._identity("d1").key
        found = self._as_user("ecrm.visitor", self.company).search(
            [("identity_id.key", "=ilike", f"{key[:6]}%")]
        )
        self.assertEqual(found.ids, self._identity("d1").ids)


class TestHelp(ScreensCase):
    def _help(self, user):
        context = {"allowed_company_ids": self.company.ids}
        return [
            self.env[model].with_user(user).with_context(**context).get_empty_list_help("<p>x</p>")
            for model in ("ecrm.session", "ecrm.visitor", "ecrm.web.page.report", "ecrm.web.daily")
        ]

    def test_where_nothing_is_recorded_an_empty_view_says_so(self):
        self.env["website"].search([("company_id", "=", self.company.id)]).ecrm_tracking = "off"
        self.env["ecrm.site"].search([("company_id", "=", self.company.id)]).unlink()
        for message in self._help(self.user):
            self.assertIn("switched off", message)
            self.assertNotIn("res_config_settings_action", message)
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        for message in self._help(admin):
            self.assertIn("ecrm_addon.res_config_settings_action", message)
        self.website.ecrm_tracking = "anonymous"
        visits, visitors, pages, days = self._help(self.user)
        self.assertIn("ecrm_addon.ecrm_web_daily_action", visits)
        self.assertEqual((visitors, pages, days), (visits, "<p>x</p>", "<p>x</p>"))
        self.website.ecrm_tracking = "identified"
        self.assertEqual(set(self._help(self.user)), {"<p>x</p>"})


class TestPages(ScreensCase):
    def test_a_product_is_one_row_whatever_it_was_called(self):
        now = datetime.now()
        about = {"res_model": "product.product", "res_id": self.product.id}
        views = [
            self._web("web.product", path="/shop/tea-1", **about),
            self._web("web.product", path="/shop/tea-1", props={"name": "Tea"}, **about),
            self._web("web.page", path="/shop"),
            self._web("web.page", path="/shop", res_model="website.page", res_id=1),
        ]
        self.log.append([{**view, "occurred_at": now - timedelta(hours=1)} for view in views])
        self._digest()
        rows = self._as_user("ecrm.web.page.report", self.company).search([])
        self.assertEqual({(row.label, row.views) for row in rows}, {("Tea", 2), ("/shop", 2)})
        self.assertEqual(set(rows.mapped("seconds")), {False}, "not known is not 0")


class TestTouchpointsKnownThen(ScreensCase):
    def test_what_a_browser_did_before_it_was_known_was_anonymous(self):
        self._told(self._web(), self._web(second=7200))
        since = START + timedelta(hours=1)
        self._identity("d1").with_context(default_occurred_at=since).link(self.customer, "login")
        self.log.append([self._event(at=START)])  # told by the contact's own key
        events = self._touchpoints()
        self.assertEqual(events.mapped("identity_id.kind"), ["device", "partner"])
        by_kind = [(event.identity_id.kind, event.known_then) for event in events]
        self.assertCountEqual(
            by_kind,
            [("device", "anonymous"), ("partner", "known"), ("device", "known")],
        )


class TestQueryCounts(ScreensCase):
    """Screens take as many queries for many rows as for few."""

    FIELDS = {
        "ecrm.visitor": [
            "is_live", "visitor_name", "last_seen", "live_path", "consent_state", "last_source",
            "device", "session_count", "page_count", "cart_value", "value", "score", "verdict",
        ],
        "ecrm.session": [
            "started_at", "visitor_name", "source", "campaign", "device", "entry_path",
            "page_count", "duration", "stage_name", "value", "verdict",
        ],
    }  # fmt: skip

    def _count(self, model, limit):
        records = self._as_user(model, self.company)
        spec = dict.fromkeys(self.FIELDS[model], {})
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = records.web_search_read([], spec, limit=limit)["records"]
        self.assertEqual(len(rows), limit)
        return self.env.cr.sql_log_count - before

    def test_lists(self):
        visits = [
            self._web(visit=f"v{number}", device=f"d{number}", second=number * 60)
            for number in range(80)
        ]
        self._told(*visits)
        people = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(40)])
        for number, partner in enumerate(people):
            identity = self._identity(f"d{2 * number + 1}")  # the newest is one of these
            identity.link(partner, "form")
            self.env["ecrm.consent"].record(identity, "granted")
        self._digest()
        for model in self.FIELDS:
            self._count(model, 5)  # caches of the registry
            few, many = self._count(model, 5), self._count(model, 80)
            self.assertEqual(few, many, model)
            self.assertLess(many, 25, model)

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from ..demo import clientele, story
from ..demo.ecrm_demo_mailings import STATUS


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The story told in a database without demo data, as far as its modules reach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("base.main_company")
        cls.env = cls.env(user=cls.env.ref("base.user_root"), su=True)
        cls.env = cls.env(context={"allowed_company_ids": company.ids})
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", company, False)
        cls._create_joel()
        cls.mails_before = cls.env["mail.mail"].search_count([])
        cls._load()

    @classmethod
    def _create_joel(cls):
        """Have Odoo's own portal user, who comes with its demo data."""
        if cls.env.ref("base.partner_demo_portal", raise_if_not_found=False):
            return
        users = cls.env["res.users"].with_context(no_reset_password=True)
        joel = users.create(
            {
                "name": "Joel Willis",
                "login": "joel",
                "email": "joel.willis63@example.com",
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )
        cls.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "base.partner_demo_portal", "record": joel.partner_id}]
        )

    @classmethod
    def _load(cls):
        """Load the demo files as the installation does: dates of creation can be given."""
        with patch.object(cls.registry, "ready", False):
            for name in ("ecrm_tier_demo", "res_partner_demo", "ecrm_demo"):
                convert_file(
                    cls.env, "ecrm_addon", f"demo/{name}.xml", {}, mode="init", noupdate=True
                )

    def _profile(self, key):
        customer = self.env["ecrm.demo"]._customer(key).commercial_partner_id
        return self.env["ecrm.profile"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)]
        )

    def _kinds(self, key):
        customer = self.env["ecrm.demo"]._customer(key)
        events = self.env["ecrm.touchpoint"].search([("partner_id", "=", customer.id)])
        return set(events.mapped("kind"))

    def test_segments(self):
        segment = {key: self._profile(key).segment_id for key in story.ORDERS}
        self.assertEqual(segment["maya"], self.env.ref("ecrm_addon.segment_champions"))
        self.assertNotEqual(segment["paolo"], segment["maya"])
        self.assertLessEqual(self._profile("paolo").r_score, 2)
        self.assertGreaterEqual(self._profile("paolo").f_score, 4)
        self.assertEqual(self._profile("ingrid").r_score, 1)
        self.assertGreaterEqual(len(set(segment.values())), 6)

    def test_tiers(self):
        tiers = {self._profile(key).tier_id for key in story.ORDERS}
        self.assertLessEqual({*self.env["ecrm.tier"]._ladder(self.env.company)}, tiers)
        self.assertEqual(self._profile("joel").tier_id, self.env.ref("ecrm_addon.tier_gold"))
        self.assertTrue(all(tier.benefits for tier in tiers if tier))

    def test_moves(self):
        changes = self.env["ecrm.tier.change"]
        self.assertEqual(set(changes.search([]).mapped("move")), {"up", "down"})
        for key in ("maya", "joel"):
            profile = self._profile(key)
            last = changes.search([("partner_id", "=", profile.partner_id.id)], limit=1)
            self.assertEqual(last.to_tier_id, profile.tier_id)
            self.assertLess(last.date, profile.computed_at)

    def test_forecasts(self):
        """Enough customers come and go for a forecast that beats the guess."""
        run = self.env["ecrm.score.run"].search([("company_id", "=", self.env.company.id)], limit=1)
        self.assertEqual((run.status, run.model), ("ok", "mbgnbd"))
        self.assertFalse(run.problem or run.gg_problem or run.value_hidden)
        self.assertLess(run.holdout_mae, run.holdout_naive_mae)
        self.assertLess(run.holdout_brier, run.holdout_base_brier)
        self.assertGreater(run.holdout_auc, run.holdout_naive_auc)
        self.assertGreater(len(run.calibration), 5)
        self.assertGreater(self._profile("maya").clv_12m, self._profile("paolo").clv_12m)
        self.assertGreater(self._profile("paolo").overdue_days, 30)

    def test_clientele(self):
        """Many customers, of whom some are new, some late and some gone."""
        buyers = clientele.draw()
        self.assertEqual(buyers, clientele.draw())
        self.assertEqual(len({buyer.email for buyer in buyers.values()}), clientele.COUNT)
        profiles = self.env["ecrm.profile"].union(*map(self._profile, buyers))
        self.assertEqual(len(profiles), clientele.COUNT)
        self.assertGreater(sum(profile.order_days == 1 for profile in profiles), 50)
        self.assertGreater(sum(profile.overdue_days > 0 for profile in profiles), 30)
        self.assertTrue(any(profile.refunded for profile in profiles))
        self.assertTrue(all(profile.partner_id.user_id for profile in profiles))
        moves = self.env["ecrm.tier.change"].search([("partner_id", "in", profiles.partner_id.ids)])
        self.assertEqual(set(moves.mapped("move")), {"up", "down"})
        self.assertGreater(len({move.date.month for move in moves}), 9)

    def test_refund(self):
        profile = self._profile("hana")
        self.assertEqual(profile.refunded, story.PRODUCTS["workplace"][2])
        self.assertAlmostEqual(profile.monetary, profile.revenue - profile.refunded)
        self.assertIn("order.refunded", self._kinds("hana"))

    def test_foreign_currency(self):
        order = self.env.ref("ecrm_addon.demo_order_lukas_1")
        self.assertNotEqual(order.currency_id, self.env.company.currency_id)
        orders = self.env["sale.order"].search([("partner_id", "=", order.partner_id.id)])
        worth = sum(order.amount_untaxed / order.currency_rate for order in orders)
        self.assertAlmostEqual(self._profile("lukas").revenue, worth, places=1)

    def test_people_of_a_company(self):
        self.assertEqual(self._profile("rosa"), self._profile("annemarie"))
        self.assertEqual(self._profile("rosa").order_count, 6)
        self.assertIn("email.clicked", self._kinds("annemarie"))

    def test_prospect(self):
        self.assertEqual(self._profile("priya").order_count, 0)
        self.assertFalse(self._profile("priya").tier_id)
        self.assertLessEqual({"order.quoted", "web.download"}, self._kinds("priya"))

    def test_history_lies_in_the_past(self):
        first = self._profile("maya").first_order_date
        self.assertGreater((self._profile("maya").last_order_date - first).days, 300)
        confirmed = self.env["ecrm.touchpoint"].search(
            [("kind", "=", "order.confirmed"), ("partner_id", "in", self._customers().ids)]
        )
        self.assertEqual(len({event.occurred_at.date() for event in confirmed}), len(confirmed))

    def test_mailings(self):
        self.assertIn("email.unsubscribed", self._kinds("zoe"))
        self.assertIn("email.replied", self._kinds("maya"))
        self.assertIn("email.bounced", self._kinds("ingrid"))
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails_before)

    def test_what_became_of_mails(self):
        """Each screen of e-mail engagement has something to show, and Odoo's traces agree."""
        messages = self.env["ecrm.email.message"].search([])
        states = {"delivered", "opened", "clicked", "replied", "bounced", "complained", "deferred"}
        self.assertLessEqual(states | {"unsubscribed"}, set(messages.mapped("state")))
        events = self.env["ecrm.email.event"].search([("type", "=", "opened")])
        self.assertLessEqual({"human", "machine", "proxy"}, set(events.mapped("verdict")))
        self.assertTrue(self.env["ecrm.email.order"].search([]))
        reports = self.env["ecrm.mailing.report"]
        campaigns = reports._read_group(
            [("mailing_id", "in", self._mailings().ids)], ["campaign_id"]
        )
        self.assertEqual(len(campaigns), len(story.CAMPAIGNS))
        self.assertIsNotNone(self.env["ecrm.email.health"].get_overview()["score"])
        for key, reactions in story.REACTIONS.items():
            for mailing, outcome in reactions.items():
                trace = self.env.ref(f"ecrm_addon.demo_trace_{mailing}_{key}")
                message = messages.filtered(lambda one, ref=trace.id: one.trace_id == ref)
                self.assertEqual(bool(message.human_open_count), outcome[0] == "o", trace.email)
                self.assertEqual(bool(message.human_click_count), "c" in outcome, trace.email)
                self.assertEqual(trace.trace_status, STATUS[outcome[-1]])

    def test_identities(self):
        maya, joel = map(self.env["ecrm.demo"]._customer, ("maya", "joel"))
        lines = self.env["ecrm.identity.link"].search([("partner_id", "in", (maya + joel).ids)])
        self.assertLessEqual(
            {("merged", maya), ("linked", joel)},
            {(line.action, line.partner_id) for line in lines},
        )
        browser = self.env["ecrm.identity"].search(
            [("kind", "=", "device"), ("partner_id", "=", joel.id)]
        )
        self.assertEqual(browser.link_ids.evidence, "login")

    def test_quarantine(self):
        refused = self.env["ecrm.quarantine"].search([])
        self.assertEqual(set(refused.mapped("reason")), {"unknown kind", "date in the future"})

    def test_visits(self):
        """Each screen of the website has something to show."""
        sessions = self.env["ecrm.session"].search([])
        self.assertEqual(set(sessions.mapped("stage")), {0, 1, 2, 3, 4})
        self.assertTrue(all(step["sessions"] for step in sessions.get_funnel()))
        self.assertTrue(self.env["ecrm.visitor"].search_count([("is_live", "=", True)]))
        states = self.env["ecrm.visitor"].search([]).mapped("consent_state")
        self.assertLessEqual({"granted", "withdrawn", "refused"}, set(states))
        self.assertTrue(self.env["ecrm.web.search.report"].search([("zero_results", ">", 0)]))
        self.assertTrue(self.env["ecrm.web.page.report"].search([("seconds", ">", 0)]))
        self.assertTrue(self.env["ecrm.web.product.report"].search([("views", ">", 0)]))

    def test_somebody_becomes_known(self):
        """Anonymous visits, the moment, the order: in one history."""
        noah = self.env["ecrm.demo"]._customer("noah")
        rows = self.env["ecrm.touchpoint"].get_timeline(noah.id, channels=["web"])["rows"]
        kinds = [row["kind"] for row in reversed(rows)]
        moment = kinds.index("identity.linked")
        self.assertIn("web.product", kinds[:moment])
        self.assertNotIn("web.leave", kinds)
        order = self.env["sale.order"].search([("partner_id", "=", noah.id)])
        self.assertEqual(order.ecrm_session_id.order_count, 1)
        self.assertEqual(order.ecrm_session_id.partner_id, noah)

    def test_twice(self):
        models = (
            "sale.order",
            "account.move",
            "mailing.trace",
            "website.track",
            "ecrm.email.message",
            "ecrm.email.event",
            "ecrm.email.link",
            "ecrm.email.order",
            "link.tracker.click",
            "ecrm.touchpoint",
            "ecrm.session",
            "ecrm.consent",
            "ecrm.identity.link",
            "ecrm.quarantine",
            "ecrm.tier.change",
            "ecrm.profile",
            "ir.model.data",
        )
        before = {model: self.env[model].search_count([]) for model in models}
        self._load()
        self.assertEqual({model: self.env[model].search_count([]) for model in models}, before)

    def _mailings(self):
        refs = [self.env.ref(f"ecrm_addon.demo_mailing_{key}") for key in story.MAILINGS]
        return self.env["mailing.mailing"].union(*refs)

    def _customers(self):
        customers = [self.env["ecrm.demo"]._customer(key) for key in story.ORDERS]
        return self.env["res.partner"].union(*customers)

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import new_test_user

from .common import EcrmCase

#: Pages that are no view: tag of the action -> what they call.
PAGES = {
    "ecrm_cohorts": ("ecrm.cohort.report", "get_cohorts"),
    "ecrm_email_overview": ("ecrm.email.health", "get_overview"),
    "ecrm_feedback_overview": ("ecrm.feedback.overview", "get_overview"),
}


class BackOfficeCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "ecrm_addon.group_ecrm_"
        cls.user = new_test_user(cls.env, "ecrm_user", group + "user")
        cls.marketer = new_test_user(cls.env, "ecrm_marketer", group + "marketer")
        cls.manager = new_test_user(cls.env, "ecrm_manager", group + "manager")


class TestMenus(BackOfficeCase):
    def _actions(self, user):
        """Return the actions behind the menus of ours that a user sees."""
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids()).sudo()
        root = self.env.ref("ecrm_addon.ecrm_menu_root")
        ours = visible.filtered(lambda menu: menu.parent_path.startswith(root.parent_path))
        return [self._window(menu.action, user) for menu in ours if menu.action]

    def _window(self, action, user):
        """Return what a menu opens, if it is code that says so."""
        if action.type != "ir.actions.server":
            return action
        opened = action.with_user(user).run()
        return self.env[opened["type"]].browse(opened["id"])

    def test_each_role_can_open_each_menu_it_sees(self):
        self._order()
        self.log.append([self._event(), self._event(kind="web.nonsense")])
        self.pipeline.run_now()
        counts = []
        for user in (self.user, self.marketer, self.manager):
            actions = self._actions(user)
            counts.append(len(actions))
            for action in actions:
                with self.subTest(user=user.login, action=action.name):
                    self._open(action, user)
        self.assertEqual(counts, sorted(counts))
        self.assertGreater(counts[0], 5)

    def _open(self, action, user):
        if action.type == "ir.actions.client":
            self._open_page(action, user)
            return
        records = self.env[action.res_model].with_user(user)
        records.check_access("read")
        views = records.get_views(
            [(False, mode) for mode in action.view_mode.split(",")]
            + [(action.search_view_id.id, "search")]
        )["views"]
        for mode in ("list", "kanban", "form"):
            if mode not in views:
                continue
            names = etree.fromstring(views[mode]["arch"]).xpath(
                "//field[not(ancestor::field)]/@name"
            )
            # pylint: disable-next=no-search-all
            records.search([], limit=5).web_read(dict.fromkeys(names, {}))

    def _open_page(self, action, user):
        """Ask what a page of our own asks, see its component."""
        model, method = PAGES[action.tag]
        self.assertTrue(getattr(self.env[model].with_user(user), method)())

    def test_every_list_says_what_to_do_when_it_is_empty(self):
        for action in self._actions(self.manager):
            if action.type == "ir.actions.client":
                continue  # the page itself says so, as its own tests hold
            self.assertIn("o_view_nocontent", action.help or "", action.name)


class TestHealth(BackOfficeCase):
    def _figures(self):
        return self.env["ecrm.health"].with_user(self.marketer).figures()

    def test_figures(self):
        before = self._figures()
        self.log.append([self._event(), self._event(kind="web.nonsense")])
        self.env["ecrm.change"].note("res.partner", self.customer.ids)
        after = self._figures()
        self.assertEqual(after["refused"] - before["refused"], 1)
        self.assertGreater(after["queue"], before["queue"])
        self.assertTrue(after["log"]["last_event"])

    def test_overdue_privacy_requests(self):
        """Whoever answers them is told; whoever may not see them is told nothing."""
        health = self.env["ecrm.health"].with_user(self.manager)
        before = health.figures()["overdue"]
        long_ago = fields.Datetime.now() - timedelta(days=40)
        self.env["ecrm.privacy.request"].create({"email": "ada@example.com", "asked_at": long_ago})
        self.assertEqual(health.figures()["overdue"], before + 1)
        self.assertIsNone(self._figures()["overdue"])

    def test_scheduled_jobs(self):
        cron = self.env.ref("ecrm_addon.ir_cron_pipeline")
        now = fields.Datetime.now()
        for values, state in (
            ({"nextcall": now + timedelta(minutes=1)}, "fine"),
            ({"nextcall": now - timedelta(hours=1)}, "late"),
            ({"failure_count": 2}, "failing"),
            ({"active": False}, "off"),
        ):
            cron.write(values)
            self.assertEqual(self._figures()["crons"][0]["state"], state)

    def test_run_now_says_what_came_of_it(self):
        self._order()
        collectors = self.env["ecrm.collector"].with_user(self.manager)
        action = collectors.action_run_now()
        self.assertIn("touchpoints stored", action["params"]["message"])
        self.assertTrue(self._touchpoints(kind="order.confirmed"))

    def test_a_collector_tells_how_long_it_takes(self):
        self.pipeline.run_now()
        line = self.env["ecrm.collector"].search([], limit=1)
        line.write({"state": "backfill", "total": 1000, "done": 250, "seconds": 50})
        self.assertEqual((line.progress, line.rate), (25, 5))
        self.assertEqual(line.time_left, "2 minutes")
        line.state = "live"
        self.assertFalse(line.time_left)


class TestLinkWizard(BackOfficeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create({"name": "Ann again"})
        cls.log.append(
            [
                cls._event(identity={"device": "browser-1"}),
                cls._event(identity={"device": "browser-2"}),
                cls._event(identity={"device": "browser-3"}),
            ]
        )
        cls.devices = cls.env["ecrm.identity"].search([("kind", "=", "device")], order="id")
        cls.devices[:2].link(cls.double, "login")

    def _link(self, identities, **values):
        wizard = self.env["ecrm.identity.link.wizard"].with_user(self.manager)
        wizard = wizard.with_context(active_model="ecrm.identity", active_ids=identities.ids)
        wizard = wizard.create({"partner_id": self.customer.id, **values})
        self.assertEqual(wizard.previous_partner_ids, identities.partner_id)
        wizard.action_link()

    def test_only_what_is_chosen_is_linked(self):
        self._link(self.devices[0] | self.devices[2])
        self.assertEqual(self.devices.mapped("partner_id.name"), ["Ann", "Ann again"])
        self.assertEqual(self.devices[1].partner_id, self.double)

    def test_the_same_person_moves_as_a_whole(self):
        self._link(self.devices[0] | self.devices[2], same_person=True, note="told us")
        self.assertEqual(self.devices.partner_id, self.customer)
        self.assertEqual(set(self.devices.link_ids.mapped("note")), {False, "told us"})


class TestRfmGrid(BackOfficeCase):
    def test_the_grid_counts_the_scored_customers_best_first(self):
        profiles = self.env["ecrm.profile"]
        for n, scores in enumerate(((5, 5), (5, 1), (1, 1), (False, False))):
            profiles.create(
                {
                    "partner_id": self.env["res.partner"].create({"name": str(n)}).id,
                    "company_id": self.env.company.id,
                    "r_score": scores[0],
                    "f_score": scores[1],
                    "m_score": scores[0],
                }
            )
        report = self.env["ecrm.rfm.report"].with_user(self.user)
        groups = report.formatted_read_group(
            [("company_id", "=", self.env.company.id)], ["recency"], ["__count"]
        )
        labels = dict(report._fields["recency"]._description_selection(self.env))
        self.assertEqual(
            [(labels[group["recency"]], group["__count"]) for group in groups],
            [("R5 bought lately", 2), ("R1 long ago", 1)],
        )

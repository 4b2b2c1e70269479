import ast
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .churn_case import NIGHT, ChurnCase


class TestAnswer(ChurnCase):
    """What becomes of an alert: ordered again, done, snoozed, dismissed, wrong, forgotten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._late(100, email="ann.churn@example.org")

    def setUp(self):
        super().setUp()
        self.alert = self._night()

    def _on(self, days):
        """Return the clock some days after the alert, at noon."""
        return freeze_time(f"{NIGHT + timedelta(days=days)} 12:00:00")

    def _told_after(self, days):
        return self._night(NIGHT + timedelta(days=days))

    # ------------------------------------------------------------
    # ORDERED
    # ------------------------------------------------------------

    def test_ordered_again(self):
        mails = self.env["mail.mail"].search_count([])
        with self._on(4):
            self._order(self.ann, 250, company_id=self.company.id)
        self.env.invalidate_all()
        self.assertEqual(self.alert.state, "answered")
        self.assertEqual((self.alert.answer_days, self.alert.answer_amount), (4, 250))
        self.assertEqual(self.alert.answered_on, NIGHT + timedelta(days=4))
        self.assertFalse(self._activities(self.ann))
        (done,) = self._activities(self.ann, active_test=False)
        self.assertEqual(
            done.feedback, "Ordered for 250.00\xa0€ on 05/05/2026, 4 days after the alert."
        )
        message = self.ann.message_ids[0]
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))
        self.assertIn("4 days after the alert", message.body)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_ordered_again_and_late_again(self):
        with self._on(1):
            self._order(self.ann, 250, company_id=self.company.id)
        again = self._told_after(100)
        self.assertEqual((again.partner_id, str(again.last_order_date)), (self.ann, "2026-05-02"))
        self.assertEqual(self.alert.state, "answered")

    def test_ordered_after_it_was_done(self):
        self.alert.activity_id.action_done()
        self._buy(self.ann, 70, str(NIGHT + timedelta(days=2)))
        self._buy(self.ann, 30, str(NIGHT + timedelta(days=2)))
        self._buy(self.ann, 500, str(NIGHT + timedelta(days=9)))
        self.assertFalse(self._told_after(10))
        self.assertEqual((self.alert.state, self.alert.answer_amount), ("answered", 100))
        self.assertFalse(self.alert.snoozed_until)

    def test_an_order_entered_late(self):
        """Nobody was late, so the alert was wrong."""
        self._buy(self.ann, 70, "2026-04-25")
        self.assertFalse(self._told_after(1))
        self.assertFalse(self.alert.exists())
        self.assertFalse(self._activities(self.ann, active_test=False))

    # ------------------------------------------------------------
    # DONE, SNOOZED, DISMISSED
    # ------------------------------------------------------------

    def test_done(self):
        with self._on(0):
            self.alert.activity_id.with_user(self.seller).action_feedback("Called")
        self.assertEqual(self.alert.state, "done")
        self.assertEqual(self.alert.snoozed_until, NIGHT + timedelta(days=30))
        self.assertFalse(self._told_after(29))
        self.assertEqual(self._told_after(30).partner_id, self.ann)

    def test_done_of_a_slow_rhythm(self):
        slow = self._late(500, last="2026-01-01", every=60)
        alert = self._told_after(1)
        self.assertEqual(alert.partner_id, slow)
        with self._on(1):
            alert.activity_id.action_done()
        self.assertEqual(alert.snoozed_until, NIGHT + timedelta(days=61))

    def test_the_activity_was_cancelled(self):
        with self._on(0):
            self.alert.activity_id.unlink()
        self.assertEqual(self.alert.state, "done")
        self.assertFalse(self._told_after(1))

    def test_the_activity_was_archived_or_moved(self):
        self.alert.activity_id.date_deadline = NIGHT + timedelta(days=9)
        self.assertFalse(self._told_after(1))
        self.assertEqual(self.alert.state, "open")
        self.alert.activity_id.active = False
        self.assertFalse(self._told_after(2))
        self.assertEqual(self.alert.state, "done")

    def test_snoozed(self):
        profile = self._profile(self.ann)
        for days in (30, 60, 90):
            with self._on(0):
                profile.with_context(ecrm_snooze_days=days).action_churn_snooze()
            self.assertEqual(self.alert.state, "snoozed")
            self.assertEqual(self.alert.snoozed_until, NIGHT + timedelta(days=days))
            self.assertFalse(self._activities(self.ann, active_test=False))
        self.assertFalse(self._told_after(89))
        self.assertEqual(self._told_after(90).partner_id, self.ann)
        self.assertEqual(self.alert.state, "snoozed", "history")

    def test_snoozed_before_anybody_was_told(self):
        self.alert._drop()
        profile = self._profile(self.ann)
        with self._on(0):
            profile.action_churn_snooze()
        row = self.alerts.search([("partner_id", "=", self.ann.id)])
        self.assertEqual((row.state, row.user_id.id), ("snoozed", False))
        self.assertFalse(self._told_after(29))
        with self._on(29):
            self._order(self.ann, 10, company_id=self.company.id)
        self.assertFalse(row.exists(), "nobody won anybody back")

    def test_dismissed(self):
        with self._on(0):
            self._profile(self.ann).action_churn_dismiss()
        self.assertEqual(self.alert.state, "dismissed")
        self.assertFalse(self._activities(self.ann, active_test=False))
        self.assertFalse(self._told_after(400))
        self._buy(self.ann, 100, str(NIGHT + timedelta(days=401)))
        again = self._told_after(800)
        self.assertEqual((again.partner_id, self.alert.state), (self.ann, "dismissed"))

    def test_now(self):
        """The button asks neither the cap nor whether somebody snoozed."""
        profile = self._profile(self.ann)
        bob = self._late(80, user_id=False)
        self.company.write({"ecrm_churn_cap": 1, "ecrm_churn_alerts": False})
        self._told_after(0)
        with self._on(0):
            profile.action_churn_snooze()
            boss = self._user("boss", "ecrm_addon.group_ecrm_user")
            profiles = (profile + self._profile(bob)).with_user(boss)
            profiles.action_churn_alert()
            profiles.action_churn_alert()
        self.assertEqual(self._activities(self.ann).user_id, self.seller)
        self.assertEqual(self._activities(bob).user_id, boss)
        self.assertEqual(profile.churn_state, "open")

    # ------------------------------------------------------------
    # GONE
    # ------------------------------------------------------------

    def test_an_objection(self):
        with self._on(1):
            self.alert.activity_id.action_feedback("Called")
            self.assertIn("at risk", str(self.ann.message_ids.mapped("body")))
            identity = self.env["ecrm.identity"].create(
                {"kind": "email", "key": self.ann.email_normalized}
            )
            self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertFalse(self.alert.exists())
        self.assertFalse(self._activities(self.ann, active_test=False))
        self.assertNotIn("at risk", str(self.ann.message_ids.mapped("body")))
        self.assertFalse(self._told_after(60))

    def test_an_erasure(self):
        told = self.env["ecrm.privacy"].export(self.ann)["churn_alerts"]
        self.assertEqual(told[0]["overdue_days"], 31)
        self.env["ecrm.privacy"].erase(self.ann)
        self.assertFalse(self.alert.exists())
        self.assertFalse(self._activities(self.ann, active_test=False))

    def test_an_archived_contact(self):
        self.ann.active = False
        self.assertFalse(self._told_after(1))
        self.assertFalse(self.alert.exists())
        self.assertFalse(self._activities(self.ann, active_test=False))

    def test_a_deleted_contact(self):
        self.env["sale.order"].search([("partner_id", "=", self.ann.id)]).write({"state": "draft"})
        self.env["sale.order"].search([("partner_id", "=", self.ann.id)]).unlink()
        self.ann.unlink()
        self.assertFalse(self._told_after(1))
        self.assertFalse(self.alert.exists())

    def test_merged_contacts(self):
        twin = self._late(80, last="2026-02-27")
        second = self._told_after(0)
        self.assertEqual(second.partner_id, twin)
        with self._on(0):
            self.env["base.partner.merge.automatic.wizard"]._merge(
                [self.ann.id, twin.id], self.ann, extra_checks=False
            )
        self.env.invalidate_all()
        self.assertEqual((self.alert | second).partner_id, self.ann)
        self.assertEqual((self.alert.state, second.state), ("done", "open"))
        self.assertEqual(self._activities(self.ann), second.activity_id)
        self.assertFalse(self._told_after(1))

    def test_removing_the_addon_leaves_no_activities(self):
        self.alert.activity_id.action_done()
        self._late(70)
        self._told_after(1)
        self.alerts._remove_activities()
        activities = self.env["mail.activity"].with_context(active_test=False)
        self.assertFalse(activities.search([("activity_type_id", "=", self.activity_type.id)]))


class TestScreens(ChurnCase):
    """The list of customers at risk, and who may do what there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls._late(100), cls._late(200, user_id=False)
        cls._late(50, last="2026-04-20")
        cls.boss = cls._user("boss", "ecrm_addon.group_ecrm_marketer")
        cls.user = cls._user("user", "ecrm_addon.group_ecrm_user,sales_team.group_sale_salesman")
        cls.ann.user_id = cls.user

    def _risk(self, *domain):
        action = self.profiles.with_user(self.user).action_at_risk()
        late = [*ast.literal_eval(action["domain"]), *domain]
        profiles = self.profiles.with_user(self.user)
        return profiles.search(late, order="revenue_at_risk desc, revenue desc")

    def test_the_list(self):
        self._night()
        with freeze_time(f"{NIGHT} 12:00:00"):
            self.assertEqual(self._risk().partner_id, self.bob + self.ann)
            self.assertEqual(self._risk(("churn_state", "=", "open")).partner_id, self.ann)
            self.assertEqual(self._risk(("churn_state", "=", False)).partner_id, self.bob)
            self.assertEqual(self._risk(("churn_state", "!=", "open")).partner_id, self.bob)
            self.assertEqual(self._risk(("churn_user_id", "=", self.user.id)).partner_id, self.ann)
            self.assertEqual(self._risk(("user_id", "=", False)).partner_id, self.bob)
            self._risk(("partner_id", "=", self.bob.id)).action_churn_snooze()
            current = [("churn_state", "in", [False, "open"])]
            self.assertEqual(self._risk(*current).partner_id, self.ann)
            (profile,) = self._risk(("churn_state", "=", "snoozed"))
            self.assertEqual(profile.churn_until, NIGHT + timedelta(days=30))
        with freeze_time(f"{NIGHT + timedelta(days=30)} 12:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self._risk(*current).partner_id, self.bob + self.ann)
            self.assertFalse(profile.churn_state)
        groups = self._risk().formatted_read_group(
            [("overdue_days", ">", 0)], ["user_id"], ["revenue_at_risk:sum"]
        )
        self.assertIn(self.user.id, [group["user_id"] and group["user_id"][0] for group in groups])

    def test_own_customers_first(self):
        self._night()
        action = self.profiles.with_user(self.user).action_at_risk()
        self.assertTrue(action["context"].get("search_default_mine"))
        action = self.profiles.with_user(self.boss).action_at_risk()
        self.assertFalse(action["context"].get("search_default_mine"))

    def test_customers_of_others(self):
        self.ann.user_id = self.seller
        self._score("2026-05-01")
        profile = self._profile(self.ann)
        with self.assertRaises(AccessError):
            profile.with_user(self.user).action_churn_dismiss()
        self._night()
        alert = self.alerts.search([("partner_id", "=", self.ann.id)])
        with self.assertRaises(AccessError):
            alert.with_user(self.user).action_snooze()
        alert.with_user(self.boss).action_snooze()
        self.assertEqual(alert.state, "snoozed")
        self._profile(self.bob).with_user(self.user).action_churn_snooze()

    def test_rights(self):
        """Who is told needs no rights in eCRM: the activity says it all."""
        self.ann.user_id = self.seller
        alert = self._night()
        activity = alert.activity_id.with_user(self.seller)
        self.assertIn("a year at risk", activity.summary)
        for user in (self.seller, new_test_user(self.env, "churn_portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                alert.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                alert.with_user(user).action_snooze()
            with self.assertRaises(AccessError):
                self._profile(self.ann).with_user(user).action_churn_alert()
        activity.action_feedback("Called")
        self.assertEqual(alert.state, "done")

    def test_another_company(self):
        alert = self._night()[0]
        stranger = new_test_user(self.env, "churn_stranger", "ecrm_addon.group_ecrm_manager")
        self.assertNotIn(self.company, stranger.company_ids)
        with self.assertRaises(AccessError):
            alert.with_user(stranger).action_dismiss()
        with self.assertRaises(AccessError):
            self._profile(alert.partner_id).with_user(stranger).action_churn_snooze()

    def test_queries_of_the_list(self):
        self._night()
        spec = dict.fromkeys(["partner_id", "user_id", "churn_state", "churn_until"], {})

        def count(limit):
            self.env.invalidate_all()
            profiles = self.profiles.with_user(self.user)
            before = self.cr.sql_log_count
            rows = profiles.web_search_read([("overdue_days", ">", 0)], spec, limit=limit)
            self.assertEqual(len(rows["records"]), limit)
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(2))

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .churn_case import NIGHT, ChurnCase


class TestTold(ChurnCase):
    """Who is told of whom, and how many a day."""

    def test_an_activity_for_the_salesperson(self):
        ann = self._late(100)
        alert = self._night()
        # orders on Dec 31, Jan 30 and Mar 1; the next was due on Mar 31
        self.assertEqual((alert.partner_id, alert.user_id, alert.state), (ann, self.seller, "open"))
        self.assertEqual((alert.rhythm_days, alert.overdue_days), (30, 31))
        self.assertEqual((str(alert.last_order_date), alert.date), ("2026-03-01", NIGHT))
        self.assertEqual(alert.revenue_at_risk, self._profile(ann).revenue_at_risk)
        self.assertAlmostEqual(alert.revenue_at_risk, 100 * 365 / 30, 1)
        activity = self._activities(ann)
        self.assertEqual(alert.activity_id, activity)
        self.assertEqual((activity.user_id, activity.date_deadline), (self.seller, NIGHT))
        self.assertTrue(activity.automated)
        self.assertEqual(activity.summary, "31 days late, about 1,217\xa0€ a year at risk")
        self.assertIn("Orders every 30 days, last order on 03/01/2026", activity.note)

    def test_off_by_default(self):
        company = self._company("Coffee House")
        self.assertFalse(company.ecrm_churn_alerts)
        self._late(company=company)
        self.assertFalse(self._night(company=company))

    def test_every_night_and_never_of_the_past(self):
        ann = self._late(100)
        self._score("2026-05-01")
        self.assertFalse(self._activities(ann))
        with freeze_time(f"{NIGHT} 03:00:00"), self.enter_registry_test_mode():
            self.env.ref("ecrm_addon.ir_cron_score").method_direct_trigger()
        self.assertEqual(self._activities(ann).user_id, self.seller)

    def test_no_mail(self):
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        self._late(100)
        self.assertTrue(self._night())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertLessEqual(self.env["mail.message"].search_count([]), messages + 1, "Ann created")

    def test_how_late(self):
        self.company.write({"ecrm_churn_share": 100, "ecrm_churn_days": 40})
        self._late(100, last="2026-03-01")  # 31 days late, every 30
        second = self._late(200, last="2026-02-20")  # 40 days late
        self._late(300, last="2026-02-19", every=45)  # 26 days late
        self.assertEqual(self._night().partner_id, second)
        self.company.write({"ecrm_churn_share": 50, "ecrm_churn_days": 0})
        self.assertEqual(self._night().partner_id.mapped("name"), ["Late for 300", "Late for 100"])

    def test_worth_a_call(self):
        self.company.write({"ecrm_churn_minimum": 1200, "ecrm_churn_months": 3})
        self._late(98)  # 1192 a year
        self._late(500, last="2026-01-01")
        worth = self._late(99)  # 1204 a year
        self.assertEqual(self._night().partner_id, worth)

    def test_the_cap_and_the_next_days(self):
        people = [self._late(amount) for amount in (30, 70, 10, 50, 20, 60, 40)]
        self.company.ecrm_churn_cap = 3
        told = []
        for day in range(4):
            alerts = self._night(NIGHT + timedelta(days=day))
            self.assertFalse(self._night(NIGHT + timedelta(days=day)), "the same night again")
            told.append([int(alert.partner_id.name.split()[-1]) for alert in alerts])
        self.assertEqual(told, [[70, 60, 50], [40, 30, 20], [10], []])
        for partner in people:
            self.assertEqual(len(self._activities(partner)), 1)

    def test_the_cap_is_of_each_salesperson(self):
        self.company.ecrm_churn_cap = 1
        other = self._user("other")
        for amount in (10, 20):
            self._late(amount)
            self._late(amount + 5, user_id=other.id)
        alerts = self._night()
        self.assertEqual({a.user_id: a.partner_id.name for a in alerts}, {
            self.seller: "Late for 20", other: "Late for 25",
        })  # fmt: skip

    def test_without_money_the_largest_revenue_first(self):
        """Nothing but gifts lately: at risk is nothing, and no error."""
        self.company.ecrm_churn_cap = 1
        self._late(0)
        worth = self._late(10)
        self.assertEqual(self._night().partner_id, worth)
        gift = self._night(NIGHT + timedelta(days=1))
        self.assertEqual((gift.partner_id.name, gift.revenue_at_risk), ("Late for 0", False))
        self.assertEqual(gift.activity_id.summary, "32 days late")

    def test_in_the_language_of_the_salesperson(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller.write({"lang": "fr_FR", "tz": "Pacific/Kiritimati"})
        ann = self._late(1000)
        with freeze_time(f"{NIGHT} 20:00:00"):
            self._score()
            self.alerts.tell(self.company)
        activity = self._activities(ann)
        self.assertIn("01/03/2026", activity.note)
        self.assertIn("12\xa0167\xa0€", activity.summary)
        self.assertEqual(activity.date_deadline, NIGHT + timedelta(days=1), "her day is further")

    def test_two_companies(self):
        other = self._company("Coffee House", ecrm_churn_alerts=True)
        ann = self._late(100)
        for number in range(3):
            self._buy(ann, 50, f"2026-0{number + 1}-05", company=other)
        self.assertEqual(self._night().company_id, self.company)
        self.assertFalse(self._night(company=other), "her salesperson does not work there")
        self.seller.company_ids += other
        alert = self._night(company=other)
        self.assertEqual((alert.company_id, alert.user_id), (other, self.seller))
        self.assertEqual(len(self._activities(ann)), 2)

    def test_a_failure_stops_nobody(self):
        """Somebody deleted the type of activities in the database itself."""
        ann = self._late(100)
        self.cr.execute("DELETE FROM mail_activity_type WHERE id = %s", (self.activity_type.id,))
        self.env.invalidate_all()
        ours = "odoo.addons.ecrm_addon.models.ecrm_churn_alert"
        with mute_logger("odoo.sql_db"), self.assertLogs(ours, "ERROR"):
            self.assertFalse(self._night())
        self.assertEqual(self._profile(ann).overdue_days, 31, "scored all the same")

    def test_settings(self):
        with self.assertRaises(ValidationError):
            self.company.ecrm_churn_cap = 0
        with self.assertRaises(ValidationError):
            self.company.ecrm_churn_share = -1
        self.env.user.company_ids += self.company
        settings = self.env["res.config.settings"].with_company(self.company)
        with Form(settings) as form:
            self.assertTrue(form.ecrm_churn_alerts)
            form.ecrm_churn_cap = 2
            form.ecrm_churn_minimum = 80
        form.record.execute()
        self.assertEqual((self.company.ecrm_churn_cap, self.company.ecrm_churn_minimum), (2, 80))

    def test_queries_do_not_grow(self):
        self.company.ecrm_churn_cap = 100

        def count(people):
            for number in range(people):
                self._late(100 + number)
            with freeze_time(f"{NIGHT} 03:00:00"):
                self._score()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.alerts.tell(self.company)
                self.env.flush_all()
                return self.cr.sql_log_count - before

        count(1)
        few, many = count(2), count(25)
        self.assertLessEqual(many, few + 2)


class TestWhom(ChurnCase):
    """The salesperson, else that of the latest order, else the leader, else the fallback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taker, cls.leader, cls.fallback = map(cls._user, ("taker", "leader", "fallback"))
        cls.team = cls.env["crm.team"].create({"name": "Tea", "user_id": cls.leader.id})
        cls.ann = cls._late(100)
        cls.orders = cls.env["sale.order"].search([("partner_id", "=", cls.ann.id)])
        cls.orders.team_id = cls.team
        cls.orders[0].user_id = cls.taker
        cls.company.ecrm_churn_user_id = cls.fallback

    def _told(self):
        self.alerts.search([("company_id", "=", self.company.id)]).sudo()._drop()
        return self._night().user_id

    def test_the_chain(self):
        self.assertEqual(self._told(), self.seller)
        self.ann.user_id = False
        self.assertEqual(self._told(), self.taker)
        self.orders.user_id = False
        self.assertEqual(self._told(), self.leader)
        self.team.user_id = False
        self.assertEqual(self._told(), self.fallback)
        self.company.ecrm_churn_user_id = False
        self.assertFalse(self._told())
        self.assertEqual(self._profile(self.ann).overdue_days, 31, "listed")

    def test_who_left_is_passed_over(self):
        self.seller.active = False
        self.assertEqual(self._told(), self.taker)
        self.taker.write({"company_ids": [(6, 0, self.env.company.ids)],
                          "company_id": self.env.company.id})  # fmt: skip
        self.assertEqual(self._told(), self.leader)
        self.leader.group_ids = self.env.ref("base.group_portal")
        self.assertEqual(self._told(), self.fallback)

    def test_who_may_not_read_the_contact_is_passed_over(self):
        self.env["ir.rule"].create(
            {
                "name": "Not Ann",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "groups": [(6, 0, self.env.ref("sales_team.group_sale_salesman").ids)],
                "domain_force": f"[('id', '!=', {self.ann.id})] if user.id in "
                f"{(self.seller + self.taker + self.leader).ids} else [(1, '=', 1)]",
            }
        )
        bob = self._late(90)
        alerts = self._night()
        self.assertEqual({a.partner_id: a.user_id for a in alerts}, {
            self.ann: self.fallback, bob: self.seller,
        })  # fmt: skip

    def test_nobody_is_told_of_the_public_user(self):
        public = self.env.ref("base.public_partner")
        for order in self.orders:
            self._buy(public, 100, str(order.date_order.date()))
        self.assertEqual(self._night().partner_id, self.ann)

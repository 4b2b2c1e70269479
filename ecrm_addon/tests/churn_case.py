from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import new_test_user

from .score_case import ScoreCase

#: Nobody's clock but this one: the night of the alerts.
NIGHT = date(2026, 5, 1)


class ChurnCase(ScoreCase):
    """A company that tells its salespeople of customers who are late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"ecrm_churn_alerts": True, "ecrm_churn_share": 50})
        cls.alerts = cls.env["ecrm.churn.alert"]
        cls.seller = cls._user("seller")
        cls.activity_type = cls.env.ref("ecrm_addon.mail_activity_type_churn")

    @classmethod
    def _user(cls, login, groups="sales_team.group_sale_salesman", company=None, **values):
        company = company or cls.company
        values = {"company_id": company.id, "company_ids": [(6, 0, company.ids)], **values}
        return new_test_user(cls.env, f"churn_{login}", groups, **values)

    @classmethod
    def _late(cls, amount=100, last="2026-03-01", every=30, company=None, **values):
        """Return a customer who ordered every so many days, up to some day."""
        values = {"name": f"Late for {amount}", "user_id": cls.seller.id, **values}
        partner = cls.env["res.partner"].create(values)
        for number in range(3):
            day = date.fromisoformat(last) - timedelta(days=number * every)
            cls._buy(partner, amount, str(day), company=company, user_id=False)
        return partner

    def _night(self, day=NIGHT, company=None):
        """Score a company and tell its salespeople, as the cron does; return the new alerts."""
        company = company or self.company
        before = self.alerts.search([])
        with freeze_time(f"{day} 03:00:00"):
            self._score(company=company)
            self.alerts.tell(company)
            self.env.flush_all()
        self.env.invalidate_all()
        return self.alerts.search([("id", "not in", before.ids)])

    def _activities(self, partner, **context):
        """Return the activities of alerts of a customer, those done too if asked for."""
        activities = self.env["mail.activity"].with_context(**context)
        return activities.search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", partner.id),
                ("activity_type_id", "=", self.activity_type.id),
            ]
        )

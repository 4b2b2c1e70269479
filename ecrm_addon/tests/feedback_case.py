from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user

from .common import EcrmCase


class FeedbackCase(EcrmCase):
    """A company that asks about everything, a salesperson, and Ann, who ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feedback = cls.env["ecrm.feedback"]
        cls.company = cls.env.company
        cls.company.write(
            {
                "email": "tea@shop.example",
                "ecrm_feedback_order": True,
                "ecrm_feedback_event": "confirmed",
                "ecrm_feedback_nps": True,
                "ecrm_feedback_nps_share": 100,
                "ecrm_feedback_quiet_days": 0,
                "ecrm_quiet_hours": False,
            }
        )
        cls.marc = new_test_user(
            cls.env, "feedback_marc", "sales_team.group_sale_salesman_all_leads", name="Marc"
        )
        cls.topic = cls.env.ref("ecrm_addon.ecrm_topic_feedback")

    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    def _ask(self, record=None, kind="csat"):
        return self.feedback._ask_about(record or self._order(user_id=self.marc.id), kind)

    def _answered(self, score, comment=None, record=None, kind="csat"):
        row = self._ask(record, kind)
        self.assertEqual(row._vote(str(score), comment, "mail"), "saved")
        return row

    def _mails(self, address="ann@example.com"):
        domain = [("email_to", "=", address), ("ecrm_topic_id", "=", self.topic.id)]
        return self.env["mail.mail"].search(domain, order="id")

    def _request(self, **values):
        return self.env["ecrm.request"].create(
            {
                "name": "Broken pot",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def _later(self, row, days):
        """Let a question, and its answer, be so many days old."""
        ago = timedelta(days=days)
        values = {"asked_at": row.asked_at and row.asked_at - ago}
        if row.answered_at:
            values |= {"answered_at": row.answered_at - ago, "changed_at": row.changed_at - ago}
        row.write(values)

    def _run_cron(self):
        """Let the day's job ask, without committing; return what it asked."""
        before = self.feedback.search([])
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *a, **k: 60):
            self.feedback._cron_ask()
        return self.feedback.search([]) - before

    @staticmethod
    def _days_ago(days):
        return fields.Datetime.now() - timedelta(days=days)

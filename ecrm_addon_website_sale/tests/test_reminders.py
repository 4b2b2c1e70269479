from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.mail.tests.common import MockEmail


@tagged("post_install", "-at_install")
class TestReminders(TransactionCase, MockEmail):
    """Reminders of carts, sent by Odoo's own cron."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.send_abandoned_cart_email = True
        cls.website.send_abandoned_cart_email_activation_time = cls._ago(48)
        cls.company = cls.website.company_id
        cls.topic = cls.env.ref("ecrm_addon_website_sale.ecrm_topic_cart")
        cls.tea = cls.env["product.product"].create({"name": "Tea", "list_price": 10})
        cls.bea, cls.cem = cls.people = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@ecrm.example"} for name in ("Bea", "Cem")]
        )
        cls.carts = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "website_id": cls.website.id,
                    "date_order": cls._ago(20),
                    "order_line": [fields.Command.create({"product_id": cls.tea.id})],
                }
                for partner in cls.people
            ]
        )

    @staticmethod
    def _ago(hours):
        return fields.Datetime.now() - timedelta(hours=hours)

    def _reminded(self):
        """Run the cron and return who got a reminder."""
        with self.mock_mail_gateway():
            self.env["website"]._send_abandoned_cart_email()
        return set(self.carts.filtered("cart_recovery_email_sent").partner_id.mapped("name"))

    def _suppress(self, **values):
        self.env["ecrm.suppression"].create(
            {"email_normalized": self.bea.email, "reason": "unsubscribed", **values}
        )

    def test_everybody_who_said_nothing(self):
        self.assertEqual(self._reminded(), {"Bea", "Cem"})

    def test_who_switched_reminders_off(self):
        self._suppress(scope="topic", topic_id=self.topic.id, company_id=self.company.id)
        self.assertEqual(self._reminded(), {"Cem"})

    def test_who_wants_no_marketing(self):
        self._suppress(scope="marketing")
        self.assertEqual(self._reminded(), {"Cem"})

    def test_who_switched_off_something_else(self):
        other = self.env.ref("ecrm_addon.ecrm_topic_news")
        self._suppress(scope="topic", topic_id=other.id)
        self.assertEqual(self._reminded(), {"Bea", "Cem"})

    def test_odoos_blacklist(self):
        self.env["mail.blacklist"]._add(self.bea.email)
        self.assertEqual(self._reminded(), {"Cem"})

    def test_at_night_they_wait_for_the_next_run(self):
        self.company.write({"ecrm_quiet_hours": True, "ecrm_quiet_from": 0, "ecrm_quiet_to": 23.9})
        self.bea.tz = self.cem.tz = "UTC"
        if fields.Datetime.now().hour == 23 and fields.Datetime.now().minute > 50:
            self.skipTest("the last minutes of the day are not quiet here")
        self.assertEqual(self._reminded(), set())
        self.company.ecrm_quiet_hours = False
        self.assertEqual(self._reminded(), {"Bea", "Cem"})

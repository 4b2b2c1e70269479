from datetime import datetime, timedelta

from freezegun import freeze_time

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

    def _remind(self):
        """Run the cron and return the reminders that it put into the queue, by first name."""
        with self.mock_mail_gateway():
            self.env["website"]._send_abandoned_cart_email()
        mails = self._new_mails.filtered(lambda mail: mail.res_id in self.carts.ids)
        names = {cart.id: cart.partner_id.name for cart in self.carts}
        return {names[mail.res_id]: mail for mail in mails}

    def _reminded(self):
        return set(self._remind())

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

    def test_at_night_they_wait_in_the_queue(self):
        self.company.write({"ecrm_quiet_hours": True, "ecrm_timezone": "Europe/Brussels"})
        self.bea.tz = "America/New_York"
        with freeze_time("2026-12-01 22:00:00"):  # 23:00 in Brussels, 17:00 in New York
            self.carts.date_order = self._ago(20)
            self.website.send_abandoned_cart_email_activation_time = self._ago(48)
            mails = self._remind()
        self.assertFalse(mails["Bea"].scheduled_date)
        self.assertEqual(mails["Cem"].scheduled_date, datetime(2026, 12, 2, 7))

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
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

    def test_any_address_of_the_customer(self):
        self.env["ecrm.suppression"].create({"email_normalized": "old@ecrm.example"})
        self.bea.email = "bea@ecrm.example, old@ecrm.example"
        self.assertEqual(self._reminded(), {"Cem"})

    def test_by_hand(self):
        self._suppress(scope="marketing")
        self.env["mail.blacklist"]._add(self.cem.email)
        with self.assertRaisesRegex(UserError, "blacklist.*Unsubscribed"):
            self.carts.action_recovery_email_send()
        self.env["mail.blacklist"]._remove(self.cem.email)
        action = self.carts.action_recovery_email_send()
        self.assertEqual(action["context"]["default_res_ids"], self.carts[1].ids)

    def test_by_a_rule_of_automation(self):
        self.env["mail.blacklist"]._add(self.bea.email)
        with self.mock_mail_gateway():
            self.carts._cart_recovery_email_send()
        self.assertEqual(self._new_mails.mapped("res_id"), self.carts[1].ids)
        self.assertEqual(self._new_mails.ecrm_topic_id, self.topic)
        self.assertEqual(self.carts.mapped("cart_recovery_email_sent"), [True, True])

    def _leave(self, mails):
        """Send mails of the queue, and return them as they left."""
        with self.mock_mail_gateway():
            mails.send()
        return [mail["EmailMessage"] for mail in self._mails]

    def test_each_has_a_way_out(self):
        self.bea.lang = "en_US"
        (message,) = self._leave(self._remind()["Bea"])
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        url = message["List-Unsubscribe"].strip("<>")
        for kind in ("plain", "html"):
            self.assertIn(url, message.get_body([kind]).get_content(), kind)
        told = self.env["ecrm.email.preference"].read_token(url.rpartition("/")[2])
        self.assertEqual(told.preference.email_normalized, self.bea.email)
        self.assertEqual((told.topic, told.preference.company_id), (self.topic, self.company))
        self.assertTrue(told.email_message_ref)
        told.preference.unsubscribe("one-click", told)
        self.carts.cart_recovery_email_sent = False
        self.assertEqual(self._reminded(), {"Cem"})

    def test_by_hand_it_has_one_too(self):
        template = self.env.ref("website_sale.mail_template_sale_cart_recovery")
        context = self.carts[0].action_recovery_email_send()["context"]
        composer = self.env["mail.compose.message"].with_context(**context).create({})
        self.assertEqual(composer.template_id, template)
        with self.mock_mail_gateway():
            composer._action_send_mail()
        messages = [mail["EmailMessage"] for mail in self._mails if "Bea" in mail["email_to"][0]]
        self.assertTrue(messages[0]["List-Unsubscribe"])

    def test_another_mail_of_an_order_is_none(self):
        with self.mock_mail_gateway():
            self.carts[0].message_post(
                body="Hello", subtype_xmlid="mail.mt_comment", partner_ids=self.bea.ids
            )
        self.assertFalse(self._new_mails.ecrm_topic_id)
        self.assertFalse(self._mails[0]["EmailMessage"]["List-Unsubscribe"])

    def test_who_unsubscribes_while_it_waits(self):
        mails = self._remind()
        self._suppress(scope="marketing")
        self.env["mail.blacklist"]._add(self.cem.email)
        self.assertEqual(self._leave(mails["Bea"] | mails["Cem"]), [])
        self.assertEqual({mail.state for mail in mails.values()}, {"cancel"})

    def test_at_night_they_wait_in_the_queue(self):
        self.company.write({"ecrm_quiet_hours": True, "ecrm_timezone": "Europe/Brussels"})
        self.bea.tz = "America/New_York"
        with freeze_time("2026-12-01 22:00:00"):  # 23:00 in Brussels, 17:00 in New York
            self.carts.date_order = self._ago(20)
            self.website.send_abandoned_cart_email_activation_time = self._ago(48)
            mails = self._remind()
        self.assertFalse(mails["Bea"].scheduled_date)
        self.assertEqual(mails["Cem"].scheduled_date, datetime(2026, 12, 2, 7))

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from ..lib.email import engagement
from .common import EcrmCase
from .email_report_case import SENT, EmailReportCase


class EmailCardCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.address = cls.customer.email_normalized
        cls.limits = cls.env["ecrm.email.limits"]
        cls.env.company.write({"ecrm_cap_count": 0, "ecrm_quiet_hours": False})
        cls.user = new_test_user(cls.env, "card_reader", "ecrm_addon.group_ecrm_user")

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _mail(self, days, partner=None):
        partner = partner or self.customer
        number = self.env["ecrm.email.message"].search_count([])
        return self.env["ecrm.email.message"].create(
            {
                "message_id": f"<card-{number}@x.org>",
                "email_normalized": partner.email_normalized,
                "partner_id": partner.id,
                "company_id": self.env.company.id,
                "kind": "mailing",
                "sent_at": self._ago(days),
                "state": "delivered",
            }
        )

    def _click(self, mail, at):
        self.env["ecrm.email.event"].create(
            {
                "type": "clicked",
                "occurred_at": at,
                "source": "test",
                "email_message_ref": mail.id,
                "verdict": "human",
                "is_digested": True,
            }
        )
        self.env["ecrm.email.profile"].renew(mail.partner_id.ids)

    def _card(self, partner=None):
        cards = self.env["ecrm.customer.card"].with_user(self.user)
        return cards.get_card((partner or self.customer).id)["email"]


class TestEmailCard(EmailCardCase):
    """What Customer 360 says of the mails of a contact."""

    def test_of_whom_nothing_is_known(self):
        card = self._card()
        self.assertEqual(card["address"], self.address)
        for name in ("band", "score"):
            self.assertIs(card[name], False, name)
        nobody = self._card(self.env["res.partner"].create({"name": "Nobody"}))
        self.assertIs(nobody["address"], False)
        self.assertIs(nobody["next"], False)

    def test_band_and_score_come_with_their_reasons(self):
        mail = self._mail(70)
        self._click(mail, self._ago(69))
        self._click(mail, self._ago(2))
        card = self._card()
        self.assertEqual(card["band"]["name"], "Engaged")
        self.assertIn("1 received, 0 opened", card["band"]["why"])
        expected = engagement.closed_form([(3, self._ago(69)), (3, self._ago(2))], self.now)
        self.assertAlmostEqual(card["score"]["value"], expected, delta=1e-3)

    def test_the_score_of_each_week(self):
        self._click(self._mail(70), self._ago(69))
        score = self._card()["score"]
        weeks = score["weeks"]
        self.assertEqual(len(weeks), 26)
        # 69 days are nine weeks and six days: ten weeks ago there was nothing
        self.assertIsNone(weeks[-11])
        self.assertAlmostEqual(weeks[-10], 3 * engagement.power(6), delta=1e-3)
        self.assertAlmostEqual(weeks[-1], score["value"], delta=1e-6)

    def test_the_hour_is_the_contacts_own_or_that_of_all(self):
        self.customer.tz = "Asia/Tokyo"
        noon = self.now.replace(hour=0, minute=0) - timedelta(days=20)
        mail = self._mail(30)
        for day in range(5):
            self._click(mail, noon + timedelta(days=day))
        hour = self._card()["hour"]
        self.assertEqual(hour["value"], 9)  # nine hours before UTC
        self.assertIn("Asia/Tokyo", hour["why"])
        other = self.env["res.partner"].create({"name": "Bea", "email": "bea@example.com"})
        self._click(self._mail(3, other), self._ago(2))
        of_all = self.env["ecrm.email.profile"].company_hour()
        hour = self._card(other)["hour"]
        self.assertEqual(hour and hour["value"], False if of_all is None else of_all)


class TestNextSend(EmailCardCase):
    """From when on somebody may be mailed again."""

    def _suppress(self, reason, **values):
        self.env["ecrm.suppression"].sudo().create(
            {"email_normalized": self.address, "reason": reason, "since": self._ago(1), **values}
        )

    def _mailed(self, days):
        """Write down that a mailing left so many days ago."""
        mailing = self.env["mailing.mailing"].create(
            {"subject": "Tea", "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        self.env["mailing.trace"].create(
            {
                "trace_type": "mail",
                "model": "res.partner",
                "res_id": self.customer.id,
                "email": self.address,
                "mass_mailing_id": mailing.id,
                "trace_status": "sent",
                "sent_datetime": self._ago(days),
            }
        )

    def test_nothing_is_in_the_way(self):
        at, why = self.limits.next_send(self.address)
        self.assertEqual(why, "")
        self.assertLessEqual(at, fields.Datetime.now())
        self.assertTrue(self._card()["next"]["is_now"])

    def test_a_pause_ends(self):
        until = self.now + timedelta(days=20)
        self._suppress("paused", expires_at=until)
        self.assertEqual(self.limits.next_send(self.address), (until, "paused"))
        card = self._card()["next"]
        self.assertEqual(card["at"], fields.Datetime.to_string(until))
        self.assertEqual(card["why"], "Paused by the customer")
        self._suppress("complained")
        self.assertIsNone(self.limits.next_send(self.address)[0])
        self.assertIs(self._card()["next"]["at"], False)

    def test_one_topic_is_not_all(self):
        topic = self.env["ecrm.topic"].create({"name": "Tips"})
        self._suppress("unsubscribed", scope="topic", topic_id=topic.id)
        self.assertEqual(self.limits.next_send(self.address)[1], "")

    def test_odoos_blacklist(self):
        self.env["mail.blacklist"]._add(self.address)
        self.assertEqual(self.limits.next_send(self.address), (None, "blocked"))
        self.assertIn("blacklist", self._card()["next"]["why"])

    def test_the_cap_ends_when_the_oldest_mailing_that_counts_is_old_enough(self):
        self.env.company.write({"ecrm_cap_count": 2, "ecrm_cap_days": 7})
        for days in (1, 4, 6):
            self._mailed(days)
        at, why = self.limits.next_send(self.address)
        self.assertEqual((at, why), (self._ago(4) + timedelta(days=7), "cap"))
        asked = self.limits.held_back
        for hours, held in ((-1, True), (1, False)):
            then = at + timedelta(hours=hours)
            self.assertEqual(bool(asked([self.address], at=then)), held, hours)

    def test_as_often_as_the_customer_wants(self):
        self._mailed(2)
        preference = self.env["ecrm.email.preference"].of_address(self.address, self.env.company)
        preference.sudo().frequency = "weekly"
        at, why = self.limits.next_send(self.address)
        self.assertEqual((at, why), (self._ago(2) + timedelta(days=6.5), "frequency"))

    def test_quiet_hours_are_the_customers(self):
        self.env.company.write(
            {"ecrm_quiet_hours": True, "ecrm_quiet_from": 21, "ecrm_quiet_to": 8}
        )
        self.customer.tz = "Asia/Tokyo"
        jobs = self.env["ir.cron.trigger"].search_count([])
        with freeze_time("2026-03-02 15:00:00"):  # midnight in Tokyo
            at, why = self.limits.next_send(self.address)
        self.assertEqual((str(at), why), ("2026-03-02 23:00:00", "quiet"))
        # looking at a contact starts nothing
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), jobs)


class TestRecipientsOfLists(EmailCardCase):
    def test_by_the_band_of_the_contact_with_their_address(self):
        self._click(self._mail(3), self._ago(2))
        recipients = self.env["mailing.contact"].create(
            [
                {"name": "Ann", "email": "Ann <ANN@example.com>"},
                {"name": "Stranger", "email": "stranger@example.com"},
                {"name": "Without"},
            ]
        )
        self.assertEqual(recipients.mapped("ecrm_email_band"), ["engaged", False, False])
        for domain, names in (
            ([("ecrm_email_band", "=", "engaged")], ["Ann"]),
            ([("ecrm_email_band", "in", ["dormant", "lost"])], []),
            ([("ecrm_email_band", "!=", "engaged")], ["Stranger", "Without"]),
            ([("ecrm_email_band", "=", False)], ["Stranger", "Without"]),
            ([("ecrm_email_band", "!=", False)], ["Ann"]),
        ):
            found = recipients.search([("id", "in", recipients.ids), *domain])
            self.assertEqual(sorted(found.mapped("name")), names, domain)


class TestMailingsAndSegments(EmailReportCase):
    def test_a_segment_becomes_the_recipients_of_a_mailing(self):
        segment = self.env["ecrm.segment"].search([], limit=1)
        context = segment.action_create_mailing()["context"]
        mailing = self.env["mailing.mailing"].with_context(**context).create({"subject": "Hello"})
        self.assertEqual(mailing.mailing_model_real, "res.partner")
        self.env["ecrm.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.env.company.id,
                "segment_id": segment.id,
            }
        )
        self.assertEqual(mailing._get_recipients(), self.customer.ids)

    def test_a_row_of_orders_opens_the_order(self):
        self._clicked(self.customer, SENT + timedelta(hours=1))
        order = self._order(amount=50, date=SENT + timedelta(hours=3))
        self._renew()
        owed = self.env["ecrm.email.order"].search([("order_id", "=", order.id)])
        action = owed.with_user(self.user).action_open_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))

    def test_a_share_of_no_hits_is_not_zero(self):
        self._mail()
        self._renew()
        mailing = self.mailing.with_user(self.user).sudo()
        self.assertTrue(mailing.ecrm_has_report)
        self.assertIs(mailing.ecrm_machine_share, False)

    def test_health_is_written_as_the_reader_writes(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        health = self.env["ecrm.email.health"]
        self.assertEqual(health._percent(0.0254), "2.5 %")
        self.assertEqual(health.with_context(lang="fr_FR")._percent(0.0254), "2,5 %")

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestSending(MailingCase):
    """Real mailings, composed and sent as Odoo does it."""

    def test_who_said_no_gets_a_cancelled_trace_that_tells_why(self):
        self._suppress(self.bea, topic_id=self.news.id)
        self._suppress(self.cem, topic_id=self.tips.id)
        traces = self._send(self._mailing())
        trace = traces[self.bea.email]
        self.assertEqual((trace.trace_status, trace.failure_type), ("cancel", "mail_optout"))
        self.assertEqual(trace.failure_reason, "Unsubscribed")
        self.assertFalse(trace.mail_mail_id)
        self.assertEqual(traces[self.cem.email].trace_status, "sent")
        self.assertEqual(
            {mail["email_to"][0] for mail in self._mails},
            {f'"{person.name}" <{person.email}>' for person in (self.cem, self.dana)},
        )
        self.assertNotIn("Spring", self.bea.message_ids.mapped("subject"))

    def test_lists_and_other_models(self):
        self._suppress(self.bea)
        contacts = self.env["mailing.contact"].create(
            [{"name": person.name, "email": person.email} for person in self.people]
        )
        orders = (
            self.env["sale.order"]
            .browse()
            .union(*(self._order(person, confirm=False) for person in self.people))
        )
        for records in (contacts, orders):
            statuses = self._statuses(self._mailing(records, subject=records._name))
            self.assertEqual(statuses, {"bea": "cancel", "cem": "sent", "dana": "sent"})

    def test_also_where_odoos_blacklist_is_not_asked(self):
        self._suppress(self.bea)
        self.env["mail.blacklist"]._add(self.cem.email)
        mailing = self._mailing(use_exclusion_list=False)
        self.assertEqual(self._statuses(mailing), {"bea": "cancel", "cem": "sent", "dana": "sent"})

    def test_who_never_confirmed(self):
        self.tips.double_opt_in = True
        self.preferences.of_address(self.bea.email, self.company).subscribe("x", self.tips)
        statuses = self._statuses(self._mailing(ecrm_topic_id=self.tips.id))
        self.assertEqual(statuses, {"bea": "sent", "cem": "cancel", "dana": "cancel"})

    def test_a_contact_with_several_addresses(self):
        self.cem.email = "cem@ecrm.example, bea@ecrm.example"
        self._suppress(self.bea)
        self._send(self._mailing(self.cem | self.dana))
        self.assertEqual(len(self._mails), 1)

    def test_mail_of_an_order_and_a_test_are_sent_all_the_same(self):
        self._suppress(self.bea, "manual", scope="everything")
        self.company.write({"ecrm_quiet_hours": True, "ecrm_quiet_from": 0, "ecrm_quiet_to": 23.9})
        order = self._order(self.bea)
        with self.mock_mail_gateway():
            order.message_post(
                body="Your order", message_type="comment", subtype_xmlid="mail.mt_comment",
                partner_ids=self.bea.ids,
            )  # fmt: skip
            test = self.env["mailing.mailing.test"].create(
                {"email_to": self.bea.email, "mass_mailing_id": self._mailing().id}
            )
            test.send_mail_test()
        self.assertEqual(len(self._mails), 2)


@tagged("post_install", "-at_install")
class TestQueue(MailingCase):
    """Mails of a mailing that leave long after they were made."""

    def _fail(self, **values):
        """Make the mails of a mailing, and write down what Odoo does where no server answers."""
        self.company.write({"ecrm_quiet_hours": True, "ecrm_quiet_from": 0, "ecrm_quiet_to": 23.98})
        traces = self._send(self._mailing(**values)).values()
        self.company.write({"ecrm_quiet_hours": False, "ecrm_quiet_from": 21, "ecrm_quiet_to": 8})
        mails = self.env["mail.mail"].union(*(trace.mail_mail_id for trace in traces))
        mails.write({"state": "exception", "scheduled_date": False})
        mails._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertEqual({trace.trace_status for trace in traces}, {"error"})
        return mails

    def _retry(self, mails):
        """Try again as the button does, and return the traces by first name."""
        mails.mark_outgoing()
        traces = mails.mailing_trace_ids
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()
        return {trace.email.split("@")[0]: trace for trace in traces}

    def test_who_said_no_after_the_mail_was_made(self):
        mails = self._fail()
        self._suppress(self.bea)
        self.env["mail.blacklist"]._add(self.cem.email)
        traces = self._retry(mails)
        self.assertEqual(
            {name: (trace.trace_status, trace.failure_type) for name, trace in traces.items()},
            {
                "bea": ("cancel", "mail_optout"),
                "cem": ("cancel", "mail_bl"),
                "dana": ("sent", False),
            },
        )
        self.assertEqual(traces["bea"].failure_reason, "Unsubscribed")
        self.assertIn("blacklist", traces["cem"].failure_reason)
        self.assertEqual(len(self._mails), 1)

    def test_a_mailing_that_does_not_ask_the_blacklist(self):
        mails = self._fail(use_exclusion_list=False)
        self.env["mail.blacklist"]._add(self.cem.email)
        self.assertEqual(self._retry(mails)["cem"].trace_status, "sent")

    def test_night_came_while_the_queue_was_long(self):
        self.company.ecrm_timezone = "Europe/Brussels"
        self.bea.tz = "America/New_York"
        with freeze_time("2026-12-01 19:50:00"):
            mails = self._fail()
        self.company.ecrm_quiet_hours = True
        with freeze_time("2026-12-01 20:30:00"):  # 21:30 in Brussels
            self.assertEqual(self._retry(mails)["bea"].trace_status, "sent")
        self.assertEqual(len(self._mails), 1)
        waiting = mails.exists().filtered(lambda mail: mail.state == "outgoing")
        self.assertEqual(waiting.mapped("scheduled_date"), [datetime(2026, 12, 2, 7)] * 2)

    def test_a_test_that_waited_is_sent(self):
        mails = self._fail()
        mails.mailing_trace_ids.is_test_trace = True
        self._suppress(self.bea)
        self.assertEqual(self._retry(mails)["bea"].trace_status, "sent")

    def test_what_is_no_mailing_leaves(self):
        self._suppress(self.bea, scope="everything")
        mail = self.env["mail.mail"].create(
            {"email_to": self.bea.email, "subject": "Your password", "body_html": "<p>x</p>"}
        )
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual(len(self._mails), 1)


@tagged("post_install", "-at_install")
class TestCap(MailingCase):
    def _age(self, mailing, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET sent_datetime = %s, create_date = %s"
            " WHERE mass_mailing_id = %s",
            (self._ago(days), self._ago(days), mailing.id),
        )
        self.env.invalidate_all()

    def test_the_companys_cap(self):
        self.company.write({"ecrm_cap_count": 2, "ecrm_cap_days": 7})
        for number, days in enumerate((6.9, 3)):
            mailing = self._mailing(self.bea | self.cem, subject=f"Old {number}")
            self._send(mailing)
            self._age(mailing, days)
        self.assertEqual(
            self._statuses(self._mailing()), {"bea": "cancel", "cem": "cancel", "dana": "sent"}
        )
        trace = self.env["mailing.trace"].search(
            [("email", "=", self.bea.email)], order="id desc", limit=1
        )
        self.assertEqual(trace.failure_type, "ecrm_cap")
        self.assertIn("settings", trace.failure_reason)
        self._age(mailing, 8)
        self.assertEqual(self._statuses(self._mailing(subject="New"))["bea"], "sent")

    def test_what_waits_in_the_queue_counts_and_what_was_cancelled_does_not(self):
        self.company.write({"ecrm_cap_count": 1})
        self._suppress(self.bea, topic_id=self.news.id)
        self._send(self._mailing())
        statuses = self._statuses(self._mailing(subject="2", ecrm_topic_id=self.tips.id))
        self.assertEqual(statuses, {"bea": "sent", "cem": "cancel", "dana": "cancel"})

    def test_the_customers_own_choice(self):
        choose = self.preferences.of_address(self.bea.email, self.company).choose
        choose("preferences", {"frequency": "weekly"})
        self.preferences.of_address(self.cem.email, self.company).choose(
            "preferences", {"frequency": "monthly"}
        )
        mailing = self._mailing()
        self._send(mailing)
        self._age(mailing, 6)
        expected = {"bea": "cancel", "cem": "cancel", "dana": "sent"}
        self.assertEqual(self._statuses(self._mailing(subject="2")), expected)
        self._age(mailing, 6.9)  # the newsletter of every Tuesday, some minutes early
        self.assertEqual(self._statuses(self._mailing(subject="3"))["bea"], "sent")
        self._age(mailing, 27)
        self.assertEqual(self._statuses(self._mailing(subject="4"))["cem"], "cancel")
        self._age(mailing, 30)
        self.assertEqual(self._statuses(self._mailing(subject="5"))["cem"], "sent")

    def test_less_of_one_topic(self):
        """Of one topic the customer wants less; the others come as ever."""
        preference = self.preferences.of_address(self.bea.email, self.company)
        preference.choose("preferences", {"topic_frequencies": {self.news.id: "weekly"}})
        mailing = self._mailing()
        self._send(mailing)
        self._age(mailing, 6)
        tips = self._mailing(subject="Tips", ecrm_topic_id=self.tips.id)
        self.assertEqual(self._statuses(tips)["bea"], "sent")
        news = self._mailing(subject="2")
        self.assertEqual(self._statuses(news), {"bea": "cancel", "cem": "sent", "dana": "sent"})
        trace = self.env["mailing.trace"].search(
            [("email", "=", self.bea.email), ("mass_mailing_id", "=", news.id)]
        )
        self.assertIn("as the customer wants", trace.failure_reason)
        self._age(mailing, 6.9)
        self.assertEqual(self._statuses(self._mailing(subject="3"))["bea"], "sent")
        preference.choose("preferences", {"topic_frequencies": {self.news.id: ""}})
        self.assertEqual(self._statuses(self._mailing(subject="4"))["bea"], "sent")
        self.assertEqual(
            self._lines(self.bea, "email_frequency"), [("granted", self.news.name)] * 2
        )
        told = [line.proof["frequency"] for line in self.env["ecrm.consent"].search([], order="id")]
        self.assertEqual(told, ["weekly", "all"])

    def test_less_of_what_is_no_mailing(self):
        """A reminder is sent one by one, and counts for its topic alone."""
        for person in (self.bea, self.cem):
            self.preferences.of_address(person.email, self.company).choose(
                "preferences", {"topic_frequencies": {self.tips.id: "monthly"}}
            )
        mail = self.env["mail.mail"].create(
            {
                "recipient_ids": self.bea.ids,
                "subject": "Your cart",
                "body_html": "<p>Tea</p>",
                "ecrm_topic_id": self.tips.id,
                "record_company_id": self.company.id,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        addresses = self.people.mapped("email_normalized")
        held_back = self.env["ecrm.email.limits"].held_back
        self.assertEqual(held_back(addresses, self.tips, self.company), {
            self.bea.email: "frequency"
        })  # fmt: skip
        self.assertFalse(held_back(addresses, self.news, self.company))
        later = fields.Datetime.now() + timedelta(days=28)
        self.assertFalse(held_back(addresses, self.tips, self.company, later))

    def test_nobody_counts_without_a_cap(self):
        for number in range(3):
            self.assertEqual(self._statuses(self._mailing(subject=str(number)))["bea"], "sent")

    def test_another_companys_mailings_do_not_count(self):
        self.company.ecrm_cap_count = 1
        self._send(self._mailing())
        other = self.env["res.company"].create({"name": "Other", "ecrm_cap_count": 1})
        limits = self.env["ecrm.email.limits"]
        addresses = self.people.mapped("email_normalized")
        self.assertEqual(set(limits.held_back(addresses, self.news).values()), {"cap"})
        self.assertEqual(limits.held_back(addresses, self.news, other), {})


@tagged("post_install", "-at_install")
class TestQuietHours(MailingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"ecrm_quiet_hours": True, "ecrm_timezone": "Europe/Brussels"})
        cls.bea.tz = "America/New_York"

    def test_mails_wait_for_the_recipients_morning(self):
        with freeze_time("2026-12-01 22:00:00"):  # 23:00 in Brussels, 17:00 in New York
            traces = self._send(self._mailing())
        mail = traces[self.cem.email].mail_mail_id
        self.assertEqual(traces[self.bea.email].trace_status, "sent")
        self.assertEqual((mail.state, mail.scheduled_date), ("outgoing", datetime(2026, 12, 2, 7)))
        self.assertEqual(traces[self.dana.email].trace_status, "outgoing")
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("mail.ir_cron_mail_scheduler_action").id)],
            order="call_at desc", limit=1,
        )  # fmt: skip
        self.assertEqual(trigger.call_at, datetime(2026, 12, 2, 7))
        with self.mock_mail_gateway(), freeze_time("2026-12-02 06:59:00"):
            self.env["mail.mail"].process_email_queue()
            self.assertEqual(mail.state, "outgoing")
        with self.mock_mail_gateway(), freeze_time("2026-12-02 07:00:01"):
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(traces[self.cem.email].trace_status, "sent")

    def test_by_day_and_switched_off(self):
        with freeze_time("2026-12-01 13:00:00"):
            self.assertEqual(set(self._statuses(self._mailing()).values()), {"sent"})
        self.company.ecrm_quiet_hours = False
        with freeze_time("2026-12-01 22:00:00"):
            self.assertEqual(set(self._statuses(self._mailing(subject="2")).values()), {"sent"})

    def test_hours_that_are_none_are_refused(self):
        for values in (
            {"ecrm_quiet_to": 24},
            {"ecrm_quiet_from": -1},
            {"ecrm_cap_days": 0},
            {"ecrm_cap_count": -1},
        ):
            with self.assertRaises(ValidationError):
                self.company.write(values)


@tagged("post_install", "-at_install")
class TestSunset(MailingCase):
    def _got(self, partner, count=10, days=170, **values):
        """Give an address mailings of the last days, as the sending hook writes them down."""
        rows = self.env["ecrm.email.message"].create(
            [
                {
                    "message_id": f"<{partner.id}-{number}-{values}@x>",
                    "email_normalized": partner.email_normalized,
                    "company_id": self.company.id,
                    "kind": "mailing",
                    "state": "delivered",
                    **values,
                }
                for number in range(count)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ecrm_email_message SET create_date = %s WHERE id = ANY(%s)",
            (self._ago(days), rows.ids),
        )
        self.env.invalidate_all()
        return rows

    def _sunset(self, at=None):
        self.suppressions._apply_sunset(self.company, at)
        return {person.name for person in self.people | self.customer if self._refused(person)}

    def test_the_cron_looks_at_each_company(self):
        self.company.ecrm_sunset = True
        self._got(self.bea)
        other = self.env["res.company"].create({"name": "Other", "ecrm_sunset": True})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("ecrm_addon.ir_cron_sunset").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._refused(self.bea), "sunset")
        self.assertIsNone(self._refused(self.bea, company=other))

    def test_off_by_default(self):
        self._got(self.bea)
        self.assertEqual(self._sunset(), set())

    def test_who_shows_no_interest(self):
        self.company.ecrm_sunset = True
        # a mailing is of no company; who answers for it has one
        self._got(self.bea, company_id=False, mailing_id=self._mailing().id)
        self._got(self.cem, 9)
        self._got(self.cem, 5, state="bounced")
        self._got(self.cem, 5, kind="order")
        self._got(self.dana)
        self._got(self.dana, 1, days=300, last_human_click_at=self._ago(20))
        self._got(self.customer)
        self._order(self.customer, date=self._ago(100))
        self.assertEqual(self._sunset(), {"Bea"})
        self.assertEqual(self._refused(self.bea, self.tips), "sunset")
        rows = self.suppressions.search_count([])
        self.assertEqual(self._sunset(), {"Bea"})
        self.assertEqual(self.suppressions.search_count([]), rows)

    def test_a_click_or_an_order_brings_them_back(self):
        self.company.ecrm_sunset = True
        clicked = self._got(self.bea)[0]
        self._got(self.cem)
        self._got(self.dana, first_human_open_at=False)
        self.assertEqual(self._sunset(self._ago(1)), {"Bea", "Cem", "Dana"})
        clicked.last_human_click_at = fields.Datetime.now()
        self._order(self.cem)
        self.assertEqual(self._sunset(), {"Dana"})
        row = self.suppressions.search([("email_normalized", "=", self.bea.email)])
        self.assertEqual((row.state, row.lift_source), ("lifted", "rule"))
        # and they are not stopped again the next night
        self.assertEqual(self._sunset(fields.Datetime.now() + timedelta(days=1)), {"Dana"})

    def test_an_open_by_a_person_counts(self):
        self.company.ecrm_sunset = True
        self._got(self.bea, first_human_open_at=self._ago(100))
        self.assertEqual(self._sunset(), set())

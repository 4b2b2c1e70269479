from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .feedback_case import FeedbackCase


class TestFeedbackAsk(FeedbackCase):
    """Whom a company asks, about what, and who is left in peace."""

    # ------------------------------------------------------------
    # ONE QUESTION
    # ------------------------------------------------------------

    def test_a_question_is_a_row_and_a_mail_in_the_queue(self):
        order = self._order(user_id=self.marc.id)
        row = self._ask(order)
        self.assertEqual(
            (row.kind, row.partner_id, row.email), ("csat", self.customer, "ann@example.com")
        )
        self.assertEqual(
            (row.res_model, row.res_id, row.user_id), ("sale.order", order.id, self.marc)
        )
        self.assertEqual((row.score, row.band, row.answered_at), (False, False, False))
        (mail,) = self._mails()
        self.assertEqual((mail.state, mail.email_from), ("outgoing", self.company.email_formatted))
        self.assertEqual(mail.subject, f"How satisfied are you with your order {order.name}?")
        self.assertEqual(mail._ecrm_company(), self.company)
        for score in range(1, 6):
            self.assertEqual(mail.body_html.count(f'{row._token()}?score={score}"'), 1)
        self.assertNotIn("score=0", mail.body_html)

    def test_recommendation(self):
        self.customer.user_id = self.marc
        row = self._ask(self.customer, "nps")
        self.assertEqual((row.res_model, row.res_id, row.user_id), (False, 0, self.marc))
        (mail,) = self._mails()
        self.assertIn(f"recommend {self.company.name} to a friend", mail.subject)
        self.assertIn("?score=0", mail.body_html)
        self.assertIn("?score=10", mail.body_html)

    def test_request_of_an_address_that_is_no_contact(self):
        request = self._request(
            partner_id=False, email="new@customer.example", user_id=self.marc.id
        )
        row = self._ask(request)
        self.assertEqual((row.partner_id.id, row.email), (False, "new@customer.example"))
        self.assertIn("our help with “Broken pot”", self._mails("new@customer.example").subject)

    def test_of_an_unproved_request_nobody_is_asked(self):
        request = self._request(email="ann@example.com", is_proved=False)
        self.assertFalse(self._ask(request))
        self.assertFalse(self._mails())
        request._prove()
        self.assertTrue(self._ask(request))

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("ecrm_addon.mail_template_feedback_csat")
        template.with_context(lang="fr_FR").subject = "Votre avis"
        self.customer.lang = "fr_FR"
        self._ask()
        self.assertEqual(self._mails().subject, "Votre avis")

    def test_whoever_closes_a_request_needs_no_rights(self):
        agent = new_test_user(self.env, "feedback_agent", "ecrm_addon.group_ecrm_support")
        request = self._request().with_user(agent)
        self.assertEqual(len(self.env["ecrm.feedback"].with_user(agent)._ask_about(request)), 1)

    @mute_logger(
        "odoo.addons.ecrm_addon.models.ecrm_feedback_ask",
        "odoo.addons.mail.models.mail_render_mixin",
    )
    def test_a_template_with_a_fault_stops_nothing(self):
        self.env.ref("ecrm_addon.mail_template_feedback_csat").subject = "{{ object.no_such }}"
        self.assertFalse(self._ask())
        self.assertFalse(self.feedback.search([("partner_id", "=", self.customer.id)]))

    # ------------------------------------------------------------
    # NOT TWICE, NOT TOO OFTEN
    # ------------------------------------------------------------

    def test_of_an_order_once(self):
        order = self._order()
        self.assertTrue(self._ask(order))
        self.assertFalse(self._ask(order))
        self.assertTrue(self._ask(self._order()))
        self.assertEqual(len(self._mails()), 2)

    def test_two_orders_of_one_address_at_once_are_one_question(self):
        orders = self._order() | self._order()
        self.assertEqual(self._ask(orders).res_id, orders[0].id)

    def test_one_that_is_asked_just_now_by_somebody_else(self):
        """It is left out; the others of its batch are asked all the same."""
        taken, free = self._order(), self._order()
        self._ask(taken)
        values = [self.feedback._prepare(order, "csat", self.company) for order in (taken, free)]
        self.assertEqual(self.feedback._meet_all(values).res_id, free.id)
        self.assertFalse(self.feedback._meet_all([]))

    def test_a_batch_is_tried_again(self):
        order, tries = self._order(), []

        def find(after_id):
            tries.append(after_id)
            if len(tries) == 1:
                raise SerializationFailure("somebody was quicker")
            return order, "csat", None

        # a test may not end its transaction
        with patch.object(self.env.cr, "rollback") as rollback:
            self.assertEqual(self.feedback._ask_next(find, 7), (1, None))
        rollback.assert_called_once_with()
        self.assertEqual(tries, [7, 7])
        self.assertFalse(self._ask(order), "was asked")

    def test_recommendation_every_so_many_days(self):
        self.company.ecrm_feedback_nps_days = 30
        row = self._ask(self.customer, "nps")
        self.assertFalse(self._ask(self.customer, "nps"))
        self._later(row, 29)
        self.assertFalse(self._ask(self.customer, "nps"))
        self._later(row, 2)
        self.assertTrue(self._ask(self.customer, "nps"))

    def test_quiet_after_any_question(self):
        self.company.ecrm_feedback_quiet_days = 14
        row = self._ask(self.customer, "nps")
        self.assertFalse(self._ask())
        # by the address, too, where it is another contact's
        twin = self.customer.copy({"email": "Ann <ANN@example.com>"})
        self.assertFalse(self._ask(self._order(twin)))
        self._later(row, 15)
        self.assertTrue(self._ask())

    def test_another_company_is_another_matter(self):
        self.company.ecrm_feedback_quiet_days = 14
        other = self.env["res.company"].create({"name": "Coffee House", "ecrm_feedback_nps": True})
        self._ask(self.customer, "nps")
        row = self.feedback.with_company(other)._ask_about(self.customer, "nps")
        self.assertEqual(row.company_id, other)

    # ------------------------------------------------------------
    # WHO IS LEFT IN PEACE
    # ------------------------------------------------------------

    def test_switched_off(self):
        other = self.env["res.company"].create({"name": "Coffee House"})
        self.assertFalse(other.ecrm_feedback_order or other.ecrm_feedback_nps)
        self.company.write(
            {
                "ecrm_feedback_order": False,
                "ecrm_feedback_nps": False,
                "ecrm_feedback_request": False,
            }
        )
        self.assertFalse(
            self._ask() or self._ask(self.customer, "nps") or self._ask(self._request())
        )

    def test_what_nobody_is_asked_about(self):
        self.assertFalse(self.feedback._ask_about(self.customer, "csat"))
        self.assertFalse(self.feedback._ask_about(self.company, "nps"))
        self.assertFalse(self.feedback._ask_about(self.env["sale.order"]))

    def test_a_request_in_the_name_of_an_address(self):
        """The mail would bring a stranger's words to the owner of the address."""
        request = self._request(is_proved=False)
        self.assertFalse(self._ask(request))
        request.is_proved = True
        self.assertTrue(self._ask(request))

    def test_who_has_no_address_works_here_or_is_nobody(self):
        nameless = self.env["res.partner"].create({"name": "No Address"})
        gone = self.env["res.partner"].create(
            {"name": "Gone", "email": "gone@x.example", "active": False}
        )
        for partner in (nameless, gone, self.marc.partner_id, self.env.ref("base.public_partner")):
            self.assertFalse(self._ask(self._order(partner)), partner.name)

    def test_who_said_no(self):
        suppressions = self.env["ecrm.suppression"]
        for values in (
            {"scope": "marketing"},
            {"scope": "everything"},
            {"scope": "topic", "topic_id": self.topic.id},
            {"scope": "marketing", "reason": "paused", "expires_at": self._days_ago(-30)},
        ):
            row = suppressions.create({"email_normalized": "ann@example.com", **values})
            self.assertFalse(self._ask(), values)
            row._lift("staff")
        self.assertTrue(self._ask())

    def test_who_said_no_to_something_else_is_asked(self):
        news = self.env.ref("ecrm_addon.ecrm_topic_news")
        self.env["ecrm.suppression"].create(
            {"email_normalized": "ann@example.com", "scope": "topic", "topic_id": news.id}
        )
        self.assertTrue(self._ask())

    def test_blacklist(self):
        self.env["mail.blacklist"].create({"email": "ann@example.com"})
        self.assertFalse(self._ask())

    def test_who_objects_to_profiles(self):
        person = self.env["ecrm.privacy.person"].of_email("ann@example.com", self.company)
        self.env["ecrm.privacy.choices"].switch(person, "profile", False)
        self.assertFalse(self._ask() or self._ask(self.customer, "nps"))

    def test_who_says_no_before_the_mail_leaves(self):
        self._ask()
        mail = self._mails()
        preference = self.env["ecrm.email.preference"].of_address("ann@example.com", self.company)
        preference.choose("preferences", {"topic_ids": set()})
        self.assertFalse(self.env["ecrm.email.limits"].let_out(mail))
        self.assertEqual(mail.state, "cancel")

    def test_without_a_topic_nobody_could_unsubscribe(self):
        self.env["ecrm.topic"].search([]).active = False
        self.assertFalse(self._ask())

    # ------------------------------------------------------------
    # SAMPLES
    # ------------------------------------------------------------

    def test_nobody_or_everybody(self):
        self.company.ecrm_feedback_order_share = 0
        orders = self.env["sale.order"].union(*(self._order() for _n in range(3)))
        self.assertFalse(any(self._ask(order) for order in orders))
        self.company.ecrm_feedback_order_share = 100
        self.assertTrue(all(self._ask(order) for order in orders))

    def test_the_lot_of_an_order_does_not_change(self):
        self.company.ecrm_feedback_order_share = 50
        drawn = [self.feedback._is_drawn(self._of(number)) for number in range(1, 201)]
        self.assertEqual(
            drawn, [self.feedback._is_drawn(self._of(number)) for number in range(1, 201)]
        )
        self.assertTrue(70 < sum(drawn) < 130, sum(drawn))

    def _of(self, number):
        about = {"res_model": "sale.order", "res_id": number, "kind": "csat"}
        return {**about, "company_id": self.company.id}

    def test_settings_that_make_no_sense(self):
        for values in (
            {"ecrm_feedback_nps_share": 101},
            {"ecrm_feedback_order_share": -1},
            {"ecrm_feedback_nps_days": 0},
            {"ecrm_feedback_nps_days": 366},
            {"ecrm_feedback_days": -1},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.company.write(values)
                self.company.flush_recordset()


class TestFeedbackJob(FeedbackCase):
    """Every day's job: who is due, and nobody twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # only what a test makes is due
        cls.env["res.company"].search([]).write({"ecrm_feedback_nps": False})
        (cls.env["res.company"].search([]) - cls.company).ecrm_feedback_order = False
        cls.env["sale.order"].search([("company_id", "=", cls.company.id)]).flush_recordset()
        cls.cr.execute("UPDATE sale_order SET date_order = date_order - interval '5 years'")
        cls.env.invalidate_all()

    def test_some_days_after_the_order(self):
        early = self._order(date=self._days_ago(6))
        due = self._order(self._person("due"), date=self._days_ago(8))
        late = self._order(self._person("late"), date=self._days_ago(7 + 15))
        quoted = self._order(self._person("quoted"), confirm=False)
        quoted.date_order = self._days_ago(8)
        asked = self._run_cron()
        self.assertEqual(asked.mapped("res_id"), due.ids)
        self.assertFalse(self._run_cron())
        with freeze_time(self._days_ago(-2)):
            self.assertEqual(self._run_cron().mapped("res_id"), early.ids)
        self.assertFalse({late.id, quoted.id} & set(self.feedback.search([]).mapped("res_id")))

    def _person(self, name):
        return self.env["res.partner"].create({"name": name, "email": f"{name}@job.example"})

    def test_after_the_invoice(self):
        self.company.ecrm_feedback_event = "invoiced"
        order = self._order(date=self._days_ago(60))
        self.assertFalse(self._run_cron())
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        self.assertFalse(self._run_cron())
        with freeze_time(self._days_ago(-8)):
            self.assertEqual(self._run_cron().mapped("res_id"), order.ids)

    def test_after_the_delivery(self):
        self.company.ecrm_feedback_event = "delivered"
        service = self._order(date=self._days_ago(8))
        if "delivery_status" in service._fields:
            self._ship_late()
        self.assertEqual(self._run_cron().mapped("res_id"), service.ids)

    def _ship_late(self):
        """Make an order of goods that is on its way since long."""
        goods = self.env["product.product"].create({"name": "Pot", "type": "consu"})
        line = fields.Command.create({"product_id": goods.id, "price_unit": 5, "tax_ids": False})
        order = self._order(self._person("waits"), order_line=[line], date=self._days_ago(8))
        self.assertNotEqual(order.delivery_status, "full")

    def test_recommendation_of_who_ordered_within_a_year(self):
        self.company.write({"ecrm_feedback_order": False, "ecrm_feedback_nps": True})
        self._order(date=self._days_ago(40))
        self._order(self._person("old"), date=self._days_ago(400))
        self._person("stranger")
        # whoever was drawn is asked on the last day of the period at the latest
        days = self.company.ecrm_feedback_nps_days
        rest = days - 1 - fields.Date.today().toordinal() % days
        with freeze_time(self._days_ago(-rest)):
            asked = self._run_cron()
            self.assertEqual(asked.mapped("email"), ["ann@example.com"])
            self.assertFalse(self._run_cron())

    def test_customers_of_a_period_are_drawn_and_spread(self):
        self.company.write({"ecrm_feedback_nps_share": 50, "ecrm_feedback_nps_days": 90})
        asker = self.feedback.with_company(self.company)
        period = fields.Date.today().toordinal() // 90 * 90
        turns = []
        for day in (0, 45, 89):
            with freeze_time(fields.Date.from_string("0001-01-01").fromordinal(period + day)):
                turns.append({number for number in range(1, 1001) if asker._is_turn(number)})
        self.assertTrue(turns[0] < turns[1] < turns[2])
        self.assertTrue(430 < len(turns[2]) < 570, len(turns[2]))
        self.assertTrue(200 < len(turns[1]) < 310, len(turns[1]))

    def test_many_in_batches(self):
        for number in range(5):
            self._order(self._person(f"many{number}"), date=self._days_ago(8))
        module = "odoo.addons.ecrm_addon.models.ecrm_feedback_cron"
        self.patch(__import__(module, fromlist=["BATCH"]), "BATCH", 2)
        self.assertEqual(len(self._run_cron()), 5)

    def test_the_number_of_queries_does_not_grow_with_the_customers(self):
        self._order(self._person("warm"), date=self._days_ago(8))
        self._run_cron()
        counts = []
        for size in (2, 12):
            orders = self.env["sale.order"].union(
                *(self._order(self._person(f"q{size}{n}")) for n in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            people = [self.feedback._prepare(order, "csat", self.company) for order in orders]
            before = self.cr.sql_log_count
            people = list(filter(self.feedback._can_be_asked, people))
            people = self.feedback._not_asked_yet(people, "csat", self.company)
            emails = {person["email"] for person in people}
            self.feedback._refused(emails, self.topic, self.company)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_unanswered_questions_are_forgotten(self):
        row, kept = self._ask(), self._answered(3)
        self.env.flush_all()
        ids = (row | kept).ids
        self.cr.execute(
            "UPDATE ecrm_feedback SET create_date = create_date - interval '401 days'"
            " WHERE id = ANY(%s)", [ids],
        )  # fmt: skip
        self.env.invalidate_all()
        self.feedback._gc_unanswered()
        self.assertEqual((row | kept).exists(), kept)

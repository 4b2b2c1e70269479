import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestDoubleOptIn(MailingCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)
        self.tips.double_opt_in = True

    def _subscribe(self, email="New@ecrm.example", topics=None, **values):
        page = self.url_open("/ecrm/subscribe").text
        token = re.search(r'name="csrf_token" value="([0-9a-fo]+)"', page)[1]
        topics = self.tips if topics is None else topics
        fields_sent = {f"topic_{topic.id}": "1" for topic in topics}
        return self.url_open(
            "/ecrm/subscribe",
            data={"csrf_token": token, "email": email, **fields_sent, **values},
        )

    def _mails_to(self, address):
        return self.env["mail.mail"].sudo().search([("email_to", "=", address)])

    def _link(self, address="new@ecrm.example"):
        body = self._mails_to(address)[:1].body_html
        return re.search(r"/ecrm/confirm/[0-9a-f]+", body)[0]

    def _confirm(self, link):
        page = self.url_open(link).text
        token = re.search(r'name="csrf_token" value="([0-9a-fo]+)"', page)[1]
        return self.url_open(link, data={"csrf_token": token})

    def _why(self, address="new@ecrm.example"):
        self.env.invalidate_all()
        return self.suppressions.refusals([address], self.tips).get(address)

    def test_the_whole_way(self):
        self.assertIn("look into your mailbox", self._subscribe().text)
        self.assertEqual(self._why(), "unconfirmed")
        link = self._link()
        for _scanner in range(3):
            self.assertEqual(self.url_open(link).status_code, 200)
        self.opener.head(self.base_url() + link)
        self.assertEqual(self._why(), "unconfirmed", "programs follow links")
        self.assertIn("that is confirmed", self._confirm(link).text)
        self.assertIsNone(self._why())
        line = self.env["ecrm.consent"].search([("topic_id", "=", self.tips.id)])
        self.assertEqual((line.state, line.source), ("granted", "double opt-in"))
        self.assertEqual(line.identity_id.key, "new@ecrm.example")
        self.assertTrue(line.text_version)
        self.assertLessEqual({"asked_at", "confirmed_at", "form"}, line.proof.keys())
        # again changes nothing
        self.url_open(link)
        self.assertEqual(
            self.env["ecrm.consent"].search_count([("topic_id", "=", self.tips.id)]), 1
        )

    @mute_logger("odoo.http")
    def test_confirming_needs_the_form(self):
        self._subscribe()
        self.assertEqual(self.url_open(self._link(), data={"a": "1"}).status_code, 400)
        self.assertEqual(self._why(), "unconfirmed")

    def test_known_and_unknown_addresses_get_the_same_answer(self):
        self.preferences.of_address("known@ecrm.example", self.company).subscribe("x", self.tips)
        self._suppress(self.bea)
        answers = {
            self._plain(self._subscribe(email).text)
            for email in ("known@ecrm.example", "unknown@ecrm.example", self.bea.email)
        }
        self.assertEqual(len(answers), 1)
        for email in ("known@ecrm.example", "unknown@ecrm.example", self.bea.email):
            self.assertEqual(len(self._mails_to(email)), 1)

    @staticmethod
    def _plain(text):
        return re.sub(r'csrf_token: "[0-9a-fo]+"', "", text)

    def test_one_mail_an_hour_to_an_address(self):
        first = self._plain(self._subscribe().text)
        again = self._plain(self._subscribe(" NEW@ecrm.example ").text)
        self.assertEqual(again, first)
        self.assertEqual(len(self._mails_to("new@ecrm.example")), 1)
        # on another machine, whose limits are its own
        self.env["ecrm.limits"].forget()
        self._subscribe()
        self.assertEqual(len(self._mails_to("new@ecrm.example")), 1)
        self._age(hours=1.1)
        self.env["ecrm.limits"].forget()
        self._subscribe()
        self.assertEqual(len(self._mails_to("new@ecrm.example")), 2)

    def _age(self, **delta):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ecrm_email_optin SET create_date = %s",
            (fields.Datetime.now() - timedelta(**delta),),
        )
        self.env.invalidate_all()

    def test_a_link_of_last_week_is_too_late(self):
        self._subscribe()
        link = self._link()
        self._age(days=7.1)
        for path in (link, link[:-1] + ("0" if link[-1] != "0" else "1"), "/ecrm/confirm/x"):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 404)
            self.assertIn("does not work any more", answer.text)
        self.env["ecrm.email.optin"]._gc_requests()
        self.assertFalse(self.env["ecrm.email.optin"].search([]))

    def test_too_many_forms_from_one_place(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_optin", "2 0.001")
        for number in range(3):
            answer = self._subscribe(f"n{number}@ecrm.example")
        self.assertIn("too often", answer.text)
        self.assertFalse(self._mails_to("n2@ecrm.example"))

    def test_too_many_newsletter_forms_from_one_place(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_optin", "2 0.001")
        mailing_list = self.env["mailing.list"].create(
            {"name": "Tips", "ecrm_topic_id": self.tips.id, "is_public": True}
        )
        for number in range(3):
            answer = self.make_jsonrpc_request(
                "/website_mass_mailing/subscribe",
                {
                    "list_id": mailing_list.id,
                    "value": f"n{number}@ecrm.example",
                    "subscription_type": "email",
                },
            )
            self.assertEqual(answer["toast_type"], "success")
        counts = [len(self._mails_to(f"n{number}@ecrm.example")) for number in range(3)]
        self.assertEqual(counts, [1, 1, 0])

    def test_who_wanted_nothing_gets_what_was_confirmed_alone(self):
        self._suppress(self.bea)
        self._subscribe(self.bea.email)
        self._confirm(self._link(self.bea.email))
        self.assertIsNone(self._why(self.bea.email))
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_who_showed_no_interest_gets_everything_again(self):
        self._suppress(self.bea, "sunset")
        self._subscribe(self.bea.email)
        self._confirm(self._link(self.bea.email))
        self.assertIsNone(self._why(self.bea.email))
        self.assertIsNone(self._refused(self.bea))

    def test_what_one_company_was_told_is_no_word_to_another(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.preferences.of_address(self.bea.email, other)
        theirs.subscribe("preferences", self.tips)
        refused = self.suppressions.refusals
        self.assertEqual(refused([self.bea.email], self.tips, other), {})
        self.assertEqual(self._why(self.bea.email), "unconfirmed")
        ours = self.preferences.of_address(self.bea.email, self.company)
        self.assertFalse(ours.choices()["topics"][1]["on"])
        ours.subscribe("preferences", self.tips)
        theirs.choose("preferences", {"topic_ids": {self.news.id}})
        self.assertIsNone(self._why(self.bea.email))
        self.assertEqual(len(refused([self.bea.email], self.tips, other)), 1)

    def test_a_website_without_topics(self):
        (self.news | self.tips).active = False
        self.assertIn("nothing to subscribe to", self.url_open("/ecrm/subscribe").text)

    def test_a_mistake_keeps_what_was_chosen(self):
        page = html.fromstring(self._subscribe("nobody", self.tips).text)
        ticked = page.xpath("//input[starts-with(@name, 'topic_')][@checked]/@name")
        self.assertEqual(ticked, [f"topic_{self.tips.id}"])

    def test_nonsense(self):
        none = self.env["ecrm.topic"]
        for email, topics in (("nobody", self.tips), ("x@ecrm.example", none), ("", self.tips)):
            self.assertIn("Please type", self._subscribe(email, topics).text)
        self.assertIn("Please type", self._subscribe(f"{'x' * 300}@ecrm.example").text)
        self.assertFalse(self.env["ecrm.email.optin"].search([]))

    def test_a_newsletter_form_of_odoo(self):
        """Whoever subscribes to a list by a form of the website has to confirm its topic."""
        mailing_list = self.env["mailing.list"].create(
            {"name": "Tips", "ecrm_topic_id": self.tips.id, "is_public": True}
        )
        contact = self.env["mailing.contact"].create({"email": "new@ecrm.example"})
        values = {"contact_id": contact.id, "list_id": mailing_list.id}
        public = self.env.ref("base.public_user")
        self.env["mailing.subscription"].with_user(public).sudo().create(values)
        self.assertEqual(self._why(), "unconfirmed")
        self._confirm(self._link())
        self.assertIsNone(self._why())
        self.assertEqual(len(self._mails_to("new@ecrm.example")), 1, "confirming asks no more")

    def test_an_employee_who_subscribes_others_answers_for_it(self):
        mailing_list = self.env["mailing.list"].create(
            {"name": "Tips", "ecrm_topic_id": self.tips.id}
        )
        self.env["mailing.contact"].create(
            {
                "email": "new@ecrm.example",
                "subscription_ids": [Command.create({"list_id": mailing_list.id})],
            }
        )
        self.assertFalse(self._mails_to("new@ecrm.example"))
        self.assertEqual(self._why(), "unconfirmed")

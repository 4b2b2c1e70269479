import random
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestRefusals(MailingCase):
    def test_scopes(self):
        self._suppress(self.bea, topic_id=self.news.id)
        self._suppress(self.cem)
        self._suppress(self.dana, "manual", scope="everything", company_id=False)
        self.assertEqual(self._refused(self.bea), "unsubscribed")
        self.assertIsNone(self._refused(self.bea, self.tips))
        self.assertEqual(self._refused(self.cem, self.tips), "unsubscribed")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertIsNone(self._refused(self.cem, company=other))
        self.assertEqual(self._refused(self.dana, company=other), "manual")

    def test_one_query_for_any_number(self):
        addresses = [f"a{number}@ecrm.example" for number in range(500)]
        self.suppressions.refusals(addresses[:1], self.news)
        with self.assertQueryCount(1):
            self.assertEqual(self.suppressions.refusals(addresses, self.news), {})

    def test_what_expires(self):
        self._suppress(self.bea, "paused", expires_at=self._ago(-30))
        self.assertEqual(self._refused(self.bea), "paused")
        self.assertIsNone(self._refused(self.bea, at=self._ago(-31)))
        self.assertIsNone(self._refused(self.bea, at=self._ago(1)), "before it began")
        row = self._suppress(self.cem, "paused", expires_at=self._ago(1))
        self.assertEqual(row.state, "expired")
        found = self.suppressions.search([("state", "in", ["expired"])])
        self.assertIn(row, found)
        self.assertNotIn(row, self.suppressions.search([("state", "in", ["active"])]))
        self.assertNotIn(row, self.suppressions.search([("state", "not in", ["expired"])]))

    def test_a_topic_that_asks_for_confirmation(self):
        self.tips.double_opt_in = True
        self.assertEqual(self._refused(self.bea, self.tips), "unconfirmed")
        preference = self.preferences.of_address(self.bea.email_normalized, self.company)
        preference.subscribe("double opt-in", self.tips)
        self.assertIsNone(self._refused(self.bea, self.tips))
        self.assertEqual(self._refused(self.cem, self.tips), "unconfirmed")

    def test_an_erased_address_is_still_not_mailed(self):
        self._suppress(self.bea, topic_id=self.news.id)
        link = self.preferences.token_for(self.bea.email, self.company, self.tips)
        self.env["ecrm.privacy"].erase(self.bea)
        row = self.suppressions.search([], limit=1)
        self.assertNotIn("bea", row.email_normalized)
        self.assertEqual(self._refused(self.bea), "unsubscribed")
        # links in mails of before unsubscribe as ever
        told = self.preferences.read_token(link)
        self.assertTrue(told.preference.unsubscribe("one-click", told))
        self.assertEqual(self._refused(self.bea, self.tips), "unsubscribed")
        self.assertEqual(self._lines(self.bea), [])
        self.env["ecrm.privacy"].erase(self.bea)
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_how_often_is_told_and_forgotten(self):
        preference = self.preferences.of_address(self.bea.email, self.company)
        wishes = {"frequency": "weekly", "topic_frequencies": {self.tips.id: "monthly"}}
        preference.choose("preferences", wishes)
        [told] = self.env["ecrm.privacy"].export(self.bea)["email_preferences"]
        self.assertEqual(told["topic_frequencies"], {str(self.tips.id): "monthly"})
        self.env["ecrm.privacy"].erase(self.bea)
        self.assertEqual((preference.frequency, preference.topic_frequencies), ("all", False))

    def test_the_export_tells_of_it(self):
        self._suppress(self.bea)
        told = self.env["ecrm.privacy"].export(self.bea)
        self.assertEqual(told["email_suppressions"][0]["reason"], "unsubscribed")


@tagged("post_install", "-at_install")
class TestByHand(MailingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "sup_marketer", "ecrm_addon.group_ecrm_marketer")
        cls.manager = new_test_user(cls.env, "sup_manager", "ecrm_addon.group_ecrm_manager")

    def test_a_marketer_adds_and_a_manager_lifts(self):
        rows = self.suppressions.with_user(self.marketer)
        row = rows.create({"email_normalized": " Bea@ECRM.example", "reason": "hard_bounce"})
        self.assertEqual((row.email_normalized, row.reason), ("bea@ecrm.example", "manual"))
        self.assertEqual(self._refused(self.bea), "manual")
        with self.assertRaises(AccessError):
            row.action_lift()
        row.with_user(self.manager).action_lift()
        self.assertIsNone(self._refused(self.bea))
        self.assertEqual((row.state, row.lifted_by_id), ("lifted", self.manager))
        self.assertTrue(row.lifted_at)
        with self.assertRaises(UserError):
            row.with_user(self.manager).action_lift()

    def test_nobody_changes_or_deletes_a_row(self):
        row = self._suppress(self.bea)
        for rows in (row, row.with_user(self.manager)):
            with self.assertRaises(AccessError):
                rows.write({"reason": "manual"})
            with self.assertRaises(AccessError):
                rows.unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.manager).write({"lifted_at": fields.Datetime.now()})

    def test_what_makes_no_sense_is_refused(self):
        with self.assertRaises(ValidationError):
            self.suppressions.create({"email_normalized": "nobody"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.suppressions.create({"email_normalized": "x@ecrm.example", "scope": "topic"})

    def test_a_topic_in_use_cannot_be_deleted(self):
        self._suppress(self.bea, topic_id=self.tips.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.tips.unlink()


@tagged("post_install", "-at_install")
class TestLearning(MailingCase):
    def _learn(self, *facts):
        self.suppressions.learn(list(facts))

    def _rows(self):
        fields_told = ("email_normalized", "reason", "scope", "since", "expires_at", "lifted_at")
        rows = self.suppressions.search([])
        return sorted(str([row[name] for name in fields_told]) for row in rows)

    def test_what_follows_from_what(self):
        self._learn(
            self._fact(self.bea, "complained"),
            self._fact(self.cem, "bounced", bounce_kind="hard"),
            self._fact(self.dana, "unsubscribed", topic_id=self.tips.id),
            self._fact(self.customer, "delivered"),
            self._fact(self.customer, "bounced", bounce_kind="soft"),
            self._fact(self.customer, "deferred"),
        )
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self._refused(self.bea), "complained")
        self.assertIsNone(self._refused(self.bea, company=other))
        self.assertEqual(self._refused(self.cem, company=other), "hard_bounce")
        self.assertIsNone(self._refused(self.dana))
        self.assertEqual(self._refused(self.dana, self.tips), "unsubscribed")
        self.assertIsNone(self._refused(self.customer))
        self._learn(self._fact(self.dana, "unsubscribed"))
        self.assertEqual(self._refused(self.dana), "unsubscribed")

    def test_the_topic_of_the_mailing(self):
        mailing = self._mailing(ecrm_topic_id=self.tips.id)
        fact = self._fact(self.bea, "unsubscribed", mailing_id=mailing.id)
        del fact["topic_id"]
        self._learn(fact)
        self.assertEqual(self._refused(self.bea, self.tips), "unsubscribed")
        self.assertIsNone(self._refused(self.bea))

    def test_what_the_digest_finds_out(self):
        """A provider tells the address, the pipeline hands it over; anybody else may lie."""
        told = {"type": "complained", "source": "webhook.x"}
        bounce = {"type": "bounced", "bounce_kind": "hard", "source": "gateway"}
        self.env["ecrm.email.event"].record(
            [
                {**told, "recipient": self.bea.email, "provider": "example"},
                {**bounce, "recipient": self.cem.email, "provider": "example"},
                {**bounce, "recipient": self.dana.email},
            ]
        )
        self.pipeline.run_now()
        self.assertEqual(self._refused(self.bea), "complained")
        self.assertEqual(self._refused(self.cem), "hard_bounce")
        self.assertIsNone(self._refused(self.dana))

    def test_odd_recipients_are_passed_over(self):
        before = self._rows()
        for recipient in (None, "", "nobody", "two@x.org, three@x.org"):
            for kind in ("complained", "unsubscribed"):
                self._learn({**self._fact(self.bea, kind), "recipient": recipient})
        self._learn({**self._fact(self.bea, "bounced", bounce_kind="soft"), "recipient": None})
        self.assertEqual(self._rows(), before)

    @staticmethod
    def _with_id(fact):
        return {**fact, "external_id": f"{fact['type']} {fact['occurred_at']}"}

    @staticmethod
    def _pairs(facts):
        return [facts[start : start + 2] for start in range(0, len(facts), 2)]

    def _soft(self, *days, partner=None):
        return [self._fact(partner or self.bea, "bounced", day, bounce_kind="soft") for day in days]

    def test_five_soft_bounces_over_a_week_pause(self):
        self._learn(*self._soft(9, 8, 7, 6))
        self.assertIsNone(self._refused(self.bea), "four only")
        self._learn(*self._soft(4, 3, 2, 1, 0, partner=self.cem))
        self.assertIsNone(self._refused(self.cem), "within days: a mailbox may be full")
        self._learn(*self._soft(60, 50, 40, 20, 1, partner=self.dana))
        self.assertIsNone(self._refused(self.dana), "over months")
        # four of them are in the log of events by now, and the fifth comes alone
        self.env["ecrm.email.event"].record(self._soft(9, 8, 7, 6))
        self._learn(*self._soft(1))
        self.assertEqual(self._refused(self.bea), "soft_bounces")
        self.assertIsNone(self._refused(self.bea, at=self._ago(-29.5)), "a pause ends")

    def test_the_same_mail_told_twice_is_one_bounce(self):
        facts = [
            {**fact, "message_id": f"<{number // 2}@x>"}
            for number, fact in enumerate(self._soft(9, 8.9, 7, 6.9, 5, 4.9, 1, 0.9))
        ]
        self._learn(*facts)
        self.assertIsNone(self._refused(self.bea))

    def test_any_order_and_any_number_of_times(self):
        facts = [
            self._fact(self.bea, "complained", 5),
            self._fact(self.bea, "unsubscribed", 4, topic_id=self.tips.id),
            *self._soft(12, 10, 8, 5, 3, 1),
            self._fact(self.cem, "bounced", 2, bounce_kind="hard"),
        ]
        results = set()
        for seed in range(5):
            random.Random(seed).shuffle(facts)
            with self.env.cr.savepoint() as savepoint:
                for batch in self._pairs(facts) if seed else [facts, facts]:
                    # the digest hands over what is in the log
                    self.env["ecrm.email.event"].record(
                        [
                            {**fact, "external_id": f"{fact['type']} {fact['occurred_at']}"}
                            for fact in batch
                        ]
                    )
                    self._learn(*batch)
                results.add(tuple(self._rows()))
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(len(results), 1)

    def test_what_was_lifted_stays_so_for_events_of_before(self):
        event = self._fact(self.bea, "complained", 3)
        self._learn(event)
        self.suppressions.search([("email_normalized", "=", self.bea.email)])._lift("staff")
        self._learn(event, self._fact(self.bea, "complained", 2))
        self.assertIsNone(self._refused(self.bea))
        later = self._fact(self.bea, "complained")
        later["occurred_at"] = fields.Datetime.now() + timedelta(seconds=5)
        self._learn(later)
        self.assertEqual(self._refused(self.bea, at=self._ago(-1)), "complained")

    def test_what_our_own_pages_tell_is_written_once(self):
        preference = self.preferences.of_address(self.bea.email, self.company)
        preference.choose("preferences", {"topic_ids": {self.news.id}})
        self.assertEqual(self._refused(self.bea, self.tips), "unsubscribed")
        event = self.env["ecrm.email.event"].search([("recipient", "=", self.bea.email)])
        self.assertEqual(event.mapped("type"), ["unsubscribed"])
        # the link was in a mail of another topic
        self._learn(self._fact(self.bea, "unsubscribed", source="preferences"))
        self.assertIsNone(self._refused(self.bea))

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..lib.email.esp import sns
from . import webhook_senders as senders
from .webhook_case import WebhookCase
from .webhook_samples import ANN, SAMPLES


@tagged("post_install", "-at_install")
class TestWebhookAccount(WebhookCase):
    """Secrets, what is kept, reading again, and subscriptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "webhook_manager", "ecrm_addon.group_ecrm_manager")
        cls.marketer = new_test_user(cls.env, "webhook_marketer", "ecrm_addon.group_ecrm_marketer")

    # ------------------------------------------------------------
    # SECRETS
    # ------------------------------------------------------------

    def test_nobody_reads_a_secret(self):
        accounts = self._account("mailgun") | self._account("brevo", new_password="S3CRET")
        for user in (self.manager, self.env.ref("base.user_admin")):
            own = accounts.with_user(user)
            told = str(own.read()) + str(own.fields_get())
            for secret in (senders.KEY, "S3CRET", *accounts.sudo().mapped("login_digest")):
                self.assertTrue(not secret or secret not in told)
            for name in ("signing_key", "login_digest", "previous_signing_key"):
                self.assertNotIn(name, own.fields_get())
                with self.assertRaises(AccessError):
                    own.read([name])
                with self.assertRaises(AccessError):
                    own.search([(name, "=like", "%")])
        with self.assertRaises(AccessError):
            accounts.with_user(self.marketer).read(["url"])

    def test_a_manager_sets_and_changes_secrets(self):
        account = self._account("mailgun", new_signing_key=senders.OLD_KEY)
        payload = SAMPLES["mailgun"][0][0]
        self.assertEqual(self._send(account, payload).status_code, 401)
        account.with_user(self.manager).new_signing_key = senders.KEY
        self.assertEqual(self._send(account, payload).status_code, 200)
        # the one before is good for a week, or until somebody ends it
        account.with_user(self.manager).new_signing_key = "another"
        self.assertEqual(self._send(account, payload).status_code, 200)
        self.assertGreater(account.previous_until, fields.Datetime.now() + timedelta(days=6))
        account.previous_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._send(account, payload).status_code, 401)
        account.previous_until = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(self._send(account, payload).status_code, 200)
        account.with_user(self.manager).action_forget_secrets()
        self.assertEqual(self._send(account, payload).status_code, 401)

    def test_a_password_goes_with_its_user(self):
        account = self._account("postmark").with_user(self.manager)
        with self.assertRaises(UserError):
            account.username = "other"
        account.write({"username": "other", "new_password": "x"})
        login = senders.basic("other:x")
        payload = SAMPLES["postmark"][0][0]
        self.assertEqual(self._send(account, payload, Authorization=login).status_code, 200)
        self.assertEqual(self._send(account, payload).status_code, 200)  # the one before
        account.action_forget_secrets()
        self.assertEqual(self._send(account, payload).status_code, 401)

    def test_without_a_password_the_address_is_the_secret(self):
        account = self._account("postmark")
        account.action_remove_password()
        payload = SAMPLES["postmark"][0][0]
        self.assertEqual(self._send(account, payload, Authorization="").status_code, 200)
        self.assertFalse(account.has_password)

    def test_no_password_is_kept(self):
        account = self._account("postmark")
        self._send(account, SAMPLES["postmark"][0][0])
        kept = self._deliveries(account)
        self.assertNotIn("authorization", str(kept.headers).lower())
        self.assertNotIn(senders.basic().split()[1], str(kept.read()))

    def test_each_address_is_another_and_each_provider_explained(self):
        accounts = self.env["ecrm.webhook.account"]
        for code in SAMPLES:
            accounts |= self._account(code)
        self.assertEqual(len(set(accounts.mapped("url"))), len(SAMPLES))
        self.assertTrue(all(len(account.setup_help) > 40 for account in accounts))
        self.assertEqual(accounts[:1].copy().key in accounts.mapped("key"), False)

    # ------------------------------------------------------------
    # DELIVERIES
    # ------------------------------------------------------------

    def test_last_success_is_found_out(self):
        account = self._account("brevo")
        self.assertFalse(account.last_success_at)
        self._send(account, SAMPLES["brevo"][0][0], Authorization="")
        self.assertFalse(account.last_success_at)
        self._send(account, SAMPLES["brevo"][0][0])
        self.assertEqual(account.last_success_at, self._deliveries(account)[0].received_at)
        self.assertEqual((account.delivery_count, account.trouble_count), (2, 0))

    def test_reading_again(self):
        account, (payload, expected) = self._account("mandrill"), SAMPLES["mandrill"][0]
        self._send(account, payload)
        delivery = self._deliveries(account)
        delivery.with_user(self.manager).action_replay()
        self.assertEqual(delivery.stored_count, 0)
        self._events(account).sudo().unlink()
        delivery.with_user(self.manager).action_replay()
        self.assertEqual((delivery.status, delivery.stored_count), ("done", len(expected)))
        self.assertEqual(len(self._events(account)), len(expected))

    def test_each_provider_can_be_read_again(self):
        for code, samples in SAMPLES.items():
            account = self._account(code)
            for payload, _expected in samples:
                self._send(account, payload)
            told = len(self._events(account))
            self._events(account).sudo().unlink()
            self._deliveries(account).with_user(self.manager).action_replay()
            self.assertEqual(len(self._events(account)), told, code)

    def test_what_was_refused_is_not_read_again(self):
        account = self._account("brevo")
        self._send(account, SAMPLES["brevo"][0][0], Authorization="")
        with self.assertRaises(UserError):
            self._deliveries(account).with_user(self.manager).action_replay()
        self.assertFalse(self._events(account))
        with self.assertRaises(AccessError):
            self._deliveries(account).with_user(self.marketer).action_replay()

    def test_what_grew_old_goes(self):
        account = self._account("brevo", keep_days=7)
        for days in (6, 8):
            self._send(account, SAMPLES["brevo"][0][0])
            received_at = fields.Datetime.now() - timedelta(days=days)
            self._deliveries(account)[0].sudo().received_at = received_at
        self.env.flush_all()
        self.env["ecrm.webhook.delivery"]._gc_old()
        (kept,) = self._deliveries(account)
        self.assertGreater(kept.received_at, fields.Datetime.now() - timedelta(days=7))

    def test_forgetting_a_person(self):
        for code in SAMPLES:
            account = self._account(code)
            for payload, _expected in SAMPLES[code]:
                self._send(account, payload)
        brevo = self.env["ecrm.webhook.account"].search([("provider", "=", "brevo")])
        other = {**SAMPLES["brevo"][0][0], "email": "annx@customer.example"}
        self._send(brevo[0], other)
        person = self.env["res.partner"].create({"name": "Ann", "email": ANN})
        self.env["ecrm.privacy"].erase(person)
        self.env.invalidate_all()
        bodies = self.env["ecrm.webhook.delivery"].search([]).mapped("body")
        self.assertFalse([body for body in bodies if body and ANN in body.replace("%40", "@")])
        self.assertTrue([body for body in bodies if body and "annx@" in body])

    def test_companies_do_not_see_each_other(self):
        company = self.env["res.company"].create({"name": "Other"})
        account = self._account("brevo", company_id=company.id)
        self._send(account, SAMPLES["brevo"][0][0])
        self.assertEqual(self._events(account).company_ref, company.id)
        for model in ("ecrm.webhook.account", "ecrm.webhook.delivery"):
            self.assertFalse(self.env[model].with_user(self.manager).search([]))

    # ------------------------------------------------------------
    # SUBSCRIPTIONS OF AMAZON SNS
    # ------------------------------------------------------------

    URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"

    def _subscribe(self, account, url=URL, **values):
        message = senders.sns_message(
            "x", self.now, type_=sns.SUBSCRIBE, Token="t", SubscribeURL=url, **values
        )
        headers, body = senders.sns_request(message)
        return self._post(account, body, headers)

    def test_a_subscription_waits_to_be_confirmed(self):
        account = self._account("amazon_ses")
        self.assertEqual(self._subscribe(account).status_code, 200)
        delivery = self._deliveries(account)
        self.assertEqual(delivery.status, "confirm")
        self.assertTrue(delivery.next_attempt_at)
        self.assertEqual(delivery._subscribe_url(), self.URL)

    def test_only_amazon_is_asked_and_only_for_listed_topics(self):
        account = self._account("amazon_ses")
        for url in ("https://127.0.0.1/?Action=ConfirmSubscription", "http://sns.evil.example/"):
            self.assertRefused(self._subscribe(account, url), 401)
        topic = senders.TOPIC + "x"
        self.assertRefused(self._subscribe(account, TopicArn=topic), 401)
        account.topics = False
        self.assertRefused(self._subscribe(account), 401)
        self.assertEqual(set(self._deliveries(account).mapped("status")), {"refused"})

    def test_tries_become_rarer_and_end(self):
        account = self._account("amazon_ses")
        self._subscribe(account)
        delivery = self._deliveries(account).sudo()
        waits = []
        while delivery.status == "confirm":
            before = fields.Datetime.now()
            # nobody can be called from a test, which is the fault that this is about
            with mute_logger("odoo.addons.ecrm_addon.models.ecrm_webhook_delivery"):
                self.env["ecrm.webhook.delivery"].sudo()._next_due()._confirm()
            waits.append(round((delivery.next_attempt_at - before).total_seconds() / 60))
            delivery.next_attempt_at = fields.Datetime.now()
            self.env.flush_all()
        self.assertEqual(waits, [1, 5, 30, 120, 720, 0])
        self.assertEqual((delivery.status, delivery.attempts), ("dead", 6))
        self.assertTrue(delivery.error)
        self.assertEqual(account.trouble_count, 1)
        self.assertFalse(self.env["ecrm.webhook.delivery"].sudo()._next_due())
        delivery.with_user(self.manager).action_confirm_again()
        self.assertEqual((delivery.status, delivery.attempts), ("confirm", 0))

    def test_the_certificate_cannot_be_had(self):
        account = self._account("amazon_ses")
        url = "https://sns.eu-north-1.amazonaws.com/other.pem"
        message = senders.sns_message(
            json.dumps(SAMPLES["amazon_ses"][0][0]), self.now, SigningCertURL=url
        )
        headers, body = senders.sns_request(message)
        with mute_logger("odoo.addons.ecrm_addon.models.ecrm_webhook_door"):
            answer = self._post(account, body, headers)
        self.assertRefused(answer, 503)
        self.assertIn("Retry-After", answer.headers)
        self.assertFalse(self._events(account))

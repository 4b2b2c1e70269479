import json
import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.email import esp
from ..lib.email.esp.mailersend import PING_KEY
from ..lib.email.event import SYNONYMS
from . import webhook_senders as senders
from .webhook_case import WebhookCase
from .webhook_samples import SAMPLES


@tagged("post_install", "-at_install")
class TestWebhookDoor(WebhookCase):
    """A provider's request over HTTP, and what is written of it."""

    def test_each_provider(self):
        for code, samples in SAMPLES.items():
            account = self._account(code)
            for payload, expected in samples:
                with self.subTest(code, payload=payload):
                    before = self._events(account)
                    answer = self._send(account, payload)
                    self.assertEqual(answer.status_code, 200, answer.text)
                    self.assertEqual(answer.json(), {"events": len(expected), "refused": 0})
                    self.assertNotIn("Set-Cookie", answer.headers)
                    self._compare(expected, self._events(account) - before)
                    self.assertEqual(self._deliveries(account)[0].status, "done")

    def _compare(self, expected, events):
        told = sorted(
            (SYNONYMS.get(event["event_type"], event["event_type"]), event["recipient"])
            for event in expected
        )
        self.assertEqual(sorted((event.type, event.recipient) for event in events), told)
        names = ("url", "user_agent", "reject_reason", "bounce_kind", "message_id")
        for name in names:
            wanted = sorted(str(event[name] or False) for event in expected)
            self.assertEqual(sorted(str(event[name]) for event in events), wanted)
        self.assertFalse(events.filtered(lambda event: event.company_ref != self.env.company.id))

    def test_the_same_twice_is_one_row(self):
        for code, samples in SAMPLES.items():
            account = self._account(code)
            for _try in range(2):
                for payload, _expected in samples:
                    self.assertEqual(self._send(account, payload).status_code, 200)
            told = sum(len(expected) for _payload, expected in samples)
            self.assertEqual(len(self._events(account)), told, code)
            again = self._deliveries(account)[: len(samples)]
            self.assertEqual(sum(again.mapped("stored_count")), 0)

    def test_shuffled_batches_give_the_same(self):
        for code in ("sendgrid", "mailjet", "sparkpost", "mandrill"):
            account, (payload, _expected) = self._account(code), SAMPLES[code][-1]
            self._send(account, payload)
            rows = self._told(account)
            self._events(account).sudo().unlink()
            shuffled = random.Random(5).sample(payload, len(payload))
            for part in (shuffled[3:], shuffled[:5], shuffled):
                self._send(account, part)
            self.assertEqual(self._told(account), rows, code)

    def _told(self, account):
        names = ["type", "recipient", "occurred_at", "external_id", "bounce_kind", "url"]
        rows = self._events(account).read(names)
        return sorted(tuple(str(row[name]) for name in names) for row in rows)

    def test_not_the_provider(self):
        for code in self._signing():
            account, (payload, _expected) = self._account(code), SAMPLES[code][0]
            headers, body = senders.send(code, payload, self.now, self._url(account))
            kept = ("Content-Type", "x-amz-sns-message-type", "x-amz-sns-message-id")
            bare = {name: headers[name] for name in kept if name in headers}
            changed = body.replace(b"Signature", b"Signaturf").replace(b'"auth": "', b'"auth": "0')
            changed = changed.replace(b'"signature": "', b'"signature": "0')
            self.assertRefused(self._post(account, changed, bare), 401)
            self.assertFalse(self._events(account), code)
            self.assertEqual(self._deliveries(account).mapped("status"), ["refused"])

    def test_one_byte_changed(self):
        for code in set(self._signing()) - {"mailgun"}:  # which does not sign its events
            account, (payload, _expected) = self._account(code), SAMPLES[code][0]
            headers, body = senders.send(code, payload, self.now, self._url(account))
            changed = body.replace(b"ann", b"anm")
            self.assertNotEqual(body, changed)
            self.assertRefused(self._post(account, changed, headers), 401)
            self.assertFalse(self._events(account), code)

    def test_too_old_or_ahead(self):
        for code in ("amazon_ses", "mailgun", "resend", "sendgrid"):
            account, (payload, _expected) = self._account(code), SAMPLES[code][0]
            for minutes in (-10, 10):
                now = self.now + timedelta(minutes=minutes)
                self.assertRefused(self._send(account, payload, now), 401)
            self.assertFalse(self._events(account), code)

    def test_password(self):
        account, (payload, _expected) = self._account("postmark"), SAMPLES["postmark"][0]
        for wrong in ("", "Basic", senders.basic("shop:x"), "Bearer x"):
            answer = self._send(account, payload, Authorization=wrong)
            self.assertRefused(answer, 401)
            self.assertIn("Basic", answer.headers["WWW-Authenticate"])
        self.assertFalse(self._events(account))

    def test_nobody_there(self):
        account, other = self._account("brevo"), self._account("postmark")
        payload = SAMPLES["brevo"][0][0]
        headers, body = senders.send("brevo", payload, self.now)
        for path in (
            f"/ecrm/webhook/brevo/{account.key}x",
            f"/ecrm/webhook/brevo/{other.key}",
            f"/ecrm/webhook/nobody/{account.key}",
            "/ecrm/webhook/brevo/%25",
            "/ecrm/webhook/brevo/%00",
        ):
            for method in ("POST", "GET", "HEAD"):
                answer = self.url_open(path, data=body, headers=headers, method=method)
                self.assertEqual(answer.status_code, 404, f"{method} {path}")
        account.active = False
        self.assertRefused(self._send(account, payload), 404)
        self.assertFalse(self._deliveries(account))

    def test_how_providers_try_an_address_out(self):
        for code, get in (("mandrill", 405), ("unisender_go", 200), ("brevo", 405)):
            url = self._url(self._account(code))
            self.assertEqual(self.url_open(url, method="HEAD").status_code, 200)
            self.assertEqual(self.url_open(url, method="GET").status_code, get)
            self.assertEqual(self.url_open(url, method="PUT").status_code, 405)

    def test_nonsense(self):
        for code in esp.PROVIDERS:
            account = self._account(code)
            headers, _body = senders.send(code, SAMPLES[code][0][0], self.now, self._url(account))
            for body in (b"x", b"[", b"null", b"\x00", b"\xff", b'{"a":' * 9000, b"[" * 9000):
                answer = self._post(account, body, headers)
                self.assertIn(answer.status_code, (400, 401), f"{code} {body[:9]}")
            self.assertFalse(self._events(account))

    def test_size(self):
        account = self._account("brevo")
        headers = {"Content-Type": "application/json", "Authorization": senders.basic()}
        body = json.dumps({**SAMPLES["brevo"][0][0], "x": "y" * esp.MAX_BYTES}).encode()
        self.assertRefused(self._post(account, body, headers), 413)
        self.assertFalse(self._events(account))

    def test_a_thousand_events_at_once(self):
        """Mandrill sends so many, and a batch that is refused again and again as it is."""
        account, (payload, _expected) = self._account("mandrill"), SAMPLES["mandrill"][0]
        batch = [{**payload[0], "ts": payload[0]["ts"] - number} for number in range(1000)]
        batch = [{**event, "msg": {**event["msg"], "subject": "s" * 900}} for event in batch]
        answer = self._send(account, batch)
        self.assertGreater(len(answer.request.body), esp.MAX_BYTES)
        self.assertEqual(answer.json(), {"events": 1000, "refused": 0})
        self.assertEqual(len(self._events(account)), 1000)

    def test_an_id_that_cannot_be_stored_costs_no_other_event(self):
        account, (payload, _expected) = self._account("sendgrid"), SAMPLES["sendgrid"][0]
        for number, odd in enumerate(("<a\x00@shop.example>", "<a\ud800@shop.example>")):
            event = {**payload[0], "smtp-id": odd, "sg_event_id": f"odd-{number}"}
            good = {**payload[0], "sg_event_id": f"good-{number}"}
            answer = self._send(account, [event, good])
            self.assertEqual(answer.json(), {"events": 2, "refused": 0})
            self.assertEqual(len(self._events(account)), 2 * number + 2)

    def test_mailersend_tries_the_address_out(self):
        account = self._account("mailersend", new_signing_key=False)
        activity = SAMPLES["mailersend"][0][0]
        for payload, status in (({"type": "webhook.test"}, 200), (activity, 401)):
            body = json.dumps(payload).encode()
            headers = {**senders.JSON, "Signature": esp.signature.mac(PING_KEY, body).hex()}
            self.assertEqual(self._post(account, body, headers).status_code, status)
        self.assertFalse(self._events(account))

    def test_initial_openings_where_wanted(self):
        account = self._account("sparkpost", has_initial_opens=True)
        opening = {"type": "initial_open", "event_id": "1", "raw_rcpt_to": "ann@customer.example"}
        self._send(account, [{"msys": {"track_event": opening}}])
        self.assertEqual(self._events(account).mapped("type"), ["opened"])

    def test_what_a_provider_says_besides(self):
        account = self._account("mailjet")
        bounce = {"event": "bounce", "email": "ann@customer.example", "comment": "no such host"}
        self._send(account, bounce)
        self.assertEqual(self._events(account).description, "no such host")

    def test_one_bad_event_is_set_aside(self):
        account, (payload, expected) = self._account("sendgrid"), SAMPLES["sendgrid"][0]
        answer = self._send(account, [*payload, {"no": "event"}, 5])
        self.assertEqual(answer.json(), {"events": len(expected), "refused": 2})
        delivery = self._deliveries(account)
        self.assertEqual((delivery.status, delivery.refused_count), ("partial", 2))
        self.assertTrue(delivery.error)
        self.assertEqual(len(self._events(account)), len(expected))

    def test_a_shape_that_we_do_not_know_is_kept(self):
        account = self._account("mailersend")
        self.assertRefused(self._send(account, {"type": "news", "x": "y" * 5000}), 400)
        delivery = self._deliveries(account)
        self.assertEqual(delivery.status, "failed")
        self.assertGreater(len(delivery.body), 5000)
        delivery.action_replay()
        self.assertEqual(delivery.status, "failed")

    def test_received_mails_are_refused(self):
        account = self._account("postmark")
        self.assertRefused(self._send(account, {"RecordType": "Inbound"}), 422)
        self.assertIn("422", self._deliveries(account).error)

    def test_a_refused_body_is_cut_and_few_are_kept(self):
        account = self._account("brevo")
        headers = {"Content-Type": "application/json", "Authorization": "Basic x"}
        with mute_logger("odoo.http"):
            for _number in range(60):
                self._post(account, b"x" * 50_000, headers)
        kept = self._deliveries(account)
        self.assertLess(len(kept), 55)
        self.assertLessEqual(max(len(delivery.body) for delivery in kept), 2000)

    def test_an_id_of_our_own_leads_to_the_mail(self):
        mails = self.env["ecrm.email.message"].create(
            [
                {
                    "message_id": f"<odoo-{company.id}@shop.example>",
                    "email_normalized": "ann@customer.example",
                    "kind": "order",
                    "company_id": company.id,
                }
                # mailings to contacts of no company belong to none
                for company in (self.env.company, self.env["res.company"])
            ]
        )
        account = self._account("amazon_ses")
        for mail in mails:
            payload = {**SAMPLES["amazon_ses"][0][0]}
            headers = {"messageId": mail.message_id}
            payload["mail"] = {**payload["mail"], "commonHeaders": headers}
            self._send(account, payload)
            self.assertEqual(self._events(account)[0].email_message_ref, mail.id)
            self.assertEqual(self._events(account)[0].message_id, "0102018c-ses")

    def test_the_log_tells_the_providers_own_id(self):
        """By which a caller knows the event; ours may be a longer one."""
        account = self._account("postmark")
        (payload,) = [each for each, _expected in SAMPLES["postmark"] if each.get("ID")][:1]
        self._send(account, payload)
        self.env["ecrm.email.digest"].run()
        event = self._events(account)
        self.assertEqual(event.event_id, str(payload["ID"]))
        self.assertNotEqual(event.external_id, event.event_id)
        touchpoint = self.env["ecrm.touchpoint"].search([("kind", "=", f"email.{event.type}")])
        self.assertEqual(touchpoint.props["event_id"], event.event_id)

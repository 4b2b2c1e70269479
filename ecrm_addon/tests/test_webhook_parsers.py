from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase, tagged

from ..lib.email import esp
from . import webhook_senders as senders
from .webhook_samples import SAMPLES

NOW = datetime(2026, 11, 2, 9, 31, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestParsers(BaseCase):
    """Each provider's reports in common words, and nobody else's."""

    maxDiff = None

    def test_every_provider_has_samples(self):
        self.assertEqual(set(SAMPLES), set(esp.PROVIDERS))

    def test_events(self):
        for code, samples in SAMPLES.items():
            for payload, expected in samples:
                with self.subTest(code, payload=payload):
                    request = senders.request_of(code, payload, NOW)
                    provider = esp.PROVIDERS[code]
                    provider.check(request, senders.account_of(code, NOW), NOW)
                    parsed = provider.parse(request)
                    self.assertFalse(parsed.refused)
                    self._compare(code, expected, parsed.events)

    def _compare(self, code, expected, events):
        found = [{name: getattr(event, name) for name in expected[0]} for event in events]
        for event in found:
            event["timestamp"] = event["timestamp"] and event["timestamp"].isoformat()
        if code == "amazon_ses":  # its events happen when they are told
            expected = [{**event, "timestamp": NOW.isoformat()} for event in expected]
        self.assertEqual(found, expected)

    def test_ids_tell_events_apart_and_are_the_same_again(self):
        for code, samples in SAMPLES.items():
            keys = [self._keys(code, payload, NOW) for payload, _expected in samples]
            again = [
                self._keys(code, payload, NOW + timedelta(seconds=30))
                for payload, _expected in samples
            ]
            self.assertEqual(keys, again, code)
            every = [key for request in keys for key in request]
            self.assertEqual(len(every), len(set(every)), code)

    def _keys(self, code, payload, now):
        parsed = esp.PROVIDERS[code].parse(senders.request_of(code, payload, now))
        return [event.key for event in parsed.events]

    def test_statuses_of_rfc_3463(self):
        for code in ("amazon_ses", "postmark", "sendgrid", "sparkpost", "mandrill", "mailtrap"):
            requests = [senders.request_of(code, payload, NOW) for payload, _e in SAMPLES[code]]
            events = [
                event for each in requests for event in esp.PROVIDERS[code].parse(each).events
            ]
            hard = [event for event in events if event.bounce_kind == "hard"]
            self.assertIn("5.1.1", [event.smtp_status for event in hard], code)

    def test_one_bad_item_costs_no_other(self):
        for code, bad in (
            ("sendgrid", [5, None, "x", {}, {"event": []}, {"event": {"a": 1}}]),
            ("mailjet", [5, None, {}, {"event": [1]}]),
            ("sparkpost", [5, {}, {"msys": {"a": {}, "b": {}}}, {"msys": {"a": 5}}]),
            ("mandrill", [5, None, "x", {"event": []}]),
        ):
            payload, expected = SAMPLES[code][-1]
            request = senders.request_of(code, [*bad, *payload], NOW)
            parsed = esp.PROVIDERS[code].parse(request)
            self._compare(code, expected, parsed.events)
            self.assertEqual([item for item, _reason in parsed.refused], bad, code)

    def test_nonsense_is_refused(self):
        for code, provider in esp.PROVIDERS.items():
            for body in (b"", b"{", b"5", b'"x"', b"null", b"\xff", b"[" * 9000, b'{"a": NaN}'):
                for kind in ("application/json", "text/plain"):
                    request = esp.Request("POST", "", {"Content-Type": kind}, body)
                    with self.subTest(code, body=body[:9]), self.assertRaises(esp.Refused) as error:
                        provider.parse(request)
                        self.fail("let in")
                    self.assertEqual(error.exception.status, 400)

    def test_forms_without_names(self):
        body = b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        for code in ("mandrill", "mailgun"):
            request = esp.Request("POST", "https://odoo.example/w", headers, body)
            provider = esp.PROVIDERS[code]
            with self.subTest(code):
                account = senders.account_of(code, NOW)
                self.assertRaises(esp.Refused, provider.check, request, account, NOW)
                self.assertRaises(esp.Refused, provider.parse, request)

    def test_users_that_are_no_list(self):
        for users in (5, "x", {}, [5], [{"events": 5}], [{"events": []}, {}]):
            request = senders.request_of("unisender_go", {"events_by_user": users}, NOW)
            with self.subTest(users=users), self.assertRaises(esp.Refused) as error:
                esp.PROVIDERS["unisender_go"].parse(request)
            self.assertEqual(error.exception.status, 400)

    def test_amazon_names_nobody(self):
        """Who got the same mail did not bounce or complain because nobody is named."""
        mail = {"messageId": "1", "destination": ["ann@customer.example"]}
        for name, place, whom in (
            ("Bounce", "bounce", "bouncedRecipients"),
            ("Complaint", "complaint", "complainedRecipients"),
            ("Delivery", "delivery", "recipients"),
        ):
            self.assertEqual(self._amazon({"eventType": name, "mail": mail, place: {whom: []}}), [])
            for detail in ({}, {whom: None}, {whom: "ann@customer.example"}):
                with self.subTest(name, detail=detail), self.assertRaises(esp.Refused) as error:
                    self._amazon({"eventType": name, "mail": mail, place: detail})
                self.assertEqual(error.exception.status, 400)
        sent = {"eventType": "Send", "mail": {**mail, "destination": "ann@customer.example"}}
        with self.assertRaises(esp.Refused):
            self._amazon(sent)

    def test_amazon_tells_who_is_delayed(self):
        mail = {"messageId": "1", "destination": ["ann@customer.example", "bob@customer.example"]}
        late = {"emailAddress": "bob@customer.example", "status": "4.2.2"}
        (event,) = self._amazon(
            {
                "eventType": "DeliveryDelay",
                "mail": mail,
                "deliveryDelay": {"delayType": "MailboxFull", "delayedRecipients": [late]},
            }
        )
        self.assertEqual((event.event_type, event.recipient), ("unknown", late["emailAddress"]))
        self.assertEqual((event.smtp_status, event.note), ("4.2.2", "MailboxFull"))

    def _amazon(self, payload):
        request = senders.request_of("amazon_ses", payload, NOW)
        return esp.PROVIDERS["amazon_ses"].parse(request).events

    def test_mailersend_tells_of_other_things(self):
        """What it tells besides mails is no error: it switches off whom it gets errors from."""
        for name in ("maintenance.start", "recipient.on_hold_added", "sender_identity.verified"):
            request = senders.request_of("mailersend", {"type": name, "data": {"id": "1"}}, NOW)
            parsed = esp.PROVIDERS["mailersend"].parse(request)
            self.assertEqual((parsed.events, parsed.refused), ([], []), name)

    def test_initial_openings_where_wanted(self):
        payload = [
            {"msys": {"track_event": {"type": name, "event_id": name}}}
            for name in ("open", "initial_open", "amp_initial_open")
        ]
        provider = esp.PROVIDERS["sparkpost"]
        request = senders.request_of("sparkpost", payload, NOW)
        types = [event.event_type for event in provider.parse(request).events]
        self.assertEqual(types, ["opened", "unknown", "unknown"])
        request.options = frozenset({esp.INITIAL_OPENS})
        types = [event.event_type for event in provider.parse(request).events]
        self.assertEqual(types, ["opened"] * 3)

    def test_received_mails_are_not_for_us(self):
        for code, payload in (
            ("amazon_ses", {"notificationType": "Received", "mail": {}}),
            ("brevo", {"items": []}),
            ("mailersend", {"type": "inbound.message", "data": {}}),
            ("mandrill", [{"event": "inbound", "msg": {"raw_msg": ""}}]),
            ("postal", {"rcpt_to": "shop@shop.example"}),
            ("postmark", {"RecordType": "Inbound"}),
            ("postmark", {"FromFull": {"Email": "ann@customer.example"}}),
            ("sparkpost", [{"msys": {"relay_message": {}}}]),
        ):
            with self.subTest(code), self.assertRaises(esp.Refused) as error:
                esp.PROVIDERS[code].parse(senders.request_of(code, payload, NOW))
            self.assertEqual(error.exception.status, 422)

    def test_mailgun_of_before_2018(self):
        fields = {
            "event": "bounced",
            "recipient": "ann@customer.example",
            "code": "550",
            "error": "5.1.1 no such user",
            "Message-Id": "<mg@shop.example>",
            "token": "t" * 50,
        }
        body = "\r\n".join(
            f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
            for name, value in {**fields, **senders.mailgun_signature(NOW, token="t" * 50)}.items()
        )
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        request = esp.Request("POST", "", headers, f"{body}\r\n--B--\r\n".encode())
        provider = esp.PROVIDERS["mailgun"]
        provider.check(request, senders.account_of("mailgun", NOW), NOW)
        (event,) = provider.parse(request).events
        self.assertEqual(
            (event.event_type, event.recipient, event.reject_reason, event.bounce_kind),
            ("bounced", "ann@customer.example", "bounced", "hard"),
        )
        self.assertEqual(event.timestamp, NOW)
        self.assertEqual((event.smtp_status, event.message_id), ("5.1.1", "<mg@shop.example>"))

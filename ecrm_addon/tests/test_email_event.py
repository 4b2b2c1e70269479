from datetime import datetime, timedelta
from itertools import permutations

from odoo.tests import tagged

from .common import EcrmCase


@tagged("post_install", "-at_install")
class TestEmailEvent(EcrmCase):
    """The raw log of the e-mail doors: each event once, nothing odd stops the others."""

    def test_an_event_is_stored_once(self):
        row = {"type": "clicked", "source": "webhook.x", "external_id": "1", "recipient": "A@x.org"}
        events = self.env["ecrm.email.event"]
        self.assertEqual(events.record([row, {**row, "external_id": "2"}]), 2)
        self.assertEqual(events.record([row]), 0)
        stored = events.search([("source", "=", "webhook.x")])
        self.assertEqual(stored.mapped("recipient"), ["a@x.org"] * 2)

    def test_odd_events_cost_nobody_else(self):
        rows = [
            {"type": "danced", "source": "x"},
            {"type": "opened", "source": "x", "user_agent": 5, "occurred_at": "soon"},
            {"type": "opened", "source": "x", "description": "a\x00b" * 2000},
        ]
        self.assertEqual(self.env["ecrm.email.event"].record(rows), 2)

    def test_nothing_secret_is_kept(self):
        url = "https://shop.example/my/orders/5?access_token=S3CRET&page=2"
        self.env["ecrm.email.event"].record(
            [{"type": "clicked", "source": "x", "external_id": "u", "url": url}]
        )
        event = self.env["ecrm.email.event"].search([("external_id", "=", "u")])
        self.assertEqual(event.url, "https://shop.example/my/orders/5?page=2")

    def test_what_lies_ahead_is_now(self):
        row = {"type": "sent", "source": "x", "external_id": "t"}
        self.env["ecrm.email.event"].record([{**row, "occurred_at": datetime(2999, 1, 1)}])
        event = self.env["ecrm.email.event"].search([("external_id", "=", "t")])
        self.assertLess(event.occurred_at, datetime(2998, 1, 1))


class TestEmailState(EcrmCase):
    """What is known of a mail is a function of the set of its events."""

    def _mail(self, number):
        return self.env["ecrm.email.message"].create(
            {
                "message_id": f"<{number}@shop.example>",
                "email_normalized": "ann@example.com",
                "partner_id": self.customer.id,
                "kind": "message",
                "link_count": 3,
            }
        )

    def _tell(self, mail, events):
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        start = datetime(2026, 3, 1, 10)
        for name, minute in events:
            type_, _dot, kind = name.partition(".")
            row = {"type": type_, "bounce_kind": kind or None, "email_message_ref": mail.id}
            row |= {"source": "webhook.x", "external_id": f"{mail.id} {name}", "user_agent": agent}
            row |= {"occurred_at": start + timedelta(minutes=minute), "ip_cut": "203.0.113.0/24"}
            self.env["ecrm.email.event"].record([row, row])
            self.env["ecrm.email.digest"].run()

    def _known(self, mail):
        names = ("state", "sent_at", "delivered_at", "bounced_at", "bounce_kind", "open_count",
                 "click_count", "human_open_count", "human_click_count", "first_human_open_at",
                 "first_human_click_at", "last_human_click_at")  # fmt: skip
        return {name: mail[name] for name in names}

    def _score(self, mail):
        told = self.env["ecrm.touchpoint"].search([("partner_id", "=", self.customer.id)])
        return sorted(
            (point.kind, point.occurred_at, point.verdict)
            for point in told
            if point.props["mail"] == mail.id
        )

    def test_the_order_in_which_events_come_says_nothing(self):
        events = [("sent", 0), ("delivered", 1), ("opened", 30), ("clicked", 31)]
        events += [("bounced.soft", 2)]
        first = None
        for number, shuffled in enumerate(permutations(events)):
            if number % 7:
                continue  # some of the 120 orders
            mail = self._mail(number)
            self._tell(mail, shuffled)
            found = self._known(mail), self._score(mail)
            first = first or found
            self.assertEqual(found, first, shuffled)
        self.assertEqual(first[0]["state"], "clicked")
        self.assertEqual(first[0]["human_open_count"], 1)

    def test_an_implied_open_is_at_the_first_click_of_a_person(self):
        """A click without pictures tells of an open; until the click is found a machine's."""
        mail = self._mail(500)
        start = datetime(2026, 3, 1, 10)
        told = {"type": "clicked", "source": "webhook.x", "email_message_ref": mail.id}
        told |= {"user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/1"}
        self._tell(mail, [("sent", 0)])
        scanner, reader = "192.0.2.0/24", "203.0.113.0/24"
        clicks = (60, scanner, False), (120, reader, False), (61, scanner, True)
        for minute, place, is_machine in clicks:
            row = {**told, "external_id": f"click {minute}", "ip_cut": place}
            row |= {"occurred_at": start + timedelta(minutes=minute), "is_machine": is_machine}
            self.env["ecrm.email.event"].record([row])
            self.env["ecrm.email.digest"].run()
            opened = [at for kind, at, _verdict in self._score(mail) if kind == "email.opened"]
            self.assertEqual(opened, [start + timedelta(minutes=120 if is_machine else 60)])
        self.assertEqual((mail.human_click_count, mail.machine_click_count), (1, 2))

    def test_the_furthest_that_is_known(self):
        expected = {
            "sent": ["sent", "failed"],
            "deferred": ["sent", "deferred"],
            "delivered": ["bounced.soft", "delivered", "deferred"],
            "bounced": ["delivered", "bounced.hard"],
            "opened": ["bounced.soft", "opened"],
            "complained": ["clicked", "complained", "delivered"],
            "failed": ["failed"],
        }
        for number, (state, names) in enumerate(expected.items()):
            mail = self._mail(1000 + number)
            self._tell(mail, [(name, 10 * place) for place, name in enumerate(names)])
            self.assertEqual(mail.state, state, names)

    def test_who_is_not_to_be_mailed_any_more(self):
        """A report by mail counts for what we sent; a provider's counts in any case."""
        mail = self._mail(2000)
        bounced = {"type": "bounced", "bounce_kind": "hard", "source": "gateway"}
        self.env["ecrm.email.event"].record(
            [
                {**bounced, "message_id": mail.message_id, "recipient": "ann@example.com"},
                {**bounced, "message_id": "<forged@x>", "recipient": "bea@example.com"},
                {**bounced, "provider": "postmark", "recipient": "cleo@example.com"},
            ]
        )
        self.env["ecrm.email.digest"].run()
        addresses = ["ann@example.com", "bea@example.com", "cleo@example.com"]
        refused = self.env["ecrm.suppression"].refusals(addresses)
        self.assertEqual(refused.keys(), {"ann@example.com", "cleo@example.com"})

    def test_a_provider_speaks_of_its_own_company_only(self):
        mail = self._mail(3000)
        mail.company_id = self.env.company
        other = self.env["res.company"].create({"name": "Other"})
        told = {"type": "complained", "source": "webhook.x", "message_id": mail.message_id}
        self.env["ecrm.email.event"].record([{**told, "company_ref": other.id}])
        self.env["ecrm.email.digest"].run()
        self.assertFalse(mail.complained_at)
        self.env["ecrm.email.event"].record([{**told, "company_ref": self.env.company.id}])
        self.env["ecrm.email.digest"].run()
        self.assertTrue(mail.complained_at)

    def test_what_was_known_stays_when_raw_events_go(self):
        mail = self._mail(4000)
        self._tell(mail, [("sent", 0), ("opened", 30), ("clicked", 31)])
        before = self._known(mail)
        self.env.cr.execute("DELETE FROM ecrm_email_event WHERE email_message_ref = %s", [mail.id])
        self._tell(mail, [("delivered", 1)])
        self.assertEqual(self._known(mail), before)

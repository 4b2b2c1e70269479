from datetime import datetime

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

from datetime import datetime

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from ..lib.tracking.event import identity_of
from .collector_case import CollectorCase


@tagged("post_install", "-at_install")
class TestCollectorEmail(MockEmail, CollectorCase):
    """What Odoo's own tables tell of mails that were not written down when they left."""

    def _send(self, recipients, **values):
        """Send a real mailing with a link to records; return it."""
        model = recipients._name
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Spring <b>tea</b>",
                "mailing_type": "mail",
                "mailing_model_id": self.env["ir.model"]._get_id(model),
                "mailing_domain": [("id", "in", recipients.ids)],
                "body_html": '<p><a href="https://shop.example.com/tea?token=S&amp;a=1">Tea</a></p>',
                "keep_archives": True,
                **values,
            }
        )
        with self.mock_mail_gateway():
            mailing.action_send_mail(res_ids=recipients.ids)
        # as of a mailing from before this addon was installed
        self.env["ecrm.email.message"].search([("mailing_id", "=", mailing.id)]).unlink()
        return mailing

    def _click(self, mailing, trace):
        link = self.env["link.tracker"].search([("mass_mailing_id", "=", mailing.id)])
        return self.env["link.tracker.click"].add_click(
            link.code, mailing_trace_id=trace.id, ip="198.51.100.7", country_code="BE"
        )

    def test_sent_opened_replied(self):
        mailing = self._send(self.customer)
        trace = mailing.mailing_trace_ids
        self.assertEqual(trace.trace_status, "sent")
        self._read()
        sent = self._touchpoints()
        self.assertEqual(self._kinds(sent), ["email.sent"])
        self.assertEqual((sent.res_model, sent.res_id), ("mailing.mailing", mailing.id))
        self.assertEqual(sent.props["subject"], "Spring <b>tea</b>")
        self.assertEqual(sent.utm_source, mailing.source_id.name)
        trace.set_opened()
        self._read()
        self.assertEqual(self._kinds(self._touchpoints()), ["email.sent", "email.opened"])
        self.assertEqual(self._touchpoints(kind="email.opened").verdict, "unknown")
        trace.set_replied()
        self._read()
        self.assertEqual(set(self._kinds(self._touchpoints())) - {"email.sent"},
                         {"email.opened", "email.replied"})  # fmt: skip
        self.assertNotIn("email.delivered", self._kinds(self._touchpoints()))

    def test_each_click_counts_once(self):
        mailing = self._send(self.customer)
        trace = mailing.mailing_trace_ids
        self._click(mailing, trace)
        self._read()
        clicked = self._touchpoints(kind="email.clicked")
        self.assertEqual(len(clicked), 1)
        self.assertEqual(clicked.props["url"], "https://shop.example.com/tea?a=1")
        self.assertNotIn("198.51.100.7", str(clicked.read()))
        self._click(mailing, trace)
        self._read()
        self.assertEqual(len(self._touchpoints(kind="email.clicked")), 2)

    def test_a_click_of_which_only_the_trace_knows(self):
        trace = self._send(self.customer).mailing_trace_ids
        trace.links_click_datetime = datetime(2026, 1, 2, 3, 4, 5)
        self._read()
        clicked = self._touchpoints(kind="email.clicked")
        self.assertEqual(clicked.occurred_at, datetime(2026, 1, 2, 3, 4, 5))

    def test_a_click_outside_of_mailings_names_nobody(self):
        link = self.env["link.tracker"].create({"url": "https://shop.example.com/free"})
        click = self.env["link.tracker.click"].add_click(link.code, ip="198.51.100.7")
        self.assertTrue(click)
        self.assertEqual(self._read(), 0)

    def test_bounced_and_failed(self):
        traces = (self._send(self.customer) + self._send(self.customer)).mailing_trace_ids
        traces[0].set_bounced(bounce_message="550 no such user")
        traces[1].set_failed(failure_type="mail_smtp")
        self._read()
        bounced = self._touchpoints(kind="email.bounced")
        self.assertEqual(bounced.props["description"], "550 no such user")
        self.assertEqual(bounced.props["recipient"], "ann@tea.example")
        failed = self._touchpoints(kind="email.failed")
        self.assertEqual(failed.props["reject_reason"], "mail_smtp")

    def test_a_test_mailing_does_not_count(self):
        trace = self._send(self.customer).mailing_trace_ids
        trace.is_test_trace = True
        self._read()
        self.assertFalse(self._touchpoints())

    def test_the_recipient_behind_another_record(self):
        order = self._order(confirm=False)
        mailing = self._send(self.customer)
        mailing.mailing_trace_ids.write({"model": "sale.order", "res_id": order.id})
        self._read()
        self.assertTrue(self._touchpoints(kind="email.sent"))

    def test_a_list_contact_is_an_address_until_a_contact_has_it(self):
        contact = self.env["mailing.contact"].create({"name": "Bob", "email": "Bob@Example.com"})
        self._send(contact)
        self._read()
        sent = self._by_key("email", "bob@example.com").filtered(
            lambda touchpoint: touchpoint.kind == "email.sent"
        )
        self.assertEqual(len(sent), 1)
        self.assertFalse(sent.partner_id)
        bob = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        self._order(bob)
        self._read()
        self._digest()
        self.assertEqual(sent.identity_id.partner_id, bob)
        self.assertEqual(sent.identity_id.link_ids.mapped("evidence"), ["address"])

    def test_a_shared_address_belongs_to_nobody(self):
        self.env["res.partner"].create(
            [{"name": "A", "email": "info@example.com"}, {"name": "B", "email": "info@example.com"}]
        )
        contact = self.env["mailing.contact"].create({"name": "I", "email": "info@example.com"})
        self._send(contact)
        self._read()
        self._digest()
        self.assertFalse(self._by_key("email", "info@example.com").partner_id)

    def test_an_address_taken_off_by_hand_stays_off(self):
        contact = self.env["mailing.contact"].create({"name": "A", "email": "ann@tea.example"})
        mailing = self._send(contact)
        self._read()
        self._digest()
        identity = self._by_key("email", "ann@tea.example").identity_id
        self.assertEqual(identity.partner_id, self.customer)
        identity.unlink_contact()
        mailing.mailing_trace_ids.set_opened()
        self._read()
        self._digest()
        self.assertFalse(identity.partner_id)

    def test_a_recipient_who_was_deleted_is_known_by_address(self):
        mailing = self._send(self.customer)
        self.env["res.partner"].browse(self.customer.id).unlink()
        self._read()
        self.assertIn("email.sent", self._kinds(self._by_key("email", "ann@tea.example")))
        self.assertEqual(mailing.mailing_trace_ids.res_id, self.customer.id)
        self.assertFalse(self.env["ecrm.quarantine"].search([("kind", "=", "email.sent")]))

    def test_a_recipient_who_was_merged_away_stays_the_same_person(self):
        mailing = self._send(self.customer)
        self._read()
        other = self.env["res.partner"].create({"name": "Ann A", "email": "ann@tea.example"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, other.id], other, extra_checks=False
        )
        mailing.mailing_trace_ids.set_opened()
        self._read()
        opened = self._touchpoints(other, kind="email.opened")
        self.assertEqual(len(opened), 1)
        self.assertEqual(opened.identity_id.kind, "partner")

    def test_subscribed_and_unsubscribed_by_address(self):
        newsletter = self.env["mailing.list"].create({"name": "News"})
        contact = self.env["mailing.contact"].create(
            {
                "email": "Cy@Example.com",
                "subscription_ids": [fields.Command.create({"list_id": newsletter.id})],
            }
        )
        self._read()
        known = ("email", "cy@example.com")
        self.assertEqual(self._kinds(self._by_key(*known)), ["email.subscribed"])
        contact.subscription_ids.opt_out = True
        self._read()
        left = self._by_key(*known).filtered(lambda t: t.kind == "email.unsubscribed")
        self.assertEqual(left.props, {"list": "News", "list_id": newsletter.id})
        # back again, and gone again: each leaving counts
        contact.subscription_ids.opt_out = False
        self._read()
        contact.subscription_ids.opt_out_datetime = datetime(2026, 2, 1)
        self._read()
        kinds = self._kinds(self._by_key(*known))
        self.assertEqual(kinds.count("email.unsubscribed"), 2)
        self.assertEqual(kinds.count("email.subscribed"), 1)

    def test_lists_picked_on_a_contact(self):
        newsletter = self.env["mailing.list"].create({"name": "News"})
        self.env["mailing.contact"].create({"email": "di@example.com", "list_ids": newsletter.ids})
        self._read()
        self.assertEqual(self._kinds(self._by_key("email", "di@example.com")), ["email.subscribed"])

    def test_the_blocklist(self):
        self.env["mail.blacklist"]._add("Ann@Tea.Example")
        self._read()
        self._digest()
        self.assertEqual(self._kinds(self._touchpoints()), ["email.unsubscribed"])

    def test_an_endless_address_does_not_stop_the_rest(self):
        trace, other = (self._send(self.customer) + self._send(self.customer)).mailing_trace_ids
        endless = "".join(chr(97 + n * n % 26) for n in range(20_000)) + "@example.com"
        trace.write({"model": "mailing.contact", "res_id": 2**31 - 1, "email": endless})
        self._read()
        self.assertFalse(self._line("mailing.trace").last_error)
        self.assertEqual(len(self._touchpoints(kind="email.sent")), 1)
        _kind, key = identity_of("email", endless)
        self.assertEqual(len(self._by_key("email", key[:320])), 1)
        self.assertTrue(other)

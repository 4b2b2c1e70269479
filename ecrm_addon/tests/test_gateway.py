from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MockEmail

from . import gateway_mails as mails
from .common import EcrmCase

UNKNOWN_CHARSET = b"""\
Message-ID: <charset@example.com>
From: Bob <bob@example.com>
To: shop@tea.example
Subject: Tea
Date: Mon, 4 Jun 207 10:00:00 +0200
Content-Type: text/plain; charset=ansi_x3.110-1983

tendr\xe1s
"""


@tagged("post_install", "-at_install")
class TestGateway(MockEmail, EcrmCase):
    """What comes back to a mailing that was sent, through Odoo's own gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.customer.email = "ann@customers.example"
        cls.ann = "ann@customers.example"

    def setUp(self):
        super().setUp()
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Spring tea",
                "mailing_type": "mail",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "=", self.customer.id)],
                "body_html": "<p>Spring tea is here.</p>",
                "keep_archives": True,
                "reply_to_mode": "update",
            }
        )
        with self.mock_mail_gateway():
            mailing.action_send_mail(res_ids=self.customer.ids)
        self.trace = mailing.mailing_trace_ids

    def _process(self, template, to=None, number=1, **values):
        """Let a mail come in; return what it became, and the events it left."""
        text = template.format(
            to=to or self.ann,
            shop=values.get("shop") or self.env.company.bounce_email,
            message_id=values.get("message_id") or self.trace.message_id,
            id=f"mail{number}",
        )
        before = self.env["ecrm.email.event"].search([], order="id desc", limit=1).id or 0
        with self.mock_mail_gateway():
            thread = self.env["mail.thread"].message_process("res.partner", text)
        return thread, self.env["ecrm.email.event"].search([("id", ">", before)])

    def _people(self):
        return self.env["res.partner"].with_context(active_test=False).search_count([])

    def _assert_event(self, events, **values):
        self.assertEqual(len(events), 1)
        self.assertEqual(events.recipient, self.ann)
        self.assertEqual(events.source, "gateway")
        self.assertEqual(events.message_id, self.trace.message_id)
        self.assertEqual({name: events[name] for name in values}, values)

    def test_a_mail_was_sent(self):
        self.assertEqual(self.trace.trace_status, "sent")

    def test_failed(self):
        dialects = {
            "Postfix": mails.POSTFIX_FAILED,
            "Exim": mails.EXIM_FAILED,
            "Exchange": mails.EXCHANGE_FAILED,
            "Gmail": mails.GMAIL_FAILED,
        }
        for number, (dialect, mail) in enumerate(dialects.items(), 1):
            with self.subTest(dialect):
                self.trace.trace_status = "sent"
                thread, events = self._process(mail, number=number)
                self.assertFalse(thread)
                self._assert_event(
                    events, type="bounced", bounce_kind="hard", reject_reason="invalid"
                )
                self.assertTrue(events.smtp_status.startswith("5.1.1"))
                self.assertEqual(self.trace.trace_status, "bounce")
                self.assertEqual(self.customer.message_bounce, number)

    def test_a_full_mailbox_is_for_now(self):
        _thread, events = self._process(mails.POSTFIX_FULL)
        self._assert_event(events, type="bounced", bounce_kind="soft", smtp_status="5.2.2")

    def test_a_failure_of_several(self):
        bob = self.env["res.partner"].create({"name": "Bob", "email": "bob@customers.example"})
        failed = mails.POSTFIX_FAILED.replace(
            "\n--b1\nContent-Type: text/rfc822-headers",
            "\nFinal-Recipient: rfc822; bob@customers.example\nAction: failed\nStatus: 5.1.1\n"
            "\n--b1\nContent-Type: text/rfc822-headers",
        )
        _thread, events = self._process(failed)
        self.assertEqual(set(events.mapped("recipient")), {self.ann, bob.email})
        self.assertEqual((self.customer.message_bounce, bob.message_bounce), (1, 1))

    def test_failed_to_a_return_path_with_a_token(self):
        bounce = self.env.company.bounce_email.replace("@", "+4711@")
        odd = "From: gate@mx.example.org\nTo: {shop}\nMessage-ID: <{id}@x>\nSubject: x\n\ny\n"
        thread, _events = self._process(odd, shop=bounce)
        self.assertFalse(thread)

    def _assert_nothing_of_odoo(self, template, **values):
        people, messages = self._people(), self.env["mail.message"].search_count([])
        thread, events = self._process(template, **values)
        self.assertFalse(thread)
        self.assertEqual(self._people(), people)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.trace.trace_status, "sent")
        self.assertFalse(self.customer.message_bounce)
        return events

    def test_delayed(self):
        events = self._assert_nothing_of_odoo(mails.POSTFIX_DELAYED)
        self._assert_event(events, type="deferred", smtp_status="4.4.1")

    def test_delivered(self):
        events = self._assert_nothing_of_odoo(mails.POSTFIX_DELIVERED)
        self._assert_event(events, type="delivered")

    def test_complaint(self):
        events = self._assert_nothing_of_odoo(mails.COMPLAINT)
        self._assert_event(events, type="complained", description="abuse")

    def test_a_complaint_of_whom_the_provider_masks(self):
        sent = self.env["ecrm.email.message"].create(
            {"message_id": "<sent@tea.example>", "email_normalized": self.ann, "kind": "mailing"}
        )
        for number, masked in enumerate(("<redacted>", "<redacted@fbl.example.org>"), 1):
            mail = mails.COMPLAINT.replace("Rcpt-To: <{to}>", f"Rcpt-To: {masked}")
            mail = mail.replace("\nTo: {to}\n", f"\nTo: {masked}\n")
            _thread, events = self._process(mail, message_id=sent.message_id, number=number)
            self.assertEqual(
                (events.type, events.recipient, events.email_message_ref),
                ("complained", self.ann, sent.id),
            )

    def test_refused_by_the_mail_server(self):
        """Hard is what says that there is no such user, not what is said of us or the mail."""
        refusals = {
            "SMTPRecipientsRefused: {'a@x': (550, b'5.1.1 No such user')}": ("bounced", "hard"),
            "SMTPRecipientsRefused: {'a@x': (550, b'5.7.1 Relaying denied')}": ("bounced", "soft"),
            "SMTPDataError: (554, b'5.7.1 Message blocked as spam')": ("bounced", "soft"),
            "SMTPSenderRefused: (550, b'5.1.8 Bad sender', 'a@x')": ("failed", False),
            "SMTPRecipientsRefused: {'a@x': (451, b'4.7.1 Greylisted')}": ("failed", False),
        }
        mail = self.trace.mail_mail_id
        for refusal, (type_, kind) in refusals.items():
            with self.subTest(refusal):
                before = self.env["ecrm.email.event"].search([], order="id desc", limit=1).id
                self.env["ecrm.email.sender"].note_sent(mail, [], [], refusal)
                event = self.env["ecrm.email.event"].search([("id", ">", before)])
                self.assertEqual((event.type, event.bounce_kind), (type_, kind))

    def test_refused_by_the_mail_server_in_odoo_s_own_screens(self):
        # as if the copy had not left
        self.env.cr.execute(SQL("DELETE FROM ecrm_email_event WHERE type = 'sent'"))
        self.trace.set_failed(failure_type="unknown")
        refusal = "SMTPRecipientsRefused: {'a@x': (550, b'5.1.1 No such user')}"
        self.env["ecrm.email.sender"].note_sent(self.trace.mail_mail_id, [], [], refusal)
        self.env.flush_all()
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()
        self.assertEqual(
            (self.trace.trace_status, self.trace.failure_type), ("bounce", "mail_bounce")
        )

    def test_receipt(self):
        events = self._assert_nothing_of_odoo(mails.RECEIPT)
        self._assert_event(events, type="opened", description="read receipt")
        deleted = mails.RECEIPT.replace("; displayed", "; deleted")
        self.assertFalse(self._assert_nothing_of_odoo(deleted, number=2))

    def test_absent(self):
        for number, mail in enumerate((mails.ABSENT_EXCHANGE, mails.ABSENT_VACATION), 1):
            for shop in (self.env.company.bounce_email, "shop@tea.example"):
                events = self._assert_nothing_of_odoo(mail, shop=shop, number=f"{number}{shop[0]}")
                self._assert_event(events, type="autoreplied")

    def test_reply(self):
        thread, events = self._process(mails.REPLY, shop=self.env.company.catchall_email)
        self.assertEqual(thread, self.customer.id)
        self._assert_event(events, type="replied")
        self.assertEqual(self.trace.trace_status, "reply")
        self.assertIn("green tea", self.customer.message_ids[0].body)
        self.assertFalse(self.customer.message_bounce)

    def test_a_reply_of_ours_is_none_of_a_customer(self):
        colleague = self.env["res.users"].create(
            {"name": "Zoe", "login": "zoe", "email": "zoe@tea.example"}
        )
        _thread, events = self._process(
            mails.REPLY, to=colleague.email, shop=self.env.company.catchall_email
        )
        self.assertFalse(events)

    def test_a_mail_about_nothing_we_sent(self):
        people = self._people()
        thread, events = self._process(
            mails.REPLY, shop="a@b.example", message_id="<x@y>", to="c@d.example"
        )
        self.assertTrue(thread)
        self.assertEqual(self._people(), people + 1)
        self.assertFalse(events)

    def test_what_people_write_of_failures_is_routed(self):
        people = self._people()
        mail = (
            "Message-ID: <{id}@x>\nFrom: {to}\nTo: {shop}\nSubject: Delivery problem\n\n"
            "My parcel was not delivered, please help. Your mail about it was fine."
        )
        thread, events = self._process(mail, shop="shop@tea.example", to="new@customers.example")
        self.assertTrue(thread)
        self.assertEqual(self._people(), people + 1)
        self.assertFalse(events)
        invoice = (
            "Message-ID: <{id}@x>\nFrom: erp@supplier.example\nTo: {shop}\nSubject: Invoice 7\n"
            "Auto-Submitted: auto-generated\n\nPlease pay."
        )
        thread, events = self._process(invoice, shop="shop@tea.example", number=2)
        self.assertTrue(thread)
        self.assertFalse(events)

    def test_the_same_mail_twice_is_one_event(self):
        self._process(mails.POSTFIX_FAILED)
        _thread, events = self._process(mails.POSTFIX_FAILED)
        self.assertFalse(events)

    def test_the_log_knows_the_mail(self):
        sent = self.env["ecrm.email.message"].create(
            {
                "message_id": "<sent@tea.example>",
                "email_normalized": self.ann,
                "kind": "mailing",
            }
        )
        # forwarded: it failed at another address than we wrote to
        forwarded = mails.POSTFIX_FAILED.replace("rfc822; {to}", "rfc822; box7@far.example")
        forwarded = forwarded.replace("Original-Recipient: rfc822;{to}\n", "")
        _thread, events = self._process(forwarded, message_id=sent.message_id)
        self.assertEqual(events.email_message_ref, sent.id)
        self.assertEqual(events.recipient, self.ann)

    def test_an_unknown_charset_and_an_odd_year_do_not_stop_the_mailbox(self):
        with self.mock_mail_gateway():
            thread = self.env["mail.thread"].message_process("res.partner", UNKNOWN_CHARSET)
        self.assertIn("tendrás", self.env["res.partner"].browse(thread).message_ids[0].body)

    def test_broken_mails_do_not_stop_the_mailbox(self):
        head = b"Message-ID: <%d@x>\nFrom: MAILER-DAEMON@x.org\nTo: a@b.example\n"
        rest = (
            b"Content-Type: multipart/report; report-type=delivery-status\n\nhello",
            b"Content-Type: multipart/report; boundary=B\n\n--B\n\n--B--\n",
            b"Content-Type: message/rfc822\n\n",
            b"Content-Type: ;;;\nSubject: \xff\x00\n\nfoo\x00bar",
            b"Content-Type: text/plain; charset=hex\n\nfoo",
            b"Content-Type: text/plain; charset=\n\nfoo",
            b"Content-Type: font/ttf; name=a.ttf\n\nfoo",
            b"Content-Type: multipart/report; boundary=B\n\n"
            b"--B\nContent-Type: message/delivery-status\n\n\n--B--\n",
        )
        for number, mail in enumerate(rest):
            with self.subTest(mail), self.mock_mail_gateway():
                thread = self.env["mail.thread"].message_process(
                    "res.partner", head % number + mail
                )
                self.assertFalse(thread)


@tagged("post_install", "-at_install")
class TestHeaders(EcrmCase):
    """``List-Unsubscribe`` and its like, in the bytes that leave."""

    def _lines(self, headers):
        message = self.env["ir.mail_server"]._build_email__(
            "shop@tea.example", ["ann@customers.example"], "Täglich", "<p>x</p>",
            subtype="html", headers=headers,
        )  # fmt: skip
        head = message.as_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
        return head.replace("\r\n ", " ").split("\r\n")

    def test_plain_at_any_length(self):
        for length in range(60, 401):
            url = f"<https://tea.example/{'x' * (length - 22)}>"
            self.assertEqual(len(url), length)
            lines = self._lines(
                {"List-Unsubscribe": url, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
            )
            self.assertIn(f"List-Unsubscribe: {url}", lines)
            self.assertIn("List-Unsubscribe-Post: List-Unsubscribe=One-Click", lines)

    def test_several_addresses(self):
        value = ", ".join(f"<https://tea.example/{n}/{'x' * 390}>" for n in range(3))
        self.assertIn(f"List-Unsubscribe: {value}", self._lines({"List-Unsubscribe": value}))

    def test_the_others(self):
        feedback = ":".join(["campaign" * 6, "customer" * 6, "mailing", "shop"])
        lines = self._lines({"Feedback-ID": feedback, "List-Id": f"Tea <{'x' * 90}.tea.example>"})
        self.assertIn(f"Feedback-ID: {feedback}", lines)
        self.assertIn(f"List-Id: Tea <{'x' * 90}.tea.example>", lines)

    def test_a_name_is_encoded_as_usual(self):
        (line,) = [
            line for line in self._lines({"List-Id": "Müll <a.tea.example>"}) if "List-Id" in line
        ]
        self.assertIn("=?utf-8?", line)

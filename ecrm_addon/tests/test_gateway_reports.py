import base64
from email import message_from_string, policy

from odoo.tests import BaseCase, tagged

from ..lib.email.gateway import report
from .gateway_reports import KINDS, WORDS

DSN = """\
From: MAILER-DAEMON@mx.example.org
To: bounce@shop.example
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

Delivery failed.
--B
Content-Type: message/delivery-status
{}
--B--
"""
TWO = """\
Reporting-MTA: dns; mx.example.org
Final-Recipient: rfc822; ann@x.example
Action: failed
Status: 5.1.1
Final-Recipient: RFC822; <BOB@x.example>
Action: Delayed (try again)
Status: 4.2.2
"""


@tagged("post_install", "-at_install")
class TestReports(BaseCase):
    """What many mail systems write is read right, by any policy of the parser."""

    def _read(self, text):
        told = [
            report.read(message_from_string(text, policy=one), own=["bounce@shop.example"])
            for one in (policy.SMTP, policy.compat32)
        ]
        self.assertEqual(told[0].recipients, told[1].recipients)
        return told[0]

    def _found(self, told):
        return {(found.address.lower(), found.action) for found in told.recipients}

    def test_reports_in_words(self):
        for name, is_delayed, failed, sender, subject, text in WORDS:
            with self.subTest(name):
                kind = "multipart/report" if "--XX" in text else "text/plain; charset=utf-8"
                told = self._read(
                    f"From: {sender}\nTo: news@shop.example\nSubject: {subject}\n"
                    f"Content-Type: {kind}\n\n{text}"
                )
                action = "delayed" if is_delayed else "failed"
                self.assertEqual(told.kind, f"dsn_{action}")
                self.assertEqual(self._found(told), {(one, action) for one in failed.split()})

    def test_the_mail_that_came_back_names_nobody(self):
        told = self._read(
            "From: MAILER-DAEMON@mx.example.org\nSubject: Mail delivery failed\n"
            "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nNot reached:\n\n  ann@x.example\n"
            "--B\nContent-Type: text/plain\n\nDear customer, write to\nsales@shop.example\n--B--\n"
        )
        self.assertEqual(self._found(told), {("ann@x.example", "failed")})

    def test_fields_without_empty_lines_and_encoded(self):
        encoded = base64.encodebytes(TWO.encode()).decode()
        for fields in (f"\n{TWO}", f"Content-Transfer-Encoding: base64\n\n{encoded}"):
            with self.subTest(fields):
                told = self._read(DSN.format(fields))
                self.assertEqual(
                    self._found(told), {("ann@x.example", "failed"), ("bob@x.example", "delayed")}
                )

    def test_kinds(self):
        for kind, head, text in KINDS:
            with self.subTest(head):
                sender = "" if "From:" in head else "From: Ann <ann@x.example>\n"
                told = self._read(f"{sender}To: info@shop.example\n{head}\n{text}")
                self.assertEqual(told.kind, kind)
                self.assertEqual(told.is_answer, kind == "autoreply")

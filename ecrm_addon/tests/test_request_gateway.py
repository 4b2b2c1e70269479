from odoo.tests import tagged

from .support_case import MAIL, SupportCase

IDA = "Ida <ida@customers.example>"


@tagged("post_install", "-at_install")
class TestRequestGateway(SupportCase):
    """Requests by e-mail: opened, answered, and never by machines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a contact without a login: nobody but staff says which address it has
        cls.ida = cls.env["res.partner"].create({"name": "Ida", "email": "ida@customers.example"})

    def test_asked(self):
        request = self._process(IDA, subject="Re: Where is my tea?")
        self.assertEqual(request.name, "Where is my tea?")
        self.assertEqual(request.partner_id, self.ida)
        self.assertEqual((request.email, request.source), ("ida@customers.example", "email"))
        self.assertEqual(request.team_id, self.team)
        self.assertIn("It did not come.", request.description)
        self.assertEqual(self._thread(request), ["It did not come."])
        self.assertFalse(request.is_proved)
        self.assertFalse(request.answered_at)

    def test_receipt(self):
        self.ida.lang = "en_US"
        request = self._process(IDA, message_id="<first@x.example>")
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["ida@customers.example"])
        # the sender is not proved: nobody's words go through us to a stranger
        self.assertIn(request.number, mail["subject"])
        self.assertNotIn("tea", mail["subject"] + mail["body"])
        self.assertIn(f"/my/support/{request.id}?access_token=", mail["body"])
        self.assertIn(self.to, mail["reply_to"])
        self.assertIn("<first@x.example>", mail["references"])
        self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-replied")

    def test_address_of_two_contacts_is_nobodys(self):
        request = self._process("Kim <both@customers.example>")
        self.assertFalse(request.partner_id)
        self.assertFalse(request.message_ids.filtered("body").author_id.filtered("partner_share"))

    def test_unknown_address_makes_no_contact(self):
        people = self.env["res.partner"].search_count([])
        request = self._process("New <new@customers.example>")
        self.assertFalse(request.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), people)

    def test_answer_threads_in(self):
        request = self._process(IDA)
        with self.mock_mail_gateway():
            message = self._answer(request)
        request._close()
        more = f"In-Reply-To: {message.message_id}\n"
        same = self._process(IDA, subject="Re: tea", body="It came, empty.", more=more)
        self.assertEqual(same, request)
        self.assertIn("It came, empty.", self._thread(request))
        self.assertFalse(request.is_closed)
        self.assertEqual(request.reopened, 1)
        self.assertTrue(request.customer_wrote_at)
        # who answers a mail of ours reads the mails of the address
        self.assertTrue(request.is_proved)

    def test_answer_to_the_receipt_threads_in(self):
        request = self._process("New <new@customers.example>")
        receipt = self.env["mail.message"].search(
            [("model", "=", "ecrm.request"), ("res_id", "=", request.id),
             ("message_type", "=", "auto_comment")]
        )  # fmt: skip
        more = f"In-Reply-To: {receipt.message_id}\n"
        same = self._process("New <new@customers.example>", body="One more thing", more=more)
        self.assertEqual(same, request)
        self.assertTrue(request.is_proved)

    def test_own_mail_proves_nothing(self):
        request = self._process("New <new@customers.example>", message_id="<mine@x.example>")
        more = "In-Reply-To: <mine@x.example>\n"
        same = self._process("New <new@customers.example>", body="Me again", more=more)
        self.assertEqual(same, request)
        self.assertFalse(request.is_proved)

    def test_number_in_the_subject(self):
        request = self._process(IDA)
        subject = f"AW: [{request.number}] tea"
        request._close()
        self.assertEqual(self._process(IDA, subject=subject, body="Here"), request)
        self.assertFalse(request.is_closed)
        self.assertEqual(self._thread(request), ["Here", "It did not come."])
        other = self._process("zed@customers.example", subject=subject, body="Not mine")
        self.assertTrue(other and other != request)

    def test_a_number_alone_opens_no_thread_that_is_proved(self):
        """Anybody guesses a number and forges a sender."""
        request = self._process(IDA)
        request._prove()
        request._close()
        other = self._process(IDA, subject=f"Re: [{request.number}] tea", body="Pay me")
        self.assertTrue(other and other != request)
        self.assertEqual((other.partner_id, other.is_proved), (self.ida, False))
        self.assertIn(request.number, " ".join(other.message_ids.mapped("body")))
        self.assertTrue(request.is_closed)
        self.assertEqual(self._thread(request), ["It did not come."])

    def test_contacts_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        self.ida.company_id = company
        self.assertFalse(self._process(IDA).partner_id)
        self.ida.company_id = self.env.company
        self.assertEqual(self._process(IDA, subject="More").partner_id, self.ida)

    def test_mails_that_are_attached(self):
        part = 'Content-Type: {}\nContent-Disposition: attachment; filename="{}"\n\n{}\n'
        inner = "From: x@x.example\nContent-Type: multipart/mixed; boundary=i\n\n"
        for name, body, is_taken in (("bill.pdf", "%PDF-1.7", True), ("bill.pdf", "MZ", False)):
            file = "--i\n" + part.format("application/pdf", name, body) + "--i--\n"
            mail = "--o\n" + part.format("message/rfc822", "old.eml", inner + file)
            body = f"--o\nContent-Type: text/plain\n\nSee\n{mail}--o--\n"
            text = MAIL.format(
                sender=IDA, to=self.to, subject="My file", message_id=f"<{is_taken}@x.example>",
                more="MIME-Version: 1.0\n", body=body,
            ).replace("text/plain; charset=utf-8", "multipart/mixed; boundary=o")  # fmt: skip
            with self.mock_mail_gateway():
                thread_id = self.env["mail.thread"].message_process(False, text)
            request = self.requests.browse(thread_id)
            names = request.message_ids.attachment_ids.mapped("name")
            self.assertEqual("old.eml" in names, is_taken, body)
            told = " ".join(request.message_ids.mapped("body"))
            self.assertEqual("is a program" in told, not is_taken)

    def test_agent_answers_by_mail(self):
        request = self._process(IDA)
        message = self._answer(request, "Let me see.", subtype_xmlid="mail.mt_comment")
        more = f"In-Reply-To: {message.message_id}\n"
        self._process("Erin <erin@shop.example>", body="It comes tomorrow.", more=more)
        self.assertEqual(request.message_ids[0].author_id, self.erin.partner_id)
        self.assertIn("ida@customers.example", str([mail["email_to"] for mail in self._mails]))

    # ------------------------------------------------------------
    # MACHINES
    # ------------------------------------------------------------

    def test_machines_open_nothing(self):
        before = self._count()
        for more in (
            "Auto-Submitted: auto-replied\n",
            "X-Autoreply: yes\nPrecedence: auto_reply\n",
            "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n",
        ):
            self.assertFalse(self._process(IDA, more=more), more)
        self.assertFalse(self._process("MAILER-DAEMON@x.example", subject="Undelivered Mail"))
        self.assertFalse(self._process(f"Help <{self.to}>"))
        self.assertEqual(self._count(), before)

    def test_machines_reopen_nothing(self):
        request = self._process(IDA)
        message = self._answer(request)
        request._close()
        more = f"In-Reply-To: {message.message_id}\nAuto-Submitted: auto-replied\n"
        self._process(IDA, subject="Out of office", body="I am away.", more=more)
        self.assertTrue(request.is_closed)

    def test_lists_get_no_receipt(self):
        request = self._process(IDA, more="List-Id: <tea.lists.example>\n")
        self.assertTrue(request)
        self.assertFalse(self._mails)

    def test_same_mail_twice(self):
        before = self._count()
        for _time in range(2):
            self._process(IDA, message_id="<twice@x.example>")
        self.assertEqual(self._count(), before + 1)

    def test_receipts_are_bounded(self):
        """Two machines that answer each other without saying so stop soon."""
        sent = 0
        for number in range(8):
            self._process("loop@x.example", subject=f"Hello {number}", body=f"{number}")
            sent += len(self._mails)
        self.assertEqual(sent, 5)

    def test_broken_mail(self):
        for subject, body in (("", ""), ("x" * 5000, "y" * 60_000), ("'; drop --", "<script>")):
            request = self._process(IDA, subject=subject, body=body)
            self.assertTrue(request)
            self.assertLessEqual(len(request.name), 200)
            self.assertNotIn("<script", request.description)

import io
import zipfile

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .support_case import SupportCase


@tagged("post_install", "-at_install")
class TestRequest(SupportCase):
    """What becomes of a request by what both sides write and press."""

    def setUp(self):
        super().setUp()
        self.request = self._ask()

    def _write(self, text="Any news?", partner=None, **values):
        return self.request.message_post(
            body=text,
            author_id=(partner or self.rosa).id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **values,
        )

    def _stage(self, code):
        return self.env.ref(f"ecrm_addon.request_stage_{code}")

    # ------------------------------------------------------------
    # WHO WROTE
    # ------------------------------------------------------------

    def test_asked(self):
        self.assertEqual(self.request.customer_wrote_at, self.request.opened_at)
        self.assertFalse(self.request.answered_at)
        self.assertRegex(self.request.number, r"^SR\d{5}$")
        self.assertIn(self.request.number, self.request.display_name)

    def test_answered(self):
        self._answer(self.request)
        first = self.request.answered_at
        self.assertTrue(first)
        self.assertFalse(self.request.customer_wrote_at)
        self._write()
        self.assertTrue(self.request.customer_wrote_at)
        self.request.answered_at = "2026-01-01 10:00:00"
        self._answer(self.request)
        self.assertEqual(str(self.request.answered_at), "2026-01-01 10:00:00")
        self.assertFalse(self.request.customer_wrote_at)

    def test_a_note_is_no_answer(self):
        self._answer(self.request, "Who knows this?", subtype_xmlid="mail.mt_note")
        self.assertFalse(self.request.answered_at)
        self.assertTrue(self.request.customer_wrote_at)
        self.assertFalse(self._thread(self.request))

    def test_an_employee_who_asks_is_no_answer(self):
        self.request.partner_id = self.erin.partner_id
        self._write(partner=self.erin.partner_id)
        self.assertFalse(self.request.answered_at)

    def test_customer_brings_it_back(self):
        for code in ("waiting", "solved", "cancelled"):
            self.request.stage_id = self._stage(code)
            self.request.customer_wrote_at = False
            self._write()
            self.assertEqual(self.request.stage_id, self._stage("progress"), code)
            self.assertTrue(self.request.customer_wrote_at, code)
        self.assertEqual(self.request.reopened, 2)
        self.assertFalse(self.request.closed_at)

    def test_a_new_one_stays_new(self):
        self._write()
        self.assertEqual(self.request.stage_id, self._stage("new"))

    # ------------------------------------------------------------
    # OPEN AND CLOSED
    # ------------------------------------------------------------

    def test_close(self):
        self.request._close()
        self.assertEqual(self.request.stage_id, self._stage("solved"))
        self.assertTrue(self.request.closed_at and self.request.is_closed)
        self.assertFalse(self.request.customer_wrote_at)
        self.assertTrue(self.request._is_solved())
        closed_at = self.request.closed_at = "2026-01-01 10:00:00"
        self.request._close()
        self.assertEqual(str(self.request.closed_at), closed_at)

    def test_cancelled_is_not_solved(self):
        self.request.stage_id = self._stage("cancelled")
        self.assertTrue(self.request.is_closed)
        self.assertFalse(self.request._is_solved())

    def test_stages_of_the_company(self):
        """Without ours, the first that fit are taken."""
        done = self.env["ecrm.request.stage"].create(
            {"name": "Finished", "is_closed": True, "sequence": 1}
        )
        self._stage("solved").is_closed = False
        self.assertEqual(self.requests._solved(), done)
        self._stage("progress").is_waiting = True
        self.assertEqual(self.requests._in_progress(), self._stage("new"))

    def test_many_at_once(self):
        requests = self.request | self._ask(self.zed)
        self.request.reopened = 3
        requests._close()
        requests._reopen("staff")
        self.assertEqual(requests.mapped("reopened"), [4, 1])

    # ------------------------------------------------------------
    # MAILS
    # ------------------------------------------------------------

    def test_answer_goes_to_the_customer(self):
        with self.mock_mail_gateway():
            self._answer(self.request)
        mail = self._mails_to("rosa@customers.example")
        self.assertIn(f"/mail/view?access_token={self.request.access_token}", mail["body"])
        self.assertRegex(
            mail["body"], rf"model=ecrm.request&(amp;)?pid=\d+&(amp;)?res_id={self.request.id}\b"
        )
        self.assertIn(f"[{self.request.number}]", mail["subject"])
        self.assertIn(self.to, mail["reply_to"])

    def test_answer_goes_to_an_address_without_contact(self):
        self.request.write({"partner_id": False, "email": "Nobody <new@customers.example>"})
        with self.mock_mail_gateway():
            self._answer(self.request)
        mail = self._mails_to("new@customers.example")
        self.assertIn(f"/my/support/{self.request.id}?access_token=", mail["body"])

    def test_own_words_do_not_come_back(self):
        self.request.write({"partner_id": False, "email": "new@customers.example"})
        with self.mock_mail_gateway():
            self.request.message_post(
                body="Hello?",
                author_id=False,
                email_from="new@customers.example",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self._mails)

    def _mails_to(self, address):
        found = [mail for mail in self._mails if any(address in to for to in mail["email_to"])]
        self.assertEqual(len(found), 1, [mail["email_to"] for mail in self._mails])
        return found[0]

    def test_another_customer_gets_another_key(self):
        key = self.request.access_token
        self.request.partner_id = self.zed
        self.assertNotEqual(self.request.access_token, key)

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_files_of_a_mail_that_are_not_taken(self):
        message = self._write(
            attachments=[("bill.pdf", b"%PDF-1.7 x"), ("run.exe", b"MZ x"), ("no.zip", b"PK\3\4")]
        )
        self.assertEqual(message.attachment_ids.mapped("name"), ["bill.pdf"])
        self.assertIn("run.exe is a program", message.body)
        self.assertIn("no.zip", message.body)

    def test_archives_that_unpack_to_too_much(self):
        def packed(*names, size=0):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in ("[Content_Types].xml", *names):
                    archive.writestr(name, b"\0" * size)
            return file.getvalue()

        refusals = self.requests._file_refusals
        self.assertFalse(refusals([("cv.docx", packed("word/document.xml", size=100))]))
        (told,) = refusals([("cv.docx", packed("word/document.xml", size=20 * 2**20))])
        self.assertIn("unpacks to far more", told)
        (told,) = refusals([("cv.docx", packed(*(f"{n}" * 9 for n in range(20_000))))])
        self.assertIn("unpacks to far more", told)
        (told,) = refusals([("cv.docx", packed("word/vbaProject.bin"))])
        self.assertIn("macros", told)
        (told,) = refusals([("cv.docx", packed("word/document.xml")[:-30])])
        self.assertIn("broken", told)

    def test_names_of_files_are_no_markup(self):
        message = self._write(attachments=[("<img src=x onerror=alert(1)>.exe", b"MZ x")])
        self.assertNotIn(Markup("<img"), message.body)

    def test_uploaded_files_are_looked_at(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "bill.pdf", "raw": b"MZ", "res_model": "mail.compose.message", "res_id": 0}
        )
        with self.assertRaisesRegex(UserError, "is a program"):
            self._write(attachment_ids=attachment.ids)

    def test_staff_attach_what_they_want(self):
        message = self._answer(self.request, attachments=[("tool.zip", b"PK\3\4")])
        self.assertEqual(message.attachment_ids.name, "tool.zip")

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    def _own(self, partner):
        return self.requests.search(self.requests._own_domain(partner.user_ids))

    def test_own_only(self):
        self.assertEqual(self._own(self.rosa), self.request)
        self.assertFalse(self._own(self.tim) | self._own(self.zed))

    def test_unproved_is_nobodys(self):
        self.request.is_proved = False
        self.assertFalse(self._own(self.rosa))
        self.request._prove()
        self.assertEqual(self._own(self.rosa), self.request)

    def test_login_owns_what_its_address_asked(self):
        self.request.write({"is_proved": False, "partner_id": False})
        self.rosa.user_ids.login = "rosa@customers.example"
        self.assertEqual(self._own(self.rosa), self.request)
        # whoever writes the address into their account has proved nothing
        self.tim.email = self.request.email
        self.assertFalse(self._own(self.tim))
        self.request.partner_id = self.zed
        self.assertFalse(self._own(self.rosa))

    def test_customers_have_no_rights(self):
        for user in (self.rosa.user_ids, self.env.ref("base.public_user")):
            request = self.request.with_user(user)
            for call in (
                lambda r=request: r.read(["name"]),
                lambda r=request: r.search([]),
                lambda r=request: r.write({"name": "x"}),
                lambda r=request: r.message_post(body="x"),
                lambda r=request: r.create({"name": "x"}),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_contact_merge_keeps_requests(self):
        other = self.env["res.partner"].create({"name": "Rosa", "email": "rosa@customers.example"})
        second = self._ask(other)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.rosa | other).ids, self.rosa)
        self.assertEqual((self.request | second).partner_id, self.rosa)
        self.assertEqual(self._own(self.rosa), self.request | second)

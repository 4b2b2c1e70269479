from odoo import fields
from odoo.tests import new_test_user

from ..lib.privacy.table import ANONYMISED, KEPT
from .forget_case import EMAIL, IP, NAME, TERM, ForgetCase

LONG_AGO = "2005-02-03"


class OthersCase(ForgetCase):
    """A person among others: her company, her colleagues, who has the same address."""

    def _firm(self):
        return self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "email": "info@firm.example"}
        )

    def _parts(self, partner=None, email=None):
        partner = self.person if partner is None else partner
        return {part.code: part for part in self.privacy.preview(partner, email)}

    def _entry(self, partner, date):
        accounts = (
            self.company_data["default_account_receivable"],
            self.company_data["default_account_revenue"],
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "name": f"For {NAME}",
                            "balance": balance,
                        }
                    )
                    for account, balance in zip(accounts, (10, -10), strict=True)
                ],
            }
        )
        entry.action_post()
        return entry


class TestForgetBooks(OthersCase):
    """Drafts and books of others stay; what need not be kept any more names nobody."""

    def _draft_of(self, kind, partner, **values):
        line = {"product_id": self.product.id, "price_unit": 10, "tax_ids": False}
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": partner.id,
                "invoice_line_ids": [fields.Command.create(line)],
                **values,
            }
        )

    def test_drafts_of_a_company_stay(self):
        firm = self._firm()
        self.person.write({"parent_id": firm.id, "type": "contact"})
        invoice = self._draft_of("out_invoice", self.person)
        shipped = self._draft_of("out_invoice", firm, partner_shipping_id=self.person.id)
        bill = self._draft_of("in_invoice", self.person)
        amounts = (invoice | shipped | bill).mapped("amount_total")
        self.privacy.forget(self.person)
        kept = (invoice | shipped | bill).exists()
        self.assertEqual(kept.mapped("amount_total"), amounts)
        self.assertEqual(kept.partner_id, firm)
        self.assertEqual(set(kept.mapped("invoice_partner_display_name")), {"Firm"})
        self.assertNotIn(self.person, kept.partner_shipping_id)
        self.assertEqual(kept.line_ids.partner_id, firm)

    def test_only_her_own_invoices_are_deleted(self):
        invoice = self._draft_of("out_invoice", self.person)
        bill = self._draft_of("in_invoice", self.person)
        self.privacy.forget(self.person)
        self.assertFalse(invoice.exists())
        self.assertTrue(bill.exists())
        self.assertEqual(self._search([NAME]), set())

    def test_who_stands_on_lines_alone_is_named(self):
        entry = self._entry(self.person, fields.Date.today())
        self.assertFalse(entry.partner_id)
        parts = {part.code: part for part in self.privacy.forget(self.person)}
        self.assertEqual(parts["journal_items_kept"].action, KEPT)
        self.assertEqual(parts["contact_kept"].until, parts["journal_items_kept"].until)
        self.assertEqual(entry.line_ids.partner_id.name, NAME)

    def test_old_lines_name_nobody(self):
        self._entry(self.person, LONG_AGO)
        parts = {part.code: part for part in self.privacy.forget(self.person)}
        self.assertEqual(parts["journal_items_old"].action, ANONYMISED)
        self.assertNotIn("contact_kept", parts)
        self.assertEqual(self._search([NAME]), set())

    def _pay(self, date):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.person.id,
                "amount": 10,
                "date": date,
                "memo": f"From {NAME}",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": date,
                "amount": 10,
                "payment_ref": f"{NAME} pays",
                "partner_name": NAME,
                "account_number": "BE71096123456769",
                "partner_id": self.person.id,
            }
        )
        self._live_as_a_customer(self.person)
        online = self.env["payment.transaction"].search([("partner_id", "=", self.person.id)])
        online.state = "done"
        online.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = ANY(%s)",
            (date, online.ids),
        )
        online.invalidate_recordset()
        return payment, line

    def test_payments_are_kept_for_a_time(self):
        payment, line = self._pay(fields.Date.today())
        parts = {part.code: part for part in self.privacy.forget(self.person)}
        for code in ("payments_kept", "bank_lines_kept", "online_payments_kept"):
            self.assertEqual(parts[code].count, 1, code)
        self.assertEqual((payment.partner_id.name, line.partner_name), (NAME, NAME))

    def test_old_payments_name_nobody(self):
        payment, line = self._pay(LONG_AGO)
        parts = {part.code: part for part in self.privacy.forget(self.person)}
        for code in ("payments_old", "bank_lines_old", "online_payments_old"):
            self.assertEqual(parts[code].action, ANONYMISED, code)
        self.assertNotIn("contact_kept", parts)
        self.assertTrue(payment.exists() and line.exists())
        self.assertEqual(line.amount, 10)
        self.assertFalse(line.partner_name or line.account_number)
        self.assertEqual(self._search([NAME, EMAIL]), set())


class TestForgetColleagues(OthersCase):
    """What others did, wrote and get is theirs."""

    def test_clicks_from_the_same_office(self):
        self._live_with_an_account(self.person)
        link = self.env["link.tracker"].create({"url": "https://shop.example/", "title": "Shop"})
        trace = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": self.other.id, "email": self.other.email}
        )
        clicks = self.env["link.tracker.click"].create(
            [
                {"link_id": link.id, "ip": IP, "mailing_trace_id": trace.id},
                {"link_id": link.id, "ip": IP},
            ]
        )
        told = self.privacy.export(self.person)
        self.assertFalse(told["clicks"])
        self.assertNotIn("clicks_of_nobody", told)
        self.privacy.forget(self.person)
        self.assertEqual(clicks.mapped("ip"), [IP, False])

    def test_an_address_that_is_typed_leaves_contacts_alone(self):
        """Whoever has the address as a contact is not asked about."""
        post = self.other.message_post(
            body="Mine", author_id=self.person.id, email_from=EMAIL, subtype_xmlid="mail.mt_note"
        )
        notification = self.env["mail.notification"].create(
            {
                "mail_message_id": post.id,
                "res_partner_id": self.person.id,
                "mail_email_address": EMAIL,
            }
        )
        rating = self.env["mail.message"].create(
            {"model": "res.partner", "res_id": self.other.id, "email_from": EMAIL, "body": TERM,
             "author_id": False}
        )  # fmt: skip
        nobody = self.env["res.partner"]
        told = self.privacy.export(nobody, EMAIL)
        texts = [row["text"] for row in told["messages"] + told["messages_of_others"]]
        self.assertNotIn("Mine", texts)
        self.assertIn(TERM, texts)
        self.assertFalse(told["notifications"])
        self.privacy.forget(nobody, EMAIL)
        self.assertEqual((post.body, post.email_from), ("<p>Mine</p>", EMAIL))
        self.assertTrue(notification.exists())
        self.assertFalse(rating.exists())

    def test_mails_to_several_are_sent_to_the_others(self):
        mail, sent = self.env["mail.mail"].create(
            [
                {
                    "email_to": f'"{NAME}" <{EMAIL}>, "Jo" <jo@x.example>',
                    "recipient_ids": (self.person | self.other).ids,
                    "body_html": f"<p>Meet {NAME}</p>",
                    "state": state,
                }
                for state in ("outgoing", "sent")
            ]
        )
        alone = self.env["mail.mail"].create({"email_to": EMAIL, "body_html": "<p>x</p>"})
        self.privacy.forget(self.person)
        self.assertTrue(mail.exists())
        self.assertFalse((sent | alone).exists())
        self.assertEqual(mail.email_to, '"Jo" <jo@x.example>')
        self.assertEqual(mail.recipient_ids, self.other)
        self.assertEqual(self._search([NAME, EMAIL]), set())

    def test_messages_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        manager = new_test_user(
            self.env,
            "ecrm_of_other",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        order = self._draft(self.person)
        order.message_post(body="Secret offer", author_id=self.person.id)
        self.other.message_post(body="Hello", author_id=self.person.id)
        mail = {"model": "sale.order", "res_id": order.id, "email_to": EMAIL}
        self.env["mail.mail"].create({**mail, "subject": "Secret mail", "body_html": "<p>x</p>"})
        privacy = self.privacy.with_user(manager).sudo(False)
        told = privacy.export(self.person.with_user(manager))
        texts = [row["text"] for row in told["messages"] + told["messages_of_others"]]
        self.assertIn("Hello", texts)
        self.assertNotIn("Secret offer", texts)
        self.assertNotIn("Secret mail", [row["subject"] for row in told["mails"]])
        told = self.privacy.export(self.person)
        texts = [row["text"] for row in told["messages"] + told["messages_of_others"]]
        self.assertIn("Secret offer", texts)
        self.assertIn("Secret mail", [row["subject"] for row in told["mails"]])

    def test_people_at_an_address_of_a_company(self):
        firm = self._firm()
        desk, worker = self.env["res.partner"].create(
            [
                {"name": "Desk", "type": "invoice", "parent_id": firm.id},
                {"name": "Tim", "type": "invoice", "parent_id": firm.id, "email": "tim@f.example"},
            ]
        )
        self.privacy.forget(firm)
        self.assertEqual((worker.name, worker.active), ("Tim", True))
        self.assertEqual((desk.name, desk.active), ("Erased contact", False))

    def test_a_shared_address_is_told(self):
        self.assertNotIn("shared_address", self._parts())
        self.env["res.partner"].create({"name": "Twin", "email": EMAIL})
        preview = self.privacy.preview(self.person)
        part = next(part for part in preview if part.code == "shared_address")
        self.assertEqual((part.action, part.count), (KEPT, 1))
        self.assertIn("Another contact", part.reason)
        self.assertEqual(self.privacy.forget(self.person), preview)
        self.assertNotIn("shared_address", self._parts())

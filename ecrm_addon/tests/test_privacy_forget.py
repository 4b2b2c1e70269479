import json

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from ..lib.privacy.table import ANONYMISED, ERASED, KEPT
from .forget_case import EMAIL, IP, NAME, PHONE, PLANTED, STREET, TERM, TOKEN, ForgetCase

#: What stays of a person of whom documents have to be kept.
ON_DOCUMENTS = {
    ("res_partner", "name"),
    ("res_partner", "complete_name"),
    ("res_partner", "street"),
    ("sale_order", "note"),
    ("account_move", "invoice_partner_display_name"),
    ("account_move", "narration"),
}


class TestForget(ForgetCase):
    """Nothing is left of who has no documents; of others what these need."""

    def test_nothing_is_left(self):
        self._life()
        before = self._search()
        self.assertGreater(len(before), 40, before)
        for word in PLANTED:
            self.assertTrue(self._search([word]), word)
        parts = self._forget()
        self.assertEqual(self._search(), set())
        self.assertFalse(self.person.active)
        self.assertFalse(self.user.active)
        self.assertTrue(self.env["res.users.deletion"].search([("user_id", "=", self.user.id)]))
        self.assertNotIn(KEPT, {part.action for part in parts if "suppress" not in part.code})
        self.assertEqual(len({part.code for part in parts}), len(parts))
        self.assertTrue(all(part.label and part.count > 0 for part in parts))

    def test_a_preview_tells_the_same_and_does_nothing(self):
        self._life()
        before = self._search()
        preview = self.privacy.preview(self.person)
        self.assertEqual(self._search(), before)
        self.assertEqual(self.privacy.forget(self.person), preview)

    def test_twice_is_once(self):
        self._life()
        self.privacy.forget(self.person)
        self._forget()
        self.assertEqual(self._search(), set())

    def test_documents_are_kept(self):
        self._life()
        order = self._draft(self.person)
        order.action_confirm()
        order.message_post(body=f"Dear {NAME}, {EMAIL}, {PHONE}", partner_ids=self.person.ids)
        invoice = self._invoice(order)
        parts = {part.code: part for part in self._forget()}
        self.assertLessEqual(self._search(), ON_DOCUMENTS)
        self.assertEqual(self._search([EMAIL, PHONE, TERM, IP, TOKEN]), set())
        self.assertEqual(self.person.name, NAME)
        self.assertFalse(self.person.active)
        self.assertTrue(order.exists() and invoice.exists())
        self.assertEqual(invoice.invoice_partner_display_name, NAME)
        # and no figures are computed of what is kept
        profiles = self.env["ecrm.profile"].search([("partner_id", "=", self.person.id)])
        self.assertFalse(profiles)
        kept = {code for code, part in parts.items() if part.action == KEPT}
        self.assertLessEqual({"orders_kept", "invoices_kept", "contact_kept"}, kept)
        part = parts["invoices_kept"]
        self.assertIn("accounting and tax law", part.reason)
        self.assertEqual(part.until, fields.Date.to_date(f"{invoice.date.year + 10}-12-31"))
        self.assertEqual(parts["contact_kept"].until, part.until)

    def test_the_company_says_how_long_and_why(self):
        self.company.ecrm_legal_retention_years = 3
        self.company.ecrm_legal_retention_reason = "Article 60 of the tax code"
        order = self._draft(self.person)
        order.action_confirm()
        order.date_order = "2025-02-03 10:00:00"
        (part,) = (p for p in self.privacy.preview(self.person) if p.code == "orders_kept")
        self.assertEqual(str(part.until), "2028-12-31")
        self.assertIn("Article 60", part.reason)
        order.date_order = "2019-02-03 10:00:00"
        codes = {part.code for part in self.privacy.forget(self.person)}
        self.assertIn("orders_old", codes)
        self.assertNotIn("contact_kept", codes)
        self.assertEqual(self._search(), set())
        self.assertTrue(order.exists())

    def test_an_address_without_a_contact(self):
        (self.person.child_ids | self.person).unlink()
        self._live_by_mailings()
        self.env["mail.mail"].create({"email_to": EMAIL, "body_html": f"<p>{EMAIL}</p>"})
        self.env["mail.guest"].create({"name": NAME, "email": EMAIL})
        nobody = self.env["res.partner"]
        self.assertTrue(self.privacy.export(nobody, EMAIL)["mailing_contacts"])
        parts = self.privacy.forget(nobody, EMAIL)
        self.assertIn("mailing_contacts", {part.code for part in parts})
        self.assertEqual(self._search([EMAIL, NAME, TOKEN, IP]), set())
        self.assertTrue(self.other.exists())
        self.assertFalse(self.privacy.preview(nobody, "unknown@example.org"))

    def test_others_stay(self):
        """Not even who has an address that ends like hers is touched."""
        self.other.email = f"jo.{EMAIL}"
        self._life()
        mail = self.env["mail.mail"].create({"email_to": f"jo.{EMAIL}", "body_html": "<p>Jo</p>"})
        order = self._draft(self.other, note="Mine")
        self._forget()
        self.assertEqual(self.other.email, f"jo.{EMAIL}")
        self.assertEqual(mail.email_to, f"jo.{EMAIL}")
        self.assertTrue(order.exists())
        self.assertEqual(self._search([NAME, PHONE, STREET, TOKEN, IP]), set())

    def test_who_shares_the_address_stays(self):
        """What is known by the address alone may be the other one's."""
        twin = self.env["res.partner"].create({"name": "Twin", "email": EMAIL})
        twin.message_post(body="For the twin", author_id=twin.id)
        self._life()
        self._forget()
        self.assertEqual((twin.name, twin.email, twin.active), ("Twin", EMAIL, True))
        self.assertEqual(len(twin.message_ids.filtered("author_id")), 1)
        self.assertTrue(self.env["mailing.contact"].search([("email", "=", EMAIL)]))
        self.assertFalse(self.person.active)
        self.assertEqual(self._search([PHONE, STREET]), set())
        # with the trace of the mailing
        self.assertEqual(self._search([IP]), {("link_tracker_click", "ip")})
        self.assertFalse(self._search([NAME]) & {("res_partner", "name"), ("res_users", "login")})

    def test_colleagues_and_company(self):
        company = self.env["res.partner"].create(
            {
                "name": "Firm",
                "is_company": True,
                "street": "Firmstreet 1",
                "email": "firm@x.example",
            }
        )
        self.person.write({"parent_id": company.id, "type": "contact"})
        colleague = self.env["res.partner"].create({"name": "Tim", "parent_id": company.id})
        offer = self._draft(self.person)
        self.privacy.forget(self.person)
        self.assertEqual(company.name, "Firm")
        self.assertEqual(company.street, "Firmstreet 1")
        self.assertEqual(company.email, "firm@x.example")
        self.assertEqual(colleague.parent_id, company)
        self.assertFalse(self.person.parent_id)
        self.assertEqual(offer.partner_id, company)
        self.assertEqual(offer.partner_shipping_id, company)

    def test_employees_are_refused(self):
        clerk = new_test_user(self.env, "clerk", "base.group_user")
        for partner in (
            clerk.partner_id,
            self.company.partner_id,
            self.env.ref("base.public_partner"),
        ):
            for method in (self.privacy.preview, self.privacy.forget):
                with self.assertRaises(UserError):
                    method(partner)

    def test_the_account_is_closed(self):
        self._life()
        with self.assertLogs("odoo", "DEBUG") as logs:
            self.privacy.forget(self.person)
        told = [line for line in logs.output if EMAIL in line and ".sql_db" not in line]
        self.assertEqual(told, [])
        self.assertFalse(self.user.has_group("base.group_user"))
        self.assertNotIn("@", self.user.login)
        self.assertFalse(self.env["res.users.apikeys"].search([("user_id", "=", self.user.id)]))

    def test_who_comes_back_is_new(self):
        self._life()
        self.privacy.forget(self.person)
        person = self.env["res.partner"].create({"name": "New", "email": EMAIL})
        self.env["ecrm.collector"].search([]).action_read_again()
        self.env["ecrm.pipeline"].run_now()
        touchpoints = self.env["ecrm.touchpoint"].search([("partner_id", "=", person.id)])
        self.assertFalse(touchpoints, touchpoints.mapped("kind"))
        self.assertEqual(self._search([NAME, PHONE, STREET, TERM, IP, TOKEN]), set())
        told = self.privacy.export(person)
        self.assertFalse(told["mailing_traces"])

    def test_refusals_outlive_it(self):
        self._live_by_mailings(self.person.id)
        self.privacy.forget(self.person)
        topic = self.env["ecrm.topic"].search([], limit=1)
        refused = self.env["ecrm.suppression"].refusals([EMAIL], topic, self.company)
        self.assertEqual(refused, {EMAIL: "unsubscribed"})

    def test_the_mailing_counts_as_before(self):
        self._life()
        mailing = self.traces.mass_mailing_id
        self.privacy.forget(self.person)
        self.assertEqual(len(mailing.mailing_trace_ids), 2)
        self.assertEqual(self.traces.mapped("trace_status"), ["open", "open"])

    def test_what_waits_is_counted(self):
        self.assertEqual(self.privacy.remaining(), 0)
        self.privacy.forget(self.person)
        self.assertTrue(self.privacy.forgotten(self.person))


class TestForgetTold(ForgetCase):
    """The export and the screens tell of all of it."""

    def test_the_export(self):
        self._life()
        order = self._draft(self.person)
        order.action_confirm()
        self.note = order.message_post(body="Colleagues only", author_id=self.other.id)
        told = json.loads(json.dumps(self.privacy.export(self.person)))
        for code in (
            "contact_details", "account", "devices", "odoo_visitors", "messages", "mails",
            "mailing_lists", "mailing_traces", "clicks", "quotations", "ratings", "meetings",
            "payment_tokens", "bank_accounts",
        ):  # fmt: skip
            self.assertTrue(told[code], code)
        self.assertEqual(told["devices"][0]["ip_address"], IP)
        self.assertRegex(told["mailing_traces"][0]["sent_datetime"], r"^\d{4}-\d\d-\d\dT")
        texts = [row["text"] for row in told["messages"] + told["messages_of_others"]]
        self.assertIn("Thank you", texts)
        # what was written about her elsewhere is told where it went to her
        self.assertIn("Colleagues only", self.note.body)
        self.assertNotIn("Colleagues only", texts)
        # a clerk wrote to her: that is told, and not who
        self.assertNotIn("chat_operator", json.dumps(told["messages"]))
        self.assertNotIn(self.other.email, json.dumps(told))

    def test_the_dialog(self):
        self._life()
        order = self._draft(self.person)
        order.action_confirm()
        manager = new_test_user(
            self.env,
            "ecrm_dpo",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            company_id=self.company.id,
            # the website is another one's
            company_ids=[fields.Command.set(self.env["res.company"].search([]).ids)],
        )
        wizards = self.env["ecrm.erase.wizard"].with_user(manager).sudo(False)
        wizards = wizards.with_context(active_model="res.partner", active_id=self.person.id)
        shown = wizards.new({"partner_id": self.person.id, "scope": "everything"})
        shown._onchange_scope()
        self.assertEqual(shown.line_ids[0].action, KEPT)
        self.assertLessEqual({KEPT, ERASED, ANONYMISED}, set(shown.line_ids.mapped("action")))
        form = Form(wizards)
        form.scope = "everything"
        form.is_sure = True
        wizard = form.save()
        action = wizard.action_erase()
        self.assertIn(NAME, action["params"]["message"])
        self.assertEqual(self._search([EMAIL]), set())

    def test_another_companys_documents(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "ecrm_stranger",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self._draft(self.person)
        privacy = self.privacy.with_user(stranger).sudo(False)
        self.assertEqual(privacy.export(self.person.with_user(stranger))["quotations"], [])
        with self.assertRaises(UserError):
            privacy.forget(self.person.with_user(stranger))

    def test_the_lookup(self):
        self._life()
        wizard = self.env["privacy.lookup.wizard"].create({"name": NAME, "email": EMAIL})
        wizard.action_lookup()
        listed = set(wizard.line_ids.mapped("res_model"))
        self.assertEqual(
            len({(line.res_model, line.res_id) for line in wizard.line_ids}), len(wizard.line_ids)
        )
        self.assertLessEqual(
            {"mail.followers", "mail.notification", "calendar.attendee", "link.tracker.click",
             "res.device.log", "website.visitor", "ecrm.touchpoint", "sale.order"},
            listed,
        )  # fmt: skip

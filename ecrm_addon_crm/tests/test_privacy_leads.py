from odoo.addons.ecrm_addon.tests.forget_case import EMAIL, NAME, PHONE, STREET, ForgetCase


class TestPrivacyLeads(ForgetCase):
    """Leads of a person lose her, and stay in the pipeline."""

    def setUp(self):
        super().setUp()
        typed = {"contact_name": NAME, "street": STREET, "description": f"I am {NAME}"}
        self.leads = self.env["crm.lead"].create(
            [
                {"name": f"{NAME}'s request", "partner_id": self.person.id, **typed},
                {"name": "Form", "email_from": f'"{NAME}" <{EMAIL}>', "phone": PHONE, **typed},
            ]
        )
        self.leads.expected_revenue = 70
        for lead in self.leads:
            lead.message_post(body=f"She is {NAME}")

    def test_of_a_contact(self):
        told = self.privacy.export(self.person)["leads"]
        self.assertEqual([lead["contact_name"] for lead in told], [NAME, NAME])
        parts = {part.code: part for part in self._forget()}
        self.assertEqual(parts["leads"].count, 2)
        self.assertEqual(self._search(), set())
        self.assertEqual(self.leads.exists().mapped("expected_revenue"), [70, 70])

    def test_of_an_address(self):
        (self.person.child_ids | self.person).unlink()
        self.leads[0].unlink()
        self.assertIn(("crm_lead", "email_from"), self._search())
        self.privacy.forget(self.env["res.partner"], EMAIL)
        self.assertEqual(self._search(), set())

    def test_of_somebody_else(self):
        lead = self.env["crm.lead"].create({"name": "Jo", "email_from": f"jo.{EMAIL}"})
        self._forget()
        self.assertEqual(lead.email_from, f"jo.{EMAIL}")

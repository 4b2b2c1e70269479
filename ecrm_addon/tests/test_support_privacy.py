from odoo.tests import tagged

from .support_case import SupportCase


@tagged("post_install", "-at_install")
class TestSupportPrivacy(SupportCase):
    """Requests in a customer's history, in what she is told, and when she is forgotten."""

    def setUp(self):
        super().setUp()
        self.request = self._ask(subject="My secret matter")
        self.request.message_post(
            body="My secret words",
            author_id=self.rosa.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("secret.pdf", b"%PDF-1.7 secret")],
        )

    def _kinds(self, partner):
        self.pipeline.run_now()
        return self._touchpoints(partner).mapped("kind")

    def test_history(self):
        self.assertIn("support.opened", self._kinds(self.rosa))
        self._answer(self.request)
        self.request._close()
        kinds = self._kinds(self.rosa)
        for kind in ("support.opened", "support.answered", "support.closed"):
            self.assertEqual(kinds.count(kind), 1, kind)

    def test_history_of_an_unproved_address(self):
        request = self._ask(self.zed, is_proved=False)
        self._kinds(self.zed)
        event = self.env["ecrm.touchpoint"].search(
            [("res_model", "=", "ecrm.request"), ("res_id", "=", request.id)]
        )
        self.assertEqual(event.identity_id.kind, "email")
        request._prove()
        self.pipeline.run_now()
        event = self.env["ecrm.touchpoint"].search(
            [("res_model", "=", "ecrm.request"), ("res_id", "=", request.id)]
        )
        self.assertEqual(event.partner_id, self.zed)

    def test_staff_are_no_customers(self):
        self._ask(self.erin.partner_id)
        self.assertFalse(self._kinds(self.erin.partner_id))

    def test_activity_leads_to_the_request(self):
        hers = self._ask(self.tim)
        self.pipeline.run_now()
        self._login(self.rosa)
        page = self._page("/my/activity")
        self.assertTrue(page.xpath(f"//a[@href='/my/support/{self.request.id}']"))
        self.assertFalse(page.xpath(f"//a[@href='/my/support/{hers.id}']"))

    def test_told(self):
        told = self.env["ecrm.privacy"].export(self.rosa)["support_requests"]
        self.assertEqual([row["name"] for row in told], ["My secret matter"])
        self.assertFalse(self.env["ecrm.privacy"].export(self.tim)["support_requests"])

    def test_forgotten(self):
        number, other = self.request.number, self._ask(self.tim)
        files = self.request.message_ids.attachment_ids
        self.assertTrue(files)
        self.rosa.user_ids.active = False
        self.env["ecrm.privacy"].forget(self.rosa)
        self.env.invalidate_all()
        self.assertEqual(self.request.number, number)
        self.assertFalse(self.request.partner_id or self.request.email or self.request.access_token)
        self.assertFalse(self.request.message_ids or files.exists())
        self.assertNotIn("secret", f"{self.request.name} {self.request.description}")
        self.assertEqual(other.name, "Where is my tea?")

    def test_nothing_stays_after_an_uninstall(self):
        alias = self.team.alias_id
        self.request.activity_schedule("mail.mail_activity_data_todo")
        self.requests._remove_traces()
        self.assertFalse(alias.exists())
        domain = [("res_model", "in", ("ecrm.request", "ecrm.request.team"))]
        for model in ("mail.activity", "ir.attachment"):
            self.assertFalse(self.env[model].search(domain), model)

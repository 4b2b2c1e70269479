from odoo.tests import tagged

from .support_case import SupportCase


class SupportTourCase(SupportCase):
    def setUp(self):
        super().setUp()
        self.env.company.ecrm_feedback_request = True
        category = self.env["ecrm.faq.category"].create({"name": "Shipping"})
        self.env["ecrm.faq"].create(
            {
                "name": "When tea is late",
                "body": "<p>Wait for a day.</p>",
                "category_id": category.id,
                "is_published": True,
            }
        )

    def _live(self):
        """Ask in the account, be answered by the agent, reopen, close, and say how it was."""
        self._order(self.rosa)
        self._login(self.rosa)
        self.start_tour("/my", "ecrm_support_ask", login="rosa")
        request = self.requests.search([("partner_id", "=", self.rosa.id)])
        self.assertEqual(request.name, "My tea is late")
        self.assertTrue(request.order_id)
        with self.mock_mail_gateway():
            self._answer(request)
        request._close()
        self.start_tour(f"/my/support/{request.id}", "ecrm_support_reopen", login="rosa")
        self.assertEqual(request.reopened, 1)
        self.assertTrue(request.is_closed)
        self.assertIn("It did not come", " ".join(self._thread(request)))
        rated = self.env["ecrm.feedback"].search(
            [("res_model", "=", "ecrm.request"), ("res_id", "=", request.id)]
        )
        self.assertEqual((rated.score, rated.partner_id), (4, self.rosa))
        self.assertEqual(request.csat, 4)


@tagged("post_install", "-at_install")
class TestSupportTour(SupportTourCase):
    def test_live(self):
        self._live()


@tagged("post_install", "-at_install")
class TestSupportTourMobile(SupportTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_live_mobile(self):
        self._live()

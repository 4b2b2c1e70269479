from odoo.tests import HttpCase, tagged

from .help_case import HelpCase


class HelpTourCase(HelpCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.back = self._article(
            "How do I return a chair?", "Print the label and hand it in.", self.returns
        )
        self._article("Where is my parcel?", "In the van.")

    def _tour(self):
        self.start_tour("/help", "ecrm_help")
        vote = self.env["ecrm.faq.vote"].search([("article_id", "=", self.back.id)])
        self.assertEqual((vote.is_helpful, vote.comment), (False, "Which carrier?"))


@tagged("post_install", "-at_install")
class TestHelpTour(HelpTourCase):
    def test_tour(self):
        self._tour()


@tagged("post_install", "-at_install")
class TestHelpTourMobile(HelpTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self._tour()

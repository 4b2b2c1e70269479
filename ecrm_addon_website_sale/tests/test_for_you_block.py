from lxml import html

from ..lib.mail_block import MARK, fill
from .test_for_you import ForYouCase


class TestForYouBlock(ForYouCase):
    def test_on_the_website(self):
        self.start_tour(self.env["website"].get_client_action_url("/"), "ecrm_for_you_block",
                        login="admin")  # fmt: skip
        page = self.url_open("/").text
        self.assertIn('data-limit="2"', page)
        self.assertNotIn("o_ecrm_pick", page)

    def test_in_a_mailing(self):
        """What the editor saves, made for mail programs, has the place, and nothing in it."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "For you",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        path = f"/odoo/action-mass_mailing.mailing_mailing_action_mail/{mailing.id}"
        self.start_tour(path, "ecrm_mail_for_you_block", login="admin")
        mailing.invalidate_recordset()
        body = str(mailing.body_html)
        (place,) = html.fromstring(body).xpath(f"//div[contains(@class, '{MARK}')]")
        self.assertFalse(place.text_content().strip())
        filled = fill(body, lambda limit: f"[{limit} products]")
        self.assertIn("[4 products]", filled)
        self.assertNotIn(MARK, filled)

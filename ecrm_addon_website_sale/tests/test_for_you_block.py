from .test_for_you import ForYouCase


class TestForYouBlock(ForYouCase):
    def test_on_the_website(self):
        self.start_tour(self.env["website"].get_client_action_url("/"), "ecrm_for_you_block",
                        login="admin")  # fmt: skip
        page = self.url_open("/").text
        self.assertIn('data-limit="2"', page)
        self.assertNotIn("o_ecrm_pick", page)

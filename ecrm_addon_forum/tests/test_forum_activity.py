from odoo.tests import tagged

from odoo.addons.ecrm_addon.tests.activity_case import PAGE, ActivityCase


@tagged("post_install", "-at_install")
class TestForumActivity(ActivityCase):
    """What customers see of their posts under "My activity", with the way back to them."""

    def _ask(self, partner, forum, **values):
        user = partner.user_ids
        user.karma = 10_000
        values = {"name": "How long?", "content": "<p>Tea</p>", "forum_id": forum.id, **values}
        return self.env["forum.post"].with_user(user).create(values)

    def test_posts_and_votes_lead_to_the_forum(self):
        forum = self.env["forum.forum"].create({"name": "Tea talk"})
        question = self._ask(self.zed, forum)
        answer = self._ask(self.rosa, forum, name=False, parent_id=question.id)
        answer.with_user(self.zed.user_ids).is_correct = True
        self.env["forum.post.vote"].with_user(self.rosa.user_ids).create(
            {"post_id": question.id, "vote": "1"}
        )
        self.pipeline.run_now()
        self._login(self.rosa)
        page = self._page(f"{PAGE}?channel=forum")
        text = " ".join(page.text_content().split())
        for words in ("You wrote in the forum", "Your answer was accepted", "You voted"):
            self.assertIn(words, text)
        links = self._links(page)
        self.assertCountEqual(links, [answer.website_url, answer.website_url, question.website_url])
        for link in set(links):
            self.assertEqual(self.url_open(link).status_code, 200)
        self._login(self.zed)
        self.assertEqual(self._links(self._page(f"{PAGE}?channel=forum")), [question.website_url])

    def test_a_forum_that_was_closed_to_them(self):
        forum = self.env["forum.forum"].create({"name": "Tea talk"})
        self._ask(self.zed, forum)
        self.pipeline.run_now()
        forum.write(
            {"privacy": "private", "authorized_group_id": self.env.ref("base.group_system").id}
        )
        self._login(self.zed)
        page = self._page(f"{PAGE}?channel=forum")
        self.assertIn("How long?", page.text_content())
        self.assertFalse(self._links(page))

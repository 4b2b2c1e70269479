from odoo.tests import new_test_user

from odoo.addons.ecrm_addon.tests.collector_case import CollectorCase


class ForumCase(CollectorCase):
    """A forum, two customers and an employee who write in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.forum = cls.env["forum.forum"].create(
            {"name": "Tea talk", "website_id": cls.website.id}
        )
        cls.asker = new_test_user(cls.env, "forum_asker", "base.group_portal")
        cls.helper = new_test_user(cls.env, "forum_helper", "base.group_portal")
        cls.employee = new_test_user(cls.env, "forum_employee", "base.group_user")
        for user in cls.asker | cls.helper | cls.employee:
            user.karma = 10_000

    @classmethod
    def _ask(cls, user=None, **values):
        values = {"name": "How long?", "content": "<p>Green tea</p>", **values}
        posts = cls.env["forum.post"].with_user(user or cls.asker)
        return posts.create({"forum_id": cls.forum.id, **values})

    @classmethod
    def _answer(cls, question, user=None, **values):
        values = {"name": False, "content": "<p>Two minutes</p>", **values}
        return cls._ask(user or cls.helper, parent_id=question.id, **values)

    @classmethod
    def _vote(cls, post, user, vote="1"):
        return cls.env["forum.post.vote"].with_user(user).create({"post_id": post.id, "vote": vote})

    def _told(self, user, kind):
        return self._touchpoints(user.partner_id, kind=kind)

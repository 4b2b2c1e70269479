from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools.safe_eval import safe_eval

from .forum_case import ForumCase


class TestForumQuestions(ForumCase):
    """The list of customers' questions, and who may see what of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "ecrm_addon.group_ecrm_"
        cls.agent = new_test_user(cls.env, "forum_agent", f"{group}support")
        cls.user = new_test_user(cls.env, "forum_user", f"{group}support,{group}user")
        cls.gold = cls.env["ecrm.tier"].create({"name": "Test Gold", "minimum": 2000})
        cls.env["ecrm.profile"].create(
            {
                "partner_id": cls.asker.partner_id.id,
                "company_id": cls.env.company.id,
                "tier_id": cls.gold.id,
            }
        )
        cls.question = cls._ask()
        cls.unknown = cls._ask(cls.helper, name="Which pot?")
        cls.answered = cls._ask(name="How warm?")
        cls._answer(cls.answered)
        cls.own = cls._ask(cls.employee, name="What do you like?")

    def _listed(self, *filters, user=None):
        """Return the questions of the test in the list, with filters of its search view."""
        action = self.env.ref("ecrm_addon_forum.forum_post_action_questions")
        view = self.env.ref("ecrm_addon_forum.forum_post_view_search_questions")
        search = etree.fromstring(view.arch)
        domain = safe_eval(action.domain) + [("forum_id", "=", self.forum.id)]
        for name in filters:
            (found,) = search.xpath(f"//filter[@name='{name}']")
            domain += safe_eval(found.get("domain"))
        return self.env["forum.post"].with_user(user or self.agent).search(domain, order="id")

    def test_which_questions(self):
        asked = self.question | self.unknown | self.answered
        self.assertEqual(self._listed().ids, asked.ids)
        self.assertEqual(self._listed("unanswered").ids, (self.question | self.unknown).ids)
        # a question that waits for a moderator, or that was closed, waits for no answer
        self.unknown.sudo().state = "close"
        self.assertEqual(self._listed("unanswered").ids, self.question.ids)

    def test_answers_of_ours_and_accepted_ones(self):
        self.assertIn(self.answered.id, self._listed("not_by_us").ids)
        answer = self._answer(self.answered, self.employee)
        self.assertNotIn(self.answered.id, self._listed("not_by_us").ids)
        self.assertIn(self.answered.id, self._listed("not_accepted").ids)
        answer.with_user(self.asker).is_correct = True
        self.assertNotIn(self.answered.id, self._listed("not_accepted").ids)

    def test_the_tier_of_who_asks(self):
        questions = self._listed(user=self.user)
        self.assertEqual(questions.mapped("ecrm_tier_id"), self.gold)
        self.assertFalse(questions.filtered(lambda q: q.id == self.unknown.id).ecrm_tier_id)
        in_a_tier = self._listed("in_a_tier", user=self.user)
        self.assertEqual(in_a_tier.ids, (self.question | self.answered).ids)
        groups = (
            self.env["forum.post"]
            .with_user(self.user)
            ._read_group([("id", "in", questions.ids)], ["ecrm_tier_id"], ["__count"])
        )
        self.assertEqual({tier: count for tier, count in groups}, {self.gold: 2, self.gold[:0]: 1})

    def test_tiers_are_for_users_of_ecrm(self):
        for user in (self.agent, self.asker, self.env.ref("base.public_user")):
            posts = self.question.with_user(user)
            with self.assertRaises(AccessError, msg=user.login):
                posts.read(["ecrm_tier_id"])
            with self.assertRaises(AccessError, msg=user.login):
                posts.search([("ecrm_tier_id", "!=", False)])
            with self.assertRaises(AccessError, msg=user.login):
                posts.search([], order="ecrm_tier_id")
            with self.assertRaises(AccessError, msg=user.login):
                posts._read_group([], ["ecrm_tier_id"], ["__count"])

    def test_a_list_costs_no_query_more_for_each_question(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            questions = self._listed(user=self.user)
            before = self.env.cr.sql_log_count
            questions.read(["name", "create_uid", "ecrm_tier_id", "child_count"])
            return self.env.cr.sql_log_count - before

        def ask(*names):
            for name in names:
                user = new_test_user(self.env, f"forum_{name}", "base.group_portal")
                user.karma = 10_000
                self._ask(user, name="?")

        ask("a", "b")
        count()
        few = count()
        ask("c", "d", "e", "f", "g")
        count()  # a new user empties the caches
        self.assertEqual(count(), few)

    def test_a_row_leads_to_the_website(self):
        action = self.question.with_user(self.agent).action_ecrm_open()
        self.assertEqual(action["url"], self.question.website_url)
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_the_menu_is_for_agents(self):
        menu = self.env.ref("ecrm_addon_forum.forum_post_menu_questions")
        visible = self.env["ir.ui.menu"].with_user(self.agent)._visible_menu_ids()
        self.assertIn(menu.id, visible)
        self.assertNotIn(
            menu.id, self.env["ir.ui.menu"].with_user(self.employee)._visible_menu_ids()
        )

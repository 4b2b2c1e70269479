from odoo.addons.ecrm_addon.lib.privacy.table import ERASED

from ..hooks import POSTS, VOTES, post_init_hook, uninstall_hook
from .forum_case import ForumCase


class TestForumHistory(ForumCase):
    """Accepted answers and votes in the history of customers."""

    # ------------------------------------------------------------
    # ACCEPTED ANSWERS
    # ------------------------------------------------------------

    def test_an_answer_is_accepted(self):
        question = self._ask()
        answer = self._answer(question)
        self._read()
        self.assertFalse(self._told(self.helper, "forum.accepted"))
        answer.with_user(self.asker).is_correct = True
        self._read()
        told = self._told(self.helper, "forum.accepted")
        self.assertEqual((told.res_model, told.res_id), ("forum.post", answer.id))
        self.assertEqual(told.props, {"title": "How long?", "answer": True})
        self.assertEqual(told.website_id, self.website)
        # taken back and given again: it is told once
        answer.with_user(self.asker).is_correct = False
        answer.with_user(self.asker).is_correct = True
        self._read()
        self.assertEqual(len(self._told(self.helper, "forum.accepted")), 1)
        self.assertEqual(len(self._told(self.helper, "forum.posted")), 1)

    def test_the_own_answer(self):
        question = self._ask()
        self._answer(question, self.asker).is_correct = True
        self._read()
        self.assertFalse(self._told(self.asker, "forum.accepted"))

    def test_an_employees_answer(self):
        self._answer(self._ask(), self.employee).with_user(self.asker).is_correct = True
        self._read()
        self.assertFalse(self._told(self.employee, "forum.accepted"))

    def test_what_was_accepted_before(self):
        answer = self._answer(self._ask())
        answer.with_user(self.asker).is_correct = True
        self._read()
        self.env["ecrm.log"].erase(self._told(self.helper, "forum.accepted").identity_id.ids)
        post_init_hook(self.env)
        self.assertEqual(self._line("forum.post").state, "backfill")

    # ------------------------------------------------------------
    # VOTES
    # ------------------------------------------------------------

    def test_a_vote(self):
        question = self._ask()
        vote = self._vote(question, self.helper)
        self._read()
        told = self._told(self.helper, "forum.voted")
        self.assertEqual((told.res_model, told.res_id), ("forum.post", question.id))
        self.assertEqual(told.occurred_at, vote.create_date)
        self.assertEqual(told.props, {"title": "How long?", "answer": False, "up": True})
        vote.vote = "0"
        vote.vote = "-1"
        self._read()
        self.assertEqual(len(self._told(self.helper, "forum.voted")), 1)

    def test_a_vote_taken_back_before_it_was_read(self):
        self._vote(self._ask(), self.helper).vote = "0"
        self._read()
        self.assertFalse(self._told(self.helper, "forum.voted"))

    def test_an_employees_vote(self):
        self._vote(self._ask(), self.employee)
        self._read()
        self.assertFalse(self._told(self.employee, "forum.voted"))

    # ------------------------------------------------------------
    # WHAT IT COUNTS FOR
    # ------------------------------------------------------------

    def test_it_counts_and_can_be_opened(self):
        question = self._ask()
        answer = self._answer(question)
        answer.with_user(self.asker).is_correct = True
        self._vote(question, self.helper)
        self.pipeline.run_now()
        timeline = self.env["ecrm.touchpoint"].get_timeline(self.helper.partner_id.id)
        found = {row["kind"]: row["source"] for row in timeline["rows"]}
        self.assertEqual(found["forum.posted"], {"model": "forum.post", "id": answer.id})
        self.assertEqual(found["forum.accepted"], {"model": "forum.post", "id": answer.id})
        self.assertEqual(found["forum.voted"], {"model": "forum.post", "id": question.id})
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.helper.partner_id.id)])
        self.assertGreater(profile[:1].engagement, 6.5)  # 4 + 2 + 1, as of a moment ago
        card = self.env["ecrm.customer.card"].get_card(self.helper.partner_id.id)
        (fact,) = [fact for fact in card["facts"] if fact["name"] == "forum_posts"]
        self.assertEqual(fact["value"], 1)
        card = self.env["ecrm.customer.card"].get_card(self.customer.id)
        self.assertNotIn("forum_posts", [fact["name"] for fact in card["facts"]])

    # ------------------------------------------------------------
    # PRIVACY
    # ------------------------------------------------------------

    def test_votes_are_told_and_erased(self):
        question = self._ask()
        self._vote(question, self.helper)
        self.assertEqual(question.vote_count, 1)
        privacy = self.env["ecrm.privacy"]
        (told,) = privacy.export(self.helper.partner_id)["forum_votes"]
        self.assertEqual(told["vote"], "1")
        (part,) = [
            part for part in privacy.preview(self.helper.partner_id) if part.code == "forum_votes"
        ]
        self.assertEqual((part.count, part.action), (1, ERASED))
        privacy.forget(self.helper.partner_id)
        self.env.invalidate_all()
        self.assertEqual((question.exists(), question.vote_count), (question, 0))

    # ------------------------------------------------------------
    # COMING AND GOING
    # ------------------------------------------------------------

    def test_uninstalling_leaves_no_trigger(self):
        def triggers():
            self.env.cr.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'forum_post_vote'::regclass"
                " AND starts_with(tgname, 'ecrm_')"
            )
            return self.env.cr.fetchall()

        self.assertTrue(triggers())
        self._vote(self._ask(), self.helper)
        self.env.flush_all()
        uninstall_hook(self.env)
        self.assertFalse(triggers())
        self.assertFalse(self.collectors.search([("collector", "=", VOTES)]))
        self.assertFalse(self.env["ecrm.change"].peek("forum.post.vote"))
        self.assertTrue(self.collectors.search([("collector", "=", POSTS)]))

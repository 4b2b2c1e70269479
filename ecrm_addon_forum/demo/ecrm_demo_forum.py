from odoo import api, models

from odoo.addons.ecrm_addon.demo.ecrm_demo import QUIET

#: question of whom -> (who answers, days ago, what, whether it was accepted)
ANSWERS = {
    "maya_1": ("oliver", 79, "A hex key of 5 mm fits mine. Tighten all four, in turns.", True),
    "joel_1": ("maya", 65, "I put mine on four blocks of oak, 3 cm each.", False),
}
#: who votes -> for which question
VOTES = {"joel": "maya_1", "grace": "oliver_1", "oliver": "joel_1"}


class EcrmDemo(models.AbstractModel):
    """Customers who help each other in the forum; some questions wait for an answer."""

    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_answers, self._load_votes]

    @api.model
    def _load_forum(self):
        """Tell the chapters of this addon, which came after the story."""
        demo = self.with_context(**QUIET).with_company(self.env.ref("base.main_company"))
        demo._load_answers()
        demo._load_votes()
        demo.env.flush_all()
        self.env["ecrm.pipeline"].run_now()

    def _load_answers(self):
        for key, (author, days, text, is_accepted) in ANSWERS.items():
            question, customer = self._ref(f"demo_question_{key}"), self._customer(author)
            if not question or not customer:
                continue
            answer = {
                "forum_id": question.forum_id.id,
                "parent_id": question.id,
                "content": f"<p>{text}</p>",
                "is_correct": is_accepted,
                "create_uid": self._portal_user(author, customer).id,
                "create_date": self._time(days),
                "write_date": self._time(days - 1),
                "last_activity_date": self._time(days),
            }
            self._create_once("forum.post", {f"demo_answer_{key}": answer})

    def _load_votes(self):
        for voter, key in VOTES.items():
            question, customer = self._ref(f"demo_question_{key}"), self._customer(voter)
            if not question or not customer:
                continue
            vote = {
                "post_id": question.id,
                "user_id": self._portal_user(voter, customer).id,
                "vote": "1",
                "create_date": question.create_date,
            }
            self._create_once("forum.post.vote", {f"demo_vote_{voter}": vote})

from odoo import models
from odoo.tools import SQL

from odoo.addons.ecrm_addon.queries.expressions import is_staff


class EcrmCollectorForumPostVote(models.AbstractModel):
    """Votes of customers for, or against, what others wrote in the forum.

    A vote that is changed or taken back keeps what was told of it first.
    """

    _name = "ecrm.collector.forum_post_vote"
    _inherit = "ecrm.collector.mixin"
    _description = "Forum Votes"
    _source = "forum.post.vote"
    _collector_sequence = 10
    _capture_columns = ("vote",)

    def _acts(self):
        return {"forum.voted": SQL("CASE WHEN source.vote != '0' THEN source.create_date END")}

    def _joins(self):
        return SQL("""
            JOIN res_users voter ON voter.id = source.user_id
            JOIN forum_post post ON post.id = source.post_id
            LEFT JOIN forum_post question ON question.id = post.parent_id
            LEFT JOIN forum_forum forum ON forum.id = post.forum_id
            LEFT JOIN website ON website.id = forum.website_id
        """)

    def _where(self):
        return SQL("NOT %s", is_staff(SQL("voter.partner_id")))

    def _values(self):
        return {
            "partner_id": SQL("voter.partner_id"),
            "website_id": SQL("website.id"),
            "company_id": SQL("website.company_id"),
            # what was voted for can be opened, the vote cannot
            "res_model": SQL("'forum.post'"),
            "res_id": SQL("post.id"),
            "verdict": SQL("'human'"),
            "props": SQL("""
                jsonb_build_object(
                    'title', left(coalesce(post.name, question.name), 500),
                    'answer', post.parent_id IS NOT NULL, 'up', source.vote = '1')
            """),
        }

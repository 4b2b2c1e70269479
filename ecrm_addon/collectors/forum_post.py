from odoo import models
from odoo.tools import SQL

from ..queries.expressions import is_staff


class EcrmCollectorForumPost(models.AbstractModel):
    """Questions and answers of customers in the forum; employees answer there too."""

    _name = "ecrm.collector.forum_post"
    _inherit = "ecrm.collector.mixin"
    _description = "Forum Posts"
    _source = "forum.post"
    _collector_sequence = 10
    # a view of a post changes the post: only who wrote it, and when, matters
    _capture_columns = ("create_uid", "create_date")

    def _acts(self):
        return {"forum.posted": SQL("source.create_date")}

    def _joins(self):
        return SQL("""
            JOIN res_users author ON author.id = source.create_uid
            LEFT JOIN forum_post question ON question.id = source.parent_id
            LEFT JOIN forum_forum forum ON forum.id = source.forum_id
            LEFT JOIN website ON website.id = forum.website_id
        """)

    def _where(self):
        return SQL("NOT %s", is_staff(SQL("author.partner_id")))

    def _values(self):
        return {
            "partner_id": SQL(
                "CASE WHEN author.partner_id != ALL(%s) THEN author.partner_id END",
                self.env["res.partner"]._ecrm_public_ids(),
            ),
            "website_id": SQL("website.id"),
            "company_id": SQL("website.company_id"),
            "verdict": SQL("'human'"),
            "props": SQL("""
                jsonb_build_object(
                    'title', left(coalesce(source.name, question.name), 500),
                    'answer', source.parent_id IS NOT NULL)
            """),
        }

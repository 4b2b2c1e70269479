from odoo import models
from odoo.tools import SQL


class EcrmCollectorForumPost(models.AbstractModel):
    """Also tells of answers that helped: somebody else accepted them.

    Odoo keeps no date of it. The last change of the answer stands for it: a view or a vote
    does not count as one, and what happens from now on is read within a minute.
    """

    _inherit = "ecrm.collector.forum_post"
    _capture_columns = ("create_uid", "create_date", "is_correct")

    def _acts(self):
        accepted = SQL(
            """
            CASE WHEN source.is_correct AND question.create_uid != source.create_uid
                 THEN source.write_date END
            """
        )
        return {**super()._acts(), "forum.accepted": accepted}

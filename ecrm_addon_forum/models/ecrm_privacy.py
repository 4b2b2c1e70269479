from odoo import models

from odoo.addons.ecrm_addon.lib.privacy.table import PersonalTable


class EcrmPrivacy(models.AbstractModel):
    """What somebody voted for in the forum; posts and points eCRM itself knows."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        return {
            **super()._personal_tables(),
            "forum_votes": PersonalTable(
                "forum.post.vote",
                self.env._("Your votes in forums"),
                users=("user_id",),
                told=("post_id", "vote", "create_date"),
            ),
        }

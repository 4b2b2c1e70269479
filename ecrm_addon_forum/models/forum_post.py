from odoo import fields, models
from odoo.exceptions import AccessError


class ForumPost(models.Model):
    """Shows the back office who asks in the forum."""

    _inherit = "forum.post"

    ecrm_author_id = fields.Many2one(
        "res.partner",
        "Customer",
        related="create_uid.partner_id",
        groups="ecrm_addon.group_ecrm_support,ecrm_addon.group_ecrm_user",
    )
    ecrm_tier_id = fields.Many2one(
        "ecrm.tier",
        "Loyalty Tier",
        related="create_uid.partner_id.ecrm_tier_id",
        groups="ecrm_addon.group_ecrm_user",
    )

    def action_ecrm_open(self):
        """Row of the list: the question on the website, where it is answered."""
        if not self.env.user.has_group("ecrm_addon.group_ecrm_support"):
            raise AccessError(self.env._("Only agents of support open questions from here."))
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": self.website_url, "target": "new"}

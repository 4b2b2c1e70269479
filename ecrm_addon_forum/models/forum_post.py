from odoo import fields, models


class ForumPost(models.Model):
    """Shows the back office who asks in the forum."""

    _inherit = "forum.post"

    ecrm_author_id = fields.Many2one(
        "res.partner", "Customer", related="create_uid.partner_id", groups="base.group_user"
    )
    ecrm_tier_id = fields.Many2one(
        "ecrm.tier",
        "Loyalty Tier",
        related="create_uid.partner_id.ecrm_tier_id",
        groups="ecrm_addon.group_ecrm_user",
    )

    def action_ecrm_open(self):
        """Row of the list: the question on the website, where it is answered."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.website_url, "target": "new"}

from odoo import fields, models
from odoo.exceptions import AccessError


class ForumPost(models.Model):
    """Shows the back office who asks in the forum."""

    _inherit = "forum.post"

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

    def _field_to_sql(self, alias, field_expr, query=None):
        """Odoo asks for no right on a related field by which somebody sorts or groups."""
        if field_expr.split(".")[0] == "ecrm_tier_id":
            self._check_field_access(self._fields["ecrm_tier_id"], "read")
        return super()._field_to_sql(alias, field_expr, query)

from odoo import models


class WebsiteVisitor(models.Model):
    """Lets agents know when the visitor they chat with logs in."""

    _inherit = "website.visitor"

    def write(self, vals):
        result = super().write(vals)
        if "access_token" in vals:  # the token of who logged in is the contact's id
            self.filtered("partner_id").discuss_channel_ids._ecrm_tell_agents()
        return result

    def _merge_visitor(self, target):
        chats = self.discuss_channel_ids
        result = super()._merge_visitor(target)
        chats._ecrm_tell_agents()
        return result

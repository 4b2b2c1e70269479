from odoo import models

from odoo.addons.mail.tools.discuss import Store


class DiscussChannel(models.Model):
    """Knows which customer a live chat is with, as far as somebody logged in."""

    _inherit = "discuss.channel"

    def _ecrm_customer_sudo(self):
        """Return the customer whom this live chat is with, or no contact.

        As the collector of chats has it: whose visitor it is in Odoo, else who takes part.
        Employees who try the chat are no customers.

        :return res.partner: a contact, in superuser mode
        """
        self.ensure_one()
        # sudo: who may read the chat may know who is in it; rights on the contact itself are
        # checked before anything of it is told
        channel_sudo = self.sudo()
        visitors_sudo = channel_sudo.livechat_visitor_id.partner_id
        visitors_sudo |= channel_sudo.livechat_customer_history_ids.partner_id
        nobody = visitors_sudo._ecrm_public_ids()
        return visitors_sudo.filtered(
            lambda partner: partner.partner_share and partner.id not in nobody
        )[:1]

    def _ecrm_tell_agents(self):
        """Tell the agents in open chats whose the visitor is now; their panel follows.

        Only employees hear it: the visitor's browser shares the chat, but not this channel.
        """
        # sudo: told by the login of the visitor, who has no right on visitors
        for channel in self.sudo().filtered(lambda channel: not channel.livechat_end_dt):
            customer = Store.One("partner_id", ["name"])
            Store(bus_channel=channel, bus_subchannel="internal_users").add(
                channel, [Store.One("livechat_visitor_id", [customer])]
            ).bus_send()

    def get_formview_id(self, access_uid=None):
        """Open a live chat as a conversation, with what agents know of it, not as settings."""
        if self and all(channel.channel_type == "livechat" for channel in self):
            return self.env.ref("im_livechat.discuss_channel_view_form").id
        return super().get_formview_id(access_uid=access_uid)

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.ecrm_addon.tests.collector_case import CollectorCase

TOKEN = "c0ffee0123456789c0ffee0123456789"
OPERATOR = "im_livechat.im_livechat_group_user"


class ChatCase(CollectorCase):
    """A live chat of a visitor, and agents with and without rights in eCRM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        # one who only chats, one who sells, one who reads scores and one who answers requests
        cls.chatter = new_test_user(cls.env, "chat_chatter", OPERATOR)
        sales = "sales_team.group_sale_salesman_all_leads"
        cls.seller = new_test_user(cls.env, "chat_seller", f"{OPERATOR},{sales}")
        ecrm = "ecrm_addon.group_ecrm_user,ecrm_addon.group_ecrm_support"
        cls.agent = new_test_user(cls.env, "chat_agent", f"{OPERATOR},{sales},{ecrm}")
        cls.login = new_test_user(cls.env, "chat_ann", "base.group_portal")
        cls.login.partner_id.write({"name": "Ann Ash", "email": "ann@ash.example"})
        cls.ann = cls.login.partner_id
        cls.livechat = cls.env["im_livechat.channel"].create(
            {"name": "Help", "user_ids": (cls.agent | cls.chatter).ids}
        )
        cls.website.channel_id = cls.livechat
        cls.visitor = cls.env["website.visitor"].create(
            {"access_token": TOKEN, "website_id": cls.website.id}
        )
        cls.guest = cls.env["mail.guest"].create({"name": "Visitor"})

    @classmethod
    def _chat(cls, visitor=None, **member):
        """Return an open live chat with an agent, as Odoo opens it."""
        member = member or {"guest_id": cls.guest.id}
        agent = cls.agent.partner_id
        return cls.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": cls.livechat.id,
                "livechat_operator_id": agent.id,
                "livechat_visitor_id": visitor and visitor.id,
                "channel_member_ids": [
                    fields.Command.create(
                        {"partner_id": agent.id, "livechat_member_type": "agent"}
                    ),
                    fields.Command.create({**member, "livechat_member_type": "visitor"}),
                ],
            }
        )

    @classmethod
    def _say(cls, chat, body, author=None):
        """Let the guest of a chat, or a contact, say something."""
        poster = chat
        if not author:
            poster = chat.with_context(guest=cls.guest).with_user(cls.env.ref("base.public_user"))
            poster = poster.sudo()
        return poster.message_post(
            body=body, message_type="comment", author_id=author and author.id
        )

    def _card(self, chat, user=None):
        return self.env["ecrm.chat.card"].with_user(user or self.agent).get_card(chat.id)

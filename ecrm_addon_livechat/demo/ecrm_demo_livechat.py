from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

from odoo.addons.ecrm_addon.demo.ecrm_demo import QUIET

#: A customer who is in a chat right now, and what was said by turns: the customer first.
CUSTOMER = "oliver"
TURNS = ["The key of my drawer broke off.", "Is a part of it still in the lock?", "Yes, half."]
#: Somebody nobody knows, in another chat.
ASKED = "Do you deliver to Iceland?"


class EcrmDemo(models.AbstractModel):
    """Two chats that go on: one with a customer, one with somebody nobody knows."""

    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_open_chats]

    @api.model
    def _load_livechat(self):
        """Tell the chapter of this addon, which came after the story."""
        demo = self.with_context(**QUIET).with_company(self.env.ref("base.main_company"))
        demo._load_open_chats()
        demo.env.flush_all()
        self.env["ecrm.pipeline"].run_now()

    def _load_open_chats(self):
        channel = self.env["im_livechat.channel"].search([], limit=1)
        customer, operator = self._customer(CUSTOMER), self.env.ref("base.partner_admin")
        if not channel or not customer:
            return
        start = self._now() - timedelta(minutes=5)
        session = self._prepare_chat(customer, operator, channel, start)
        session |= {"livechat_end_dt": False, "livechat_status": "in_progress"}
        for chat in self._create_once("discuss.channel", {"demo_open_chat": session}).values():
            self._load_open_members(chat, operator, {"partner_id": customer.id})
            self._load_messages(chat, (customer, operator), TURNS, start)
        session |= {"name": f"Visitor, {operator.name}", "livechat_visitor_id": False}
        for chat in self._create_once("discuss.channel", {"demo_open_visitor": session}).values():
            guest = {"demo_open_guest": {"name": "Visitor", "lang": "en_US"}}
            (guest,) = self._create_once("mail.guest", guest).values()
            self._load_open_members(chat, operator, {"guest_id": guest.id})
            self._ask_as_guest(chat, guest, start)

    def _load_open_members(self, chat, operator, visitor):
        chat.channel_member_ids = [
            Command.create({**visitor, "livechat_member_type": "visitor"}),
            Command.create({"partner_id": operator.id, "livechat_member_type": "agent"}),
        ]

    def _ask_as_guest(self, chat, guest, start):
        self.env["mail.message"].create(
            {
                "model": "discuss.channel",
                "res_id": chat.id,
                "author_id": False,
                "author_guest_id": guest.id,
                "body": ASKED,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "date": start,
                "create_date": start,
            }
        )

from datetime import timedelta

from odoo import models
from odoo.fields import Command

from . import story


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_questions, self._load_chats]

    # ------------------------------------------------------------
    # FORUM
    # ------------------------------------------------------------

    def _load_questions(self):
        if "forum.post" not in self.env:
            return
        forum = self.env.ref("website_forum.forum_help", raise_if_not_found=False)
        for key, customer, questions in self._customers(story.QUESTIONS) if forum else ():
            user = self._portal_user(key, customer)
            self._create_once(
                "forum.post",
                {
                    f"demo_question_{key}_{number}": {
                        "forum_id": forum.id,
                        "name": title,
                        "content": f"<p>{text}</p>",
                        "create_uid": user.id,
                        "create_date": self._time(days),
                        "last_activity_date": self._time(days),
                    }
                    for number, (days, title, text) in enumerate(questions, 1)
                },
            )

    def _portal_user(self, key, customer):
        """Return the user of a customer, without a password: nobody can log in with it."""
        values = {
            "name": customer.name,
            "login": customer.email,
            "partner_id": customer.id,
            "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
        }
        if not customer.user_ids:
            self._create_once("res.users", {f"demo_user_{key}": values})
        return customer.user_ids[:1]

    # ------------------------------------------------------------
    # LIVE CHAT
    # ------------------------------------------------------------

    def _load_chats(self):
        if "im_livechat.channel" not in self.env:
            return
        channel = self.env["im_livechat.channel"].search([], limit=1)
        operator = self.env.ref("base.partner_admin")
        for key, customer, chats in self._customers(story.CHATS) if channel else ():
            for number, (days, turns, stars) in enumerate(chats, 1):
                name, start = f"demo_chat_{key}_{number}", self._time(days)
                session = self._prepare_chat(customer, operator, channel, start)
                for chat in self._create_once("discuss.channel", {name: session}).values():
                    self._load_members(chat, customer, operator, start)
                    self._load_messages(chat, (customer, operator), turns, start)
                    self._load_rating(chat, customer, operator, stars, start)

    def _prepare_chat(self, customer, operator, channel, start):
        values = {
            "name": f"{customer.name}, {operator.name}",
            "channel_type": "livechat",
            "livechat_channel_id": channel.id,
            "livechat_operator_id": operator.id,
            "livechat_end_dt": start + timedelta(minutes=9),
            "livechat_failure": "no_failure",
            "create_date": start,
        }
        if "livechat_visitor_id" in self.env["discuss.channel"]._fields:
            visitor = self.env["website.visitor"].search([("partner_id", "=", customer.id)])
            values["livechat_visitor_id"] = visitor[:1].id
        return values

    def _load_members(self, chat, customer, operator, start):
        for person, role in ((customer, "visitor"), (operator, "agent")):
            history = self.env["im_livechat.channel.member.history"].create(
                {
                    "channel_id": chat.id,
                    "partner_id": person.id,
                    "livechat_member_type": role,
                    "create_date": start,
                }
            )
            self.env["discuss.channel.member"].create(
                {
                    "channel_id": chat.id,
                    "partner_id": person.id,
                    "unpin_dt": start,
                    "last_interest_dt": start,
                    "livechat_member_history_ids": [Command.link(history.id)],
                }
            )

    def _load_messages(self, chat, people, turns, start):
        self.env["mail.message"].create(
            [
                {
                    "model": "discuss.channel",
                    "res_id": chat.id,
                    "author_id": people[number % 2].id,
                    "body": text,
                    "message_type": "comment",
                    "subtype_id": self.env.ref("mail.mt_comment").id,
                    "date": start + timedelta(minutes=number),
                    "create_date": start + timedelta(minutes=number),
                }
                for number, text in enumerate(turns)
            ]
        )

    def _load_rating(self, chat, customer, operator, stars, start):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": chat.id,
                "partner_id": customer.id,
                "rated_partner_id": operator.id,
                "rating": stars,
                "consumed": True,
                "create_date": start + timedelta(minutes=10),
            }
        )
        rating.rated_on = start + timedelta(minutes=10)  # creating it wrote now

from odoo import models
from odoo.tools import SQL

from ..queries.expressions import is_staff
from . import customers


class EcrmCollectorDiscussChannel(models.AbstractModel):
    """Live chats in which the customer said something, from their first own message on.

    An opened window without a word is no chat; Odoo removes it within the hour. A guest
    whom Odoo ties to a website visitor only after the first minute stays a browser of
    their own.
    """

    _name = "ecrm.collector.discuss_channel"
    _inherit = "ecrm.collector.mixin"
    _description = "Live Chats"
    _source = "discuss.channel"
    _collector_sequence = 9
    _capture_columns = ("last_interest_dt", "livechat_visitor_id")

    def _is_available(self):
        return super()._is_available() and "im_livechat.channel.member.history" in self.env

    def _capture_condition(self):
        return SQL("new.channel_type = 'livechat'")

    def _acts(self):
        return {
            "chat.started": SQL(
                """
                (SELECT min(message.date) FROM mail_message message
                  WHERE message.model = 'discuss.channel' AND message.res_id = source.id
                    AND message.message_type = 'comment'
                    AND (message.author_guest_id IS NOT NULL OR message.author_id = %s
                         OR message.author_id = ANY(%s)))
                """,
                customers.of_chat(self.env, SQL("source")).partner,
                self.env["res.partner"]._ecrm_public_ids(),
            )
        }

    def _joins(self):
        return SQL(
            "%s LEFT JOIN im_livechat_channel livechat ON livechat.id = source.livechat_channel_id",
            customers.of_chat(self.env, SQL("source")).joins,
        )

    def _where(self):
        partner = customers.of_chat(self.env, SQL("source")).partner
        return SQL("source.channel_type = 'livechat' AND NOT %s", is_staff(partner))

    def _identities(self):
        return customers.of_chat(self.env, SQL("source")).identities

    def _values(self):
        return {
            "partner_id": customers.of_chat(self.env, SQL("source")).partner,
            "verdict": SQL("'human'"),
            "props": SQL("jsonb_build_object('name', livechat.name)"),
        }

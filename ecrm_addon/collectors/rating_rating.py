from odoo import models
from odoo.tools import SQL

from ..queries.expressions import is_staff
from . import customers


class EcrmCollectorRatingRating(models.AbstractModel):
    """Ratings that customers gave; those of a live chat are told as such.

    A rating that is changed later keeps what was given first.
    """

    _name = "ecrm.collector.rating_rating"
    _inherit = "ecrm.collector.mixin"
    _description = "Ratings"
    _source = "rating.rating"
    _collector_sequence = 11
    _capture_columns = ("consumed", "rating", "partner_id")

    def _has_chats(self):
        return "im_livechat.channel.member.history" in self.env

    def _acts(self):
        given = SQL("coalesce(source.rated_on, source.write_date, source.create_date)")
        if not self._has_chats():
            return {"feedback.csat": given}
        return {
            "feedback.csat": SQL("CASE WHEN chat.id IS NULL THEN %s END", given),
            "chat.rated": SQL("CASE WHEN chat.id IS NOT NULL THEN %s END", given),
        }

    def _joins(self):
        if not self._has_chats():
            return SQL()
        return SQL(
            """
            LEFT JOIN discuss_channel chat
                   ON source.res_model = 'discuss.channel' AND chat.id = source.res_id
                  AND chat.channel_type = 'livechat'
            %s
            """,
            customers.of_chat(self.env, SQL("chat")).joins,
        )

    def _where(self):
        # a comment without stars is stored as a rating of zero
        return SQL("source.consumed AND source.rating > 0 AND NOT %s", is_staff(self._partner()))

    def _partner(self):
        partner = SQL(
            "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
            self.env["res.partner"]._ecrm_public_ids(),
        )
        if self._has_chats():
            chat = customers.of_chat(self.env, SQL("chat"))
            partner = SQL("coalesce(%s, %s)", partner, chat.partner)
        return partner

    def _identities(self):
        browser = {}
        if self._has_chats():
            browser = {"device": customers.of_chat(self.env, SQL("chat")).identities["device"]}
        return {"partner": self._partner(), **browser}

    def _values(self):
        return {
            "partner_id": self._partner(),
            "res_model": SQL("source.res_model"),
            "res_id": SQL("nullif(source.res_id, 0)"),
            "verdict": SQL("'human'"),
            "props": SQL("""
                jsonb_strip_nulls(jsonb_build_object(
                    'rating', source.rating, 'out_of', 5, 'text', source.rating_text,
                    'name', left(source.res_name, 200), 'comment', left(source.feedback, 1000)))
            """),
        }

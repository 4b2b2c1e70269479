from odoo import models

from ..lib.privacy.table import ANONYMISED, MASKED, PersonalTable
from ..queries import find_personal_chats


class EcrmPrivacy(models.AbstractModel):
    """What Odoo holds of a person's visits, chats, meetings and contributions."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        tables = super()._personal_tables()
        return {**tables, **self._website_tables(), **self._chat_tables(),
                **self._other_tables()}  # fmt: skip

    def _website_tables(self):
        return {
            "odoo_visitors": PersonalTable(
                "website.visitor",
                self.env._("Your visits as Odoo counts them, with each page"),
                partners=("partner_id",),
                tell=self._tell_visitors,
                mass=True,
            ),
            "wishlist": PersonalTable(
                "product.wishlist",
                self.env._("Your wishlist"),
                partners=("partner_id",),
                told=("product_id", "price", "create_date"),
            ),
            "karma": PersonalTable(
                "gamification.karma.tracking",
                self.env._("Points of the community, for your posts"),
                users=("user_id",),
                find=lambda env, subject: env["ecrm.privacy"]._karma(subject),
                told=("old_value", "new_value", "tracking_date", "reason"),
                action=ANONYMISED,
                values={"reason": None},
            ),
            "forum_posts": PersonalTable(
                "forum.post",
                self.env._("What you wrote in forums"),
                users=("create_uid",),
                only=["|", ("content", "!=", False), ("name", "!=", False)],
                told=("name", "plain_content", "create_date"),
                action=ANONYMISED,
                # answers of others hang on it, so that the row stays
                values={"name": self.env._("Erased"), "content": None, "plain_content": None,
                        "website_meta_title": None, "website_meta_description": None,
                        "seo_name": None},
            ),
        }  # fmt: skip

    def _karma(self, subject):
        """Return the ids of points for posts of a person: they name the post."""
        if "forum.post" not in self.env:
            return []
        # sudo: who may ask is checked before
        posts_sudo = self.env["forum.post"].sudo().with_context(active_test=False)
        posts_sudo = posts_sudo.search([("create_uid", "in", subject.user_ids)])
        references = [f"forum.post,{post_id}" for post_id in posts_sudo.ids]
        karma_sudo = self.env["gamification.karma.tracking"].sudo()
        return karma_sudo.search([("origin_ref", "in", references)]).ids

    def _chat_tables(self):
        return {
            "chats": PersonalTable(
                "discuss.channel",
                self.env._("Your chats"),
                find=lambda env, subject: env["ecrm.privacy"]._chats(subject),
                only=[("channel_type", "in", ("livechat", "chat"))],
                tell=self._tell_chats,
                action=ANONYMISED,
                values={"name": self.env._("Erased chat"), "description": None,
                        "livechat_note": None, "livechat_visitor_id": None, "country_id": None},
            ),
            "chat_answers": PersonalTable(
                "chatbot.message",
                self.env._("Your answers to the chat bot"),
                find=lambda env, subject: env["ecrm.privacy"]._ids_of(
                    find_personal_chats.answers(env["ecrm.privacy"]._chats(subject))
                ),
                told=("user_raw_answer", "create_date"),
                mass=True,
            ),
            "chat_members": PersonalTable(
                "discuss.channel.member",
                self.env._("Channels of which you are a member"),
                partners=("partner_id",),
                told=("channel_id", "last_seen_dt"),
            ),
            "chat_history": PersonalTable(
                "im_livechat.channel.member.history",
                self.env._("Figures of your chats"),
                partners=("partner_id",),
                told=("channel_id", "message_count", "session_duration_hour"),
                action=ANONYMISED,
                values={"partner_id": None},
            ),
            "guests": PersonalTable(
                "mail.guest",
                self.env._("Who you were in chats without a login"),
                emails=("email",),
                find=lambda env, subject: env["ecrm.privacy"]._guests(subject),
                told=("name", "email", "lang", "timezone", "create_date"),
                mass=True,
            ),
            "chat_volumes": PersonalTable(
                "res.users.settings.volumes",
                self.env._("How loud others heard you"),
                partners=("partner_id",),
                mass=True,
            ),
        }  # fmt: skip

    def _other_tables(self):
        return {
            "ratings": PersonalTable(
                "rating.rating",
                self.env._("Your ratings"),
                partners=("partner_id",),
                told=("rating", "feedback", "res_name", "create_date"),
                action=ANONYMISED,
                # with its message it would go; the number is the product's, not hers
                values={"message_id": None, "partner_id": None, "feedback": None, "res_name": None,
                        "parent_res_name": None, "publisher_comment": None},
            ),
            "meetings": PersonalTable(
                "calendar.event",
                self.env._("Meetings"),
                find=lambda env, subject: env["ecrm.privacy"]._meetings(subject),
                told=("name", "start", "stop", "location"),
                action=ANONYMISED,
                values={"name": MASKED, "location": MASKED, "description": MASKED, "notes": MASKED},
                strip=False,
            ),
            "meeting_answers": PersonalTable(
                "calendar.attendee",
                self.env._("Your answers to invitations"),
                partners=("partner_id",),
                told=("event_id", "state"),
                mass=True,
            ),
            "calendars": PersonalTable(
                "calendar.filters",
                self.env._("Who looked at your calendar"),
                partners=("partner_id",),
                mass=True,
            ),
        }  # fmt: skip

    def _meetings(self, subject):
        if "calendar.event" not in self.env:
            return []
        # sudo: who may ask is checked before
        events_sudo = self.env["calendar.event"].sudo().with_context(active_test=False)
        return events_sudo.search([("partner_ids", "in", subject.partner_ids)]).ids

    # ------------------------------------------------------------
    # CHATS
    # ------------------------------------------------------------

    def _chats(self, subject):
        """Return the ids of channels in which a person took part, as whoever."""
        if "discuss.channel" not in self.env:
            return []
        if "chats" not in subject.memory:
            subject.memory["chats"] = self._ids_of(self._chats_query(subject))
        return subject.memory["chats"]

    def _guests(self, subject):
        """Return the ids of those as whom she chatted without a login."""
        chats = self._chats(subject)
        return self._ids_of(find_personal_chats.guests(chats, subject.emails))

    def _chats_query(self, subject):
        by_visitor = self._has_column(self.env["discuss.channel"], "livechat_visitor_id")
        return find_personal_chats.channels(subject.partner_ids, subject.emails, by_visitor)

    # ------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------

    @staticmethod
    def _tell_visitors(visitors, _subject):
        return [
            {
                "visits": visitor.visit_count,
                "last_connection": visitor.last_connection_datetime,
                "page_views": [
                    {"url": track.url or None, "at": track.visit_datetime}
                    for track in visitor.website_track_ids
                ],
            }
            for visitor in visitors
        ]

    def _tell_chats(self, channels, subject):
        own = set(subject.partner_ids)
        guests = set(self._guests(subject))
        return [
            {
                "channel": channel.id,
                "messages": [
                    {
                        "date": message.date,
                        "text": message.preview or "",
                        "by_you": message.author_id.id in own
                        or message.author_guest_id.id in guests,
                    }
                    for message in channel.message_ids.sorted("id")
                ],
            }
            for channel in channels
        ]

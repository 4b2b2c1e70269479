from datetime import datetime

from odoo import fields
from odoo.tests import tagged

from ..lib.tracking.event import identity_of
from .collector_case import CollectorCase

TOKEN = "0123456789abcdef0123456789abcdef"


@tagged("post_install", "-at_install")
class TestCollectorPeople(CollectorCase):
    """What people say: forms, chats, posts, ratings. Their modules may be missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)

    def _visitor(self, partner=None):
        return self.env["website.visitor"].create(
            {
                "access_token": str(partner.id) if partner else TOKEN,
                "partner_id": partner.id if partner else False,
                "website_id": self.website.id,
            }
        )

    # ------------------------------------------------------------
    # WEBSITE FORMS
    # ------------------------------------------------------------

    def _lead(self, **values):
        self._need("crm.lead")
        if "visitor_ids" not in self.env["crm.lead"]._fields:
            self.skipTest("website_crm is not installed")
        return self.env["crm.lead"].create(
            {"name": "Do you ship?", "email_from": "Fay@Example.com", **values}
        )

    def test_a_form_of_somebody_unknown(self):
        lead = self._lead(visitor_ids=self._visitor().ids)
        self._read()
        form = self._by_key("email", "fay@example.com")
        self.assertEqual(form.kind, "web.form")
        self.assertEqual((form.res_model, form.res_id), ("crm.lead", lead.id))
        self.assertEqual(form.props, {"name": "Do you ship?"})

    def test_a_form_of_a_contact(self):
        self._lead(visitor_ids=self._visitor().ids, partner_id=self.customer.id)
        self._read()
        self.assertEqual(self._kinds(self._touchpoints()), ["web.form"])

    def test_a_lead_entered_by_hand_is_no_form(self):
        self._lead(partner_id=self.customer.id)
        self._read()
        self.assertFalse(self._touchpoints())

    # ------------------------------------------------------------
    # LIVE CHATS
    # ------------------------------------------------------------

    def _chat(self, member, **values):
        """Return a live chat with an operator, as Odoo opens it."""
        self._need("im_livechat.channel", "im_livechat.channel.member.history")
        self.operator = self._user("operator", "base.group_user")
        self.livechat = self.env["im_livechat.channel"].create(
            {"name": "Help", "user_ids": self.operator.ids}
        )
        return self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": self.livechat.id,
                "livechat_operator_id": self.operator.partner_id.id,
                "channel_member_ids": [
                    fields.Command.create(
                        {
                            "partner_id": self.operator.partner_id.id,
                            "livechat_member_type": "agent",
                        }
                    ),
                    fields.Command.create({**member, "livechat_member_type": "visitor"}),
                ],
                **values,
            }
        )

    def _say(self, chat, **author):
        message = chat.message_post(body="Hello", message_type="comment", **author)
        # the test is faster than Odoo's clock, which tells of a second message by its second
        chat.last_interest_dt = datetime(2026, 1, 1, 0, 0, message.id % 60)
        return message

    def _chats(self, chat):
        return self.env["ecrm.touchpoint"].search(
            [("res_model", "=", "discuss.channel"), ("res_id", "=", chat.id)], order="kind"
        )

    def test_a_chat_starts_with_the_customers_first_word(self):
        chat = self._chat({"partner_id": self.customer.id})
        self._say(chat, author_id=self.operator.partner_id.id)
        self._read()
        self.assertFalse(self._chats(chat))
        message = self._say(chat, author_id=self.customer.id)
        self._read()
        self.assertEqual(self._kinds(self._touchpoints()), ["chat.started"])
        self.assertEqual(self._touchpoints().occurred_at, message.date)
        self.assertEqual(self._touchpoints().props, {"name": "Help"})

    def test_a_chat_of_a_website_visitor(self):
        self._need("discuss.channel")
        if "livechat_visitor_id" not in self.env["discuss.channel"]._fields:
            self.skipTest("website_livechat is not installed")
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        chat = self._chat({"guest_id": guest.id}, livechat_visitor_id=self._visitor().id)
        self._say(chat.with_context(guest=guest).with_user(self.env.ref("base.public_user")).sudo())
        self._read()
        self.assertEqual(self._kinds(self._by_key(*identity_of("device", TOKEN))), ["chat.started"])

    def test_a_chat_of_a_guest(self):
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        chat = self._chat({"guest_id": guest.id})
        self._say(chat.with_context(guest=guest).with_user(self.env.ref("base.public_user")).sudo())
        self._read()
        browser = self._chats(chat).identity_id
        self.assertEqual(
            (browser.kind, browser.key), identity_of("device", f"mail.guest,{guest.id}")
        )

    def test_a_message_in_another_channel_is_not_even_noted(self):
        self._need("im_livechat.channel")
        channel = self.env["discuss.channel"].create({"name": "Staff", "channel_type": "channel"})
        self._read()
        self._say(channel, author_id=self.env.user.partner_id.id)
        self.env.flush_all()
        self.assertFalse(self.env["ecrm.change"].peek("discuss.channel"))

    # ------------------------------------------------------------
    # FORUM POSTS
    # ------------------------------------------------------------

    def _post(self, user, **values):
        self._need("forum.post")
        forum = self.env["forum.forum"].create({"name": "Tea talk", "website_id": self.website.id})
        user.karma = 10_000
        return (
            self.env["forum.post"]
            .with_user(user)
            .create(
                {"name": "How long?", "content": "<p>Green tea</p>", "forum_id": forum.id, **values}
            )
        )

    def test_a_customer_posts(self):
        self._need("forum.post")
        user = self._user("gus", "base.group_portal")
        question = self._post(user)
        self._post(user, name=False, forum_id=question.forum_id.id, parent_id=question.id)
        self._read()
        posts = self._touchpoints(user.partner_id)
        self.assertEqual(self._kinds(posts), ["forum.posted"] * 2)
        self.assertEqual(
            posts.sorted("res_id").mapped("props"),
            [{"title": "How long?", "answer": False}, {"title": "How long?", "answer": True}],
        )
        self.assertEqual(posts.website_id, self.website)

    def test_an_employee_posts(self):
        self._need("forum.post")
        user = self._user("hal", "base.group_user")
        self._post(user)
        self._read()
        self.assertFalse(self._touchpoints(user.partner_id))

    def test_a_view_of_a_post_is_not_even_noted(self):
        self._need("forum.post")
        post = self._post(self._user("gus", "base.group_portal"))
        self._read()
        post._set_viewed()
        self.env.flush_all()
        self.assertFalse(self.env["ecrm.change"].peek("forum.post"))

    # ------------------------------------------------------------
    # RATINGS
    # ------------------------------------------------------------

    def _rating(self, record, **values):
        return self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "partner_id": self.customer.id,
                "rating": 4,
                "feedback": "Good <i>tea</i>",
                "consumed": True,
                **values,
            }
        )

    def test_a_rating(self):
        self._need("rating.rating")
        rating = self._rating(self.product)
        self._read()
        told = self._touchpoints()
        self.assertEqual(told.kind, "feedback.csat")
        self.assertEqual((told.res_model, told.res_id), ("product.product", self.product.id))
        self.assertEqual((told.props["rating"], told.props["comment"]), (4, "Good <i>tea</i>"))
        self.assertEqual(told.occurred_at, rating.rated_on)

    def test_a_rating_that_was_only_asked_for(self):
        self._need("rating.rating")
        asked = self._rating(self.product, rating=0, feedback=False, consumed=False)
        self._read()
        self.assertFalse(self._touchpoints())
        asked.write({"rating": 5, "consumed": True})
        self._read()
        self.assertEqual(self._touchpoints().props["rating"], 5)

    def test_a_chat_is_rated(self):
        chat = self._chat({"partner_id": self.customer.id})
        self._rating(chat, partner_id=False, rating=1)
        self._read()
        self.assertEqual(self._kinds(self._touchpoints()), ["chat.rated"])

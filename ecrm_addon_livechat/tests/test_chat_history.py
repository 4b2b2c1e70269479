from odoo.addons.bus.tests.common import BusCase
from odoo.addons.ecrm_addon.lib.tracking.event import identity_of

from .chat_case import TOKEN, ChatCase


class TestChatHistory(ChatCase, BusCase):
    """Chats of visitors who log in later, and what leads back to them."""

    def _kinds_of(self, partner):
        return self._kinds(self._touchpoints(partner))

    def _log_in(self, chat):
        """Let a guest go on with a chat after a login, as Odoo's typing notice does."""
        joining = chat.with_user(self.login).with_context(guest=self.guest)
        return joining.sudo()._add_members(partners=self.ann, post_joined_message=False)

    # ------------------------------------------------------------
    # WHOSE A CHAT IS
    # ------------------------------------------------------------

    def test_a_visitor_logs_in_later(self):
        chat = self._chat(self.visitor)
        self._say(chat, "Do you ship?")
        self._read()
        self.assertFalse(self._kinds_of(self.ann))
        self.visitor.access_token = str(self.ann.id)
        self._digest()
        self.assertEqual(self._kinds_of(self.ann), ["chat.started"])

    def test_a_guest_of_no_visitor_logs_in_during_the_chat(self):
        chat = self._chat()
        self._say(chat, "Do you ship?")
        self._read()
        _kind, key = identity_of("device", f"mail.guest,{self.guest.id}")
        browser = self.env["ecrm.identity"].search([("key", "=", key)])
        self.assertFalse(browser.partner_id)
        self._log_in(chat)
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)
        self.assertEqual(self._kinds_of(self.ann), ["chat.started"])
        self.assertEqual(self._card(chat)["customer"]["id"], self.ann.id)

    def test_a_login_before_the_chat_is_read(self):
        chat = self._chat()
        self._say(chat, "Do you ship?")
        self._log_in(chat)
        self._read()
        self._digest()
        self.assertEqual(self._kinds_of(self.ann), ["chat.started"])

    def test_a_colleague_who_joins_is_not_the_guest(self):
        chat = self._chat()
        self._say(chat, "Do you ship?")
        self._read()
        chat._add_members(users=self.chatter)
        joining = chat.with_user(self.seller).with_context(guest=self.guest)
        other = self.env["mail.guest"].create({"name": "Another"})
        joining.with_context(guest=other).sudo()._add_members(users=self.seller)
        self._digest()
        notes = self.env["ecrm.change"].search([("model", "=", "ecrm.login")])
        self.assertFalse(notes)
        for user in (self.chatter, self.seller):
            self.assertFalse(self._kinds_of(user.partner_id))

    # ------------------------------------------------------------
    # ENGAGEMENT AND THE WAY BACK
    # ------------------------------------------------------------

    def test_it_counts_and_can_be_opened(self):
        chat = self._chat(partner_id=self.ann.id)
        self._say(chat, "Thank you", self.ann)
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": chat.id,
                "rating": 5,
                "consumed": True,
            }
        )
        self.pipeline.run_now()
        timeline = self.env["ecrm.touchpoint"].with_user(self.agent).get_timeline(self.ann.id)
        rows = {row["kind"]: row for row in timeline["rows"]}
        for kind in ("chat.started", "chat.rated"):
            self.assertEqual(rows[kind]["source"], {"model": "discuss.channel", "id": chat.id})
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.ann.id)])
        self.assertGreater(profile[:1].engagement, 5)
        action = chat.with_user(self.agent).get_formview_action()
        view = self.env.ref("im_livechat.discuss_channel_view_form")
        self.assertEqual(action["views"], [(view.id, "form")])

    def test_other_channels_open_as_ever(self):
        channel = self.env["discuss.channel"].create({"name": "Staff"})
        self.assertFalse(channel.get_formview_id())

    # ------------------------------------------------------------
    # AGENTS HEAR OF A LOGIN
    # ------------------------------------------------------------

    def _heard(self, chat, act):
        """Return the notifications of an act to the employees in a chat."""
        self._reset_bus()
        act()
        self.env.cr.precommit.run()
        name = f'"discuss.channel",{chat.id},"internal_users"'
        messages = self.env["bus.bus"].sudo().search([("channel", "like", name)])
        return [message.message for message in messages if '"website.visitor"' in message.message]

    def test_the_visitor_becomes_the_contact(self):
        chat = self._chat(self.visitor)
        closed = self._chat(self.visitor)
        closed.livechat_end_dt = "2026-01-01 10:00:00"

        def log_in():
            self.visitor.access_token = str(self.ann.id)

        (told,) = self._heard(chat, log_in)
        self.assertIn("Ann Ash", told)
        self.assertNotIn("ann@ash.example", told)
        self.assertFalse(self._heard(closed, lambda: None))

    def test_the_visitor_is_merged_into_the_contacts(self):
        chat = self._chat(self.visitor)
        known = self.env["website.visitor"].create(
            {"access_token": str(self.ann.id), "website_id": self.website.id}
        )
        self.assertTrue(self._heard(chat, lambda: self.visitor._merge_visitor(known)))
        self.assertEqual(chat.livechat_visitor_id, known)
        self.assertEqual(self._card(chat)["customer"]["id"], self.ann.id)

    def test_a_visitor_who_does_something_else(self):
        chat = self._chat(self.visitor)
        self.assertFalse(self._heard(chat, lambda: self.visitor.write({"visit_count": 2})))
        self.assertEqual(self.visitor.access_token, TOKEN)

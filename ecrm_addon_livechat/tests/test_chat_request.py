from odoo.exceptions import AccessError

from .chat_case import ChatCase

EVIL = "<script>alert(1)</script>"


class TestChatRequest(ChatCase):
    """A support request out of a live chat, by one click."""

    def _open(self, chat, user=None):
        made = self.env["ecrm.request"].with_user(user or self.agent).open_from_chat(chat.id)
        return self.env["ecrm.request"].browse(made["id"])

    def test_of_a_customer(self):
        chat = self._chat(partner_id=self.ann.id)
        agent = self.agent.partner_id
        self._say(chat, "My drawer jams.", self.ann)
        self._say(chat, "Which one is it?", agent)
        self._say(chat, "The upper one.", self.ann)
        request = self._open(chat)
        self.assertEqual(
            (request.name, request.partner_id, request.email, request.source),
            ("My drawer jams.", self.ann, "ann@ash.example", "chat"),
        )
        self.assertIn("The upper one.", request.description)
        self.assertNotIn("Which one is it?", request.description)
        note = request.message_ids.filtered(lambda message: "Which one" in message.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertIn(f'data-oe-id="{chat.id}"', note.body)

    def test_a_second_click_finds_the_first_request(self):
        chat = self._chat(partner_id=self.ann.id)
        request = self._open(chat)
        self.assertEqual(self._open(chat, self.env.ref("base.user_admin")), request)
        card = self._card(chat)
        self.assertEqual(card["request"], {"id": request.id, "number": request.number})
        self.assertFalse(card["can_request"])
        request.active = False
        self.assertEqual(self._open(chat), request)
        copy = request.copy()
        self.assertFalse(copy.livechat_channel_id)

    def test_of_a_merged_one_the_other_is_found(self):
        chat = self._chat(partner_id=self.ann.id)
        request = self._open(chat)
        other = request.copy()
        request._merge_into(other)
        self.assertEqual(self._open(chat), other)
        self.assertEqual(self._card(chat)["request"]["id"], other.id)

    def test_of_somebody_unknown(self):
        chat = self._chat(self.visitor)
        self.guest.email = "Gus@Example.com"
        self._say(chat, "Do you ship?")
        request = self._open(chat)
        self.assertEqual(
            (request.name, request.partner_id.id, request.email, request.website_id),
            ("Do you ship?", False, "gus@example.com", self.website),
        )
        self.assertFalse(request.is_proved)

    def test_an_address_given_to_a_chat_bot(self):
        chat = self._chat(self.visitor)
        script = self.env["chatbot.script"].create({"title": "Bot"})
        step = self.env["chatbot.script.step"].create(
            {
                "chatbot_script_id": script.id,
                "step_type": "question_email",
                "message": "Your address?",
            }
        )
        self.env["chatbot.message"].create(
            {
                "discuss_channel_id": chat.id,
                "mail_message_id": self._say(chat, "Gus@Example.com").id,
                "script_step_id": step.id,
                "user_raw_answer": "<p>Gus@Example.com</p>",
            }
        )
        self.assertEqual(self._open(chat).email, "gus@example.com")

    def test_before_anybody_said_anything(self):
        self.assertEqual(self._open(self._chat(self.visitor)).name, "Live chat")

    def test_what_was_said_is_text(self):
        chat = self._chat(partner_id=self.ann.id)
        long_word = "x" * 10_000
        self._say(chat, f"{EVIL} {long_word}", self.ann)
        request = self._open(chat)
        self.assertEqual(len(request.name), 80)
        self.assertIn(EVIL, request.name)
        for markup in (request.description, *request.message_ids.mapped("body")):
            self.assertNotIn("<script", markup)
        self.assertIn(long_word, request.description)

    def test_who_may(self):
        chat = self._chat(partner_id=self.ann.id)
        stranger = self._user("chat_stranger", "base.group_user")
        stranger.group_ids += self.env.ref("ecrm_addon.group_ecrm_support")
        for user in (self.seller, self.login, stranger, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError, msg=user.login):
                self._open(chat, user)
        self.assertFalse(self.env["ecrm.request"].search([("livechat_channel_id", "=", chat.id)]))

    def test_customers_do_not_read_which_chat_it_was(self):
        with self.assertRaises(AccessError):
            self.env["ecrm.request"].with_user(self.login)._check_field_access(
                self.env["ecrm.request"]._fields["livechat_channel_id"], "read"
            )

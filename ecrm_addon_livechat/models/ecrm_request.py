from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext, plaintext2html

SUBJECT_SHOWN = 80  # characters


class EcrmRequest(models.Model):
    """A request that an agent makes of a live chat: at most one of each chat."""

    _inherit = "ecrm.request"

    livechat_channel_id = fields.Many2one(
        "discuss.channel",
        "Live Chat",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # two agents who press the button at once make one request; it finds the chat's, too
    _livechat_channel_unique = models.UniqueIndex(
        "(livechat_channel_id) WHERE livechat_channel_id IS NOT NULL",
        "There is a request of this chat already.",
    )

    @api.model
    def open_from_chat(self, channel_id):
        """Make a support request of a live chat, or find the one that was made of it.

        The customer's own words become the question; the whole conversation is an internal
        note, with a link to the chat.

        :param int channel_id: a live chat that the user may read
        :return dict: ``id`` and ``number`` of the request
        :raise AccessError: the user may not read the chat, or not make requests
        """
        self.check_access("create")
        channel = self.env["ecrm.chat.card"]._readable_chat(channel_id)
        request = self._ecrm_of_chat(channel)
        if not request:
            request = self.create(self._prepare_from_chat(channel))
            request.message_post(
                body=Markup("%s<br/>%s")
                % (
                    self.env._("The conversation: %s", channel._get_html_link()),
                    channel._get_channel_history(),
                ),
                subtype_xmlid="mail.mt_note",
            )
        return {"id": request.id, "number": request.number}

    def _ecrm_of_chat(self, channel):
        # a request that was archived, or is another company's, is still that of the chat
        requests = self.with_context(active_test=False)
        request = requests.search([("livechat_channel_id", "=", channel.id)], limit=1)
        # one that was merged is empty: it is answered in the other one
        return request._follow_merged()

    def _prepare_from_chat(self, channel):
        customer_sudo = channel._ecrm_customer_sudo()
        said = self._said_in_chat(channel, customer_sudo)
        # sudo: on what website and in which language the visitor asked is part of the chat
        visitor_sudo = channel.sudo().livechat_visitor_id
        company = visitor_sudo.website_id.company_id & self.env.companies
        return {
            "name": self._subject_of_chat(said),
            "description": Markup().join(plaintext2html(text) for text in said),
            "partner_id": customer_sudo.id,
            "email": customer_sudo.email_normalized or self._email_of_chat(channel),
            # what somebody typed into a chat is nobody's address yet
            "is_proved": bool(customer_sudo),
            "company_id": company.id or self.env.company.id,
            "website_id": visitor_sudo.website_id.id,
            "lang": customer_sudo.lang or channel.sudo().livechat_lang_id.code,
            "source": "chat",
            "livechat_channel_id": channel.id,
        }

    def _subject_of_chat(self, said):
        words = " ".join(said[0].split()) if said else self.env._("Live chat")
        return words if len(words) <= SUBJECT_SHOWN else f"{words[: SUBJECT_SHOWN - 1]}…"

    def _said_in_chat(self, channel, customer_sudo):
        """Return what the customer wrote, message by message."""
        visitors = {customer_sudo.id, *customer_sudo._ecrm_public_ids()}
        # sudo: who may read the chat may read its messages; agents have no right on guests
        messages_sudo = channel.sudo().message_ids.filtered(
            lambda message: (
                message.message_type == "comment"
                and (message.author_guest_id or message.author_id.id in visitors)
            )
        )
        texts = [html2plaintext(message.body).strip() for message in messages_sudo.sorted("id")]
        return list(filter(None, texts))

    def _email_of_chat(self, channel):
        """Return the address that a visitor nobody knows gave to the chat, or False."""
        # sudo: as the messages, in which it stands
        channel_sudo = channel.sudo()
        answers = channel_sudo._chatbot_find_customer_values_in_messages(
            {"question_email": "email"}
        )
        guests_sudo = channel_sudo.livechat_customer_guest_ids
        return email_normalize(answers.get("email") or guests_sudo[:1].email)

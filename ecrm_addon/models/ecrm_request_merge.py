from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty


def _words(html):
    """Return the words of a text: mails break lines where forms do not."""
    return html2plaintext(html or "").split()


class EcrmRequest(models.Model):
    """Makes one request of several of the same customer, or two of one.

    A merged request stays as an empty, closed one that points to the other: its number is in
    the customer's mails, and what comes back to it has to be found.
    """

    _inherit = "ecrm.request"

    merged_into_id = fields.Many2one(
        "ecrm.request",
        "Merged into",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
    )
    split_from_id = fields.Many2one(
        "ecrm.request",
        "Split from",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
    )

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    @api.private
    def _merge_into(self, target, tell=False):
        """Move all that belongs to these requests to another one, and close these.

        :param ecrm.request target: of the same customer and company
        :param bool tell: let the customer know by mail
        """
        target.ensure_one()
        sources = self - target
        (sources | target).check_access("write")
        sources._check_merge(target)
        for source in sources:
            source._move_thread(target)
        target.write(sources._merged_values(target))
        sources._close_merged(target)
        if tell:
            target._tell_merged(sources)

    def _check_merge(self, target):
        """Refuse to show one customer what another one wrote."""
        if not self:
            raise UserError(self.env._("Choose at least two requests to merge."))
        if (self | target).merged_into_id:
            raise UserError(self.env._("One of these requests is merged already."))
        if any(request.company_id != target.company_id for request in self):
            raise UserError(self.env._("Only requests of one company can be merged."))
        if not all(request._is_same_person(target) for request in self):
            raise UserError(
                self.env._(
                    "Only requests of the same customer can be merged: everything written "
                    "here becomes readable for them."
                )
            )

    def _is_same_person(self, other):
        """Tell whether two requests are of one contact, or of one address."""
        if self.partner_id and other.partner_id:
            return self.partner_id == other.partner_id
        return bool(self._addresses() & other._addresses())

    def _addresses(self):
        return {self.email, self.partner_id.email_normalized} - {False, None}

    def _move_thread(self, target):
        """Move messages, files, followers and activities of a request to another one."""
        # sudo: all messages move, also those that an agent may not read; who may merge was
        # asked before
        messages_sudo = self.sudo().message_ids
        question = self._question_for(messages_sudo)
        messages_sudo.write({"res_id": target.id})
        attachments_sudo = self.env["ir.attachment"].sudo()
        attachments_sudo.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        ).write({"res_id": target.id})
        self.sudo().activity_ids.write({"res_id": target.id})
        target.message_subscribe(partner_ids=self.message_partner_ids.ids)
        if question:
            target._add_message(**question)

    def _question_for(self, messages):
        """Return the question of a request as a message, unless it is one already."""
        if is_html_empty(self.description):
            return None
        question = _words(self.description)
        if any(_words(message.body) == question for message in messages):
            return None
        return {
            "body": self.description,
            "subject": self.name,
            "author_id": self.partner_id.id,
            "email_from": self.partner_id.email_formatted or self.email,
            "date": self.opened_at,
        }

    def _add_message(self, **values):
        """Put something that was written elsewhere into the thread; nobody is told again."""
        # sudo: it was written by the customer
        self.env["mail.message"].sudo().create(
            {
                "model": self._name,
                "res_id": self.id,
                "message_type": "comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                **values,
            }
        )

    def _merged_values(self, target):
        """Return what the target takes over: the customer has waited since the first question."""
        together = self | target
        values = {
            "opened_at": min(together.mapped("opened_at")),
            "priority": max(together.mapped("priority")),
            "tag_ids": [fields.Command.link(tag.id) for tag in self.tag_ids - target.tag_ids],
        }
        for name, choose in (("answered_at", min), ("customer_wrote_at", min)):
            if known := [at for at in together.mapped(name) if at]:
                values[name] = choose(known)
        values["is_proved"] = any(together.mapped("is_proved"))
        for name in ("partner_id", "email", "order_id", "product_id", "user_id", "team_id"):
            if not target[name] and (found := self.filtered(name)[:1]):
                values[name] = found[name].id if name != "email" else found[name]
        return values

    def _close_merged(self, target):
        stage = self.env["ecrm.request.stage"]._cancelled()
        self.write({"merged_into_id": target.id, "stage_id": stage.id, "customer_wrote_at": False})
        for source in self:
            source._note(source.env._("Merged into %s.", target._link()))
        links = Markup(", ").join(source._link() for source in self)
        target._note(self.env._("Merged into this one: %s.", links))

    def _link(self):
        """Return a link to a request within the back office."""
        return self._get_html_link(title=self.number)

    def _note(self, body):
        self.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _tell_merged(self, sources):
        """Write to the customer where the answer will come; it is no answer by itself."""
        lang = self.lang or self.partner_id.lang
        request = self.with_context(lang=lang)
        values = {
            "subject": request.env._("Your questions are together now: %s", self.number),
            "body": request.env._(
                "We put what you asked in %(sources)s together with %(target)s, and answer there.",
                sources=", ".join(sources.mapped("number")),
                target=self.number,
            ),
            "email_layout_xmlid": "mail.mail_notification_light",
        }
        if self._goes_to_contact():
            request.message_notify(partner_ids=self.partner_id.ids, **values)
        elif self.email:
            request.message_post(
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
                outgoing_email_to=self.email,
                **values,
            )

    # ------------------------------------------------------------
    # SPLIT
    # ------------------------------------------------------------

    @api.private
    def _split(self, name, question=False, messages=()):
        """Make a request of its own of a second question.

        :param str name: subject of the new one
        :param str question: HTML; without it, the first of the messages is the question that
            the customer may read
        :param mail.message messages: of this thread, which go over to the new one
        :return ecrm.request: the new one
        """
        self.ensure_one()
        self.check_access("write")
        messages = self.env["mail.message"].browse(message.id for message in messages)
        messages = messages.filtered(
            lambda message: message.model == self._name and message.res_id == self.id
        ).sorted("date")
        if is_html_empty(question):
            question = messages.filtered(self._is_told_message)[:1].body
        if is_html_empty(question):
            raise UserError(self.env._("Choose messages, or write the question."))
        new = self.create(self._split_values(name, question, messages))
        # sudo: the author of a message alone may change it
        messages_sudo = messages.sudo()
        messages_sudo.write({"res_id": new.id})
        messages_sudo.attachment_ids.filtered(
            lambda file: file.res_model == self._name and file.res_id == self.id
        ).write({"res_id": new.id})
        new.message_subscribe(partner_ids=(self.partner_id & self.message_partner_ids).ids)
        self._note(self.env._("A second question became %s.", new._link()))
        new._note(self.env._("Split from %s.", self._link()))
        return new

    @staticmethod
    def _is_told_message(message):
        """Return whether customers read a message; notes of staff never become a question."""
        # sudo: the subtype tells no secret
        comment = message.sudo().env.ref("mail.mt_comment")
        return message.sudo().subtype_id == comment and not message.is_internal

    def _split_values(self, name, question, messages):
        customers = messages.filtered(lambda message: message.author_id == self.partner_id)
        copied = ("partner_id", "company_id", "website_id", "team_id", "user_id", "order_id")
        return {
            "name": name,
            "description": question,
            "email": self.email,
            "is_proved": self.is_proved,
            "lang": self.lang,
            "source": self.source,
            "priority": self.priority,
            "opened_at": messages[:1].date or fields.Datetime.now(),
            "customer_wrote_at": customers[:1].date,
            "split_from_id": self.id,
            **{field: self[field].id for field in copied},
        }

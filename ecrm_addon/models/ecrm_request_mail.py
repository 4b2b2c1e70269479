from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import formataddr, get_lang
from odoo.tools.urls import urljoin

#: A receipt is a machine's: no other machine should answer it (RFC 3834).
RECEIPT_HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class EcrmRequest(models.Model):
    """What the customer is sent: a receipt, once, and each answer, with a link to the thread.

    Answers reach the customer whoever follows the request, and whether or not there is a
    contact. They come from, and answers to them go to, the team's address.

    They go to the contact only where the question came from the address it has now. Otherwise
    they go to the address that asked: an address that somebody typed into their account, or
    changed later, leads no answer to them.
    """

    _inherit = "ecrm.request"

    def message_post(self, **kwargs):
        self.ensure_one()
        self._check_pace()
        return super().message_post(**self._to_customer(self._as_comment(kwargs)))

    def _as_comment(self, kwargs):
        """Return the parameters of a message; what customers send is a comment to staff.

        Odoo lets them say of what type it is, by which files would be taken unseen.
        """
        user = self.env.user
        is_told = kwargs.get("message_type") not in (None, "email")
        if not is_told or user.id == SUPERUSER_ID or user._is_internal():
            return kwargs
        kwargs = {name: value for name, value in kwargs.items() if name != "subtype_id"}
        return {**kwargs, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}

    def _check_pace(self):
        """Bound how often somebody without rights of their own writes in one thread.

        :raise UserError: it was too often
        """
        user = self.env.user
        if user.id == SUPERUSER_ID or user._is_internal():
            return
        if not self.env["ecrm.limits"].allows("support_answer", str(self.id)):
            raise UserError(self.env._("That was too often. Please try again in some minutes."))

    def _to_customer(self, kwargs):
        """Return the parameters of a message with the customer as its recipient."""
        kwargs = dict(kwargs)
        user = self.env.user
        if user._is_public() and kwargs.get("author_id") is None:
            # who has the link, and is no contact of ours
            kwargs |= {"author_id": self.partner_id.id, "email_from": self._sender()}
        if not self._is_public_message(self._with_subtype(kwargs)):
            return kwargs
        is_written = kwargs.get("message_type") in ("comment", "email")
        if not is_written or self._is_by_customer(kwargs):
            return kwargs
        if self._goes_to_contact():
            kwargs["partner_ids"] = [*(kwargs.get("partner_ids") or []), self.partner_id.id]
        elif self.email:
            contact_ids = self._contact_ids()
            others = [pid for pid in kwargs.get("partner_ids") or [] if pid not in contact_ids]
            kwargs["partner_ids"] = others
            kwargs["outgoing_email_to"] = kwargs.get("outgoing_email_to") or self.email
        return kwargs

    def _is_by_customer(self, kwargs):
        """Return whether a message is written by a customer: neither by staff nor a machine."""
        if kwargs.get("message_type") not in ("comment", "email"):
            return False
        author = self.env.user.partner_id
        if kwargs.get("author_id") is not None:
            author = author.browse(kwargs["author_id"] or [])
        return not self._is_by_staff(author.sudo())

    def _goes_to_contact(self):
        """Return whether mails go to the contact, and not to the address alone."""
        address = self.partner_id.sudo().email_normalized
        return bool(address) and (not self.email or (self.is_proved and address == self.email))

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave the contact out where mails go to the address that asked, which gets them."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self or self._goes_to_contact():
            return recipients
        contact_ids = self._contact_ids()
        # employees read what they follow in the back office
        return [told for told in recipients if not (told["share"] and told["id"] in contact_ids)]

    def _contact_ids(self):
        """Return who may be taken for the customer: the contact, and who has the address."""
        if not self.email:
            return set(self.partner_id.ids)
        # sudo: who writes in the thread need not see contacts
        partners_sudo = self.env["res.partner"].sudo()
        same_sudo = partners_sudo.search([("email_normalized", "=", self.email)])
        return {*self.partner_id.ids, *same_sudo.ids}

    def _with_subtype(self, kwargs):
        if kwargs.get("subtype_id") or not kwargs.get("subtype_xmlid"):
            return kwargs
        data = self.env["ir.model.data"]
        return {**kwargs, "subtype_id": data._xmlid_to_res_id(kwargs["subtype_xmlid"])}

    def _sender(self):
        """Return from whom a message of the customer comes."""
        if self.partner_id:
            return self.partner_id.sudo().email_formatted
        return self.email or False

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Give customers who are no contact the link to their request, as contacts have it."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        if not self or not self.email or self._goes_to_contact():
            return groups
        link = {"url": self._customer_url(), "title": self.env._("View your request")}
        options = {"active": True, "has_button_access": True, "button_access": link}
        email = self.email
        return [
            ("ecrm_asker", lambda pdata: pdata.get("email_normalized") == email, options),
            *groups,
        ]

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Let answers go to the team's address, where it has one."""
        replies = super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)
        # sudo: who writes in the thread need not see the team
        for request in self.sudo().filtered("team_id.alias_email"):
            replies[request.id] = formataddr((request.company_id.name, request.team_id.alias_email))
        return replies

    def _customer_url(self):
        """Return the whole address of the request's page, with the key to it."""
        # sudo: the key is made for whom the mail goes to
        return urljoin(self.get_base_url(), self.sudo().get_portal_url())

    # ------------------------------------------------------------
    # RECEIPT
    # ------------------------------------------------------------

    @api.private
    def _mail_receipt(self, references=None):
        """Tell the customer by mail that the question has come, under which number and link.

        Where the address is not proved, or only typed into an account, nothing that was written
        is in the mail: nobody sends their own words through us to a stranger.

        :param str references: Message-Id of the mail that asked
        """
        self.ensure_one()
        limits = self.env["ecrm.limits"]
        if not self.email or not limits.allows("support_mail", self.email):
            return
        # sudo: whoever asks gets a mail, and needs no rights for it
        lang = get_lang(self.env, self.lang or self.partner_id.sudo().lang).code
        request = self.with_user(SUPERUSER_ID).with_context(lang=lang)
        request = request.with_company(self.company_id)
        env, company = request.env, request.company_id
        is_theirs = request.is_proved and not request.partner_id._ecrm_typed_address()
        title = request.name if is_theirs else env._("We got your question")
        sender = company.email_formatted or env.user.email_formatted
        values = {"asked": request, "company": company, "url": request._customer_url()}
        env["mail.mail"].create(
            {
                "subject": f"[{request.number}] {title}",
                "body_html": env["ir.qweb"]._render(
                    "ecrm_addon.mail_support_receipt", values, lang=lang, minimal_qcontext=True
                ),
                "email_from": sender,
                "email_to": request.email,
                "reply_to": request._notify_get_reply_to(default=sender)[request.id],
                "model": request._name,
                "res_id": request.id,
                "message_type": "auto_comment",
                "references": references or False,
                "headers": RECEIPT_HEADERS,
                # the message stays when the mail is gone: answers are found by it
                "is_notification": True,
                "auto_delete": True,
            }
        )
        env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

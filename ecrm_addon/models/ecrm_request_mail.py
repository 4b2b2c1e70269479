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
    """

    _inherit = "ecrm.request"

    def message_post(self, **kwargs):
        self.ensure_one()
        self._check_pace()
        return super().message_post(**self._to_customer(kwargs))

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
        author = user.partner_id
        if kwargs.get("author_id") is not None:
            author = author.browse(kwargs["author_id"] or [])
        if kwargs.get("message_type") not in ("comment", "email") or not self._is_by_staff(
            author.sudo()
        ):
            return kwargs
        if self.partner_id.sudo().email_normalized:
            kwargs["partner_ids"] = [*(kwargs.get("partner_ids") or []), self.partner_id.id]
        elif self.email:
            kwargs["outgoing_email_to"] = kwargs.get("outgoing_email_to") or self.email
        return kwargs

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
        if not self or not self.email or self.partner_id.sudo().email_normalized:
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

        Where the address is not proved, nothing that was typed is in the mail: nobody sends
        their own words through us to a stranger.

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
        is_theirs = request.is_proved or request.source == "email"
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

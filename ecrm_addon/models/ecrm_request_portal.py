from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import consteq, email_normalize, format_date, html_sanitize
from odoo.tools.mail import is_html_empty

#: What customers may choose to see of their requests.
FILTERS = ("open", "closed", "all")
LISTED = [
    "name",
    "number",
    "stage_id",
    "is_closed",
    "opened_at",
    "answered_at",
    "closed_at",
    "customer_wrote_at",
]
#: Messages that a page without scripts shows.
MESSAGES_SHOWN = 30


class EcrmRequest(models.Model):
    """A customer's requests on the pages of the portal: which are theirs, and in plain words.

    Customers have no right on the model itself, and read nothing of it by RPC. A page shows
    what is found here, for its own user or by the key that was mailed to the address.
    """

    _inherit = "ecrm.request"

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _own_domain(self, user):
        """Return which requests are a user's own; never a colleague's.

        What an address asked is theirs who log in with it, or who proved that they read its
        mails. That somebody wrote an address into their account proves nothing.
        """
        if user._is_public():
            return Domain.FALSE
        partner = user.partner_id
        own = Domain("partner_id", "=", partner.id) & Domain("is_proved", "=", True)
        login = email_normalize(user.login or "")
        if login:
            own |= Domain("email", "=", login) & Domain("partner_id", "in", (False, partner.id))
        return own

    @api.model
    @api.private
    def _of_user(self, user, state="all"):
        """Return the domain of a user's own requests that are open, closed, or both."""
        domain = self._own_domain(user)
        if state in ("open", "closed"):
            domain &= Domain("is_closed", "=", state == "closed")
        return domain

    @api.model
    @api.private
    def _find_own(self, user, request_id, token=None):
        """Return one request, as superuser: the user's own, or that which the key opens.

        :param str token: as the link in a mail has it
        """
        # sudo: customers have no right on requests; this one is theirs, or they have its key
        requests_sudo = self.sudo()
        own = requests_sudo.search(self._own_domain(user) & Domain("id", "=", request_id), limit=1)
        if own or not token:
            return own
        found = requests_sudo.search([("id", "=", request_id)], limit=1)
        is_key = found.access_token and consteq(found.access_token.encode(), token.encode())
        return found if is_key else requests_sudo.browse()

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _portal_status(self):
        """Return in a sentence how far the request is."""
        self.ensure_one()
        if self.is_closed:
            day = format_date(self.env, self.closed_at, date_format="long")
            if self._is_solved():
                return self.env._("Solved on %s.", day)
            return self.env._("Closed on %s.", day)
        if self.stage_id.is_waiting:
            return self.env._("We wrote to you and wait for your answer.")
        if self.customer_wrote_at and not self.answered_at:
            return self.env._("We got your question. You hear from us by e-mail.")
        if self.customer_wrote_at:
            return self.env._("We got your message. You hear from us by e-mail.")
        return self.env._("We answered you. Is something missing? Write to us below.")

    def _portal_question(self):
        """Return the question where it is not in the thread anyway, as a page may show it."""
        if self.source not in ("back_office", "chat"):
            return ""
        text = self.description
        return "" if is_html_empty(text) else html_sanitize(text, strip_style=True)

    def _portal_messages(self):
        """Return the messages that a page without scripts shows, newest first, as superuser."""
        # sudo: as for the request; notes of staff are none of the customer's
        messages_sudo = self.env["mail.message"].sudo()
        domain = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("subtype_id", "=", self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")),
            ("is_internal", "=", False),
            ("message_type", "in", ("comment", "email")),
        ]
        return messages_sudo.search(domain, order="id desc", limit=MESSAGES_SHOWN)

    def _portal_contact(self):
        """Return how to reach the company: name, phone and address, as far as it has them."""
        company = self.company_id
        email = self.team_id.alias_email or company.email
        return {"name": company.name, "phone": company.phone, "email": email}

    def _portal_order(self, user):
        """Return what a page tells of the order in question: its name, and more to its owner.

        :return dict: ``name``, ``date``, ``url`` or False, ``people``: the order's contacts
        """
        order = self.order_id
        if not order:
            return None
        is_owner = self.env["ecrm.support.form"]._owns_order(user, order)
        people = order.partner_id | order.partner_shipping_id if is_owner else order.partner_id[:0]
        return {
            "name": order.name,
            "date": order.date_order,
            "url": f"/my/orders/{order.id}" if is_owner else False,
            "people": people,
        }

    # ------------------------------------------------------------
    # BY BUTTONS
    # ------------------------------------------------------------

    @api.private
    def _post_question(self, text, attached=()):
        """Post the question into the thread, where staff see it and answers refer to it."""
        self.ensure_one()
        self._post_as_customer(text, attached, self.is_proved)

    @api.private
    def _answer_from_page(self, text, attached=()):
        """Post what the customer wrote on the page.

        :param str text: as typed
        :param attached: pairs of a name and bytes, which were looked at before
        :raise UserError: it was too often
        """
        self.ensure_one()
        self._post_as_customer(text, attached, True)

    def _post_as_customer(self, text, attached, is_proved):
        """Post in the name of the customer; of an address that nobody proved, in no contact's."""
        is_guest = self.env.user._is_public() or self.env.uid == SUPERUSER_ID
        values = {}
        if is_guest:
            author_id = self.partner_id.id if is_proved else False
            email = self._sender() if is_proved else self.email
            values = {"author_id": author_id, "email_from": email}
        self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=self.env["ecrm.support.form"]._as_html(text),
            attachments=list(attached),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **values,
        )

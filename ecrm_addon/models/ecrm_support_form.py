import re
import time
from urllib.parse import urlencode

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, plaintext2html

from ..lib.email import reference
from ..lib.support import files

#: Of the instant in which a form was shown.
PURPOSE = "ecrm.support.form"
#: Seconds in which nobody fills in a form, and after which it has to be shown anew.
TOO_FAST, TOO_OLD = 2, 86_400
SUBJECT_LENGTH, QUESTION_LENGTH, EMAIL_LENGTH = 200, 20_000, 254
#: Orders that a customer chooses from, newest first, and their lines.
ORDERS_SHOWN, LINES_SHOWN = 20, 200
PRODUCT_LENGTH = 80
_ABOUT = re.compile(r"(order|product)-(\d{1,9})(?:-(\d{1,9}))?")
#: Articles of which a form tells that they were opened.
MOST_OPENED = 5


class EcrmSupportForm(models.AbstractModel):
    """What a question to support may say, checked the same with a login and without.

    Nothing that was typed is lost by a refusal: the page comes back with it.
    """

    _name = "ecrm.support.form"
    _description = "Form for Support Requests"

    @api.model
    @api.private
    def _read(self, post):
        """Return what a form says, as far as there are such fields."""
        told = {name: str(post.get(name) or "") for name in ("subject", "question", "about")}
        # what no text of PostgreSQL holds
        told = {name: value.replace("\0", "").strip() for name, value in told.items()}
        told["email"] = str(post.get("email") or "").replace("\0", "").strip()
        told["opened"] = [
            int(number)
            for number in str(post.get("opened") or "").split(",")[:MOST_OPENED]
            if number.isascii() and number.isdecimal() and len(number) < 10
        ]
        return told

    @api.model
    @api.private
    def _read_files(self, uploaded):
        """Return pairs of a name and bytes; of what is too large or too many, as much as shows it.

        :param list uploaded: files of the web request
        """
        named = [file for file in uploaded if file.filename]
        return [
            (files.clean(file.filename), file.read(files.MOST_OF_ONE + 1))
            for file in named[: files.MOST_FILES + 1]
        ]

    @api.model
    @api.private
    def _errors(self, told, attached, needs_email=False):
        """Return what has to be changed in a form: field -> list of sentences."""
        errors = {}
        if not told["subject"]:
            errors["subject"] = [self.env._("Please say in a few words what it is about.")]
        elif len(told["subject"]) > SUBJECT_LENGTH:
            errors["subject"] = [
                self.env._("Please use %s characters at most.", SUBJECT_LENGTH),
            ]
        errors |= self._text_errors(told["question"])
        if needs_email and not self._address(told["email"]):
            errors["email"] = [
                self.env._("Please type your e-mail address in full, such as ann@example.com.")
            ]
        refused = self.env["ecrm.request"]._file_refusals(attached)
        return errors | {"files": refused} if refused else errors

    @api.model
    @api.private
    def _text_errors(self, text):
        if not text:
            return {"question": [self.env._("Please write what we can help you with.")]}
        if len(text) > QUESTION_LENGTH:
            return {"question": [self.env._("Please use %s characters at most.", QUESTION_LENGTH)]}
        return {}

    @staticmethod
    def _address(text):
        address = email_normalize(text) if len(text) <= EMAIL_LENGTH else False
        return address or None

    @staticmethod
    def _as_html(text):
        return plaintext2html(text)

    # ------------------------------------------------------------
    # NOT A PROGRAM
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _stamp(self):
        """Return a mark for a form that tells when it was shown."""
        secret = self.env["ecrm.log"]._uid_secret()
        return reference.write(secret, PURPOSE, int(time.time()))

    @api.model
    @api.private
    def _is_timely(self, stamp):
        """Return whether a form took as long as people do."""
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, stamp)
        return bool(numbers) and TOO_FAST <= time.time() - numbers[0] <= TOO_OLD

    # ------------------------------------------------------------
    # ABOUT
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _orders(self, user, order_id=None):
        """Return a customer's orders, as far as Odoo shows them to this user."""
        orders = self.env["sale.order"].with_user(user)
        if not orders.has_access("read"):
            return orders
        commercial = user.partner_id.commercial_partner_id
        # not child_of, as in /my/orders: that asks level by level, and Odoo's rule does already
        domain = Domain("partner_id.commercial_partner_id", "=", commercial.id)
        domain &= Domain("state", "in", ("sent", "sale"))
        if order_id:
            domain &= Domain("id", "=", order_id)
        return orders.search_fetch(
            domain, ["name", "date_order"], order="date_order desc, id desc", limit=ORDERS_SHOWN
        )

    @api.model
    @api.private
    def _owns_order(self, user, order):
        """Return whether an order is a user's, as it is on the page of their orders."""
        commercial = user.partner_id.commercial_partner_id
        return not user._is_public() and order.partner_id.commercial_partner_id == commercial

    @api.model
    @api.private
    def _choices(self, user, chosen=""):
        """Return what a customer may choose the question to be about.

        :param str chosen: an order of theirs may be older than those that are shown
        :return list[dict]: ``value``, ``name``, ``date`` and ``products`` (value, name) each
        """
        orders = self._orders(user)
        match = _ABOUT.fullmatch(chosen)
        if match and int(match[2]) not in orders.ids:
            orders |= self._orders(user, int(match[2]))
        products = {}
        for line in self._lines(orders):
            name = (line.name or "").splitlines() or [""]
            value = f"product-{line.order_id.id}-{line.product_id.id}"
            products.setdefault(line.order_id.id, {})[value] = name[0][:PRODUCT_LENGTH]
        return [
            {
                "value": f"order-{order.id}",
                "name": order.name,
                "date": order.date_order,
                "products": list(products.get(order.id, {}).items()),
            }
            for order in orders
        ]

    def _lines(self, orders):
        if not orders:
            return self.env["sale.order.line"]
        # sudo: of orders that the customer may see; by their rule each line asks again
        lines_sudo = self.env["sale.order.line"].sudo()
        domain = [("order_id", "in", orders.ids), ("product_id", "!=", False)]
        fields = ["order_id", "product_id", "name"]
        return lines_sudo.search_fetch(domain, fields, limit=LINES_SHOWN)

    @api.model
    @api.private
    def _about(self, user, chosen):
        """Return the order and product of a choice; nothing of another customer's.

        :return dict: values of a request
        """
        match = _ABOUT.fullmatch(chosen or "")
        order = self._orders(user, int(match[2])) if match else None
        if not order:
            return {}
        # sudo: the order is the customer's
        values = {"order_id": order.id, "company_id": order.sudo().company_id.id}
        if match[1] == "product":
            bought = self._lines(order).product_id.ids
            values["product_id"] = int(match[3] or 0) if int(match[3] or 0) in bought else False
        return values

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _ask_as_user(self, user, website, told, attached=()):
        """Make a request of a user who is logged in; the form says whose it is by nothing.

        :return ecrm.request: as superuser
        """
        partner = user.partner_id
        email = partner.sudo().email_normalized or email_normalize(user.login or "")
        values = {"partner_id": partner.id, "email": email or False, "source": "portal"}
        return self._ask(
            {**values, **self._base(website), **self._about(user, told["about"])}, told, attached
        )

    @api.model
    @api.private
    def _ask_as_guest(self, website, told, attached=()):
        """Make a request of an address that somebody typed: nobody's until it is proved."""
        email = self._address(told["email"])
        values = {
            **self._base(website),
            "email": email,
            "partner_id": self._contact_of(email, website).id,
            "is_proved": False,
            "source": "website",
        }
        return self._ask(values, told, attached)

    def _contact_of(self, email, website):
        company = website.sudo().company_id or self.env.company
        return self.env["ecrm.request"]._only_contact(email, company)

    def _base(self, website):
        company = website.sudo().company_id or self.env.company
        return {"company_id": company.id, "website_id": website.id, "lang": self.env.lang}

    def _ask(self, values, told, attached):
        # as superuser: customers have no right on requests; they may make one of their own
        env = self.with_user(SUPERUSER_ID).with_company(values["company_id"]).env
        teams = env["ecrm.request.team"]
        team = teams.search([("company_id", "=", values["company_id"])], limit=1)
        request = env["ecrm.request"].create(
            {
                "name": told["subject"],
                "description": self._as_html(told["question"]),
                "team_id": team.id,
                **values,
            }
        )
        request._post_question(told["question"], attached)
        request._mail_receipt()
        self._note_opened(told["opened"], is_sent=True)
        return request

    @api.model
    @api.private
    def _note_opened(self, faq_ids, is_sent):
        """Note that articles were opened while typing, or that the question came all the same.

        Nothing is noted of who it was.
        """
        for faq_id in faq_ids:
            # sudo: counting is all that is done
            self.env["ecrm.faq"].sudo()._note_deflection(faq_id, is_sent)

    @api.model
    @api.private
    def _page_url(self, request, token=None, **params):
        """Return the address of a request's page, with its key where it was opened by it."""
        params = {name: value for name, value in params.items() if value}
        if token:
            params = {"access_token": token, **params}
        return f"/my/support/{request.id}" + (f"?{urlencode(params)}" if params else "")

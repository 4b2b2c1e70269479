from collections import namedtuple

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..lib.email import reference
from ..queries import check_address

#: Tokens of this purpose open what we hold about one address, until they expire.
PURPOSE = "ecrm.person"
#: Hours in which a link that was sent to an address opens its data.
HOURS = 48

#: Who asks about their own data, and of which company. ``partner`` (in superuser mode) is empty
#: where an address belongs to no contact, or to several: then only what is known by the address
#: itself is theirs without a further look. ``email`` is normalized, or an empty string.
Person = namedtuple("Person", "partner email company")


class EcrmPrivacyPerson(models.AbstractModel):
    """Who is asking: a user who is logged in, or whoever reads the mails of an address.

    Both get the same pages; what a page shows and does depends on the ``Person`` alone, never
    on a number in a form.
    """

    _name = "ecrm.privacy.person"
    _description = "Person Who Asks"

    @api.model
    @api.private
    def of_user(self, company=None):
        """Return the user who is logged in.

        Everybody may write any address into their account. Where it is also another contact's,
        it is nobody's here, unless one logs in with it: what is said by a signed link counts.

        :param res.company company: of the website; None: the current one
        """
        # sudo: it is the user's own contact, of which the rest is checked by none
        partner_sudo = self.env.user.partner_id.sudo()
        email = partner_sudo.email_normalized or ""
        login = email_normalize(self.env.user.login or "")
        if email and email != login and self._is_shared(partner_sudo, email):
            email = ""
        return Person(partner_sudo, email, company or self.env.company)

    def _is_shared(self, partner, email):
        """Return whether an address of a contact is also another one's."""
        partner.flush_model(["email_normalized"])
        self.env["ecrm.identity"].flush_model(["kind", "key", "partner_id"])
        return self.env.execute_query(check_address.is_shared(partner.id, email))[0][0]

    @api.model
    @api.private
    def of_email(self, email, company):
        """Return whoever owns an address, which the caller must have made sure of.

        :param str email: normalized
        """
        # sudo: who reads the mails of an address needs no rights to ask what we hold about it
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        partners_sudo = partners_sudo.search([("email_normalized", "=", email)], limit=2)
        partner_sudo = partners_sudo if len(partners_sudo) == 1 else partners_sudo.browse()
        return Person(partner_sudo, email, company)

    @api.model
    @api.private
    def token_for(self, email, company, hours=HOURS):
        """Return a signed reference to an address that expires; it tells nobody the address.

        :param str email: normalized, of somebody we know: a row of preferences is made of it
        :param int hours: how long it opens anything
        """
        # in superuser mode: the row only gives the address a number
        row = self.env["ecrm.email.preference"].of_address(email, company)
        expires = int(fields.Datetime.now().timestamp()) + hours * 3600
        return reference.write(self.env["ecrm.log"]._uid_secret(), PURPOSE, row.id, expires)

    @api.model
    @api.private
    def of_token(self, token):
        """Return whom a token stands for; None where it is none of ours, too old or forgotten.

        :return Person | None:
        """
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, token)
        if not numbers or len(numbers) != 2 or numbers[1] < fields.Datetime.now().timestamp():
            return None
        # sudo: who holds the token was sent it by mail
        row_sudo = self.env["ecrm.email.preference"].sudo().browse(numbers[0]).exists()
        if not row_sudo or row_sudo._is_erased():
            return None
        return self.of_email(row_sudo.email_normalized, row_sudo.company_id)

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext, plaintext2html

from ..lib.support import mails

#: Characters of a mail that are kept as the question; the thread has all of it.
QUESTION_LENGTH = 20_000
#: Contacts of one address that are looked at: of so many it is nobody's alone anyway.
CONTACTS_LOOKED_AT = 20


class EcrmRequest(models.Model):
    """Requests by e-mail: a mail to a team's address opens one, answers go into its thread.

    Whose a mail is, its sender's address only claims. It is taken for a contact's where it is
    that contact's alone, and shown in the portal once it is proved, see ``is_proved``.
    """

    _inherit = "ecrm.request"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        named = self._answered_by_number(msg_dict)
        if named and not named.is_proved:
            named.message_update(msg_dict)
            return named
        custom_values = custom_values or {}
        team = self.env["ecrm.request.team"].browse(custom_values.get("team_id") or [])
        company = team.company_id or self.env.company
        values = {**self._values_of_mail(msg_dict, company), **custom_values}
        request = super().message_new(msg_dict, {**values, "company_id": company.id})
        msg_dict["author_id"] = request._author_of_mail(msg_dict)
        if named:
            request._note_named(named)
        if not self.env.context.get("ecrm_no_receipt"):
            request._mail_receipt(references=msg_dict.get("message_id"))
        return request

    def message_update(self, msg_dict, update_vals=None):
        msg_dict["author_id"] = self._author_of_mail(msg_dict)
        if self._answers_our_mail(msg_dict):
            self._prove()
        return super().message_update(msg_dict, update_vals)

    def _note_named(self, named):
        """Tell staff which request a mail named, by a number that anybody may guess."""
        body = self.env._("The subject names %s, which may be the same matter.", named._link())
        self._message_log(body=body)

    def _values_of_mail(self, msg_dict, company):
        email = email_normalize(msg_dict.get("email_from") or "") or ""
        partner_sudo = self._only_contact(email, company)
        text = html2plaintext(msg_dict.get("body") or "")[:QUESTION_LENGTH]
        return {
            "name": mails.subject_of(msg_dict.get("subject")) or self.env._("No subject"),
            "description": plaintext2html(text),
            "email": email,
            "partner_id": partner_sudo.id,
            "is_proved": False,
            "lang": partner_sudo.lang,
            "source": "email",
        }

    @api.model
    @api.private
    def _only_contact(self, email, company):
        """Return the contact whose address this is and nobody else's, as superuser.

        Whoever logs in by something else may have typed the address into their account, which
        proves nothing: it is not theirs here. Nor are there contacts of another company.

        :param str email: normalized
        :param res.company company: of the request
        """
        # sudo: the mailbox's user and visitors need not see contacts
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        if not email:
            return partners_sudo
        found_sudo = partners_sudo.search(
            [("email_normalized", "=", email), ("company_id", "in", (False, company.id))],
            limit=CONTACTS_LOOKED_AT,
        )
        own_sudo = found_sudo.filtered(lambda partner: not partner._ecrm_typed_address())
        is_one = len(own_sudo) == 1 and len(found_sudo) < CONTACTS_LOOKED_AT
        return own_sudo if is_one else partners_sudo

    def _author_of_mail(self, msg_dict):
        """Return the id of the contact who wrote a mail; False where nobody can say."""
        sender = email_normalize(msg_dict.get("email_from") or "")
        # sudo: the mailbox's user need not see the contact
        found_sudo = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or [])
        if self._is_by_staff(found_sudo):
            return found_sudo.id
        if self.partner_id and sender in (self.email, self.partner_id.sudo().email_normalized):
            return self.partner_id.id
        return self._only_contact(sender, self.company_id).id

    def _answers_our_mail(self, msg_dict):
        """Return whether a mail answers one that only who reads the address has seen."""
        if self.is_proved or email_normalize(msg_dict.get("email_from") or "") != self.email:
            return False
        # sudo: the mailbox's user need not see the message
        parent_sudo = self.env["mail.message"].sudo().browse(msg_dict.get("parent_id") or [])
        # of a mail that came in anybody may know the id: its sender made it
        is_ours = parent_sudo.message_type in ("comment", "auto_comment", "email_outgoing")
        return is_ours and (parent_sudo.model, parent_sudo.res_id) == (self._name, self.id)

    @api.model
    def _answered_by_number(self, msg_dict):
        """Return the request whose number the subject of a mail names, if its sender may.

        Some mail programs lose what a mail refers to. Numbers are easily guessed, and so is a
        sender: into the thread of an address that is proved nobody gets by these alone.
        """
        found = mails.numbers(msg_dict.get("subject"))
        sender = email_normalize(msg_dict.get("email_from") or "")
        if not found or not sender:
            return self.browse()
        theirs = Domain("email", "=", sender) | Domain("partner_id.email_normalized", "=", sender)
        return self.search(Domain("number", "in", found) & theirs, limit=1)

    # ------------------------------------------------------------
    # PROOF
    # ------------------------------------------------------------

    @api.private
    def _prove(self):
        """Note that whoever asked reads the mails of the address."""
        for request in self.filtered(lambda request: not request.is_proved):
            values = {"is_proved": True}
            if not request.partner_id:
                contact_sudo = request._only_contact(request.email, request.company_id)
                values["partner_id"] = contact_sudo.id
            request.write(values)

import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize, get_lang

_logger = logging.getLogger(__name__)

#: Addresses answered in one run of the job: each takes a look into all tables.
AT_ONCE = 50


class EcrmPrivacyAsk(models.Model):
    """An address that was typed on the page for people without an account, for a moment.

    The page does the same for every address: it writes this row. The answer is made in the
    background, so that neither words nor time tell whether we know the address; then the row
    goes. Of an address that we do not know nothing stays.
    """

    _name = "ecrm.privacy.ask"
    _description = "Address that asks for its Data"
    _rec_name = "id"
    _log_access = False

    email_normalized = fields.Char("Address", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    website_id = fields.Many2one("website", ondelete="set null", readonly=True)
    lang = fields.Char(readonly=True)

    @api.model
    @api.private
    def allows_form(self, request):
        """Return whether one more form from the network address of a request is taken."""
        return self.env["ecrm.limits"].allows("privacy", request.httprequest.remote_addr or "")

    @api.model
    @api.private
    def ask(self, email):
        """Let a link be sent to an address; at most one an hour.

        :param str email: as typed
        :return bool: whether it is an address at all
        """
        address = email_normalize(email or "")
        if not address or len(address) > 254:
            return False
        # one mail an hour: nobody's mailbox may be filled by strangers
        if not self.env["ecrm.limits"].allows("privacy_mail", address):
            return True
        website = self.env["website"].get_current_website(fallback=False)
        # sudo: visitors have no rights here; by this they get a mail and nothing else
        self.sudo().create(
            {
                "email_normalized": address,
                "company_id": (website.company_id or self.env.company).id,
                "website_id": website.id,
                "lang": get_lang(self.env).code,
            }
        )
        self.env.ref("ecrm_addon.ir_cron_privacy").sudo()._trigger()
        return True

    @api.model
    @api.private
    def _answer_all(self):
        """Answer who asked, and forget that they did."""
        for ask in self.search([], order="id", limit=AT_ONCE):
            try:
                ask._answer()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the next time does it
            except Exception:  # noqa: BLE001  # one address must not hold up all others
                self.env.cr.rollback()
                _logger.exception("An address that asked for its data was not answered")
            ask.unlink()
            self.env["ir.cron"]._commit_progress(1)

    def _answer(self):
        persons = self.env["ecrm.privacy.person"]
        person = persons.of_email(self.email_normalized, self.company_id)
        ask = self.with_context(lang=self.lang).with_company(self.company_id)
        is_known = ask._knows(person)
        path = "/ecrm/privacy"
        if is_known:
            path = f"{path}/{persons.token_for(self.email_normalized, self.company_id)}"
        mails = ask.env["ecrm.privacy.letter"]
        mails.send(
            self.email_normalized,
            self.company_id,
            "mail_privacy_link" if is_known else "mail_privacy_unknown",
            ask.env._("Your data at %s", self.company_id.name),
            lang=self.lang,
            url=mails.url(path, self.website_id),
        )

    def _knows(self, person):
        """Return whether we hold anything under an address."""
        contacts = self.env["res.partner"].with_context(active_test=False)
        if contacts.search_count([("email_normalized", "=", person.email)], limit=1):
            return True
        parts = self.env["ecrm.privacy"].preview(person.partner, person.email)
        return any(part.count for part in parts)

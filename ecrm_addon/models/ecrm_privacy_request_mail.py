from odoo import models
from odoo.tools import get_lang

from ..lib.privacy import page


class EcrmPrivacyRequest(models.Model):
    """What a person is told of her request by mail, and the certificate of an erasure."""

    _inherit = "ecrm.privacy.request"

    def _in_words(self):
        """Return the request in the language of the person, of her company."""
        lang = get_lang(self.env, self.lang).code
        return self.with_context(lang=lang).with_company(self.company_id)

    def _mail(self, template, subject, path=None, files=(), **values):
        """Send a mail to the address of a request, if it has one.

        :param str path: of the page that the mail leads to
        """
        request = self._in_words()
        mails = request.env["ecrm.privacy.letter"]
        mails.send(
            request.email,
            request.company_id,
            template,
            subject,
            lang=request.env.lang,
            files=files,
            request=request,
            url=mails.url(path, request.website_id) if path else None,
            **values,
        )
        if request.email:
            self._log("mailed", by="system", detail=template.removeprefix("mail_privacy_"))

    def _mail_confirm(self):
        subject = self._in_words().env._("Please confirm: erase your data")
        self._mail("mail_privacy_confirm", subject, self._confirm_path())

    def _mail_ready(self):
        subject = self._in_words().env._("Your data is ready")
        self._mail("mail_privacy_ready", subject, self._ready_path())

    def _ready_path(self):
        """Return where the person finds her file.

        People change the address of their contact without proof. So what a login asked for is
        told to the address alone, and opens with that login alone. An address that is not
        just this contact's has no page on which it could be.
        """
        persons = self.env["ecrm.privacy.person"]
        person = persons.of_email(self.email or "", self.company_id)
        if self.source == "link" and person.partner == self.partner_id:
            return f"/ecrm/privacy/{persons.token_for(self.email, self.company_id)}"
        return self._mailed_file_path()

    def _mail_refused(self, reason):
        subject = self._in_words().env._("Your request %s", self.name)
        self._mail("mail_privacy_refused", subject, reason=reason)

    def _mail_prolonged(self, reason):
        subject = self._in_words().env._("Your request %s takes longer", self.name)
        self._mail("mail_privacy_prolonged", subject, reason=reason)

    def _mail_certificate(self):
        subject = self._in_words().env._("Your data was erased")
        name = f"{self.name.replace('/', '-')}.html"
        files = [(name, self._certificate_html().encode())]
        self._mail("mail_privacy_erased", subject, self._certificate_path(), files)

    # ------------------------------------------------------------
    # CERTIFICATE
    # ------------------------------------------------------------

    def _certificate(self):
        """Return what a certificate says: it names nobody.

        :return dict: number, company, dates, and the parts that were erased and kept
        """
        parts = self.result or []
        return {
            "number": self.name,
            "company": self.company_id.name,
            "asked_at": self.asked_at,
            "confirmed_at": self.confirmed_at,
            "done_at": self.done_at,
            "gone": [part for part in parts if part["action"] != "kept"],
            "kept": [part for part in parts if part["action"] == "kept"],
        }

    def _certificate_html(self):
        """Return a certificate as a file that needs nothing from anywhere, in her language."""
        return self._in_words()._render_certificate()

    def _render_certificate(self):
        told, words = self._certificate(), self._page_words()
        dates = [
            (self.env._("Asked on %s (UTC).", told["asked_at"]), told["asked_at"]),
            (self.env._("Confirmed on %s (UTC).", told["confirmed_at"]), told["confirmed_at"]),
            (self.env._("Erased on %s (UTC).", told["done_at"]), told["done_at"]),
        ]
        intro = [
            self.env._("Request %(number)s to %(company)s.", **told),
            *(text for text, date in dates if date),
            self.env._("This certificate names nobody. Keep it: the number is all we know of it."),
        ]
        gone, kept = (list(map(self._part_row, told[name])) for name in ("gone", "kept"))
        body = page.section(self.env._("Erased or made anonymous"), gone, words)
        body += page.section(self.env._("Kept, because a law says so"), kept, words)
        return page.page(self.env._("Certificate of erasure"), intro, body, words)

    def _part_row(self, part):
        """Return a part as a row to be read, with headings in the language of the person."""
        actions = self._action_words()
        row = {
            self.env._("What"): part["label"],
            self.env._("How many"): part["count"],
            self.env._("What was done"): actions.get(part["action"], part["action"]),
        }
        if part["action"] == "kept":
            row[self.env._("Why")] = part["reason"]
            row[self.env._("Until")] = part["until"] or self.env._("as long as the law wants it")
        return row

    def _action_words(self):
        return {
            "erased": self.env._("Erased"),
            "anonymised": self.env._("Made anonymous"),
            "kept": self.env._("Kept"),
        }

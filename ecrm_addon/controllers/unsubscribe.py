from werkzeug.exceptions import NotFound, Unauthorized

from odoo.http import request, route

from odoo.addons.mass_mailing.controllers.main import MassMailController


class Unsubscribe(MassMailController):
    """Odoo's own links in mailings that were sent before, or by other modules."""

    @route()
    def mailing_unsubscribe(self, mailing_id, document_id=None, email=None, hash_token=None, **_kw):
        """Unsubscribe by POST as ever; a GET shows the choices and changes nothing."""
        if request.httprequest.method in ("GET", "HEAD"):
            return self._ecrm_show_choices(mailing_id, document_id, email, hash_token)
        return super().mailing_unsubscribe(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )

    def _ecrm_show_choices(self, mailing_id, document_id, email, hash_token):
        """Lead whoever Odoo would unsubscribe, its own users too, to their choices."""
        email, hash_token = self._fetch_user_information(email, hash_token)
        try:
            mailing_sudo = self._check_mailing_email_token(
                mailing_id, document_id, email, hash_token, required_mailing_id=True
            )
        except NotFound as error:  # which mailings there are is nobody's business
            raise Unauthorized() from error
        links = request.env["ecrm.email.preference"]
        return request.redirect(links.preferences_url(email, mailing_sudo), local=False)

    def _mailing_unsubscribe_from_document(self, mailing, document_id, email, hash_token):
        """Switch off the topic of the mailing, where Odoo blocks the address for all mails."""
        preferences = request.env["ecrm.email.preference"]
        told = preferences.of_mailing(email, mailing)
        if not told or not told.topic:
            return super()._mailing_unsubscribe_from_document(
                mailing, document_id, email, hash_token
            )
        told.preference.unsubscribe("preferences", told, proof={"page": "link of Odoo"})
        return request.redirect(preferences.preferences_url(email, mailing), local=False)

from urllib.parse import urlencode

from odoo import http
from odoo.http import request

from ..models.ecrm_privacy_request_ask import CERTIFICATE, CONFIRM
from .email_preferences import SIGNED_HEADERS, mask
from .privacy_pages import absent, answer


class PrivacyFiles(http.Controller):
    """Where the links in mails about requests lead to: confirming, files, certificates.

    A GET never changes anything but the audit trail: programs that check mails follow links.
    """

    @http.route(
        "/ecrm/privacy/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def privacy_confirm(self, token, **_post):
        """Show a button that erases; by POST, erase. Later, show how far that is."""
        asked_sudo = self._asked(token)
        if not asked_sudo:
            return absent()
        action = f"/ecrm/privacy/confirm/{token}"
        if request.httprequest.method == "POST":
            is_own = asked_sudo.partner_id == request.env.user.partner_id
            asked_sudo.confirm()
            if is_own and asked_sudo.state == "progress":
                # the account goes with the person
                request.session.logout(keep_db=True)
            response = request.redirect(action, code=303)
            response.headers.update(SIGNED_HEADERS)
            return response
        return answer(
            "privacy_confirm",
            asked=asked_sudo,
            action=action,
            address=mask(asked_sudo.email or ""),
            company=asked_sudo.company_id,
            certificate=asked_sudo.state == "done" and asked_sudo._certificate_path(),
        )

    @http.route("/ecrm/privacy/confirm/<string:token>/progress", type="jsonrpc", auth="public")
    def privacy_confirm_progress(self, token, **_kw):
        """Tell how far an erasure is."""
        request.future_response.headers.update(SIGNED_HEADERS)
        asked_sudo = self._asked(token)
        if not asked_sudo:
            return None
        return {"progress": asked_sudo.progress, "is_done": asked_sudo.state != "progress"}

    @http.route(
        "/ecrm/privacy/certificate/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def privacy_certificate(self, token, download=None, **_kw):
        """Show what was erased and what is kept; with ``download``, send it as a file."""
        done_sudo = request.env["ecrm.privacy.request"].read_token(CERTIFICATE, token)
        if done_sudo.kind != "erase" or done_sudo.state != "done":
            return absent()
        if download:
            name = f"{done_sudo.name.replace('/', '-')}.html"
            return request.make_response(
                done_sudo._certificate_html(),
                [
                    *SIGNED_HEADERS.items(),
                    ("Content-Type", "text/html; charset=utf-8"),
                    ("Content-Disposition", http.content_disposition(name)),
                    ("X-Content-Type-Options", "nosniff"),
                ],
            )
        return answer(
            "privacy_certificate",
            actions=done_sudo._action_words(),
            download=f"/ecrm/privacy/certificate/{token}?download=1",
            **done_sudo._certificate(),
        )

    @http.route(
        "/ecrm/privacy/file/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=False,
    )
    def privacy_file(self, token, **_kw):
        """Send the file; what a login asked for is sent to that login alone."""
        made_sudo = request.env["ecrm.privacy.request"].read_file(token)
        file_sudo = made_sudo._files("archive")
        if not file_sudo:
            return absent()
        if not made_sudo.may_fetch(request.env.user):
            return self._ask_login() if request.env.user._is_public() else absent()
        made_sudo._log("fetched", by="customer")
        stream = request.env["ir.binary"]._get_stream_from(file_sudo, "raw")
        response = stream.get_response(as_attachment=True, max_age=0, immutable=False)
        response.headers.update(SIGNED_HEADERS)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @staticmethod
    def _asked(token):
        asked_sudo = request.env["ecrm.privacy.request"].read_token(CONFIRM, token)
        return asked_sudo if asked_sudo.kind == "erase" and asked_sudo.state != "expired" else None

    @staticmethod
    def _ask_login():
        path = request.httprequest.path
        response = request.redirect(f"/web/login?{urlencode({'redirect': path})}")
        response.headers.update(SIGNED_HEADERS)
        return response

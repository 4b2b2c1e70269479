from odoo import http
from odoo.http import request

from .email_preferences import SIGNED_HEADERS, mask
from .privacy_pages import absent, answer, erase_page

PAGE = "/ecrm/privacy"
#: A field that people do not see; programs fill in whatever they find.
TRAP = "company_website"


class PrivacyGuests(http.Controller):
    """The same rights for people without an account: by a link sent to their address.

    The page does and says the same for every address, known or not; see ``ecrm.privacy.ask``.
    """

    @http.route(
        PAGE,
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=True,
        readonly=False,
    )
    def privacy_ask(self, email="", **post):
        """Show the form; by POST, let a link be sent."""
        state = "form"
        if request.httprequest.method == "POST":
            state = self._ask(email, post)
        return answer(
            "privacy_ask", headers={"Cache-Control": "no-store"}, email=email, state=state
        )

    @staticmethod
    def _ask(email, post):
        """Return which page comes next: asked, invalid or too_often."""
        asks = request.env["ecrm.privacy.ask"]
        if not asks.allows_form(request):
            return "too_often"
        if post.get(TRAP):
            return "asked"
        return "asked" if asks.ask(email) else "invalid"

    @http.route(
        f"{PAGE}/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def privacy_guest(self, token, **_kw):
        """Show an address what it can do about its data."""
        person = self._person(token)
        if not person:
            return absent()
        values = request.env["ecrm.privacy.request"]._portal_values(person)
        return answer(
            "privacy_guest",
            action=f"{PAGE}/{token}",
            address=mask(person.email),
            company=person.company,
            is_guest=True,
            **values,
        )

    @http.route(
        f"{PAGE}/<string:token>/download",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def privacy_guest_download(self, token, **_post):
        """Let the file be made."""
        person = self._person(token)
        if not person:
            return absent()
        request.env["ecrm.privacy.request"].ask_download(person)
        return self._back(token)

    @http.route(
        f"{PAGE}/<string:token>/object",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def privacy_guest_object(self, token, **_post):
        """Note that the address objects to profiles."""
        person = self._person(token)
        if not person:
            return absent()
        request.env["ecrm.privacy.request"].ask_objection(person)
        return self._back(token)

    @http.route(
        f"{PAGE}/<string:token>/erase",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def privacy_guest_erase(self, token, **_post):
        """Say what is erased and what is kept; by POST, send the mail to confirm it."""
        person = self._person(token)
        return erase_page(person, f"{PAGE}/{token}") if person else absent()

    @http.route(f"{PAGE}/<string:token>/progress", type="jsonrpc", auth="public", readonly=True)
    def privacy_guest_progress(self, token, **_kw):
        """Tell how far the background job is; nothing to whoever has no valid link."""
        request.future_response.headers.update(SIGNED_HEADERS)
        person = self._person(token)
        return person and request.env["ecrm.privacy.request"]._portal_progress(person)

    @staticmethod
    def _person(token):
        return request.env["ecrm.privacy.person"].of_token(token)

    @staticmethod
    def _back(token):
        response = request.redirect(f"{PAGE}/{token}#ecrm_privacy_data")
        response.headers.update(SIGNED_HEADERS)
        return response

from odoo import http
from odoo.http import request

from ..models.ecrm_privacy_choices import SWITCHES
from .email_preferences import SIGNED_HEADERS, mask
from .portal_communication import save_mails
from .privacy_pages import absent, answer, erase_page

PAGE = "/ecrm/privacy"
#: What a form on the page may be about; each is also the id of its place there.
CHOICES = ("mails", *SWITCHES)
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
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def privacy_guest(self, token, saved=None, **post):
        """Show an address what it can do about its data; by POST, take a choice."""
        person = self._person(token)
        if not person:
            return absent()
        if request.httprequest.method == "POST":
            return self._choose(token, person, **post)
        preference_sudo = request.env["ecrm.email.preference"].peek(person.email, person.company)
        return answer(
            "privacy_guest",
            **request.env["ecrm.privacy.request"]._portal_values(person),
            **request.env["ecrm.privacy.choices"].page_values(person),
            # in superuser mode: it is the person's own address
            choices=preference_sudo.choices(),
            frequencies=preference_sudo.frequencies(),
            action=f"{PAGE}/{token}",
            address=mask(person.email),
            company=person.company.sudo(),  # its name stands on each page of the website
            saved=saved if saved in CHOICES else None,
        )

    def _choose(self, token, person, choice=None, state=None, **post):
        """Take one choice of a person; an objection is a request, too, and gets a number."""
        if choice not in CHOICES:
            return self._back(token)
        if choice == "mails":
            save_mails(person, post, "signed link")
        elif (choice, state) == ("profile", "off"):
            request.env["ecrm.privacy.request"].ask_objection(person)
        elif state in ("on", "off"):
            request.env["ecrm.privacy.choices"].switch(person, choice, state == "on")
        return self._back(token, f"?saved={choice}#{choice}")

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
    def _back(token, place="#data"):
        response = request.redirect(f"{PAGE}/{token}{place}")
        response.headers.update(SIGNED_HEADERS)
        return response

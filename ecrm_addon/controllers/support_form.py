from odoo import http
from odoo.http import request

from ..lib.tracking import rate_limit
from .email_preferences import mask
from .privacy_guests import TRAP
from .support import MOST_BYTES, PAGE

HEADERS = {"Cache-Control": "no-store"}


class SupportForm(http.Controller):
    """Asking without an account. The answer is the same for every address, known or not."""

    @http.route(
        "/support",
        type="http",
        auth="public",
        ecrm_support=True,
        website=True,
        methods=["GET", "POST"],
        sitemap=True,
        readonly=False,
        max_content_length=MOST_BYTES,
    )
    def support(self, **post):
        """Show the form; by POST, take the question and mail a receipt with a link."""
        if not request.env.user._is_public():
            return request.redirect(f"{PAGE}/new", code=303)
        form = request.env["ecrm.support.form"]
        told = form._read(post)
        if request.httprequest.method != "POST":
            return self._page(told)
        network = rate_limit.network(request.httprequest.remote_addr)
        if not request.env["ecrm.limits"].allows("support", network):
            return self._page(told, is_too_often=True, status=429)
        if post.get(TRAP):
            return self._asked(told)
        attached = form._read_files(request.httprequest.files.getlist("files"))
        errors = form._errors(told, attached, needs_email=True)
        if errors:
            return self._page(told, errors=errors, status=422)
        if not form._is_timely(post.get("stamp") or ""):
            # too quick for a person, or left open for a day: nothing that was typed is lost
            return self._page(told, is_untimely=True, status=422)
        # of this network alone: nobody locks out the owner of an address
        whose = f"{network} {form._address(told['email'])}"
        if not request.env["ecrm.limits"].allows("support_address", whose):
            return self._page(told, is_too_often=True, status=429)
        form._ask_as_guest(request.website, told, attached)
        request.env["ecrm.visit"].note_claim(told["email"])
        return self._asked(told)

    @http.route(
        "/support/opened",
        type="http",
        auth="public",
        ecrm_support=True,
        methods=["POST"],
        readonly=False,
    )
    def support_opened(self, opened="", **_post):
        """Note that an article was opened that was suggested while typing."""
        network = rate_limit.network(request.httprequest.remote_addr)
        if request.env["ecrm.limits"].allows("support_help", network):
            form = request.env["ecrm.support.form"]
            told = form._read({"opened": opened})["opened"]
            faq_ids = request.env["ecrm.faq"]._take_opened(request.session, told)
            form._note_opened(faq_ids, is_sent=False)
        return request.make_response("", [*HEADERS.items()], status=204)

    @staticmethod
    def _page(told, errors=None, status=200, **values):
        values = {
            "told": told,
            "errors": errors or {},
            "stamp": request.env["ecrm.support.form"]._stamp(),
            "is_too_often": False,
            "is_untimely": False,
            **values,
        }
        response = request.render("ecrm_addon.support_form_page", values)
        response.status_code = status
        response.headers.update(HEADERS)
        return response

    @staticmethod
    def _asked(told):
        response = request.render("ecrm_addon.support_asked", {"address": mask(told["email"])})
        response.headers.update(HEADERS)
        return response

from odoo import http
from odoo.http import request

from ..lib.feedback import scale
from .email_preferences import SIGNED_HEADERS
from .privacy_pages import answer


class Feedback(http.Controller):
    """Where the links in mails lead to that ask how we did, without a login.

    A GET (and a HEAD) shows the question with the chosen score, and never answers. Whoever has
    no valid link, or one of a question whose customer was forgotten, gets the same page.
    """

    @http.route(
        "/ecrm/feedback/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def feedback(self, token, score=None, comment=None, **_kw):
        """Show a question; by POST, take the answer."""
        row_sudo = request.env["ecrm.feedback"]._of_token(token)
        if not row_sudo:
            return answer("feedback_absent", 404)
        if request.httprequest.method != "POST":
            is_saved = request.httprequest.args.get("saved") == "1"
            return self._page(token, row_sudo, score=score, is_saved=is_saved)
        # one question is answered once and changed now and then, whoever has the link
        if not request.env["ecrm.limits"].allows("feedback", f"link {row_sudo.id}"):
            return self._page(token, row_sudo, 429, "too_often", score, comment)
        told = row_sudo._vote(score, comment, "mail")
        if told != "saved":
            return self._page(token, row_sudo, 422, told, score, comment)
        response = request.redirect(f"/ecrm/feedback/{token}?saved=1", code=303)
        response.headers.update(SIGNED_HEADERS)
        return response

    @staticmethod
    def _page(token, row_sudo, status=200, error=None, score=None, comment=None, is_saved=False):
        """Return the page, with what was typed where it was not taken."""
        row_sudo = row_sudo.with_context(lang=request.env.lang)
        [ask] = row_sudo._as_asks()
        chosen = scale.read(ask.kind, score)
        if chosen is not None:
            ask = ask._replace(score=chosen)
        if comment:
            ask = ask._replace(comment=comment)
        return answer(
            "feedback_page",
            status,
            ask=ask,
            action=f"/ecrm/feedback/{token}",
            company=row_sudo.company_id,
            error=row_sudo._errors().get(error),
            is_saved=is_saved,
            is_chosen=chosen is not None,
        )

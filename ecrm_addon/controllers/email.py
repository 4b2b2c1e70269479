import base64

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID, http
from odoo.http import request

from . import link_dispatcher

#: One transparent point.
GIF = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
HEADERS = [
    ("Cache-Control", "no-store, max-age=0"),
    ("Referrer-Policy", "no-referrer-when-downgrade"),
    ("X-Robots-Tag", "noindex, nofollow"),
]


class Email(http.Controller):
    """The pixel and the links of mails. Nobody gets a session here, and nothing is cached."""

    @http.route(
        "/ecrm/o/<string:token>.gif",
        type=link_dispatcher.LinkDispatcher.routing_type,
        auth="none",
        methods=["GET"],
        readonly=False,
        save_session=False,
    )
    def open(self, token):
        """Show one transparent point, and note that a mail was opened."""
        if not self._door().open(token, request.httprequest):
            raise NotFound()
        return http.Response(GIF, headers=[*HEADERS, ("Content-Type", "image/gif")])

    @http.route(
        "/ecrm/c/<string:token>",
        type=link_dispatcher.LinkDispatcher.routing_type,
        auth="none",
        methods=["GET"],
        readonly=False,
        save_session=False,
    )
    def click(self, token):
        """Redirect to where a link leads, and note that it was followed."""
        url = self._door().click(token, request.httprequest)
        if not url:
            raise NotFound()
        return http.Response(status=302, headers=[*HEADERS, ("Location", url)])

    @staticmethod
    def _door():
        # sudo: whoever opens a mail has no user; the token says what may be noted
        return request.env(user=SUPERUSER_ID)["ecrm.email.door"]

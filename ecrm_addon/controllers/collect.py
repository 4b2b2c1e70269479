from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..lib.tracking import payload
from .door_dispatcher import refuse


class Collect(http.Controller):
    """Where browsers hand in what their visitors did, and what these agreed to.

    The routes need no user and write no session. Whatever is wrong with a request is its
    sender's fault and answered with a 4xx and a reason.
    """

    @http.route(
        "/ecrm/collect",
        type="ecrm",
        auth="none",
        methods=["POST", "OPTIONS"],
        readonly=False,
        save_session=False,
    )
    def collect(self):
        """Take a batch of events: 204, or 4xx with a reason."""
        if request.httprequest.method == "OPTIONS":
            return self._preflight()
        response = self._empty()
        try:
            batch = payload.parse(self._body(foreign=True))
            self._check_origin("site" in batch)
            self._door().collect(batch, response)
        except payload.Refused as refused:
            return self._refuse(refused)
        return self._allow_origin(response)

    @http.route(
        "/ecrm/consent",
        type="ecrm",
        auth="none",
        methods=["POST"],
        readonly=False,
        save_session=False,
    )
    def consent(self):
        """Take what a visitor said in the cookie bar: 204, and the cookie set or deleted."""
        response = self._empty()
        try:
            decision = payload.parse_decision(self._body())
            self._check_origin(False)
            self._door().decide(*decision, response)
        except payload.Refused as refused:
            return self._refuse(refused)
        return response

    # ------------------------------------------------------------
    # REQUEST
    # ------------------------------------------------------------

    @staticmethod
    def _door():
        # sudo: a browser has no user, and the door reads settings and writes what it may
        return request.env(user=SUPERUSER_ID)["ecrm.door"]

    def _body(self, foreign=False):
        """Return the body of a JSON request of a reasonable size."""
        http_request = request.httprequest
        types = {"application/json", "text/plain"} if foreign else {"application/json"}
        if http_request.mimetype not in types:
            raise payload.Refused(415, "content_type", "Send JSON, as application/json.")
        if http_request.headers.get("Content-Encoding", "identity") != "identity":
            raise payload.Refused(415, "encoding", "Send the body as it is, not compressed.")
        return request.dispatcher.read_body(payload.MAX_BYTES)

    def _check_origin(self, has_site):
        """Refuse pages of other sites, unless a site's key names whose page it is."""
        http_request = request.httprequest
        origin = http_request.headers.get("Origin")
        if has_site:
            return  # the model compares it with the origins of that site
        if http_request.mimetype != "application/json":
            raise payload.Refused(415, "content_type", "Send JSON, as application/json.")
        if (origin and not self._is_own_host(origin)) or (
            http_request.headers.get("Sec-Fetch-Site") == "cross-site"
        ):
            raise payload.Refused(403, "origin", "This site may not send events here.")

    @staticmethod
    def _is_own_host(origin):
        # a proxy that ends TLS may hide the scheme, but not the host
        return origin.partition("://")[2] == request.httprequest.host

    # ------------------------------------------------------------
    # ANSWER
    # ------------------------------------------------------------

    @staticmethod
    def _empty():
        return http.Response(status=204, headers=[("Cache-Control", "no-store")])

    def _refuse(self, refused):
        return self._allow_origin(refuse(refused))

    def _preflight(self):
        response = self._allow_origin(self._empty())
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = "86400"
        return response

    def _allow_origin(self, response):
        """Let the page of an allowed site read the answer; never all pages."""
        origin = request.httprequest.headers.get("Origin")
        if origin and origin.lower() in request.env["ecrm.site"]._all_origins():
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"
        return response

import re

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..lib.api import openapi, payload
from ..lib.api.payload import Refused
from .api_dispatcher import answer

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class EventsApi(http.Controller):
    """The door for apps, tills and social channels; docs/api.md explains it to them."""

    # every method comes here, so that each is answered in JSON
    @http.route(
        openapi.EVENTS_PATH, type="ecrm_api", auth="none", readonly=False, save_session=False
    )
    def receive_events(self):
        """Take a batch of events: 200 with an answer for each, or 4xx with a reason."""
        self._allow("POST")
        key = self._authenticate()
        self._check_content()
        events = payload.read_events(request.dispatcher.read_body(payload.MAX_BYTES))
        return answer({"results": key.env["ecrm.api.door"].receive(key, events)})

    @http.route(
        openapi.DOCUMENT_PATH, type="ecrm_api", auth="none", readonly=True, save_session=False
    )
    def describe(self):
        """Return the description of the API: the same for everybody, without any data."""
        self._allow("GET", "HEAD")
        return answer(openapi.document(), headers={"Cache-Control": "public, max-age=3600"})

    def _allow(self, *methods):
        if request.httprequest.method not in methods:
            allowed = ", ".join(methods)
            sentence = f"Only {allowed} is served here."
            raise Refused(405, "method_not_allowed", sentence, Allow=allowed)

    def _authenticate(self):
        """Return the key of the request, with the rights to write down what it sends."""
        bearer = _BEARER.fullmatch(request.httprequest.headers.get("Authorization", ""))
        # superuser: who knocks is no user of Odoo; the key says what may be written where
        keys = request.env["ecrm.api.key"].with_user(SUPERUSER_ID)
        key = keys.authenticate(bearer[1]) if bearer else keys
        if not key:
            sentence = "Send a valid API key: Authorization: Bearer KEY"
            raise Refused(401, "unauthorized", sentence, WWW_Authenticate='Bearer realm="eCRM"')
        if not key.env["ecrm.limits"].allows("api", str(key.id)):
            sentence = "Slow down, or send batches."
            raise Refused(429, "too_many_requests", sentence, Retry_After="1")
        return key

    def _check_content(self):
        http_request = request.httprequest
        if http_request.mimetype != "application/json":
            raise Refused(415, "unsupported_type", "The body must be application/json.")
        if http_request.mimetype_params.get("charset", "utf-8").lower() not in _UTF8:
            raise Refused(415, "unsupported_charset", "The body must be UTF-8.")
        if http_request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refused(415, "unsupported_encoding", "The body must not be compressed.")

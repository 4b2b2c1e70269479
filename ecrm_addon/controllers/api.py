import re

from odoo import SUPERUSER_ID
from odoo.http import Controller, request, route

from ..lib.api import openapi, payload
from .json_door import Refusal, answer, read_body

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


class EventsApi(Controller):
    """The door for apps, tills and social channels; docs/api.md explains it to them."""

    # every method comes here, so that each is answered in JSON; without a user Odoo would
    # take the route for one that only reads
    @route(
        "/ecrm/api/v1/events",
        type="ecrm_json",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive_events(self):
        _allow("POST")
        key = self._authenticate()
        _check_content(request.httprequest)
        body = read_body(request, payload.MAX_BYTES)
        try:
            events = payload.read_events(body)
        except payload.Refused as refused:
            raise Refusal(refused.status, refused.code, str(refused)) from None
        return answer({"results": key.env["ecrm.api.door"].receive(key, events)})

    @route(
        "/ecrm/api/v1/openapi.json",
        type="ecrm_json",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def describe(self):
        """The document: the same for everybody, without any data."""
        _allow("GET", "HEAD")
        return answer(openapi.document(), headers={"Cache-Control": "public, max-age=3600"})

    def _authenticate(self):
        """Return the key of the request, with the rights to write down what it sends."""
        bearer = _BEARER.fullmatch(request.httprequest.headers.get("Authorization", ""))
        # superuser: who knocks is no user of Odoo; the key says what may be written where
        keys = request.env["ecrm.api.key"].with_user(SUPERUSER_ID)
        key = keys.authenticate(bearer[1]) if bearer else keys
        if not key:
            raise Refusal(
                401,
                "unauthorized",
                "Send a valid API key: Authorization: Bearer KEY",
                WWW_Authenticate='Bearer realm="eCRM"',
            )
        if not key.env["ecrm.limits"].allows("api", str(key.id)):
            raise Refusal(429, "too_many_requests", "Slow down, or send batches.", Retry_After="1")
        return key


def _allow(*methods):
    if request.httprequest.method not in methods:
        allowed = ", ".join(methods)
        raise Refusal(405, "method_not_allowed", f"Only {allowed} is served here.", Allow=allowed)


def _check_content(httprequest):
    if httprequest.mimetype != "application/json":
        raise Refusal(415, "unsupported_type", "The body must be application/json.")
    charset = httprequest.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise Refusal(415, "unsupported_charset", "The body must be UTF-8.")
    if httprequest.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "unsupported_encoding", "The body must not be compressed.")

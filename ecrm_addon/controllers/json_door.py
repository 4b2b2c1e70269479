"""How a door that takes JSON reads a request and refuses one.

Odoo's own kinds of routes read forms before a controller is asked, wait for slow bodies as
long as they like, and answer errors in HTML. A route of ``type="ecrm_json"`` does neither:
its controller reads the body itself, and what it raises becomes ``{"error": {...}}``.
"""

import contextlib
import json
import select
import socket
import time

import psycopg2
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from odoo.http import Dispatcher, Response

#: Seconds after which a body must have come; after which the rest of one that was refused
#: is no longer waited for; and without a single byte of that rest.
BODY_SECONDS = 10
REST_SECONDS = 1
REST_PAUSE = 0.1
#: Bytes of a refused body that are read only so that the client gets to see the answer.
REST_BYTES = 16 * 1024 * 1024
#: What an error says by its status, for those that nobody gave words.
WORDS = {
    404: ("not_found", "There is nothing here."),
    503: ("unavailable", "The database cannot take anything now. Please try again."),
}
INTERNAL = ("internal", "Something went wrong here.")
RETRY_SECONDS = 5


class Refusal(Exception):
    """A request is refused: HTTP status, a code for programs, a sentence, headers."""

    def __init__(self, status, code, message, **headers):
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class JsonDoor(Dispatcher):
    """The dispatcher of these routes. It lives as long as the request, retries included."""

    routing_type = "ecrm_json"
    mimetypes = ("application/json",)

    @classmethod
    def is_compatible_with(cls, request):
        return True  # the controller says what it takes, in JSON

    def pre_dispatch(self, rule, args):
        # nothing here is asked for in the address; what other modules look for in every
        # address (a campaign, an affiliate) is not to be found in a program's request
        self.request.httprequest.args = ImmutableMultiDict()
        return super().pre_dispatch(rule, args)

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        try:
            return self.request.registry["ir.http"]._dispatch(endpoint)
        except Refusal as refusal:
            give_up_body(self.request)
            return error(refusal.status, refusal.code, str(refusal), refusal.headers)

    def handle_error(self, exc):
        """Return the answer to what nobody expected; the traceback is in the log alone."""
        give_up_body(self.request)
        headers = {}
        if isinstance(exc, psycopg2.Error):
            status, headers = 503, {"Retry-After": str(RETRY_SECONDS)}
        else:
            status = exc.code if isinstance(exc, HTTPException) and exc.code else 500
        return error(status, *WORDS.get(status, INTERNAL), headers)


def answer(value, status=200, headers=None):
    """Return a value as a JSON response."""
    body = json.dumps(value)  # ASCII alone: a lone surrogate has no bytes
    return Response(body, status, headers, content_type="application/json")


def error(status, code, message, headers=None):
    """Return an error as a JSON response."""
    return answer({"error": {"code": code, "message": message}}, status, headers)


def read_body(request, limit, seconds=BODY_SECONDS):
    """Return the body of a request; a retry of the same request gets the same again.

    :param int limit: bytes
    :param float seconds: how long it may take to come
    :raise Refusal: 411, 413, 408 or 400
    """
    door = request.dispatcher
    if not hasattr(door, "body"):
        length = _length(request.httprequest)
        if length > limit:
            raise Refusal(413, "too_large", f"A body has at most {limit} bytes. Split it.")
        door.body = _read(_environ(request), length, time.monotonic() + seconds)
    return door.body


def give_up_body(request):
    """Be done with a body that nobody will read.

    What has arrived or is about to is taken in, so that a client sees the answer and not a
    broken connection. But the server would then wait for the rest as long as the client
    wants, so nothing more is received.
    """
    environ = _environ(request)
    connection = environ.get("werkzeug.socket")
    length = request.httprequest.content_length
    if connection is None or hasattr(request.dispatcher, "body"):
        return
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return
    deadline = time.monotonic() + REST_SECONDS
    # the client may be gone already
    with contextlib.suppress(Refusal, OSError):
        _read(environ, min(length or REST_BYTES, REST_BYTES), deadline, REST_PAUSE)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


def _environ(request):
    # Odoo hides the connection and the body from controllers; its websocket looks here, too
    return request.httprequest._HTTPRequest__environ


def _length(httprequest):
    if "Transfer-Encoding" in httprequest.headers or httprequest.content_length is None:
        raise Refusal(411, "length_required", "Say in Content-Length how long the body is.")
    return httprequest.content_length


def _read(environ, length, deadline, pause=BODY_SECONDS):
    stream, connection = environ["wsgi.input"], environ.get("werkzeug.socket")
    if connection is None:
        # not Odoo's own server: whoever stands before us has the body, or its own patience
        return stream.read(length)
    timeout = connection.gettimeout()
    # a timeout of the socket would leave the stream unusable for the server behind us
    connection.setblocking(False)
    try:
        return _read_until(stream, connection, length, deadline, pause)
    finally:
        connection.settimeout(timeout)


def _read_until(stream, connection, length, deadline, pause):
    body = bytearray()
    while len(body) < length:
        data = stream.read(min(length - len(body), 65536))
        if data == b"":
            raise Refusal(400, "incomplete", "The body is shorter than Content-Length says.")
        if data is None:
            wait = min(pause, deadline - time.monotonic())
            ready = wait > 0 and select.select([connection], [], [], wait)[0]
            if not ready:
                raise Refusal(408, "too_slow", "The body took too long to come.")
        else:
            body += data
    return bytes(body)

"""How requests to the doors are served: bodies read by us, failures answered in JSON."""

import json
import logging
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED
from psycopg2.pool import PoolError
from werkzeug.exceptions import HTTPException

from odoo import http
from odoo.sql_db import Cursor

from ..lib.tracking.body import leave_body, read_body
from ..lib.tracking.payload import Refused

#: Seconds in which a body must have come in: nobody may hold a worker with a slow one.
PATIENCE = 5
#: Seconds after which to come again, where it was too often or the database is away.
RETRY_AFTER = "30"
#: What psycopg2 raises where the server went away, is not back yet, or gave up. The sender
#: keeps its events and comes again.
AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError, PoolError)


class DoorDispatcher(http.HttpDispatcher):
    """Serves routes of ``type="ecrm"``.

    Odoo reads forms before a controller is asked, as long and as slowly as their sender
    likes; a door reads its body itself. It has no page to show, so that every failure is
    answered as a program understands it.
    """

    routing_type = "ecrm"
    mimetypes = ("application/json", "text/plain")
    isolation_level = ISOLATION_LEVEL_READ_COMMITTED

    def pre_dispatch(self, rule, args):
        if self.request.httprequest.query_string:
            # modules read what they know from any query, and fail over nonsense in it
            refused = Refused(400, "query", "Send everything in the body.")
            raise _as_http(refused.status, self.refuse(refused))
        result = super().pre_dispatch(rule, args)
        # a login's session is saved, or Odoo would note its device anew with each batch;
        # nobody else gets a session by knocking here
        self.request.session.can_save = bool(self.request.db and self.request.session.uid)
        return result

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        try:
            if not self.request.db:
                return endpoint(**args)
            self._see_others()
            return self.request.registry["ir.http"]._dispatch(endpoint)
        finally:
            self._leave_body()

    def refuse(self, refused):
        """Return the answer that tells why a request is refused."""
        return refuse(refused)

    def _see_others(self):
        """Let each statement of this transaction see what others committed meanwhile.

        A door appends. By Odoo's REPEATABLE READ the same new browser or event coming twice at
        once would be a serialization failure, to be repeated up to seconds later; so the later
        one waits for the earlier and finds what that wrote.
        """
        cursor = self.request.env.cr
        if isinstance(cursor, Cursor):  # a test's transaction is not ours to end
            # ends what Odoo began on the way here: it only read settings
            cursor.connection.set_isolation_level(self.isolation_level)

    def read_body(self, limit):
        """Return the body; again when Odoo repeats the request after a serialization failure.

        :param int limit: bytes at most
        :raise Refused: see ``lib.tracking.body``
        """
        environ = self._environ()
        if "ecrm.body" not in environ:
            deadline = time.monotonic() + PATIENCE
            environ["ecrm.body"] = read_body(
                environ["wsgi.input"],
                self.request.httprequest.content_length,
                limit,
                deadline,
                environ.get("werkzeug.socket"),
            )
        return environ["ecrm.body"]

    def _leave_body(self):
        environ = self._environ()
        if (
            environ.get("CONTENT_LENGTH", "") in ("", "0")
            and "HTTP_TRANSFER_ENCODING" not in environ
        ):
            return  # there is none
        socket, length = environ.get("werkzeug.socket"), self.request.httprequest.content_length
        if socket and not environ.keys() & {"ecrm.body", "ecrm.body_left"}:
            environ["ecrm.body_left"] = True
            leave_body(environ["wsgi.input"], length, socket)

    def _environ(self):
        # Odoo hides the stream, and its get_data() waits for a slow sender without an end
        return self.request.httprequest.get_data.__self__.environ

    def handle_error(self, exc):
        self._leave_body()
        if isinstance(exc, HTTPException):
            return super().handle_error(exc)
        if isinstance(exc, AWAY):
            exc.loglevel = logging.WARNING  # one line; Odoo would log it as a mistake in code
            return self.refuse(unavailable())
        return self.refuse(Refused(500, "error", "Something went wrong here. Try again later."))


def refuse(refused):
    """Return the answer that tells why a request is refused.

    :param Refused refused: status, code and sentence
    """
    response = http.Response(
        json.dumps({"error": str(refused), "reason": refused.code}),
        status=refused.status,
        headers=[("Content-Type", "application/json"), ("Cache-Control", "no-store")],
    )
    if refused.status in (429, 503):
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def unavailable():
    """Return what is told while the database is away."""
    return Refused(503, "unavailable", "Not now. Try again later.")


def _as_http(status, response):
    """Return the exception that ends a request with an answer."""
    error = HTTPException(response=response)
    error.code = status
    return error

"""How requests to the doors are served: bodies read by us, failures answered in JSON."""

import json
import logging
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED, STATUS_READY
from psycopg2.pool import PoolError
from werkzeug.exceptions import HTTPException

from odoo import http

from ..lib.tracking.body import read_body
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

    def pre_dispatch(self, rule, args):
        super().pre_dispatch(rule, args)
        # a login's session is saved, or Odoo would note its device anew with each batch;
        # nobody else gets a session by knocking here
        self.request.session.can_save = bool(self.request.db and self.request.session.uid)
        if self.request.httprequest.query_string:
            # modules read what they know from any query, and fail over nonsense in it
            raise _as_http(Refused(400, "query", "Send everything in the body."))

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        if not self.request.db:
            return endpoint(**args)
        self._see_others()
        return self.request.registry["ir.http"]._dispatch(endpoint)

    def _see_others(self):
        """Let each statement of this transaction see what others committed meanwhile.

        A door appends. By Odoo's REPEATABLE READ the same batch coming twice at once would be
        a serialization failure, to be repeated up to seconds later; so the later one waits
        for the earlier and finds its events there.
        """
        connection = self.request.env.cr.connection
        if connection.status == STATUS_READY:  # in tests a transaction is under way
            connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)

    def read_body(self, limit):
        """Return the body; again when Odoo repeats the request after a serialization failure.

        :param int limit: bytes at most
        :raise Refused: see ``lib.tracking.body``
        """
        http_request = self.request.httprequest
        # Odoo hides the stream, and its get_data() waits for a slow sender without an end
        environ = http_request.get_data.__self__.environ
        if "ecrm.body" not in environ:
            deadline = time.monotonic() + PATIENCE
            environ["ecrm.body"] = read_body(
                environ["wsgi.input"],
                http_request.content_length,
                limit,
                deadline,
                environ.get("werkzeug.socket"),
            )
        return environ["ecrm.body"]

    def handle_error(self, exc):
        if isinstance(exc, HTTPException):
            return super().handle_error(exc)
        if isinstance(exc, AWAY):
            exc.loglevel = logging.WARNING  # one line; Odoo would log it as a mistake in code
            return refuse(unavailable())
        return refuse(Refused(500, "error", "Something went wrong here. Try again later."))


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


def _as_http(refused):
    """Return the exception that ends a request with the answer of ``refuse``."""
    error = HTTPException(response=refuse(refused))
    error.code = refused.status
    return error

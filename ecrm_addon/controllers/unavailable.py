from odoo import http
from odoo.http import request

from ..lib.api.payload import MAX_BYTES as API_MAX_BYTES
from ..lib.email import esp
from ..lib.tracking.payload import MAX_BYTES, Refused
from .door_dispatcher import unavailable


class Unavailable(http.Controller):
    """Answers for the doors while the database is away: come again, nothing is lost.

    Odoo then looks for a route that needs no database, and would answer 404: a sender could
    take that for an answer and throw its events away.
    """

    # Odoo serves without a database what is defined outside of its addons
    __module__ = "ecrm"

    @http.route(
        ["/ecrm/collect", "/ecrm/consent"],
        type="ecrm",
        auth="none",
        methods=["POST"],
        save_session=False,
        only_without_database=True,
    )
    def unavailable(self):
        return self._come_again(MAX_BYTES)

    @http.route(
        "/ecrm/webhook/<string:provider>/<string:key>",
        type="ecrm",
        auth="none",
        methods=["POST"],
        save_session=False,
        only_without_database=True,
    )
    def webhook_unavailable(self, provider, key):
        known = esp.PROVIDERS.get(provider)
        return self._come_again(known.max_bytes if known else esp.MAX_BYTES)

    @http.route(
        "/ecrm/api/v1/events",
        type="ecrm_api",
        auth="none",
        methods=["POST"],
        save_session=False,
        only_without_database=True,
    )
    def api_unavailable(self):
        return self._come_again(API_MAX_BYTES)

    def _come_again(self, limit):
        door = request.dispatcher
        if request.db:  # of somebody who did not install eCRM
            return door.refuse(Refused(404, "not_found", "There is nothing here."))
        try:
            door.read_body(limit)
        except Refused as refused:
            return door.refuse(refused)
        return door.refuse(unavailable())

from odoo import http
from odoo.http import request

from ..lib.tracking.payload import MAX_BYTES, Refused
from .door_dispatcher import refuse, unavailable


class Unavailable(http.Controller):
    """Answers for the doors while the database is away: come again, nothing is lost.

    Odoo then looks for a route that needs no database, and would answer 404: a sender could
    take that for an answer and throw its events away.
    """

    # Odoo serves without a database what is defined outside of its addons
    __module__ = "ecrm"

    @http.route(
        ["/ecrm/collect", "/ecrm/consent", "/ecrm/api/v1/events"],
        type="ecrm",
        auth="none",
        methods=["POST"],
        save_session=False,
        only_without_database=True,
    )
    def unavailable(self):
        if request.db:  # of somebody who did not install eCRM
            return refuse(Refused(404, "not_found", "There is nothing here."))
        try:
            request.dispatcher.read_body(MAX_BYTES)
        except Refused as refused:
            return refuse(refused)
        return refuse(unavailable())

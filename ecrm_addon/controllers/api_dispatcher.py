import json

from odoo import http

from ..lib.tracking.payload import Refused
from .door_dispatcher import RETRY_AFTER, DoorDispatcher


class ApiDispatcher(DoorDispatcher):
    """Serves routes of ``type="ecrm_api"``: doors that say ``{"error": {...}}`` if they refuse."""

    routing_type = "ecrm_api"

    def dispatch(self, endpoint, args):
        try:
            return super().dispatch(endpoint, args)
        except Refused as refused:
            return self.refuse(refused)

    def refuse(self, refused):
        error = {"code": refused.code, "message": str(refused)}
        headers = {"Retry-After": RETRY_AFTER} if refused.status in (429, 503) else {}
        headers |= getattr(refused, "headers", {})
        return answer({"error": error}, refused.status, headers)


def answer(value, status=200, headers=None):
    """Return a value as a JSON response, not to be kept unless its headers say so."""
    headers = {"Cache-Control": "no-store", **(headers or {})}
    # ASCII alone: a lone surrogate has no bytes
    return http.Response(json.dumps(value), status, headers, content_type="application/json")

import logging

from odoo import api, models
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lib.tracking import clock
from ..lib.tracking import visit as visit_lib
from ..lib.tracking.urls import host_of, page_of

_logger = logging.getLogger(__name__)


class EcrmVisit(models.AbstractModel):
    """What the server itself tells of the current visit, in the transaction of the act."""

    _inherit = "ecrm.visit"

    @api.model
    @api.private
    def opened(self):
        """Return the current visit, with its key, for ``record_all`` alone.

        That looks up in its one statement whether the consent still holds; this does not.
        """
        return self._begun(self._told())

    @api.model
    @api.private
    def record(self, kind, props=None, uid=None, **values):
        """Append one event of the current visit, within this very transaction.

        :param str kind: of the vocabulary, ``web.*``
        :param dict props: more about it
        :param str uid: where the same act may be told again, its ``ecrm.log.own_uid``
        :param values: res_model, res_id, value (in company currency)
        :return bool: whether it was stored
        """
        event = {"kind": kind, "props": props, "uid": uid, **values}
        return bool(self.record_all(self.opened(), [event]))

    @api.model
    @api.private
    def record_all(self, visit, events):
        """Append events of a visit, within this very transaction.

        A fault of ours must not stop what the visitor does: it is logged, and that is all.

        :param dict visit: as ``opened`` returned it
        :param list[dict] events: the arguments of ``record``
        :return int: how many were stored
        """
        if not visit or self.env.cr.readonly:
            return 0
        try:
            with self.env.cr.savepoint(flush=False):
                rows = [self._row(visit, **event) for event in events]
                # sudo: whoever acts need not have rights in eCRM
                return max(self.env["ecrm.log"].sudo().receive(visit, rows), 0)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # somebody wrote the same at once: Odoo does the request again
        except Exception:  # noqa: BLE001
            _logger.exception("Not recorded: %s", [event["kind"] for event in events])
            return 0

    def _row(self, visit, kind, props=None, uid=None, **values):
        return {
            "uid": uid or visit_lib.new_uid(),
            "kind": kind,
            "occurred_at": clock.now().isoformat(),
            "session_key": visit["session_key"],
            "path": self._path(),
            "props": props or {},
            **values,
        }

    @staticmethod
    def _path():
        """Return the page on which the visitor is: a call behind a page is none itself."""
        http_request = request.httprequest
        referrer = http_request.headers.get("Referer") or ""
        if http_request.method == "POST" and host_of(referrer) == host_of(http_request.host_url):
            return page_of(referrer).path
        return page_of(http_request.path).path

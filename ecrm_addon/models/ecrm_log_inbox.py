import psycopg2

from odoo import api, models
from odoo.tools import mute_logger

from ..lib.tracking import event as event_lib
from ..queries import receive_touchpoints, tune_batch


class EcrmLog(models.AbstractModel):
    """The short way into the log, for browsers: a batch waits as it is, and is unfolded."""

    _inherit = "ecrm.log"

    @api.model
    @api.private
    def receive(self, visit, rows):
        """Append the cleaned events of one browser: the short way for the browser's door.

        Durable when the transaction commits; ``unfold`` makes rows of the log of it.

        :param dict visit: whose they are, see ``receive_touchpoints.put``
        :param list[dict] rows: as ``lib.tracking.payload.clean`` returns them
        :return int: events taken, or -1 where the consent does not hold any more
        """
        if not rows:
            return 0
        # who called tells of a lost connection; a browser's batch is no bad query
        self.env.cr.execute(receive_touchpoints.put(visit, rows), log_exceptions=False)
        return len(rows) if self.env.cr.rowcount else -1

    @api.model
    @api.private
    def unfold(self, limit=2000):
        """Make rows of the log of the oldest batches that browsers sent.

        :param int limit: batches at most
        :return bool: whether there may be more
        """
        ids = [row[0] for row in self.env.execute_query(receive_touchpoints.claim(limit))]
        if ids:
            self.env.execute_query(tune_batch.build())
            self._unfold(ids)
        return len(ids) == limit

    def _unfold(self, ids):
        """Unfold batches; one that cannot be read is set aside, and costs no other."""
        cr = self.env.cr
        try:
            with mute_logger("odoo.sql_db"), cr.savepoint(flush=False):
                cr.execute(receive_touchpoints.note_owners(ids))
                self.append_select(receive_touchpoints.events(ids))
                cr.execute(receive_touchpoints.remove(ids))
        except psycopg2.DataError as error:
            if len(ids) > 1:
                half = len(ids) // 2
                self._unfold(ids[:half])
                self._unfold(ids[half:])
                return
            ((company_id, events),) = self.env.execute_query(receive_touchpoints.read(ids[0]))
            row = {"uid": event_lib.derive_uid(events), "company_id": company_id}
            self.set_aside([(row, events, str(error).partition("\n")[0])])
            cr.execute(receive_touchpoints.remove(ids))

    @api.model
    @api.private
    def meet(self, key):
        """Return the identity of a browser, created where there is none."""
        rows = self.env.execute_query(receive_touchpoints.meet(key))
        # another request created it meanwhile: then it is there now
        ((identity_id,),) = rows or self.env.execute_query(receive_touchpoints.meet(key))
        return self.env["ecrm.identity"].browse(identity_id)

    @api.model
    @api.private
    def forget(self, keys, partner_id):
        """Remove what waits of browsers, and of a contact, before it gets into the log.

        :param list[str] keys: of browsers
        :param int partner_id: the contact, or None
        """
        self.env.cr.execute(receive_touchpoints.forget(keys, partner_id))

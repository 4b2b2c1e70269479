import logging
from datetime import datetime

import psycopg2

from odoo import api, fields, models
from odoo.tools import mute_logger

from ..queries import erase_emails, purge_touchpoints
from .ecrm_touchpoint_kind import WEB_MONTHS

_logger = logging.getLogger(__name__)

#: Kind whose retention holds for what is derived from visits.
VISIT = "web.page"
#: Rows removed by one statement.
BATCH = 20_000


class EcrmRetention(models.AbstractModel):
    """Every night: what is kept no longer goes, kind by kind, month by month.

    ``ecrm.touchpoint.kind`` says how long each kind is kept. A month goes as soon as its
    first day is that old, so that no touchpoint ever grows older.
    """

    _name = "ecrm.retention"
    _description = "Retention"

    @api.model
    @api.private
    def run(self):
        """Remove what is kept no longer; each month by a transaction of its own.

        :return int: months that lost something
        """
        cron, log, purged = self.env["ir.cron"], self.env["ecrm.log"], 0
        for month, kinds in self._due():
            if not log.holds(month, kinds):
                continue
            cron._commit_progress()  # the copy has to see all that was written before
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    log.purge_month(month, kinds)
                purged += 1
            except psycopg2.OperationalError as error:
                _logger.info("Left %s to the next night: %s", month, error)
            if not cron._commit_progress(1):
                return purged
        self._drop_derived()
        self._drop_evidence()
        return purged

    def _drop_evidence(self):
        """Remove raw e-mail events as old as visits may grow: agents, networks, descriptions.

        What they meant stays, in the counters of each mail and in the log.
        """
        first_day = self._limits().get(VISIT) or self._first_day(WEB_MONTHS)
        before = datetime.combine(first_day, datetime.min.time())
        dropped = BATCH
        while dropped:
            self.env.cr.execute(erase_emails.purge(before, BATCH))
            dropped = self.env.cr.rowcount
            self.env["ir.cron"]._commit_progress(1)

    def _due(self):
        """Return the months and what of each is kept no longer, the oldest first."""
        months = self.env["ecrm.log"].months()
        limits = self._limits()
        due = [(month, [code for code in limits if month < limits[code]]) for month in months]
        return [(month, kinds) for month, kinds in due if kinds]

    def _limits(self):
        """Return the first day that is kept, by kind; kinds kept for ever are left out."""
        kinds = self.env["ecrm.touchpoint.kind"].sudo().search([("keep_months", ">", 0)])
        return {kind.code: self._first_day(kind.keep_months) for kind in kinds}

    @staticmethod
    def _first_day(keep_months):
        # the same as append_touchpoints.outdated says in SQL
        oldest = fields.Date.subtract(fields.Date.today(), months=keep_months)
        return fields.Date.add(oldest.replace(day=1), months=1)

    def _drop_derived(self):
        """Remove visits, and browsers of nobody, as old as what they were made of."""
        first_day = self._limits().get(VISIT)
        if not first_day:
            return
        before = datetime.combine(first_day, datetime.min.time())
        dropped = BATCH
        while dropped == BATCH:
            self.env.cr.execute(purge_touchpoints.drop_browsers(before, BATCH))
            dropped = self.env.cr.rowcount
            self.env["ir.cron"]._commit_progress(1)
        self.env["ecrm.session"]._drop_before(before)

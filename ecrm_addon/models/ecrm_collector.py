import logging
import time

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

BATCH = 20_000


class EcrmCollector(models.Model):
    """How far one collector has read Odoo's own records, shown on the Health page.

    The backfill walks the source by id and commits per batch, so a killed run goes on
    where it stopped. From its first day on the source notes its changes itself
    (``ecrm.change``), so nothing that is committed late is missed.
    """

    _name = "ecrm.collector"
    _description = "Collector"
    _order = "sequence, id"

    name = fields.Char(required=True, readonly=True, translate=True)
    collector = fields.Char("Technical Name", required=True, readonly=True)
    source_model = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("backfill", "Reading History"), ("live", "Live")],
        default="backfill",
        required=True,
        readonly=True,
    )
    last_id = fields.Integer("Read up to Id", readonly=True)
    total = fields.Integer("Records", readonly=True, help="Records found at the start.")
    done = fields.Integer("Records Read", readonly=True)
    stored = fields.Integer("Touchpoints Stored", readonly=True)
    refused = fields.Integer("Touchpoints Refused", readonly=True)
    seconds = fields.Float("Seconds Worked", readonly=True)
    last_run_at = fields.Datetime("Last Run", readonly=True)
    last_error = fields.Text(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Percent of the history read.")
    rate = fields.Float("Records per Second", compute="_compute_progress")
    seconds_left = fields.Float(compute="_compute_progress")

    # a source's notes are taken once, so it has one reader
    _source_unique = models.Constraint(
        "unique(source_model)", "There is one collector per source."
    )

    @api.depends("state", "total", "done", "seconds")
    def _compute_progress(self):
        for line in self:
            reading = line.state != "live"
            line.rate = line.done / line.seconds if line.seconds else 0
            line.progress = 100
            if reading and line.total:
                line.progress = min(100 * line.done / line.total, 100)
            left = max(line.total - line.done, 0) if reading else 0
            line.seconds_left = left / line.rate if line.rate else 0

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _sync_sources(self):
        """Have one line per collector whose source is installed, and its triggers.

        Modules come and go after eCRM, so each run of the pipeline looks again.
        """
        lines = self.with_context(active_test=False).search([])
        known = {line.collector: line for line in lines}
        for model in self._collector_models():
            if model._name not in known:
                model._start_capture()
                self.create(model._prepare_collector())
        lines.filtered(lambda line: line.collector not in self.env).unlink()

    def _collector_models(self):
        """Return all collectors whose source is installed, bridges' ones too."""
        names = sorted(self.env.registry["ecrm.collector.mixin"]._inherit_children)
        models_ = [self.env[name] for name in names]
        return [model for model in models_ if model._source in self.env]

    # ------------------------------------------------------------
    # RUNNING
    # ------------------------------------------------------------

    @api.private
    def _run_batch(self):
        """Read one batch: of history first, then of the changes noted since.

        :return bool: whether there is more to do right now
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return False  # another process is at it
        started = time.monotonic()
        try:
            with self.env.cr.savepoint():
                more = self._read_changes() if self.state == "live" else self._read_history()
        except Exception as error:  # noqa: BLE001
            # one broken source must not stop the others; the Health page shows it and
            # the batch stays noted, so the next run tries again
            _logger.warning("Collector %s failed", self.collector, exc_info=True)
            self.write({"last_error": str(error), "last_run_at": fields.Datetime.now()})
            return False
        self.seconds += time.monotonic() - started
        return more

    def _read_history(self):
        ids = self.env[self.collector]._next_ids(self.last_id, BATCH)
        if ids:
            self._append(ids)
            self.write({"last_id": ids[-1], "done": self.done + len(ids)})
        else:
            self.state = "live"
        return True

    def _read_changes(self):
        ids = self.env["ecrm.change"].take(self.source_model, BATCH)
        if ids:
            self._append(ids)
        return len(ids) == BATCH

    def _append(self, ids):
        stored, refused = self.env[self.collector]._collect(ids)
        self.write(
            {
                "stored": self.stored + stored,
                "refused": self.refused + refused,
                "last_run_at": fields.Datetime.now(),
                "last_error": False,
            }
        )

    def action_read_again(self):
        """Button: read the whole history again; what is known already stays one row."""
        self.write({"state": "backfill", "last_id": 0, "done": 0, "seconds": 0})
        self.env.ref("ecrm_addon.ir_cron_pipeline")._trigger()

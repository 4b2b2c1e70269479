import logging
import time

from babel.dates import format_timedelta
from psycopg2 import errors

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, get_lang, mute_logger
from odoo.tools.misc import babel_locale_parse

from ..queries import capture_changes, tune_batch

_logger = logging.getLogger(__name__)

BATCH = 20_000
#: A trigger needs a moment in which nobody writes to its table. While it waits, later
#: writers wait behind it, so it gives up soon and tries again a minute later.
TRIGGER_LOCK_TIMEOUT = "1s"


class EcrmCollector(models.Model):
    """How far one collector has read Odoo's own records, shown on the Health page.

    The backfill walks the source by id and commits per batch, so a killed run goes on
    where it stopped. From its first day on the source notes its changes itself
    (``ecrm.change``), so nothing that is committed late is missed.

    An archived collector notes nothing; when it comes back it reads its history again.
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
    total = fields.Integer("Records", readonly=True, help="Records of the history.")
    done = fields.Integer("Records Read", readonly=True)
    stored = fields.Integer("Touchpoints Stored", readonly=True)
    refused = fields.Integer("Touchpoints Refused", readonly=True)
    seconds = fields.Float("Seconds Worked", readonly=True, help="On the history.")
    last_run_at = fields.Datetime("Last Run", readonly=True)
    last_error = fields.Text(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Percent of the history read.")
    rate = fields.Float("Records per Second", compute="_compute_progress")
    seconds_left = fields.Float(compute="_compute_progress")
    time_left = fields.Char(compute="_compute_time_left")

    # a source's notes are taken once, so it has one reader
    _source_unique = models.Constraint("unique(source_model)", "There is one collector per source.")

    @api.depends("state", "total", "done", "seconds")
    def _compute_progress(self):
        for line in self:
            left = line.total - line.done if line.state == "backfill" else 0
            line.rate = line.done / line.seconds if line.seconds else 0
            line.progress = 100 - 100 * left / line.total if line.total else 100
            line.seconds_left = left / line.rate if line.rate else 0

    @api.depends("seconds_left")
    @api.depends_context("lang")
    def _compute_time_left(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        for line in self:
            left = line.seconds_left
            line.time_left = format_timedelta(left, locale=locale) if left else False

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            if vals["active"]:
                self._restart()
            else:
                self._forget_notes()
            # sudo: whoever may archive a collector need not be able to create one
            self.sudo()._sync_sources()
        return result

    @api.ondelete(at_uninstall=False)
    def _forget_notes(self):
        """Forget what the source noted: nobody is going to read it."""
        for line in self:
            self.env["ecrm.change"].discard(line.source_model)

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _sync_sources(self):
        """Have one line per collector whose source is installed, and its triggers.

        Modules come and go after eCRM, so each run of the pipeline looks again.

        :return bool: whether tables are locked until the transaction ends
        """
        readers = {model._name: model for model in self._collector_models()}
        lines = self.with_context(active_test=False).search([])
        known = set(lines.mapped("collector"))
        gone = lines.filtered(lambda line: line.collector not in readers)
        silent = gone | lines.filtered(lambda line: not line.active)
        listening = [readers[name] for name in readers if name not in silent.mapped("collector")]
        changed, busy = self._sync_triggers(listening, silent.mapped("source_model"))
        gone.unlink()
        # a line is made only once its triggers stand: from then on nothing is missed
        self.create(
            [
                model._prepare_collector()
                for model in listening
                if model._name not in known and model._source_table() not in busy
            ]
        )
        return bool(changed)

    def _collector_models(self):
        """Return all collectors whose source is installed, bridges' ones too."""
        names = sorted(self.env.registry["ecrm.collector.mixin"]._inherit_children)
        models_ = [self.env[name] for name in names]
        return [model for model in models_ if model._is_available()]

    def _sync_triggers(self, listening, silent):
        """Create the triggers that are missing, drop those that nobody needs.

        :param list listening: collectors whose sources are to note their changes
        :param list[str] silent: models that must not
        :return tuple[set, set]: tables whose triggers changed, tables that were busy
        """
        wanted = {self.env[name]._table: {} for name in silent if name in self.env}
        wanted |= {model._source_table(): model._triggers() for model in listening}
        standing = {table: set() for table in wanted}
        for table, name in self.env.execute_query(capture_changes.list_triggers(wanted)):
            standing[table].add(name)
        changed, busy = set(), set()
        for table, triggers in wanted.items():
            surplus, missing = standing[table] - set(triggers), set(triggers) - standing[table]
            statements = [capture_changes.drop_trigger(table, name) for name in sorted(surplus)]
            statements += [triggers[name] for name in sorted(missing)]
            if statements:
                (changed if self._lock_and_execute(statements) else busy).add(table)
        return changed, busy

    def _lock_and_execute(self, statements):
        """Execute statements that lock a table, or none if somebody writes to it for long."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", TRIGGER_LOCK_TIMEOUT))
                for statement in statements:
                    self.env.cr.execute(statement)
                self.env.cr.execute("SET LOCAL lock_timeout = DEFAULT")
        except errors.LockNotAvailable:
            return False
        return True

    # ------------------------------------------------------------
    # RUNNING
    # ------------------------------------------------------------

    @api.private
    def _behind(self):
        """Return those collectors that have something to read."""
        live = self.filtered(lambda line: line.state == "live")
        noted = self.env["ecrm.change"].noted(live.mapped("source_model"))
        return self.filtered(lambda line: line.state != "live" or line.source_model in noted)

    @api.private
    def _run_batch(self):
        """Read one batch: of history first, then of the changes noted since.

        :return bool: whether there may be more to do right now
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(tune_batch.build())
                return self._read_changes() if self.state == "live" else self._read_history()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # nobody's fault: the next transaction can do it
        except Exception as error:  # noqa: BLE001
            # one broken source must not stop the others; the Health page shows it and
            # the batch stays noted, so the next run tries again
            _logger.warning("Collector %s failed", self.collector, exc_info=True)
            self.write({"last_error": str(error), "last_run_at": fields.Datetime.now()})
            return False

    def _read_history(self):
        started = time.monotonic()
        if not self.last_id:
            self.env[self.collector]._analyze()
        ids = self.env[self.collector]._next_ids(self.last_id, BATCH)
        if not ids:
            return self._finish_history()
        self._append(ids, dense=True)
        done = self.done + len(ids)
        self.write(
            {
                "last_id": ids[-1],
                "done": done,
                "total": max(done, self.total),
                "seconds": self.seconds + time.monotonic() - started,
            }
        )
        return True

    def _finish_history(self):
        if self.create_date == self.env.cr.now():
            # This transaction made the triggers, and what it sees is older than they are:
            # what was written in between is neither noted nor seen. A later one sees it.
            self._restart()
            return False
        self.write({"state": "live", "total": self.done})
        return True

    def _read_changes(self):
        ids = self.env["ecrm.change"].take(self.source_model, BATCH)
        if ids:
            self._append(ids)
            self.env[self.collector]._note_customers(ids)
        return bool(ids)

    def _append(self, ids, dense=False):
        stored, refused = self.env[self.collector]._collect(ids, dense)
        self.write(
            {
                "stored": self.stored + stored,
                "refused": self.refused + refused,
                "last_run_at": fields.Datetime.now(),
                "last_error": False,
            }
        )

    def _restart(self):
        for line in self:
            total = self.env[line.collector]._count() if line.collector in self.env else 0
            line.write({"state": "backfill", "last_id": 0, "done": 0, "seconds": 0, "total": total})

    def action_run_now(self):
        """Button over the list: run the whole pipeline and say what came of it."""
        return self.env["ecrm.health"].run_now()

    def action_read_again(self):
        """Button: read the whole history again; what is known already stays one row."""
        self._restart()
        self.env.ref("ecrm_addon.ir_cron_pipeline")._trigger()

    @api.autovacuum
    def _gc_notes(self):
        """Keep one note per record where nobody takes them, else they grow without bound.

        A collector takes no notes while it reads history, and none while it fails.
        """
        if not self.env["ecrm.pipeline"]._try_lock():
            return
        for line in self.search(["|", ("state", "=", "backfill"), ("last_error", "!=", False)]):
            self.env["ecrm.change"].compact(line.source_model)

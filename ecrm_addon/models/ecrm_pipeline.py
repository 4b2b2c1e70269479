import logging
import random
import time
from functools import partial

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import mute_logger

from ..queries import tune_batch
from .ecrm_identity_evidence import NOTES

_logger = logging.getLogger(__name__)

#: More customers than this at once are left to the next run of the pipeline.
AT_ONCE = 20
#: More notes than this are not worked off one by one before all customers are scored.
FEW = 50_000
#: What the digest takes off the list of changes.
DIGESTED = ("ecrm.identity", "res.partner", "ecrm.session", "ecrm.web.day", *NOTES)
#: Visits written by one statement; their events have to fit into memory.
VISITS_AT_ONCE = 50_000
#: How often a step of the night is begun anew when somebody else writes the same meanwhile.
TRIES = 5
#: Seconds after which it is decided who opened a mail: machines come in bursts.
PATIENCE = 60


class EcrmPipeline(models.AbstractModel):
    """The one direction in which data flows: collect -> digest -> score."""

    _name = "ecrm.pipeline"
    _description = "Pipeline"

    @api.model
    def run_now(self):
        """Collect, digest and recompute all companies; running it twice changes nothing.

        :return dict: touchpoints stored and refused by this run, profiles computed
        """
        if not (self.env.su or self.env.user.has_group("ecrm_addon.group_ecrm_manager")):
            raise AccessError(self.env._("Only an eCRM manager can run the pipeline."))
        # sudo: the pipeline reads what no single user may; it gives back numbers only
        pipeline_sudo = self.sudo()
        pipeline_sudo.env.flush_all()
        pipeline_sudo._lock()
        while pipeline_sudo.env["ecrm.erasure"].work_off():
            pass
        collectors = pipeline_sudo._collectors()
        before = sum(collectors.mapped("stored")), sum(collectors.mapped("refused"))
        for collector in collectors._behind():
            while collector._run_batch():
                pass
        everybody = not pipeline_sudo._few_changed()
        while pipeline_sudo._digest(recompute=not everybody, limit=200_000):
            pass
        runs = pipeline_sudo._score_all(everybody)
        return {
            "stored": sum(collectors.mapped("stored")) - before[0],
            "refused": sum(collectors.mapped("refused")) - before[1],
            "profiles": sum(runs.mapped("customer_count")),
        }

    @api.model
    @api.private
    def _cron_run(self):
        """Every minute: read what is new, batch by batch, and renew who it concerns."""
        cron = self.env["ir.cron"]
        if self.env["ecrm.collector"]._sync_sources():
            cron._commit_progress()  # lets go of the tables
        while self._attempt(self.env["ecrm.erasure"].work_off):
            if not cron._commit_progress(1):
                return
        collectors = self.env["ecrm.collector"].search([])
        history = collectors.filtered(lambda line: line.state == "backfill")
        behind = collectors._behind()
        while behind:
            for collector in behind:
                if not self._attempt(collector._run_batch):
                    behind -= collector
                if not cron._commit_progress(1, remaining=len(behind)):
                    return
        if history and all(line.state == "live" for line in collectors):
            # the first scores need all of the history, and nobody wants to wait a night
            self.env.ref("ecrm_addon.ir_cron_score")._trigger()
        while self._attempt(partial(self._digest, patience=PATIENCE)):
            if not cron._commit_progress(1):
                return

    @api.model
    @api.private
    def _cron_score(self):
        """Every night: remove what is kept no longer, and recompute each company."""
        self._persist(self._tidy)
        for company in self.env["res.company"].search([]):
            run = self._persist(partial(self._score_by_night, company))
            if not self.env["ir.cron"]._commit_progress(1):
                return
            if not self.env["ecrm.tier.warning"]._warn(run):
                return

    def _tidy(self):
        """Do what scores rest on and no note tells of."""
        self.env["ecrm.log"].prepare_months()
        self.env["ecrm.retention"].run()
        # such as a contact that was moved to another company
        self.env["ecrm.email.order"].renew()
        self.env["ecrm.email.profile"].renew_clickers()
        # an objection may have been said by an address that is a contact's only now
        self.env["ecrm.profile"]._recompute(objectors := self.env["ecrm.consent"]._objectors())
        self.env["ecrm.profile"]._forget_unprofiled(objectors)
        self.env["ir.cron"]._commit_progress()

    def _score_by_night(self, company):
        """Score a company, and tell its salespeople whom they may lose."""
        run = self.env["ecrm.score.run"].score(company, everybody=True)
        if run.status != "failed":
            self.env["ecrm.churn.alert"].tell(company)
        return run

    def _persist(self, step):
        """Do a step of the night; begin it anew if somebody else wrote the same meanwhile.

        A request is repeated by Odoo, a scheduled job is not: it would wait for another night.

        :param Callable step: what was not committed of it is undone before it is repeated
        """
        for left in reversed(range(TRIES)):
            try:
                with mute_logger("odoo.sql_db"):
                    return step()
            except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY) as error:
                if not left:
                    raise
                _logger.info("Begun anew: %s", error)
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 1))

    # ------------------------------------------------------------
    # ONE AT A TIME
    # ------------------------------------------------------------

    def _lock(self):
        """Take the pipeline for this transaction; wait for another process to finish.

        What that process wrote cannot be seen by this transaction if it began before: it
        then fails as Odoo's transactions do, here and not after much work, and whoever
        called repeats it (a request is repeated by Odoo itself).
        """
        with mute_logger("odoo.sql_db"):
            self.env.cr.execute("SET LOCAL lock_timeout = '30s'")
            self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self._name,))
            self.env.cr.execute("SELECT FROM ecrm_collector FOR UPDATE")
            self.env.cr.execute("SET LOCAL lock_timeout = DEFAULT")

    @api.private
    def _try_lock(self):
        """Take the pipeline for this transaction, unless another process has it."""
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", (self._name,))
        return self.env.cr.fetchone()[0]

    def _attempt(self, step):
        """Do one step; leave it to the next run if somebody else is in the way.

        :param Callable step: returns whether there may be more to do
        :return bool: whether there may be more to do right now
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = '5s'")
                return self._try_lock() and step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            _logger.info("Left to the next run: %s", error)
            return False

    def _collectors(self):
        self.env["ecrm.collector"]._sync_sources()
        return self.env["ecrm.collector"].search([])

    def _few_changed(self):
        """Tell whether it is quicker to renew those who changed than all of a large company."""
        scorer = self.env["ecrm.scorer"]
        if not any(map(scorer._are_many, self.env["res.company"].search([]))):
            return False
        return self.env["ecrm.change"].count(DIGESTED, FEW) < FEW

    def _score_all(self, everybody):
        runs = self.env["ecrm.score.run"]
        for company in self.env["res.company"].search([]):
            runs |= runs.score(company, everybody=everybody)
            self.env["ecrm.churn.alert"]._settle(company=company)
        return runs

    # ------------------------------------------------------------
    # DIGEST
    # ------------------------------------------------------------

    def _digest(self, recompute=True, limit=20_000, patience=0):
        """Take the identities and contacts noted as changed, and renew what hangs on them.

        :param bool recompute: renew the profiles too; not needed before a full run
        :param int patience: see ``ecrm.email.digest.run``
        :return bool: whether there may be more
        """
        changes = self.env["ecrm.change"]
        more = self.env["ecrm.log"].unfold()
        more |= self.env["ecrm.email.digest"].run(patience=patience)
        more |= bool(self.env["ecrm.web.count"]._fold(limit))
        if not changes.noted(DIGESTED):
            return more
        if recompute and not self.env["ecrm.scorer"]._may_renew(self.env["res.company"].search([])):
            # all customers are being scored: the notes wait for the next run
            return False
        self.env.execute_query(tune_batch.build())
        self.env["ecrm.identity"]._link_logins()
        identity_ids = changes.take("ecrm.identity", limit)
        self.env["ecrm.identity"]._link_addresses(identity_ids)
        identities = self.env["ecrm.identity"].browse(identity_ids).exists()
        identities._refresh_seen()
        partner_ids = changes.take("res.partner", limit)
        if recompute:
            partners = self.env["res.partner"].browse(partner_ids).exists()
            self.env["ecrm.profile"]._recompute(partners | identities.partner_id)
        more |= self._digest_website(identity_ids, limit)
        return more or bool(identity_ids or partner_ids)

    def _digest_website(self, identity_ids, limit):
        """Renew visits, then the days in which they show, then Odoo's own visitors.

        :param list[int] identity_ids: identities noted as changed
        :return bool: whether there may be more
        """
        visits = self.env["ecrm.session"]._digest(identity_ids, min(limit, VISITS_AT_ONCE))
        self.env["website.visitor"]._ecrm_sync(identity_ids)
        if visits:
            return True
        # only now: a day shows where its visits came from
        return bool(self.env["ecrm.web.daily"]._digest())

    # ------------------------------------------------------------
    # AT ONCE
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _refresh(self, partners, records=None):
        """Renew a few customers at once; the next run renews who could not be.

        Called within the transaction of an order. It must never break or hold up that
        order: it gives up after a short wait for a lock, and any error stays here.

        :param res.partner partners: the contacts whose history changed
        :param Model records: what changed, or None for what was noted lately

        An import says ``ecrm_later`` in its context: it mends its records before they count.
        """
        later = self.env.context.get("ecrm_later")
        if later or not partners or len(partners) > AT_ONCE:
            return
        self.env.flush_all()
        # sudo: the salesperson who confirms an order need not have rights in eCRM
        pipeline_sudo = self.sudo()
        try:
            # a lock that somebody holds is foreseen: it is told below, not as an error
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = '200ms'")
                pipeline_sudo._collect_lately(records)
                pipeline_sudo.env["ecrm.profile"]._recompute(partners.sudo())
                pipeline_sudo.env["ecrm.email.profile"].renew_customers(partners.sudo())
                self.env.cr.execute("SET LOCAL lock_timeout = DEFAULT")
        except psycopg2.Error:
            _logger.info("Left %s to the next run of the pipeline", partners, exc_info=True)
        except Exception:  # noqa: BLE001  # a fault of ours must not stop anybody's order
            _logger.exception("Left %s to the next run of the pipeline", partners)

    def _collect_lately(self, records):
        """Read records, or what was noted lately, without taking the notes away."""
        lines = self.env["ecrm.collector"].search([])
        if records is None:
            noted = self.env["ecrm.change"].noted(lines.mapped("source_model"))
            lines = lines.filtered(lambda line: line.source_model in noted)
        for line in lines:
            if records is None:
                ids = self.env["ecrm.change"].peek(line.source_model)
            else:
                ids = records.ids if records._name == line.source_model else []
            if ids:
                self.env[line.collector]._collect(ids)

import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lib.scoring import rfm
from ..lib.scoring.as_of import moment as moment_of
from .nullable import NullableFloat, NullableInteger

_logger = logging.getLogger(__name__)


class EcrmScoreRun(models.Model):
    """One scoring of one company: by which rules, how many customers, how long it took.

    What stands in the profiles afterwards is as of this run. Customers whose orders or acts
    change later are renewed at once, with the thresholds of the latest run.
    """

    _name = "ecrm.score.run"
    _description = "Scoring Run"
    _order = "id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    as_of = fields.Datetime(readonly=True, help="Nothing that happened later is known here.")
    live = fields.Boolean("Of Today", readonly=True, help="Moves of tiers are written down.")
    horizon_days = NullableInteger(readonly=True)
    model = fields.Selection(
        [
            ("mbgnbd", "MBG/NBD"),
            ("bgnbd", "BG/NBD"),
            ("nbd", "NBD"),
            ("none", "No forecast"),
        ],
        "Forecast Model",
        readonly=True,
    )
    status = fields.Selection(
        [
            ("ok", "Done"),
            ("fallback", "Done by a Simpler Model"),
            ("too_little_data", "Not Enough Customers"),
            ("failed", "Failed"),
        ],
        readonly=True,
    )
    message = fields.Text(readonly=True)
    thresholds = fields.Json(readonly=True, help="Percentiles of R (days), F and M.")
    customer_count = fields.Integer("Customers", readonly=True, help="Who ever ordered.")
    profile_count = fields.Integer("Profiles", readonly=True, help="Also who only visited.")
    written_count = fields.Integer("Profiles Changed", readonly=True)
    removed_count = fields.Integer("Profiles Removed", readonly=True)
    move_count = fields.Integer("Tier Moves", readonly=True)
    seconds = fields.Float(readonly=True)

    # parameters of the forecast, in weeks, and how it did on customers it had not seen
    param_r = NullableFloat(readonly=True)
    param_alpha = NullableFloat(readonly=True)
    param_a = NullableFloat(readonly=True)
    param_b = NullableFloat(readonly=True)
    gg_p = NullableFloat(readonly=True)
    gg_q = NullableFloat(readonly=True)
    gg_v = NullableFloat(readonly=True)
    log_likelihood = NullableFloat(readonly=True)
    gg_log_likelihood = NullableFloat(readonly=True)
    holdout_actual = NullableFloat(readonly=True)
    holdout_expected = NullableFloat(readonly=True)
    holdout_mae = NullableFloat(readonly=True)
    holdout_naive_mae = NullableFloat(readonly=True)
    holdout_brier = NullableFloat(readonly=True)
    holdout_auc = NullableFloat(readonly=True)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def score(self, company, as_of=None, model="mbgnbd", horizon_days=None):
        """Compute all profiles of a company, from what was known at some moment.

        :param res.company company: whose customers (or its id)
        :param as_of: None for now; a day, of which all is known; or an instant (UTC); the
            latter two also as ISO 8601 text
        :param str model: the forecast that is asked for; none is part of this version, so
            the run says ``none``
        :param int horizon_days: how far the forecast is to look
        :return ecrm.score.run: the run, with its figures
        """
        if not (self.env.su or self.env.user.has_group("ecrm_addon.group_ecrm_manager")):
            raise AccessError(self.env._("Only an eCRM manager can compute scores."))
        # sudo: scores are computed from all orders and acts, whoever starts it
        runs_sudo = self.sudo().with_context(active_test=True)
        company_sudo = runs_sudo.env["res.company"].browse(getattr(company, "id", company))
        moment = moment_of(as_of, fields.Datetime.now(), company_sudo._ecrm_zone())
        run_sudo = runs_sudo.create(
            {
                "company_id": company_sudo.id,
                "as_of": moment.shown,
                "live": moment.live,
                "horizon_days": horizon_days,
                "model": "none",
            }
        )
        run_sudo._run(moment)
        return run_sudo.with_env(self.env)

    def _run(self, moment):
        """Score all customers of the company; what fails is written on the run."""
        started = time.monotonic()
        try:
            with self.env.cr.savepoint():
                self._score_all(moment)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the caller repeats the whole transaction
        except Exception as error:  # noqa: BLE001
            # one company that cannot be scored must not stop the others of the night
            _logger.exception("Scoring of company %s failed", self.company_id.id)
            self.write({"status": "failed", "message": str(error)})
        self.seconds = time.monotonic() - started

    def _score_all(self, moment):
        self._lock()
        done = self.env["ecrm.scorer"]._score_company(self.company_id, moment)
        self.write(
            {
                "customer_count": done["customers"],
                "profile_count": done["profiles"],
                "written_count": done["written"],
                "removed_count": done["removed"],
                "move_count": len(done["moves"]),
                "thresholds": done["thresholds"],
                **self._verdict(done["customers"]),
            }
        )

    def _verdict(self, customers):
        """Return status and message of a run over so many customers who ordered."""
        if customers < rfm.MIN_CUSTOMERS:
            message = self.env._(
                "%(customers)s customers have ordered so far. Scores compare customers with "
                "each other and need at least %(minimum)s; facts, engagement and tiers are "
                "up to date.",
                customers=customers,
                minimum=rfm.MIN_CUSTOMERS,
            )
            return {"status": "too_little_data", "message": message}
        message = self.env._(
            "Recency, frequency and money, segments, engagement and tiers were computed. "
            "Forecasts of purchases and of customer value are not part of this version, so "
            "those figures stay empty."
        )
        return {"status": "ok", "message": message}

    def _lock(self):
        """Wait for another scoring of the same company to end."""
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), %s)", (self._name, self.company_id.id)
        )

    @api.autovacuum
    def _gc_old(self):
        """Forget runs after two years, except each company's latest."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        latest = [run_id for _c, run_id in self._read_group([], ["company_id"], ["id:max"])]
        old = self.search([("create_date", "<", limit), ("id", "not in", latest)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000

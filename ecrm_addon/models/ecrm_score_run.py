import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import mute_logger
from odoo.tools.misc import format_date, format_datetime

from ..lib.scoring import purchases, rfm
from ..lib.scoring.as_of import moment as moment_of
from ..queries.forecast_purchases import BUY_DAYS
from .nullable import NullableFloat, NullableInteger

_logger = logging.getLogger(__name__)


MODELS = [
    ("mbgnbd", "MBG/NBD"),
    ("bgnbd", "BG/NBD"),
    ("nbd", "NBD"),
    ("none", "No forecast"),
]
#: Problems that more customers or more time will solve.
TOO_LITTLE = ("customers", "repeaters", "history")
#: How far a forecast is looked back on, in days: as far as the probability to buy looks ahead.
HORIZON = BUY_DAYS


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
    horizon_days = NullableInteger(
        readonly=True, help="Days of which a forecast is compared with what came true."
    )
    asked_model = fields.Selection(MODELS, "Model Asked for", readonly=True)
    model = fields.Selection(MODELS, "Forecast Model", readonly=True)
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
    policy_id = fields.Many2one(
        "ecrm.policy", readonly=True, index="btree_not_null", help="By which rules."
    )
    thresholds = fields.Json(readonly=True, help="Percentiles of R (days), F and M.")
    customer_count = fields.Integer("Customers", readonly=True, help="Who ever ordered.")
    profile_count = fields.Integer("Profiles", readonly=True, help="Also who only visited.")
    written_count = fields.Integer("Profiles Changed", readonly=True)
    removed_count = fields.Integer("Profiles Removed", readonly=True)
    move_count = fields.Integer("Tier Moves", readonly=True)
    seconds = fields.Float(readonly=True)
    rules = fields.Char(readonly=True, help="A fingerprint: other rules have another one.")
    yardstick_id = fields.Many2one(
        "ecrm.score.run",
        "Thresholds and Parameters of",
        readonly=True,
        index="btree_not_null",
        help="The run of all customers on the same day, after which this one renewed those "
        "alone whose orders or acts had changed.",
    )

    # parameters of the forecast, in weeks and in money
    problem = fields.Char(readonly=True, help="Code of why the model is another one, or none.")
    sample_count = fields.Integer("Customers Fitted", readonly=True)
    param_r = NullableFloat(readonly=True, digits=None)
    param_alpha = NullableFloat(readonly=True, digits=None)
    param_a = NullableFloat(readonly=True, digits=None)
    param_b = NullableFloat(readonly=True, digits=None)
    log_likelihood = NullableFloat(readonly=True, digits=None)
    gg_problem = fields.Char(readonly=True, help="Code of why there is no model of amounts.")
    gg_customer_count = fields.Integer("Customers with Repeat Orders", readonly=True)
    gg_p = NullableFloat(readonly=True, digits=None)
    gg_q = NullableFloat(readonly=True, digits=None)
    gg_v = NullableFloat(readonly=True, digits=None)
    gg_log_likelihood = NullableFloat("Log Likelihood of Amounts", readonly=True, digits=None)

    # how the forecast did on days it had not seen, beside "as often as before"
    holdout_from = fields.Date("Compared from", readonly=True)
    holdout_to = fields.Date("Compared until", readonly=True)
    holdout_count = fields.Integer("Customers Compared", readonly=True)
    holdout_actual = NullableFloat("Orders that Came", readonly=True, digits=None)
    holdout_expected = NullableFloat("Orders Forecast", readonly=True, digits=None)
    holdout_naive = NullableFloat("Orders at the Rate before", readonly=True, digits=None)
    holdout_mae = NullableFloat("Mean Error", readonly=True, digits=None)
    holdout_naive_mae = NullableFloat("Mean Error at the Rate before", readonly=True, digits=None)
    holdout_brier = NullableFloat("Brier Score", readonly=True, digits=None)
    holdout_base_brier = NullableFloat("Brier Score of the Mean", readonly=True, digits=None)
    holdout_auc = NullableFloat("AUC", readonly=True, digits=None)
    holdout_naive_auc = NullableFloat("AUC of the Rate before", readonly=True, digits=None)
    calibration = fields.Json(readonly=True, help="Forecast and outcome by tenths of customers.")
    value_hidden = fields.Boolean(
        "Values Hidden",
        readonly=True,
        help="The forecast was no better than a guess, so no values are shown.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def score(self, company, as_of=None, model="mbgnbd", horizon_days=None, everybody=False):
        """Compute all profiles of a company, from what was known at some moment.

        In a large company, a second run of now on the same day and by the same rules renews
        those customers alone of whom something new is known.

        :param res.company company: whose customers (or its id)
        :param as_of: None for now; a day, of which all is known; or an instant (UTC); the
            latter two also as ISO 8601 text
        :param str model: the forecast that is asked for: mbgnbd, bgnbd, nbd or none
        :param int horizon_days: over how many days the forecast is compared with what came
            true: those after ``as_of`` where they are known by now, else those before
        :param bool everybody: renew also those of whom nothing new is known
        :return ecrm.score.run: the run, with its figures
        :raise ValueError: of an unknown model or a horizon that is no time
        """
        if not (self.env.su or self.env.user.has_group("ecrm_addon.group_ecrm_manager")):
            raise AccessError(self.env._("Only an eCRM manager can compute scores."))
        if model not in dict(MODELS):
            raise ValueError(f"Unknown model: {model}")
        if horizon_days is not None and horizon_days < 1:
            raise ValueError(f"Horizon of {horizon_days} days")
        # sudo: scores are computed from all orders and acts, whoever starts it
        runs_sudo = self.sudo().with_context(active_test=True)
        company_sudo = runs_sudo.env["res.company"].browse(getattr(company, "id", company))
        moment = moment_of(as_of, fields.Datetime.now(), company_sudo._ecrm_zone())
        run_sudo = runs_sudo.create(
            {
                "company_id": company_sudo.id,
                "as_of": moment.shown,
                "live": moment.live,
                "horizon_days": horizon_days or HORIZON,
                "asked_model": model,
            }
        )
        run_sudo._run(moment, everybody or as_of is not None)
        return run_sudo.with_env(self.env)

    def _run(self, moment, everybody):
        """Score all customers of the company; what fails is written on the run."""
        started = time.monotonic()
        try:
            # that somebody else writes the same profiles is foreseen, and told by who repeats it
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._lock()
                self.policy_id = self.env["ecrm.policy"]._in_force(self.company_id)
                changed = None if everybody else self.env["ecrm.scorer"]._changed(self, moment)
                if changed:
                    self._score_changed(moment, *changed)
                else:
                    self._score_all(moment)
        except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise  # the caller repeats the whole transaction
        except Exception as error:  # noqa: BLE001
            # one company that cannot be scored must not stop the others of the night
            _logger.exception("Scoring of company %s failed", self.company_id.id)
            self.write({"status": "failed", "message": str(error)})
        self.seconds = time.monotonic() - started

    def _score_changed(self, moment, yardstick, partners):
        """Score some customers by what another run found of all."""
        done = self.env["ecrm.scorer"]._score_changed(self.company_id, moment, partners)
        profiles = [("company_id", "=", self.company_id.id)]
        count = self.env["ecrm.profile"].search_count
        self.write(
            {
                **{
                    name: value
                    for name, value in yardstick.copy_data()[0].items()
                    if name not in ("company_id", "as_of", "live", "policy_id", "seconds")
                },
                "yardstick_id": yardstick.id,
                "customer_count": count([*profiles, ("order_count", ">", 0)]),
                "profile_count": count(profiles),
                "written_count": done["written"],
                "removed_count": done["removed"],
                "move_count": len(done["moves"]),
                "message": self.env._(
                    "Orders or acts of %(contacts)s contacts had changed since all customers "
                    "were scored at %(time)s; these were renewed, by the thresholds and the "
                    "forecast of that run.",
                    contacts=len(partners),
                    time=format_datetime(
                        self.env,
                        yardstick.as_of,
                        tz=self.company_id._ecrm_zone(),
                        dt_format="short",
                    ),
                ),
            }
        )

    def _score_all(self, moment):
        done = self.env["ecrm.scorer"]._score_company(self, moment)
        self.write(
            {
                "customer_count": done["customers"],
                "profile_count": done["profiles"],
                "written_count": done["written"],
                "removed_count": done["removed"],
                "move_count": len(done["moves"]),
                "thresholds": done["thresholds"],
                "rules": done["rules"],
                **done["forecast"],
            }
        )
        self.write(self._verdict())

    def _verdict(self):
        """Return status and message of a run."""
        if self.customer_count < rfm.MIN_CUSTOMERS:
            message = self.env._(
                "%(customers)s customers have ordered so far. Scores compare customers with "
                "each other and need at least %(minimum)s; facts, engagement and tiers are "
                "up to date.",
                customers=self.customer_count,
                minimum=rfm.MIN_CUSTOMERS,
            )
            sentences = filter(None, (message, self._about_tiers()))
            return {"status": "too_little_data", "message": "\n".join(sentences)}
        sentences = [
            self.env._("Recency, frequency and money, segments, engagement and tiers are done."),
            self._about_model(),
        ]
        if self.model != "none":
            sentences += [self._about_spend(), self._about_holdout()]
        sentences.append(self._about_tiers())
        status = "ok"
        if self.problem in TOO_LITTLE:
            status = "too_little_data"
        elif self.problem or self.value_hidden:
            status = "fallback"
        return {"status": status, "message": "\n".join(filter(None, sentences))}

    def _about_model(self):
        """Return why there is this forecast, or none."""
        problems = {
            "customers": self.env._(
                "No forecast: it needs at least %s customers.", purchases.MIN_CUSTOMERS
            ),
            "repeaters": self.env._(
                "No forecast: it needs at least %s customers who came back.",
                purchases.MIN_REPEATERS,
            ),
            "history": self.env._(
                "No forecast: the history is shorter than the usual time between two orders."
            ),
            "degenerate": self.env._(
                "No forecast: the orders are too much alike, or too few, to estimate how "
                "customers differ."
            ),
        }
        if self.problem in problems and self.model == "none":
            return problems[self.problem]
        if self.model == "none":
            return self.problem and self.env._("No forecast: no stable parameters were found.")
        if self.problem:
            return self.env._(
                "From these orders it cannot be told when customers leave, so the forecast "
                "takes it that they stay (NBD). It promises too much of those long gone."
            )
        return ""

    def _about_spend(self):
        if not self.gg_problem:
            return ""
        return self.env._(
            "What a customer spends per order cannot be estimated, so no value is forecast."
        )

    def _about_holdout(self):
        if not self.holdout_count:
            return self.env._(
                "The history is too short to compare the forecast with what came true."
            )
        sentence = self.env._(
            "From %(start)s to %(end)s %(actual)d orders came, %(expected)d were forecast; at "
            "the same rate as before it would have been %(naive)d.",
            start=format_date(self.env, self.holdout_from),
            end=format_date(self.env, self.holdout_to),
            actual=self.holdout_actual,
            expected=round(self.holdout_expected),
            naive=round(self.holdout_naive),
        )
        if self.value_hidden:
            sentence += " " + self.env._(
                "That was no better than the guess, so expected orders and value are not shown."
            )
        return sentence

    def _about_tiers(self):
        """Return what tiers measured by a value that nobody knows are like."""
        known = self.model != "none" and not self.gg_problem and not self.value_hidden
        if known or self.company_id.ecrm_tier_measure != "clv":
            return ""
        return self.env._(
            "Tiers are measured by the lifetime value, which is not forecast: customers keep "
            "the tier they have, and new ones start in the lowest."
        )

    def _lock(self):
        """Take the scoring of the company for this transaction, unless somebody else has it.

        What the other one writes cannot be seen by this transaction, which began before that is
        committed: it waits, and then begins anew.

        :raise ConcurrencyError: to whoever called, who repeats the whole transaction
        """
        key = (self._name, self.company_id.id)
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", key)
        if not self.env.cr.fetchone()[0]:
            self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", key)
            raise ConcurrencyError(f"Another scoring of company {self.company_id.id} came first")

    @api.autovacuum
    def _gc_old(self):
        """Forget runs after two years, except each company's latest."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        latest = [run_id for _c, run_id in self._read_group([], ["company_id"], ["id:max"])]
        old = self.search([("create_date", "<", limit), ("id", "not in", latest)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000

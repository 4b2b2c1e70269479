from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from odoo import api, models

from ..lib.scoring import holdout, purchases, spend
from ..lib.scoring.as_of import moment as moment_of
from ..queries import count_purchases, forecast_purchases, upsert_profiles
from ..queries.forecast_purchases import Forecast

WEEK = 7.0
#: A year is twelve of these, in weeks: as in the papers and libraries one compares with.
MONTH = 4.345
#: Rows of a hold-out that are looked at; more are sampled.
HOLDOUT_SAMPLE = 100_000


class Outcome(NamedTuple):
    """Customers with equal histories, and on how many days each ordered since."""

    x: int
    t_x: float
    T: float
    actual: int
    n: int


class EcrmForecaster(models.AbstractModel):
    """Finds out how a company's customers buy, and how far one can trust that.

    Only numbers of customers with equal histories are looked at, never anybody's name.
    """

    _name = "ecrm.forecaster"
    _description = "Forecaster"

    @api.model
    @api.private
    def _study(self, run, scope):
        """Fit the models of a run to what was gathered, and look back how they did.

        :param ecrm.score.run run: of which model and horizon
        :param Scope scope: whose facts were gathered, see ``upsert_profiles.gather``
        :return tuple[Forecast, dict]: for the scope, and values for the run
        """
        if run.asked_model == "none":
            return Forecast(), {"model": "none"}
        groups = self._groups(self.env.execute_query(count_purchases.groups(upsert_profiles.FACTS)))
        if problem := self._too_little(groups):
            return Forecast(), {"model": "none", "problem": problem}
        chosen = purchases.sample(groups)
        fitted = purchases.choose(chosen, run.asked_model)
        values = {
            "model": fitted.purchases.model if fitted.purchases else "none",
            "problem": fitted.problem,
            "sample_count": fitted.customers,
            "log_likelihood": self._or_false(fitted.log_likelihood),
            **self._purchase_values(fitted.purchases),
        }
        if not fitted.purchases:
            return Forecast(), values
        spending = self._spending()
        values.update(
            {
                "gg_problem": spending.problem,
                "gg_customer_count": spending.customers,
                "gg_log_likelihood": self._or_false(spending.log_likelihood),
                **self._spend_values(spending.spend),
            }
        )
        report = self._look_back(run, scope, fitted)
        values.update(report)
        show_value = not (
            report.get("holdout_mae") and report["holdout_mae"] >= report["holdout_naive_mae"]
        )
        values["value_hidden"] = not show_value
        return self._forecast(scope, fitted.purchases, spending.spend, show_value), values

    @api.model
    @api.private
    def _recall(self, run, scope):
        """Return the forecast of a past run for the customers of a scope.

        :param ecrm.score.run run: whose parameters hold, maybe none
        """
        if run.model in (False, "none"):
            return Forecast()
        names = ("param_r", "param_alpha", "param_a", "param_b")
        parameters = [None if run[name] is False else run[name] for name in names]
        model = purchases.Purchases(run.model, *parameters)
        spending = run.gg_p is not False and spend.Spend(run.gg_p, run.gg_q, run.gg_v) or None
        return self._forecast(scope, model, spending, not run.value_hidden)

    @api.model
    @api.private
    def _foresee(self, run, before, after, facts):
        """Return the forecast of a past run by other rules.

        :param Scope before: by the rules in force, with its forecast
        :param Scope after: by other rules, of the same customers
        :param SQL facts: the name of the table of the facts by these
        """
        forecast = before.forecast
        if not forecast.purchases:
            return forecast
        horizon = ("clv_months", "discount_rate")
        if any(getattr(after, name) != getattr(before, name) for name in horizon):
            # the table of orders to expect is another one
            forecast = self._recall(run, after)
        spending = forecast.spend
        if after.basis != before.basis:
            # what customers spend per order is another amount, so it is studied anew
            spending = self._spending(facts).spend
        return replace(forecast, spend=spending, share=self._share(after))

    def _forecast(self, scope, model, spending, show_value):
        """Return a forecast, with the table for those customers whom the scope is about."""
        facts = upsert_profiles.facts(scope, gathered=self.env["ecrm.scorer"]._is_many(scope))
        pairs = self.env.execute_query(forecast_purchases.pairs(facts))
        table = purchases.tabulate(
            model,
            [(x, days / WEEK) for x, days in pairs],
            12 * MONTH,
            scope.clv_months,
            MONTH,
            scope.discount_rate / 100,
        )
        return Forecast(
            model,
            spending,
            show_value,
            self._share(scope),
            {(x, days): table[x, days / WEEK] for x, days in pairs},
        )

    def _share(self, scope):
        """Return which part of the amounts is margin."""
        return scope.margin_percent / 100 if scope.basis == "revenue" else 1.0

    # ------------------------------------------------------------
    # FIT
    # ------------------------------------------------------------

    def _groups(self, rows):
        return [purchases.Group(x, span / WEEK, age / WEEK, count) for x, span, age, count in rows]

    def _too_little(self, groups):
        """Return the code of what there is too little of, or None."""
        repeats = sum(group.x * group.n for group in groups)
        spans = sum(group.t_x * group.n for group in groups)
        return purchases.too_little(
            sum(group.n for group in groups),
            sum(group.n for group in groups if group.x),
            max((group.T for group in groups), default=0.0),
            spans / repeats if repeats else None,
        )

    def _spending(self, facts=upsert_profiles.FACTS):
        rows = self.env.execute_query(count_purchases.spenders(facts))
        return spend.fit_spend([spend.SpendGroup(*row) for row in rows])

    def _purchase_values(self, model):
        return {
            f"param_{name}": self._or_false(model and getattr(model, name))
            for name in ("r", "alpha", "a", "b")
        }

    def _spend_values(self, model):
        return {f"gg_{name}": self._or_false(model and getattr(model, name)) for name in "pqv"}

    @staticmethod
    def _or_false(value):
        return False if value is None else value

    # ------------------------------------------------------------
    # HOLD-OUT
    # ------------------------------------------------------------

    def _look_back(self, run, scope, fitted):
        """Compare a forecast with what came true.

        A run of a past day is compared with what followed it, as far as the whole horizon
        is known by now. Otherwise the models are fitted once more to what was known a
        horizon ago, and compared with what came since.

        :param Fitted fitted: the model as of the run's day
        :return dict: values for the run; empty where history is too short
        """
        horizon = timedelta(days=run.horizon_days)
        forward = self._knows(scope, scope.day + horizon)
        known = scope.day if forward else scope.day - horizon
        until = known + horizon
        before = moment_of(until, scope.at, scope.zone).before if forward else scope.before
        rows = self._outcomes(scope, known, until, before)
        if not forward:
            groups = self._merge(rows)
            if self._too_little(groups):
                return {}
            fitted = purchases.choose(purchases.sample(groups), run.asked_model)
        if not fitted.purchases:
            return {}
        weeks = run.horizon_days / WEEK
        found = holdout.report(self._judge(fitted.purchases, rows, weeks))
        return {
            "holdout_from": known + timedelta(days=1),
            "holdout_to": until,
            "holdout_count": found.customers,
            "holdout_actual": found.actual,
            "holdout_expected": found.expected,
            "holdout_naive": found.naive,
            "holdout_mae": self._or_false(found.mae),
            "holdout_naive_mae": self._or_false(found.naive_mae),
            "holdout_brier": self._or_false(found.brier),
            "holdout_base_brier": self._or_false(found.base_brier),
            "holdout_auc": self._or_false(found.auc),
            "holdout_naive_auc": self._or_false(found.naive_auc),
            "calibration": found.deciles,
        }

    def _knows(self, scope, day):
        """Tell whether orders are known up to a day beyond that of the run."""
        if scope.live:
            return False
        ((last,),) = self.env.execute_query(count_purchases.last_day(scope.company_id))
        return bool(last) and moment_of(last, last, scope.zone).day >= day

    def _outcomes(self, scope, known, until, before):
        query = count_purchases.outcomes(scope, known, until, before)
        rows = [
            Outcome(x, span / WEEK, age / WEEK, actual, count)
            for x, span, age, actual, count in self.env.execute_query(query)
        ]
        return purchases.sample(rows, HOLDOUT_SAMPLE)

    def _merge(self, rows):
        """Return the groups of customers as they were known before the outcome."""
        counts = {}
        for row in rows:
            counts[row[:3]] = counts.get(row[:3], 0) + row.n
        return [purchases.Group(*key, count) for key, count in counts.items()]

    def _judge(self, model, rows, weeks):
        """Return rows for ``holdout.report``: forecast, guess and outcome."""
        pairs = {(row.x, row.T) for row in rows}
        table = purchases.tabulate(model, pairs, weeks, 1, weeks, 0.0)
        return [
            (
                model.p_alive(row.x, row.t_x, row.T) * table[row.x, row.T][0],
                model.p_buy(row.x, row.t_x, row.T, weeks),
                row.x * weeks / row.T if row.T else 0.0,
                row.actual,
                row.n,
            )
            for row in rows
        ]

import hashlib
from dataclasses import fields as scope_fields

from odoo import api, fields, models

from ..lib.scoring.as_of import moment as moment_of
from ..queries import find_changed_customers

#: A company with fewer profiles is always scored as a whole: that takes a few seconds.
MANY_PROFILES = 20_000
#: From this share of changed customers on, all are scored.
FEW = 0.05
#: Customers renewed by one statement.
AT_ONCE = 10_000
#: What a scope says of its moment and of whom it is about; the rest are rules.
NO_RULES = {
    *("day", "before", "at", "shown", "live", "engagement", "objectors", "forecast"),
    *("thresholds", "public_ids", "has_credits", "has_pos", "settled"),
    # what is read for a measure goes with the measure
    *("customer_ids", "member_ids", "tier_rows"),
}


class EcrmScorer(models.AbstractModel):
    """Scores those alone of whom something new is known, where that is enough.

    A second scoring of a day has the rules, the parameters and the thresholds of the first:
    nothing but new orders and acts can change what it writes. Odoo's tables and the log note
    those (``ecrm.change``). What no note tells of is found by the night, which scores all.
    """

    _inherit = "ecrm.scorer"

    @api.model
    @api.private
    def _rules(self, scope):
        """Return a fingerprint of the rules of a scope."""
        company = self.env["res.company"].browse(scope.company_id)
        rules = {
            field.name: getattr(scope, field.name)
            for field in scope_fields(scope)
            if field.name not in NO_RULES
        }
        acts = company.ecrm_half_life, sorted(self._weights().items())
        text = repr((sorted(rules.items()), acts))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @api.model
    @api.private
    def _are_many(self, company):
        """Tell whether a company has so many profiles that one looks for the changed ones."""
        domain = [("company_id", "=", company.id)]
        return self.env["ecrm.profile"].search_count(domain, limit=MANY_PROFILES) >= MANY_PROFILES

    @api.model
    @api.private
    def _changed(self, run, moment):
        """Return whom alone a run has to score.

        :param ecrm.score.run run: the run that begins
        :param Moment moment: of which it speaks
        :return tuple: the run of the same day whose thresholds and parameters hold, and the
            contacts of whom something new is known; or None: score everybody
        """
        company = run.company_id
        if not moment.live or not self._are_many(company):
            return None
        latest = self._latest_run(company)
        yardstick = latest.yardstick_id or latest
        if not self._holds(yardstick, run, moment):
            return None
        limit = int(FEW * latest.profile_count)
        query = find_changed_customers.build(self._money_sources(), limit + 1)
        found = [row[0] for row in self.env.execute_query(query)]
        return (yardstick, self.env["res.partner"].browse(found)) if len(found) <= limit else None

    def _holds(self, yardstick, run, moment):
        """Tell whether a run's parameters are what this one would find: same day, same rules."""
        zone = run.company_id._ecrm_zone()
        return (
            yardstick.live
            and moment_of(yardstick.as_of, fields.Datetime.now(), zone).day == moment.day
            and yardstick.asked_model == run.asked_model
            and yardstick.horizon_days == run.horizon_days
            and yardstick.rules == self._rules(self._scope(run.company_id, moment, public_ids=[]))
        )

    def _money_sources(self):
        """Return what changes money: model, table and column of the customer."""
        collectors = self.env["ecrm.collector"].search([]).mapped("collector")
        found = [self.env[name] for name in collectors if name in self.env]
        return [
            (source._source, source._source_table(), source._customer_column)
            for source in found
            if source._customer_column and source._source in self.env
        ]

    @api.model
    @api.private
    def _score_changed(self, company, moment, partners):
        """Renew contacts' customers in one company, some at a time.

        :return dict: ``written``, ``removed`` and ``moves`` as of ``upsert_profiles.build``
        """
        done = {"written": 0, "removed": 0, "moves": []}
        for start in range(0, len(partners), AT_ONCE):
            some = self._score_some(company, moment, self._who(partners[start : start + AT_ONCE]))
            done = {name: total + some[name] for name, total in done.items()}
        return done

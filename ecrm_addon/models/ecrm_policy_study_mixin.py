import hashlib
import json
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.scoring.as_of import moment as moment_of
from ..lib.scoring.loyalty import Weights
from ..queries import compare_policies, sum_customer_facts, upsert_profiles
from .ecrm_policy_rules_mixin import DEPENDS

#: Of so many customers each move is told.
MOVERS = 80
#: With more customers than this a comparison takes longer than a browser should wait.
AT_ONCE = 100_000
#: What the statement gives that is kept as it is.
TOTALS = (
    "customers",
    "up",
    "down",
    "stay",
    "resegmented",
    "rescored",
    "moved_revenue",
    "score",
    "new_score",
    "clv",
    "new_clv",
    "tiers",
    "segments",
)


class EcrmPolicyStudyMixin(models.AbstractModel):
    """What would happen: all customers placed by the rules in force and by a draft's.

    Both placements are of the same moment and of the same statement that scores at night,
    so that nothing but the rules makes a difference. Nothing is written but the outcome.
    """

    _name = "ecrm.policy.study.mixin"
    _description = "What-if of a Policy"

    outcome = fields.Json(readonly=True, copy=False, help="Figures and ids, of no person.")
    compared_at = fields.Datetime("As of", readonly=True, copy=False)
    is_queued = fields.Boolean(
        "Being Compared", readonly=True, copy=False, help="It is done in the background."
    )
    move_ids = fields.One2many("ecrm.policy.move", "policy_id", "Customers Moved", copy=False)
    comparison = fields.Json(compute="_compute_comparison")
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated", help="Rules were changed after the comparison."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(*DEPENDS, "outcome")
    def _compute_is_outdated(self):
        for policy in self:
            of = policy.outcome and policy.state == "draft" and policy.outcome["of"]
            policy.is_outdated = bool(of) and of != policy._fingerprint()

    @api.depends("outcome")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for policy in self:
            policy.comparison = policy.outcome and policy._told(policy.outcome)

    def _fingerprint(self):
        """Return what tells these two sets of rules from others."""
        rules = [self.company_id._ecrm_rules(), self._wanted()]
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    # ------------------------------------------------------------
    # TELL
    # ------------------------------------------------------------

    def _told(self, outcome):
        """Return the outcome with names in the reader's language, for the screen."""
        tiers = self.env["ecrm.tier"].browse(outcome["ladder"]).exists()
        segments = self.env["ecrm.segment"].with_context(active_test=False)
        found = {id_ for row in outcome["segments"] for id_ in row[:2] if id_}
        totals = {name: outcome[name] for name in TOTALS if name not in ("tiers", "segments")}
        return {
            **totals,
            "currency_id": self.company_id.currency_id.id,
            "tables": [
                {
                    "name": "tiers",
                    "title": self.env._("From tier to tier"),
                    "is_ranked": True,
                    **self._square(tiers, outcome["tiers"], self.env._("No tier")),
                },
                {
                    "name": "segments",
                    "title": self.env._("From segment to segment"),
                    "is_ranked": False,
                    **self._square(
                        segments.search([("id", "in", list(found))]),
                        outcome["segments"],
                        self.env._("No segment"),
                    ),
                },
            ],
        }

    def _square(self, records, rows, nothing):
        """Return a square table of moves; a part in which nobody is or was is left out.

        :param records: tiers or segments, in their order
        :param list rows: id before, id after, customers, revenue
        :param str nothing: name of having none
        """
        cells = {}
        known = set(records.ids)
        for one, other, customers, revenue in rows:
            key = tuple(id_ if id_ in known else False for id_ in (one, other))
            before = cells.get(key, (0, 0))
            cells[key] = (before[0] + customers, before[1] + revenue)
        used = {id_ for key in cells for id_ in key}
        figures = ("customers", "revenue")
        names = {False: nothing, **{record.id: record.display_name for record in records}}
        axis = [id_ for id_ in names if id_ in used]
        return {
            "labels": [names[id_] for id_ in axis],
            "cells": [
                [dict(zip(figures, cells.get((one, other), (0, 0)), strict=True)) for other in axis]
                for one in axis
            ],
        }

    # ------------------------------------------------------------
    # COMPARE
    # ------------------------------------------------------------

    def action_compare(self):
        """Button: find out who would stand where by the rules of this draft.

        With many customers it is done in the background.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("Only a draft can be compared with the rules in force."))
        self._check_rules()
        profiles = self.env["ecrm.profile"]
        if profiles.search_count([("company_id", "=", self.company_id.id)]) <= AT_ONCE:
            self._study()
            return True
        self.is_queued = True
        # sudo: crons are no business of eCRM managers otherwise
        self.env.ref("ecrm_addon.ir_cron_compare").sudo()._trigger()
        return True

    @api.model
    @api.private
    def _cron_compare(self):
        """Compare the drafts that wait for it, one after the other."""
        drafts = self.search([("is_queued", "=", True)])
        for number, draft in enumerate(drafts, 1):
            if draft.problem:
                draft.is_queued = False  # somebody has spoilt it since
            else:
                draft._study()
            self.env["ir.cron"]._commit_progress(1, remaining=len(drafts) - number)

    def _study(self):
        """Compare, and keep the outcome in place of an earlier one."""
        self._complete()
        # sudo: figures come from all orders and acts, whoever looks; given back are numbers,
        # and moves of profiles of this company
        self._keep(self.sudo()._compare())

    def _compare(self):
        """Return what the statement finds, see ``compare_policies.build``."""
        scorer = self.env["ecrm.scorer"]
        moment = moment_of(None, fields.Datetime.now(), self.company_id._ecrm_zone())
        public_ids = self.env["res.partner"]._ecrm_public_ids()
        before = scorer._scope(self.company_id, moment, public_ids=public_ids)
        after = self._scope(before, moment)
        scorer._prepare(before)
        facts = new_facts = upsert_profiles.FACTS
        old_query, new_query = map(upsert_profiles.facts, (before, after))
        if new_query != old_query:
            new_facts = compare_policies.DRAFT_FACTS
            # reading the log takes longest: once is enough where acts count as before
            same = after.engagement == before.engagement
            acted = sum_customer_facts.acted_before(facts) if same else None
            self.env.cr.execute(upsert_profiles.gather(after, new_facts, acted))
        forecaster, run = self.env["ecrm.forecaster"], scorer._latest_run(self.company_id)
        before = replace(before, forecast=forecaster._recall(run, before))
        after = replace(after, forecast=forecaster._foresee(run, before, after, new_facts))
        query = compare_policies.build(before, after, facts, new_facts, MOVERS)
        (found,) = self.env.execute_query_dict(query)
        return {**found, "ladder": [tier for tier, _minimum in after.tiers], "at": moment.shown}

    def _scope(self, scope, moment):
        """Return the scope of a scoring by the rules of this draft."""
        rules = self._wanted()
        scorer = self.env["ecrm.scorer"]
        kinds = self.env["ecrm.touchpoint.kind"].browse(rules["weights"])
        window_start = moment.day - relativedelta(months=rules["tier_months"])
        tiers = self.env["ecrm.tier"].browse(rules["minimums"])
        minimums = rules["minimums"]
        ladder = tiers.sorted(lambda tier: (minimums[tier.id], tier.sequence, tier.id))
        draft = replace(
            scope,
            engagement=self.env["ecrm.log"].engagement(
                scope.company_id,
                scorer._weigh(kinds, rules["weights"]),
                moment.at,
                moment.before,
                rules["half_life"],
            ),
            loyalty=Weights(
                rules["weight_recency"],
                rules["weight_frequency"],
                rules["weight_money"],
                rules["weight_engagement"],
                rules["half_engagement"],
            ),
            basis=rules["value_basis"],
            margin_percent=rules["margin_percent"],
            discount_rate=rules["discount_rate"],
            clv_months=rules["clv_months"],
            tiers=[(tier.id, minimums[tier.id]) for tier in ladder],
            measure=rules["tier_measure"],
            window=(moment.day - window_start).days,
            months=rules["tier_months"],
            grace=rules["grace_days"],
        )
        return replace(draft, tier_rows=scorer._tier_rows(draft))

    def _keep(self, found):
        self.write(
            {
                "outcome": {
                    **{name: self._or_false(found[name]) for name in TOTALS},
                    "ladder": found["ladder"],
                    "of": self._fingerprint(),
                },
                "compared_at": found["at"],
                "is_queued": False,
            }
        )
        # sudo: moves are read only, even for managers
        moves_sudo = self.move_ids.sudo()
        moves_sudo.unlink()
        names = ("profile_id", "steps", "revenue", *compare_policies.FIGURES)
        new_names = [f"new_{name}" for name in compare_policies.FIGURES]
        moves_sudo.create(
            [
                {"policy_id": self.id, **{name: mover[name] for name in (*names, *new_names)}}
                for mover in found["movers"]
            ]
        )

    def _or_false(self, value):
        """Return a figure, or False where there is none: XML-RPC knows no other way."""
        if isinstance(value, list):
            return [[False if part is None else part for part in row] for row in value]
        return False if value is None else value

    def action_open_movers(self):
        """Button: the profiles of the customers who are moved most."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecrm_addon.ecrm_profile_action")
        return {
            **action,
            "name": self.env._("Moved by %s", self.display_name),
            "domain": [("id", "in", self.move_ids.profile_id.ids)],
            "context": {},
        }

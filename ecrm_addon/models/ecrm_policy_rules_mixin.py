from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from .res_company_policy import RULES

#: What the rules of a policy depend on.
DEPENDS = (
    "company_id",
    *RULES,
    "weight_ids.kind_id",
    "weight_ids.weight",
    "minimum_ids.tier_id",
    "minimum_ids.minimum",
)


class EcrmPolicyRulesMixin(models.AbstractModel):
    """A full copy of the rules by which customers are scored, and how it differs.

    The settings of the company, the weights of the kinds and the minimums of the tiers say
    what each rule means, and what it may be.
    """

    _name = "ecrm.policy.rules.mixin"
    _description = "Rules of Scoring"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # of what the loyalty score is made
    weight_recency = fields.Integer("Points for Recency")
    weight_frequency = fields.Integer("Points for Frequency")
    weight_money = fields.Integer("Points for Money")
    weight_engagement = fields.Integer("Points for Engagement")
    weight_sum = fields.Integer(compute="_compute_weight_sum")
    half_engagement = fields.Float(
        "Engagement for Half", help="Engagement that gives half of its points."
    )
    # what engagement is
    half_life = fields.Integer(
        "Half-life of Engagement", help="Days after which a visit or an order counts half."
    )
    weight_ids = fields.One2many("ecrm.policy.weight", "policy_id", "Weights of Acts")
    # how tiers are reached
    tier_measure = fields.Selection("_selection_measure", "Tiers are Reached by")
    tier_months = fields.Integer("Months Looked at")
    grace_days = fields.Integer(
        help="A customer keeps a tier for so many days after falling below its minimum."
    )
    minimum_ids = fields.One2many("ecrm.policy.minimum", "policy_id", "Minimums of Tiers")
    # what customers are worth
    value_basis = fields.Selection("_selection_basis", "Orders Count by")
    margin_percent = fields.Float("Margin Percentage")
    discount_rate = fields.Float("Discount per Month")
    clv_months = fields.Integer("Months of the Forecast")

    changes = fields.Text(
        compute="_compute_changes",
        help="In a draft: to the rules in force. In a version: to the version before.",
    )
    problem = fields.Char(compute="_compute_problem", help="Why it cannot be published.")
    is_shared = fields.Boolean(
        compute="_compute_changes", help="Whether it changes rules of other companies too."
    )

    @api.model
    def _selection_measure(self):
        return self._selection_of("ecrm_tier_measure")

    @api.model
    def _selection_basis(self):
        return self._selection_of("ecrm_value_basis")

    @api.model
    def _selection_of(self, name):
        """Return what a setting of companies may be; bridges add to it."""
        return self.env["res.company"]._fields[name]._description_selection(self.env)

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("weight_recency", "weight_frequency", "weight_money", "weight_engagement")
    def _compute_weight_sum(self):
        for policy in self:
            policy.weight_sum = (
                policy.weight_recency
                + policy.weight_frequency
                + policy.weight_money
                + policy.weight_engagement
            )

    @api.depends(*DEPENDS, "state")
    def _compute_problem(self):
        for policy in self:
            policy.problem = False
            if policy.state == "draft":
                try:
                    policy._check_rules()
                except ValidationError as error:
                    policy.problem = error.args[0]

    @api.depends(*DEPENDS, "state", "number")
    @api.depends_context("lang")
    def _compute_changes(self):
        # sudo: only whether there are other companies
        companies = self.env["res.company"].sudo().search_count([], limit=2)
        for policy in self:
            before = policy._rules_before()
            after = policy._wanted() if policy.state == "draft" else policy._rules()
            policy.changes = before and "\n".join(policy._differences(before, after))
            is_draft = companies > 1 and policy.state == "draft"
            policy.is_shared = is_draft and policy._is_shared(before, after)

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    def _rules(self):
        """Return the rules of this copy, see ``res.company._ecrm_rules``."""
        self.ensure_one()
        return {
            **{name: self[name] for name in RULES},
            "weights": {line.kind_id._origin.id: line.weight for line in self.weight_ids},
            # a tier that was deleted since has no id any more, and still counts as a change
            "minimums": {line.tier_id._origin.id: line.minimum for line in self.minimum_ids},
        }

    def _wanted(self):
        """Return the rules as they would be in force: of kinds and tiers that there are."""
        present, copy = self.company_id._ecrm_rules(), self._rules()
        for name in ("weights", "minimums"):
            copy[name] = {id_: copy[name].get(id_, here) for id_, here in present[name].items()}
        return copy

    def _rules_before(self):
        """Return the rules with which this copy is compared, or None."""
        if self.state == "draft":
            return self.company_id._ecrm_rules()
        if self.number < 2:
            return None
        before = self.search(
            [("company_id", "=", self.company_id.id), ("number", "=", self.number - 1)], limit=1
        )
        return before._rules() if before else None

    def _check_rules(self):
        """Refuse what the settings of the company would refuse, with their own words.

        :raise ValidationError: of the first rule that cannot be
        """
        for policy in self:
            values = policy._company_values()
            company = policy.company_id
            company.new(values, origin=company)._validate_fields(values)

    def _company_values(self):
        return {f"ecrm_{name}": self[name] for name in RULES}

    def _is_shared(self, before, after):
        """Tell whether rules differ that other companies have too."""
        if before["weights"] != after["weights"]:
            return True
        tiers = self.env["ecrm.tier"].browse(after["minimums"])
        return any(
            not tier.company_id and before["minimums"][tier.id] != after["minimums"][tier.id]
            for tier in tiers
        )

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _differences(self, before, after):
        """Return a line for each rule that differs."""
        lines = [
            self._difference(self._fields[name]._description_string(self.env), *words)
            for name in RULES
            if before[name] != after[name]
            for words in [(self._word(name, before[name]), self._word(name, after[name]))]
        ]
        for name, model in (("weights", "ecrm.touchpoint.kind"), ("minimums", "ecrm.tier")):
            old, new = before[name], after[name]
            changed = [id_ for id_ in {**old, **new} if old.get(id_) != new.get(id_)]
            lines += [
                self._difference(
                    self._name_of(model, id_),
                    self._number(old.get(id_)),
                    self._number(new.get(id_)),
                )
                for id_ in changed
            ]
        return lines

    def _difference(self, what, old, new):
        return self.env._("%(what)s: %(old)s → %(new)s", what=what, old=old, new=new)

    def _name_of(self, model, id_):
        name = self.env[model].browse(id_ or []).exists().display_name
        if model == "ecrm.touchpoint.kind":
            return self.env._("Points for “%s”", name)
        return self.env._("Minimum of %s", name) if name else self.env._("Deleted tier")

    def _word(self, name, value):
        """Return the value of a rule in words."""
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return self._number(value)

    def _number(self, value):
        """Return a number with as many decimals as it needs, or that there is none."""
        if value is None:
            return self.env._("none")
        digits = len(f"{value:.4f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, value, digits=digits)

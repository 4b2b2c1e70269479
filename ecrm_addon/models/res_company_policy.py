from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.scoring.loyalty import Weights

#: Rules of a policy that are settings of the company, there called ``ecrm_`` and the name.
RULES = (
    "weight_recency",
    "weight_frequency",
    "weight_money",
    "weight_engagement",
    "half_engagement",
    "half_life",
    "tier_measure",
    "tier_months",
    "grace_days",
    "value_basis",
    "margin_percent",
    "discount_rate",
    "clv_months",
)


class ResCompany(models.Model):
    """Of what the loyalty score is made, and all rules in force of one company together."""

    _inherit = "res.company"

    ecrm_weight_recency = fields.Integer(
        "Points for Recency",
        default=Weights.recency,
        required=True,
        groups="base.group_user",
    )
    ecrm_weight_frequency = fields.Integer(
        "Points for Frequency",
        default=Weights.frequency,
        required=True,
        groups="base.group_user",
    )
    ecrm_weight_money = fields.Integer(
        "Points for Money", default=Weights.money, required=True, groups="base.group_user"
    )
    ecrm_weight_engagement = fields.Integer(
        "Points for Engagement",
        default=Weights.engagement,
        required=True,
        groups="base.group_user",
    )
    ecrm_half_engagement = fields.Float(
        "Engagement for Half",
        default=Weights.half,
        required=True,
        help="Engagement that gives half of its points in the loyalty score.",
        groups="base.group_user",
    )

    @api.constrains(
        "ecrm_weight_recency",
        "ecrm_weight_frequency",
        "ecrm_weight_money",
        "ecrm_weight_engagement",
        "ecrm_half_engagement",
    )
    def _check_ecrm_loyalty(self):
        for company in self:
            weights = company._ecrm_loyalty()
            points = [*weights.most.values(), weights.engagement]
            if min(points) < 0:
                raise ValidationError(
                    self.env._("The parts of the loyalty score cannot be negative.")
                )
            if sum(points) != 100:
                raise ValidationError(
                    self.env._(
                        "The parts of the loyalty score must add up to 100; these are %s.",
                        sum(points),
                    )
                )
            if weights.half <= 0:
                raise ValidationError(
                    self.env._("The engagement that gives half of its points must be above 0.")
                )

    @api.private
    def _ecrm_loyalty(self):
        """Return of what the loyalty score is made, see ``lib.scoring.loyalty``."""
        return Weights(
            self.ecrm_weight_recency,
            self.ecrm_weight_frequency,
            self.ecrm_weight_money,
            self.ecrm_weight_engagement,
            self.ecrm_half_engagement,
        )

    @api.private
    def _ecrm_rules(self):
        """Return all rules in force.

        :return dict: those of ``RULES``; ``weights`` of the kinds of touchpoints and
            ``minimums`` of the tiers, by id
        """
        self.ensure_one()
        kinds = self.env["ecrm.touchpoint.kind"].search([])
        return {
            **{name: self[f"ecrm_{name}"] for name in RULES},
            "weights": {kind.id: kind.weight for kind in kinds},
            "minimums": dict(self.env["ecrm.tier"]._steps(self.id)),
        }

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..queries.find_overdue import Rules

#: Days in a month, of limits that need not be exact.
MONTH = 30.4375


class ResCompany(models.Model):
    """Whether salespeople are told of customers who are late, when, and of how many."""

    _inherit = "res.company"

    ecrm_churn_alerts = fields.Boolean(
        "Alerts of Customers at Risk",
        help="Every night, customers who are late by their own rhythm of orders become "
        "activities for their salespeople.",
        groups="base.group_user",
    )
    ecrm_churn_share = fields.Integer(
        "Late by Percent",
        default=50,
        required=True,
        help="By so many percent of the usual time between orders a customer has to be late.",
        groups="base.group_user",
    )
    ecrm_churn_days = fields.Integer(
        "Late by Days",
        default=7,
        required=True,
        help="By so many days a customer has to be late, however often orders come.",
        groups="base.group_user",
    )
    ecrm_churn_minimum = fields.Monetary(
        "Minimum at Risk",
        currency_field="currency_id",
        help="Of whom less than this is at risk in a year, nobody is told.",
        groups="base.group_user",
    )
    ecrm_churn_months = fields.Integer(
        "Given up after Months",
        default=0,
        required=True,
        help="Whose last order is older than this, nobody is told. 0: however old.",
        groups="base.group_user",
    )
    ecrm_churn_cap = fields.Integer(
        "Alerts per Day",
        default=5,
        required=True,
        help="So many a day for one salesperson; the others follow on the next days.",
        groups="base.group_user",
    )
    ecrm_churn_user_id = fields.Many2one(
        "res.users",
        "Without a Salesperson",
        domain="[('share', '=', False)]",
        help="Who is told of customers who have no salesperson of their own, nor one of their "
        "latest order. Empty: nobody.",
        groups="base.group_user",
    )

    @api.constrains(
        "ecrm_churn_share",
        "ecrm_churn_days",
        "ecrm_churn_minimum",
        "ecrm_churn_months",
        "ecrm_churn_cap",
    )
    def _check_ecrm_churn(self):
        for company in self:
            if company.ecrm_churn_cap < 1:
                raise ValidationError(self.env._("Allow at least one alert per day."))
            limits = ("share", "days", "minimum", "months")
            if any(company[f"ecrm_churn_{name}"] < 0 for name in limits):
                raise ValidationError(self.env._("The limits of alerts cannot be negative."))

    @api.private
    def _ecrm_churn_rules(self):
        """Return by which rules salespeople are told, see ``Rules``."""
        self.ensure_one()
        return Rules(
            company_id=self.id,
            today=self._ecrm_today(),
            share=self.ecrm_churn_share / 100,
            days=self.ecrm_churn_days,
            minimum=self.ecrm_churn_minimum,
            longest=round(self.ecrm_churn_months * MONTH),
            cap=self.ecrm_churn_cap,
            user_id=self.ecrm_churn_user_id.id or None,
        )

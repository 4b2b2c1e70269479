from odoo import api, fields, models
from odoo.exceptions import ValidationError

EVENTS = [
    ("confirmed", "it was confirmed"),
    ("invoiced", "it was invoiced"),
    ("delivered", "it was delivered"),
]
#: Nobody is asked less often than once a year: unanswered questions are forgotten then.
MAX_DAYS = 365


class ResCompany(models.Model):
    """Whether customers are asked how a company did, about what, when, and how many of them."""

    _inherit = "res.company"

    ecrm_feedback_order = fields.Boolean(
        "Ask about Orders",
        help="Customers get one mail some days after an order, and can rate it in the portal.",
        groups="base.group_user",
    )
    ecrm_feedback_event = fields.Selection(
        EVENTS,
        "Asked after",
        default="delivered",
        required=True,
        help="Delivered: all of it, as Inventory says. An order with nothing to ship counts from "
        "its confirmation.",
        groups="base.group_user",
    )
    ecrm_feedback_days = fields.Integer(
        "Days after the Order", default=7, required=True, groups="base.group_user"
    )
    ecrm_feedback_order_share = fields.Integer(
        "Share of Orders", default=100, required=True, groups="base.group_user"
    )
    ecrm_feedback_request = fields.Boolean(
        "Ask about Support Requests",
        default=True,
        help="Customers get one mail when a request of theirs is closed, and can rate it in the "
        "portal.",
        groups="base.group_user",
    )
    ecrm_feedback_request_share = fields.Integer(
        "Share of Requests", default=100, required=True, groups="base.group_user"
    )
    ecrm_feedback_nps = fields.Boolean(
        "Ask for Recommendation",
        help="Customers who ordered within a year are asked how likely they are to recommend us.",
        groups="base.group_user",
    )
    ecrm_feedback_nps_days = fields.Integer(
        "Days between two Questions", default=180, required=True, groups="base.group_user"
    )
    ecrm_feedback_nps_share = fields.Integer(
        "Share of Customers", default=50, required=True, groups="base.group_user"
    )
    ecrm_feedback_quiet_days = fields.Integer(
        "Days of Quiet",
        default=14,
        required=True,
        help="Who was asked anything is asked nothing else for so many days.",
        groups="base.group_user",
    )
    ecrm_feedback_alerts = fields.Boolean(
        "Tell of Bad Answers",
        default=True,
        help="An answer of 6 or less of 10, or 2 or less of 5, becomes an activity.",
        groups="base.group_user",
    )
    ecrm_feedback_user_id = fields.Many2one(
        "res.users",
        "Bad Answers without a Salesperson",
        domain="[('share', '=', False)]",
        help="Who is told where nobody looks after the customer. Empty: nobody.",
        groups="base.group_user",
    )

    @api.constrains(
        "ecrm_feedback_days",
        "ecrm_feedback_nps_days",
        "ecrm_feedback_quiet_days",
        "ecrm_feedback_order_share",
        "ecrm_feedback_request_share",
        "ecrm_feedback_nps_share",
    )
    def _check_ecrm_feedback(self):
        shares = ("order_share", "request_share", "nps_share")
        for company in self:
            if any(not 0 <= company[f"ecrm_feedback_{name}"] <= 100 for name in shares):
                raise ValidationError(self.env._("A share is from 0 to 100 percent."))
            if not 1 <= company.ecrm_feedback_nps_days <= MAX_DAYS:
                raise ValidationError(
                    self.env._("Ask a customer again after 1 to %s days.", MAX_DAYS)
                )
            if company.ecrm_feedback_days < 0 or company.ecrm_feedback_quiet_days < 0:
                raise ValidationError(self.env._("Days cannot be negative."))

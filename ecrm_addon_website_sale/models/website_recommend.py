from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Website(models.Model):
    _inherit = "website"

    ecrm_pair_months = fields.Integer(
        "Months of Orders",
        default=24,
        help="Older orders do not count for what is bought together.",
        groups="base.group_user",
    )
    ecrm_pair_order_size = fields.Integer(
        "Products of an Order at Most",
        default=50,
        help="Orders of more different products do not count for what is bought together: they "
        "tell little of any two of them.",
        groups="base.group_user",
    )
    ecrm_holdout_share = fields.Integer(
        "Held Out",
        default=10,
        help="Percent of customers and browsers who see no recommendations, always the same "
        "ones, so that it is known what recommendations bring.",
        groups="base.group_user",
    )
    ecrm_holdout_since = fields.Datetime(
        default=fields.Datetime.now,
        help="Groups are compared since then: the share was another one before.",
        groups="base.group_user",
    )
    ecrm_click_days = fields.Integer(
        "Days after a Click",
        default=7,
        help="A product that is bought within so many days after a recommendation of it was "
        "followed counts as brought by it.",
        groups="base.group_user",
    )

    @api.constrains(
        "ecrm_pair_months", "ecrm_pair_order_size", "ecrm_holdout_share", "ecrm_click_days"
    )
    def _check_ecrm_recommend(self):
        for website in self:
            if not 1 <= website.ecrm_pair_months <= 120:
                raise ValidationError(self.env._("Count orders of 1 to 120 months."))
            if not 2 <= website.ecrm_pair_order_size <= 1000:
                raise ValidationError(self.env._("Count orders of 2 to 1,000 products."))
            if not 0 <= website.ecrm_holdout_share <= 50:
                raise ValidationError(self.env._("Hold out 0 to 50 percent."))
            if not 1 <= website.ecrm_click_days <= 90:
                raise ValidationError(self.env._("A click counts for 1 to 90 days."))

    def write(self, vals):
        """Compare the groups anew when they become other ones."""
        share = vals.get("ecrm_holdout_share")
        if share is not None and any(site.ecrm_holdout_share != share for site in self):
            vals = {"ecrm_holdout_since": fields.Datetime.now(), **vals}
        return super().write(vals)

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..queries import list_pos_money


class ResCompany(models.Model):
    """What an order is worth to a company, and from where its money is read."""

    _inherit = "res.company"

    ecrm_value_basis = fields.Selection(
        [("revenue", "Revenue"), ("margin", "Margin")],
        "Orders Count by",
        default="revenue",
        required=True,
        help="Revenue: what an order brought in without taxes. Margin: what is left of it after "
        "the cost of what was sold. Revenue of customers and tiers are always in revenue.",
        groups="base.group_user",
    )
    ecrm_margin_percent = fields.Float(
        "Margin Percentage",
        default=100.0,
        required=True,
        help="The share of revenue that is left after cost. Forecasts count it where orders "
        "count by revenue; else it stands in where an order's cost is not known.",
        groups="base.group_user",
    )
    ecrm_discount_rate = fields.Float(
        "Discount per Month",
        default=1.0,
        required=True,
        help="By how many percent money of next month is worth less than money of today.",
        groups="base.group_user",
    )
    ecrm_clv_months = fields.Integer(
        "Months of the Forecast",
        default=12,
        required=True,
        help="How far the forecast of a customer's value looks ahead.",
        groups="base.group_user",
    )

    @api.constrains("ecrm_value_basis")
    def _check_ecrm_value_basis(self):
        if "margin" in self.mapped("ecrm_value_basis") and not self._ecrm_knows_margin():
            raise ValidationError(
                self.env._(
                    "Orders do not know their margin. Install the module “Margins in Sales "
                    "Orders” (sale_margin), or keep revenue and set the margin percentage."
                )
            )

    @api.constrains("ecrm_margin_percent", "ecrm_discount_rate", "ecrm_clv_months")
    def _check_ecrm_value(self):
        for company in self:
            if not 0 < company.ecrm_margin_percent <= 100:
                raise ValidationError(
                    self.env._("The margin percentage must be above 0 and at most 100.")
                )
            if not 0 <= company.ecrm_discount_rate < 100:
                raise ValidationError(
                    self.env._("The discount per month must be at least 0 and below 100.")
                )
            if not 1 <= company.ecrm_clv_months <= 60:
                raise ValidationError(self.env._("A forecast looks 1 to 60 months ahead."))

    def _ecrm_knows_margin(self):
        """Return whether sales orders keep their margin (module ``sale_margin``)."""
        margin = self.env["sale.order"]._fields.get("margin")
        return bool(margin and margin.store)

    @api.private
    def _ecrm_money_rules(self, member_ids=None):
        """Return from where money is read and what an order is worth, see ``Scope``.

        :param list[int] member_ids: contacts to whom something may have been sold, None: all
        """
        self.ensure_one()
        has_pos = "pos.order" in self.env
        if has_pos:
            # raw SQL: a point of sale's rights are no matter here, only whether there is any
            query = list_pos_money.has_orders(self.id, member_ids)
            has_pos = self.env.execute_query(query)[0][0]
        return {
            "has_pos": has_pos,
            "pos_settles": self._ecrm_pos_settles(),
            "basis": self.ecrm_value_basis,
            "has_margin": self._ecrm_knows_margin(),
            "margin_percent": self.ecrm_margin_percent,
            "discount_rate": self.ecrm_discount_rate,
            "clv_months": self.ecrm_clv_months,
        }

    @api.model
    @api.private
    def _ecrm_pos_settles(self):
        """Return whether a till can settle sales orders (module ``pos_sale``)."""
        if "pos.order.line" not in self.env:
            return False
        return "sale_order_origin_id" in self.env["pos.order.line"]._fields

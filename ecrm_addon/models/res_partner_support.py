from odoo import api, fields, models

#: What stands for nothing that a customer would ask about.
NO_ORDERS = ("draft", "cancel")


class ResPartner(models.Model):
    """What who answers a customer's questions has to know of the customer."""

    _inherit = "res.partner"

    @api.private
    def _ecrm_last_orders(self, limit):
        """Return the last orders of the whole customer, in the companies at hand.

        :return list[dict]: id, name, date, amount, currency_id and state in words
        """
        if not self:
            return []
        # sudo: agents need not be salespeople; the caller has seen to it that they may know
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search_fetch(
            [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("company_id", "in", self.env.companies.ids),
                ("state", "not in", NO_ORDERS),
            ],
            ["name", "date_order", "amount_total", "currency_id", "state"],
            order="date_order desc, id desc",
            limit=limit,
        )
        states = dict(orders_sudo._fields["state"]._description_selection(self.env))
        return [
            {
                "id": order.id,
                "name": order.name,
                "date": fields.Datetime.to_string(order.date_order),
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "state": states[order.state],
            }
            for order in orders_sudo
        ]

from odoo import api, fields, models
from odoo.tools import email_normalize

#: What stands for nothing that a customer would ask about.
NO_ORDERS = ("draft", "cancel")


class ResPartner(models.Model):
    """What who answers a customer's questions has to know of the customer."""

    _inherit = "res.partner"

    def _ecrm_typed_address(self):
        """Return whether an address may be only what a customer typed into their account.

        It is theirs who log in with it.
        """
        users = self.user_ids.filtered("share")
        logins = {email_normalize(user.login or "") for user in users}
        return bool(users) and self.email_normalized not in logins

    @api.private
    def _ecrm_last_orders(self, limit, is_for_agent=False):
        """Return the last orders of the whole customer, in the companies at hand.

        :param bool is_for_agent: all of them, whatever orders the user may read in Odoo
        :return list[dict]: id, name, date, amount, currency_id and state in words
        """
        if not self:
            return []
        # sudo: agents need not be salespeople; the caller has seen to it that they may know
        orders = self.env["sale.order"].sudo(is_for_agent)
        orders = orders.search_fetch(
            [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("company_id", "in", self.env.companies.ids),
                ("state", "not in", NO_ORDERS),
            ],
            ["name", "date_order", "amount_total", "currency_id", "state"],
            order="date_order desc, id desc",
            limit=limit,
        )
        states = dict(orders._fields["state"]._description_selection(self.env))
        return [
            {
                "id": order.id,
                "name": order.name,
                "date": fields.Datetime.to_string(order.date_order),
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "state": states[order.state],
            }
            for order in orders
        ]

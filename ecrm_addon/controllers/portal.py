from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal

#: What a customer sees of themselves is never kept by a browser or proxy, nor framed.
PERSONAL_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
ORDERS_SHOWN = 5
ORDER_FIELDS = ["name", "access_url", "date_order", "amount_total", "currency_id"]


class LoyaltyPortal(CustomerPortal):
    @route("/my/loyalty", type="http", auth="user", website=True, readonly=True)
    def portal_my_loyalty(self, **params):
        partner = request.env.user.partner_id
        loyalty = partner._ecrm_portal_values(params)
        values = {
            **self._prepare_portal_layout_values(),
            **loyalty,
            "orders": self._ecrm_loyalty_orders(partner, loyalty["months"]),
            "page_name": "ecrm_loyalty",
        }
        response = request.render("ecrm_addon.portal_my_loyalty", values)
        response.headers.update(PERSONAL_HEADERS)
        return response

    def _ecrm_loyalty_orders(self, partner, months):
        """Return the latest orders, as far as Odoo shows them to this user in /my/orders."""
        orders = request.env["sale.order"]
        if not orders.has_access("read"):
            return orders
        since = fields.Datetime.now() - relativedelta(months=months)
        # not child_of, as in /my/orders: that asks level by level, and Odoo's rule does already
        domain = [
            ("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("state", "=", "sale"),
            ("date_order", ">=", since),
        ]
        return orders.search_fetch(
            domain, ORDER_FIELDS, order="date_order desc, id desc", limit=ORDERS_SHOWN
        )

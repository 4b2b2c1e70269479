from collections import namedtuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..lib.rhythm import rhythm, soonest_first
from ..queries import list_repeated_products

#: Products on one page.
PAGE = 20

#: A product that is bought again and again; ``rhythm`` is the person's own, or None.
Repeated = namedtuple("Repeated", "product_id line_id times last_day rhythm")


class EcrmBuyAgain(models.AbstractModel):
    """What somebody buys again and again, and when it is due.

    Which orders count is Odoo's to say: those that it shows this user under ``/my/orders``, so
    a colleague's, too. The rhythm is that of the person's own orders alone.
    """

    _name = "ecrm.buy.again"
    _description = "Buy Again"

    @api.model
    @api.private
    def repeated(self, website):
        """Return what the user of the environment bought on several days and may buy today.

        :param website website: on which it is offered
        :return list[Repeated]: what is due first comes first
        """
        today = fields.Date.context_today(self)
        found = []
        for row in self.env.execute_query(self._query(website)):
            product_id, line_id, times, last_day, days = row
            known = rhythm(days or [], today)
            found.append(Repeated(product_id, line_id, times, last_day, known))
        return sorted(found, key=lambda each: soonest_first((each.rhythm, each.last_day)))

    def _query(self, website):
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        products = self.env["product.product"]._search(
            Domain(website.sale_product_domain())
            & Domain("is_published", "=", True)
            & Domain("company_id", "in", [False, website.company_id.id])
        )
        return list_repeated_products.build(
            self._orders(website).subselect(),
            products.subselect(),
            self.env.user.partner_id.id,
            str(self.env.tz),
            self._line_condition(),
        )

    def _orders(self, website):
        """Return the query of the orders that Odoo shows to this user."""
        customer = self.env.user.partner_id.commercial_partner_id
        return self.env["sale.order"]._search(
            [
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("state", "=", "sale"),
                ("company_id", "=", website.company_id.id),
            ]
        )

    def _line_condition(self):
        """Return which lines of an order count: fees and rewards came by themselves."""
        condition = SQL("line.is_delivery IS NOT TRUE AND line.is_downpayment IS NOT TRUE")
        if "reward_id" in self.env["sale.order.line"]._fields:
            return SQL("%s AND line.reward_id IS NULL", condition)
        return condition

    @api.model
    @api.private
    def lines(self, website, line_ids):
        """Return lines of former orders, in superuser mode, of those that the user may see.

        :param list[int] line_ids: as a form tells them
        """
        orders = self._orders(website)
        domain = [("id", "in", line_ids), ("order_id", "in", orders)]
        found = self.env["sale.order.line"].search(domain)
        return found.sudo()  # products of a line may be hidden from its customer

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def items(self, website, repeated):
        """Return what the page says of products: one dict each, by a fixed number of queries.

        :param list[Repeated] repeated: a page of them
        """
        lines_sudo = self.env["sale.order.line"].sudo().browse([row.line_id for row in repeated])
        prices = self._prices(website, lines_sudo)
        return [
            self._item(website, row, line_sudo, prices[line_sudo])
            for row, line_sudo in zip(repeated, lines_sudo, strict=True)
        ]

    def _prices(self, website, lines_sudo):
        prices = {}
        for unit, lines in lines_sudo.grouped(lambda line: line._ecrm_reorder_unit()).items():
            found = lines.product_id._ecrm_shop_prices(website, uom=unit)
            prices |= {line: found[line.product_id.id] for line in lines}
        return prices

    def _item(self, website, row, line_sudo, price):
        product = line_sudo.product_id
        return {
            "line_id": row.line_id,
            "product": product,
            "name": line_sudo.name_short,
            "quantity": line_sudo._ecrm_reorder_quantity(),
            "unit": line_sudo._ecrm_reorder_unit(),
            "price": price.price,
            "before": price.before,
            "obstacle": self._tell_obstacle(website, product, price),
            "is_due": bool(row.rhythm) and row.rhythm.days_left <= 0,
            "rhythm": self._tell_rhythm(row.rhythm),
            "history": self.env._(
                "Bought %(times)s times, last on %(day)s",
                times=row.times,
                day=format_date(self.env, row.last_day),
            ),
        }

    def _tell_obstacle(self, website, product, price):
        """Return in words why a product cannot go into the cart; "" where it can."""
        if website.prevent_zero_price_sale and not price.price:
            return self.env._("Without a price at present, please ask us")
        return "" if product._website_show_quick_add() else self.env._("Out of stock")

    def _tell_rhythm(self, known):
        """Return in words how often something is bought and when it is due."""
        if not known:
            return ""
        return f"{self._tell_every(known.every)}, {self._tell_due(known.days_left)}"

    def _tell_every(self, days):
        if days == 1:
            return self.env._("Usually every day")
        return self.env._("Usually every %s days", days)

    def _tell_due(self, days_left):
        if days_left == 0:
            return self.env._("due today")
        if days_left == 1:
            return self.env._("due tomorrow")
        if days_left > 1:
            return self.env._("due in %s days", days_left)
        if days_left == -1:
            return self.env._("due since yesterday")
        return self.env._("due for %s days", -days_left)

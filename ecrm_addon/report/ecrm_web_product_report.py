from odoo import fields, models
from odoo.tools import SQL


class EcrmWebProductReport(models.Model):
    """Products that were looked at on the website in a period, and whether they sold."""

    _name = "ecrm.web.product.report"
    _inherit = "ecrm.web.period.mixin"
    _description = "Products on the Website"
    _auto = False
    _order = "views desc, id"
    _rec_name = "product_id"
    _depends = {
        "ecrm.web.daily": ["day", "kind", "res_id", "count"],
        "sale.order": ["state", "date_order"],
        "sale.order.line": ["product_id", "product_uom_qty", "price_subtotal"],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    views = fields.Integer(readonly=True)
    visitors = fields.Integer(
        readonly=True, help="Different visitors per day, added up over the days."
    )
    carts = fields.Integer("Put into the Cart", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    quantity = fields.Float("Sold", readonly=True)
    conversion = fields.Float(
        readonly=True, aggregator="avg", help="Orders per visitor, from 0 to 1 and above."
    )

    @property
    def _table_query(self):
        # with website_sale an order knows its website; without it any order counts
        by_website = "website_id" in self.env["sale.order"]._fields
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY seen.product_id, seen.company_id,
                                               seen.website_id) AS id,
                   seen.*, coalesce(sold.order_count, 0) AS order_count,
                   coalesce(sold.quantity, 0) AS quantity,
                   CASE WHEN seen.visitors > 0
                        THEN coalesce(sold.order_count, 0)::float8 / seen.visitors
                        ELSE 0 END AS conversion
              FROM (%(seen)s) seen
              LEFT JOIN (
                SELECT line.product_id, sales.company_id, %(website)s AS website_id,
                       count(DISTINCT sales.id)::int AS order_count,
                       sum(line.product_uom_qty) AS quantity
                  FROM sale_order sales
                  JOIN sale_order_line line ON line.order_id = sales.id
                 WHERE sales.state = 'sale' AND sales.date_order >= %(since)s
                 GROUP BY 1, 2, 3
              ) sold ON sold.product_id = seen.product_id
                    AND sold.company_id = seen.company_id
                    AND (sold.website_id = seen.website_id OR %(any_website)s)
            """,
            seen=self._seen(),
            since=self._since(),
            website=SQL("sales.website_id") if by_website else SQL("NULL::int"),
            any_website=not by_website,
        )

    def action_open_product(self):
        """Button: the product, such as to see why nobody buys it."""
        self.ensure_one()
        return self.product_id.get_formview_action()

    def _seen(self):
        """Return the query of what was looked at and put into the cart, by product."""
        return SQL(
            """
            SELECT daily.company_id, daily.website_id, daily.res_id AS product_id,
                   max(daily.day) AS last_day,
                   coalesce(sum(daily.count)
                       FILTER (WHERE daily.kind = 'web.product'), 0)::int AS views,
                   coalesce(sum(daily.visitors)
                       FILTER (WHERE daily.kind = 'web.product'), 0)::int AS visitors,
                   coalesce(sum(daily.count)
                       FILTER (WHERE daily.kind = 'web.cart_add'), 0)::int AS carts
              FROM ecrm_web_daily daily
              JOIN product_product product ON product.id = daily.res_id
             WHERE daily.day >= %s
               AND daily.kind IN ('web.product', 'web.cart_add')
               AND daily.res_model = 'product.product'
             GROUP BY daily.company_id, daily.website_id, daily.res_id
            """,
            self._since(),
        )

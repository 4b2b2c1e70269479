"""What a customer bought on more than one day, product by product."""

from odoo.tools import SQL

#: Products that are told of one customer at most; those that were bought last.
MOST_PRODUCTS = 1000
#: Days of purchase that are told of each, the newest first.
MOST_DAYS = 13

COLUMNS = ("product_id", "line_id", "times", "last_day", "own_days")


def build(orders, products, partner_id, timezone, only):
    """Return the query: a row for each product, see ``COLUMNS``.

    ``line_id`` is the last line by which it was bought, ``times`` the days on which it was,
    ``own_days`` those of the person's own orders, the newest first.

    :param SQL orders: the ids of the orders that count, as a subquery in parentheses
    :param SQL products: the ids of the products that may be told, as well
    :param int partner_id: whose orders are the person's own
    :param str timezone: in which an instant has its day
    :param SQL only: a further condition on ``line``
    """
    return SQL(
        """
        WITH bought AS (
            SELECT line.product_id, line.id AS line_id, sale.date_order,
                   (sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date AS day,
                   sale.partner_id = %(partner)s AS is_own
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE sale.id IN %(orders)s
               AND line.product_id IN %(products)s
               AND line.display_type IS NULL
               AND line.combo_item_id IS NULL
               AND line.product_uom_qty > 0
               AND %(only)s
        )
        SELECT product_id,
               (array_agg(line_id ORDER BY date_order DESC, line_id DESC))[1],
               count(DISTINCT day),
               max(day),
               (array_agg(DISTINCT day ORDER BY day DESC) FILTER (WHERE is_own))[:%(days)s]
          FROM bought
         GROUP BY product_id
        HAVING count(DISTINCT day) > 1
         ORDER BY max(day) DESC, product_id
         LIMIT %(most)s
        """,
        timezone=timezone,
        partner=partner_id,
        orders=orders,
        products=products,
        only=only,
        days=MOST_DAYS,
        most=MOST_PRODUCTS,
    )

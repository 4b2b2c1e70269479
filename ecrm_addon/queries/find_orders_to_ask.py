"""Orders about which it is time to ask how we did."""

from odoo.tools import SQL

#: Orders are not looked at any more after so long, whenever they are delivered or invoiced.
OLDEST = SQL("interval '2 years'")


def build(company_id, event, window, timezone, has_stock, after_id, limit):
    """Return the query of orders to which something happened in a window of time.

    Left out is of what somebody was asked or spoke already.

    :param int company_id: of the orders
    :param str event: ``confirmed``, ``invoiced`` or ``delivered``
    :param tuple window: from when, until when (UTC)
    :param str timezone: of the company; invoices have a day and no time
    :param bool has_stock: whether Inventory tells of deliveries
    :param int after_id: only orders with a higher id
    :param int limit: at most so many
    :return: SQL giving id
    """
    since, until = window
    return SQL(
        """
        SELECT sale.id
          FROM sale_order sale
         CROSS JOIN LATERAL (SELECT (%(instant)s) AS at OFFSET 0) happened
         WHERE sale.company_id = %(company)s AND sale.state = 'sale' AND sale.id > %(after)s
           AND sale.date_order > %(until)s - %(oldest)s
           AND happened.at > %(since)s AND happened.at <= %(until)s
           AND NOT EXISTS (
                SELECT FROM ecrm_feedback known
                 WHERE known.res_model = 'sale.order' AND known.res_id = sale.id
                   AND known.kind = 'csat')
         ORDER BY sale.id LIMIT %(limit)s
        """,
        instant=_instant(event, timezone, has_stock),
        company=company_id,
        after=after_id,
        since=since,
        until=until,
        oldest=OLDEST,
        limit=limit,
    )


def _instant(event, timezone, has_stock):
    if event == "invoiced":
        return SQL(
            """
            SELECT min(move.invoice_date)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'
              FROM sale_order_line line
              JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
              JOIN account_move_line item ON item.id = link.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE line.order_id = sale.id AND move.state = 'posted'
               AND move.move_type = 'out_invoice'
            """,
            timezone,
        )
    if event == "delivered" and has_stock:
        return SQL(
            """
            CASE WHEN sale.delivery_status IS NULL THEN sale.date_order
                 WHEN sale.delivery_status = 'full' THEN (
                    SELECT max(picking.date_done) FROM stock_picking picking
                     WHERE picking.sale_id = sale.id AND picking.state = 'done') END
            """
        )
    return SQL("sale.date_order")

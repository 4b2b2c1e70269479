"""What customers bought and gave back at the tills of a point of sale.

A till's order is an order as any other, with these differences:

============================ ======================================================
what                         how it counts
============================ ======================================================
paid or posted order         one order; its amount without taxes is revenue
refund at the till           its amount is refunded
its invoice or credit note   nothing: the order itself counts already
credit note of its invoice,  refunded
made by hand
line that pays for a sales   nothing, as long as the sales order counts itself: be it
order, or a deposit on one   all of the order at the till or a part of it
return of such goods         refunded; the return of a deposit gives no goods back
============================ ======================================================

Read only where ``point_of_sale`` is installed; the columns of ``pos_sale`` only with it.
"""

from odoo.tools import SQL

from .money_expressions import around, in_company_currency, local_day, members, worth

#: States of an order that was paid.
PAID = ["paid", "done"]


def build(scope, spans=()):
    """Return the query of the rows of tills, see ``list_customer_money.build``."""
    currency = SQL("coalesce(journal.currency_id, %s)", scope.currency_id)
    kept = in_company_currency(amount(SQL("sold"), scope.pos_settles), scope, currency)
    return SQL(
        """
        SELECT customer, day, (amount >= 0 AND NOT is_refund)::int AS orders,
               (amount > 0 AND NOT is_refund)::int AS paid,
               greatest(amount, 0) AS sold, greatest(-amount, 0) AS returned,
               %(worth)s AS worth
          FROM (
            SELECT partner.commercial_partner_id AS customer, %(day)s AS day,
                   %(amount)s AS amount, coalesce(sold.is_refund, FALSE) AS is_refund,
                   %(margin)s AS margin
              FROM pos_order sold
              JOIN res_partner partner ON partner.id = sold.partner_id
              LEFT JOIN account_journal journal ON journal.id = sold.sale_journal
              %(lines)s
             WHERE sold.state = ANY(%(paid)s) AND sold.company_id = %(company)s
               AND sold.date_order < %(before)s AND isfinite(sold.date_order)
               AND %(members)s AND %(spans)s AND %(own)s
            -- a fence: else day and amount are computed anew wherever they are used
            OFFSET 0
          ) sale
        """,
        worth=worth(SQL("sale.margin"), scope),
        day=local_day(SQL("sold.date_order"), scope),
        amount=kept,
        margin=_margin(scope, currency),
        lines=lines(SQL("sold"), scope.pos_settles, margin=scope.basis == "margin"),
        paid=PAID,
        company=scope.company_id,
        before=scope.before,
        members=members(scope, SQL("sold.partner_id")),
        spans=around(SQL("sold.date_order"), spans),
        own=SQL("NOT %s", only_settles(scope.pos_settles)),
    )


def has_orders(company_id, member_ids=None):
    """Return the query of whether anything was sold at a till to a customer."""
    members_only = SQL("AND partner_id IS NOT NULL")
    if member_ids is not None:
        members_only = SQL("AND partner_id = ANY(%s)", member_ids)
    return SQL(
        "SELECT EXISTS (SELECT FROM pos_order WHERE company_id = %s %s)", company_id, members_only
    )


def invoices(scope, move):
    """Return the condition that a document is the invoice or credit note of a till's order."""
    if not scope.has_pos:
        return SQL("FALSE")
    return SQL("EXISTS (SELECT FROM pos_order WHERE pos_order.account_move = %s)", move)


# --------------------------------------------------------------------
# LINES: also used by the collector of these orders
# --------------------------------------------------------------------


def lines(order, settles, margin=False):
    """Return the join on what lines of an order say, as ``line_sum``; nothing if not needed.

    :param SQL order: alias of the table ``pos_order``
    :param bool settles: whether tills can settle sales orders (``pos_sale``)
    :param bool margin: whether the margin is needed
    """
    if not (settles or margin):
        return SQL()
    settled = SQL("%s", False)
    if settles:
        settled = SQL(
            """
            (coalesce(origin.state = 'sale', FALSE)
             AND (line.refunded_orderline_id IS NULL OR coalesce(ordered.is_downpayment, FALSE)))
            """
        )
    return SQL(
        """
        LEFT JOIN LATERAL (
            SELECT bool_and(%(settled)s) AS only_settles,
                   coalesce(sum(line.price_subtotal) FILTER (WHERE %(settled)s), 0) AS settled
                   %(margin)s
              FROM pos_order_line line
              %(joins)s
             WHERE line.order_id = %(order)s.id
        ) line_sum ON TRUE
        """,
        settled=settled,
        margin=_sum_of_margins(settled) if margin else SQL(),
        joins=_settled_joins() if settles else SQL(),
        order=order,
    )


def amount(order, settles):
    """Return SQL of what was sold by an order itself, without taxes, in its currency."""
    total = SQL("(%(order)s.amount_total - %(order)s.amount_tax)", order=order)
    return SQL("(%s - coalesce(line_sum.settled, 0))", total) if settles else total


def only_settles(settles):
    """Return the condition that an order only pays for sales orders."""
    return SQL("coalesce(line_sum.only_settles, FALSE)") if settles else SQL("FALSE")


def _sum_of_margins(settled):
    """Return what lines of an order earn, as Odoo reckons it, and whether all costs are known.

    The cost of a combo is that of its parts.
    """
    return SQL(
        """
        , bool_and(line.is_total_cost_computed IS TRUE) AS has_cost,
        sum(line.price_subtotal - coalesce(line.total_cost, 0)::numeric)
            FILTER (WHERE NOT %s AND NOT EXISTS (
                SELECT FROM pos_order_line part WHERE part.combo_parent_id = line.id
            )) AS margin
        """,
        settled,
    )


def _settled_joins():
    """Return the joins from a line, or from what it gives back, to its sales order."""
    return SQL(
        """
        LEFT JOIN pos_order_line sold_line ON sold_line.id = line.refunded_orderline_id
        LEFT JOIN sale_order origin ON origin.id
            = coalesce(line.sale_order_origin_id, sold_line.sale_order_origin_id)
        LEFT JOIN sale_order_line ordered ON ordered.id
            = coalesce(sold_line.sale_order_line_id, line.sale_order_line_id)
        """
    )


def _margin(scope, currency):
    """Return SQL of the margin, by share while the cost of a line is not known."""
    if scope.basis == "revenue":
        return SQL("NULL")
    share = SQL("%s * %s / 100", amount(SQL("sold"), scope.pos_settles), scope.margin_percent)
    margin = SQL("CASE WHEN line_sum.has_cost THEN coalesce(line_sum.margin, 0) ELSE %s END", share)
    return in_company_currency(margin, scope, currency)

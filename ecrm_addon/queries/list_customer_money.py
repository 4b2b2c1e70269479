"""What customers bought and got back, as one stream of rows per customer and day.

Money is without taxes, in the company's currency, an order's at the order's own rate.

============================ ======================================================
what                         how it counts
============================ ======================================================
confirmed order              one order; its amount is revenue
confirmed order worth 0      one order, no money (a gift, a sample, a missing total)
confirmed order below 0      no order but a return: its amount is refunded
credit note                  refunded, as far as the order's amount does not say so
credit note of an invoice    nothing: its money was never revenue here
that came from no order
order of a point of sale     as another order, see ``list_pos_money``
============================ ======================================================

"As far as": whoever cancels an order or lowers its quantities after the credit note, or
sells a negative quantity, has taken the money out of the order itself. So what was invoiced
beyond the order's present amount is taken off the credit note.
"""

from odoo.tools import SQL

from . import list_pos_money
from .money_expressions import (
    EPOCH,
    around,
    day_number,
    in_company_currency,
    local_day,
    members,
    worth,
)

__all__ = ["EPOCH", "build", "day_number", "has_credits", "members"]


def build(scope, spans=()):
    """Return the query of all rows.

    :param Scope scope: company, moment, customers, see ``queries/scoring_scope.py``
    :param list[tuple] spans: only rows around these days are needed, as (first, last);
        others may come too
    :return: SQL giving customer, day (days since 1970), orders, paid (orders worth
        something), sold, returned, worth (of what was sold: the same, or its margin, which
        may be negative; what was given back does not lower it)
    """
    parts = [_orders(scope, spans)]
    if scope.has_pos:
        parts.append(list_pos_money.build(scope, spans))
    if scope.has_credits:
        parts += [_credit_notes(scope), _reflected(scope)]
    return SQL(" UNION ALL ").join(parts)


def has_credits(company_id, member_ids=None):
    """Return the query of whether there is any credit note to look at."""
    members_only = SQL() if member_ids is None else SQL("AND partner_id = ANY(%s)", member_ids)
    return SQL(
        """
        SELECT EXISTS (SELECT FROM account_move
                        WHERE move_type = 'out_refund' AND company_id = %s %s)
        """,
        company_id,
        members_only,
    )


def _orders(scope, spans):
    return SQL(
        """
        SELECT customer, day, (amount >= 0)::int AS orders, (amount > 0)::int AS paid,
               greatest(amount, 0) AS sold, greatest(-amount, 0) AS returned,
               %(worth)s AS worth
          FROM (
            SELECT partner.commercial_partner_id AS customer, %(day)s AS day,
                   %(amount)s AS amount, %(margin)s AS margin
              FROM sale_order sold
              JOIN res_partner partner ON partner.id = sold.partner_id
             WHERE sold.state = 'sale' AND sold.company_id = %(company)s
               AND sold.date_order < %(before)s AND isfinite(sold.date_order)
               AND %(members)s AND %(spans)s
            -- a fence: else day and amount are computed anew wherever they are used
            OFFSET 0
          ) sale
        """,
        worth=worth(SQL("sale.margin"), scope),
        day=local_day(SQL("sold.date_order"), scope),
        amount=in_company_currency(SQL("sold.amount_untaxed"), scope),
        margin=_margin(scope),
        company=scope.company_id,
        before=scope.before,
        members=members(scope, SQL("sold.partner_id")),
        spans=around(SQL("sold.date_order"), spans),
    )


def _margin(scope):
    """Return SQL of the margin of the order ``sold``, by share where nothing tells it."""
    if scope.basis == "revenue":
        return SQL("NULL")
    share = SQL("sold.amount_untaxed * %s / 100", scope.margin_percent)
    margin = SQL("coalesce(sold.margin, %s)", share) if scope.has_margin else share
    return in_company_currency(margin, scope)


def _posted(scope, types):
    """Return the condition that the document ``move`` is posted, and known by then."""
    return SQL(
        """
        move.state = 'posted' AND move.move_type = ANY(%s) AND move.company_id = %s
        AND coalesce(move.invoice_date, move.date) <= %s
        AND isfinite(coalesce(move.invoice_date, move.date))
        """,
        list(types),
        scope.company_id,
        scope.day,
    )


def _credit_notes(scope):
    return SQL(
        """
        SELECT partner.commercial_partner_id, %(day)s, 0, 0, 0, -move.amount_untaxed_signed, 0
          FROM account_move move
          JOIN res_partner partner ON partner.id = move.partner_id
         WHERE %(posted)s AND %(members)s
           AND (move.reversed_entry_id IS NULL OR EXISTS (
                SELECT FROM account_move_line line
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                 WHERE line.move_id = move.reversed_entry_id
           ) OR %(of_pos_invoice)s)
           AND %(not_of_pos)s
        """,
        day=day_number(SQL("coalesce(move.invoice_date, move.date)")),
        posted=_posted(scope, ["out_refund"]),
        of_pos_invoice=list_pos_money.invoices(scope, SQL("move.reversed_entry_id")),
        not_of_pos=SQL("NOT %s", list_pos_money.invoices(scope, SQL("move.id"))),
        members=members(scope, SQL("move.partner_id")),
    )


def _reflected(scope):
    """Return what credit notes give back that the order's amount lacks already."""
    return SQL(
        """
        SELECT partner.commercial_partner_id, max(%(day)s), 0, 0, 0, -%(amount)s, 0
          FROM sale_order sold
          JOIN res_partner partner ON partner.id = sold.partner_id
          JOIN sale_order_line order_line ON order_line.order_id = sold.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
          JOIN account_move_line line
            ON line.id = rel.invoice_line_id AND line.currency_id = sold.currency_id
          JOIN account_move move ON move.id = line.move_id
         WHERE sold.id IN (%(credited_orders)s) AND %(documents)s
           AND sold.company_id = %(company)s AND %(members)s
         GROUP BY sold.id, partner.id
        """,
        day=day_number(SQL("coalesce(move.invoice_date, move.date)")),
        amount=in_company_currency(
            SQL(
                """
                least(%s, greatest(0, %s
                    - CASE WHEN sold.state = 'sale' THEN sold.amount_untaxed ELSE 0 END))
                """,
                _sum_of("out_refund"),
                _sum_of("out_invoice"),
            ),
            scope,
        ),
        documents=_posted(scope, ["out_refund", "out_invoice"]),
        credited_orders=_credited_orders(scope),
        company=scope.company_id,
        members=members(scope, SQL("sold.partner_id")),
    )


def _sum_of(move_type):
    return SQL(
        "coalesce(sum(line.price_subtotal) FILTER (WHERE move.move_type = %s), 0)", move_type
    )


def _credited_orders(scope):
    """Return the ids of orders of which something was credited: few, read by index."""
    return SQL(
        """
        SELECT order_line.order_id
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id
          JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
          JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
         WHERE %s AND %s
        """,
        _posted(scope, ["out_refund"]),
        members(scope, SQL("move.partner_id")),
    )

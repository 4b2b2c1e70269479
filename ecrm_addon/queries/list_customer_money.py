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
============================ ======================================================

"As far as": whoever cancels an order or lowers its quantities after the credit note, or
sells a negative quantity, has taken the money out of the order itself. So what was invoiced
beyond the order's present amount is taken off the credit note.
"""

from datetime import timedelta

from odoo.tools import SQL

#: Days are counted from here, so that a window function can reckon with them.
EPOCH = SQL("DATE '1970-01-01'")


def build(scope, spans=()):
    """Return the query of all rows.

    :param Scope scope: company, moment, customers, see ``queries/scoring_scope.py``
    :param list[tuple] spans: only rows around these days are needed, as (first, last);
        others may come too
    :return: SQL giving customer, day (days since 1970), orders, paid (orders worth
        something), sold, returned
    """
    parts = [_orders(scope, spans)]
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


def members(scope, column):
    """Return the condition that a column names somebody who counts."""
    if scope.member_ids is None:
        return SQL("%s <> ALL(%s)", column, scope.public_ids)
    return SQL("%s = ANY(%s)", column, scope.member_ids)


def day_number(day):
    """Return SQL of a date as days since 1970."""
    return SQL("(%s - %s)", day, EPOCH)


def _orders(scope, spans):
    local = SQL("sold.date_order")
    if scope.zone != "UTC":
        local = SQL("sold.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s", scope.zone)
    return SQL(
        """
        SELECT customer, day, (amount >= 0)::int AS orders, (amount > 0)::int AS paid,
               greatest(amount, 0) AS sold, greatest(-amount, 0) AS returned
          FROM (
            SELECT partner.commercial_partner_id AS customer, %(day)s AS day,
                   %(amount)s AS amount
              FROM sale_order sold
              JOIN res_partner partner ON partner.id = sold.partner_id
             WHERE sold.state = 'sale' AND sold.company_id = %(company)s
               AND sold.date_order < %(before)s AND isfinite(sold.date_order)
               AND %(members)s AND %(spans)s
            -- a fence: else day and amount are computed anew wherever they are used
            OFFSET 0
          ) sale
        """,
        day=day_number(SQL("(%s)::date", local)),
        amount=_in_company_currency(SQL("sold.amount_untaxed"), scope),
        company=scope.company_id,
        before=scope.before,
        members=members(scope, SQL("sold.partner_id")),
        spans=_around(SQL("sold.date_order"), spans),
    )


def _around(instant, spans):
    """Return the condition that an instant is on one of these days, in whichever zone."""
    if not spans:
        return SQL("TRUE")
    slack = timedelta(days=1)
    parts = [
        SQL("%s BETWEEN %s AND %s", instant, first - slack, last + 2 * slack)
        for first, last in spans
    ]
    return SQL("(%s)", SQL(" OR ").join(parts))


def _in_company_currency(amount, scope):
    """Return SQL of an amount of the order ``sold``; 0 where it cannot be known."""
    return SQL(
        """
        coalesce(nullif(CASE
            WHEN sold.currency_rate = 1 OR sold.currency_id = %(currency)s THEN %(amount)s
            WHEN sold.currency_rate > 0
                THEN round((%(amount)s / sold.currency_rate)::numeric, %(decimals)s)
        END, 'NaN'), 0)
        """,
        amount=amount,
        currency=scope.currency_id,
        decimals=scope.decimals,
    )


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
        SELECT partner.commercial_partner_id, %(day)s, 0, 0, 0, -move.amount_untaxed_signed
          FROM account_move move
          JOIN res_partner partner ON partner.id = move.partner_id
         WHERE %(posted)s AND %(members)s
           AND (move.reversed_entry_id IS NULL OR EXISTS (
                SELECT FROM account_move_line line
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                 WHERE line.move_id = move.reversed_entry_id
           ))
        """,
        day=day_number(SQL("coalesce(move.invoice_date, move.date)")),
        posted=_posted(scope, ["out_refund"]),
        members=members(scope, SQL("move.partner_id")),
    )


def _reflected(scope):
    """Return what credit notes give back that the order's amount lacks already."""
    return SQL(
        """
        SELECT partner.commercial_partner_id, max(%(day)s), 0, 0, 0, -%(amount)s
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
        amount=_in_company_currency(
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

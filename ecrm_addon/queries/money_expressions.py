"""Pieces of SQL that the parts of the stream of money share, see ``list_customer_money``."""

from datetime import timedelta

from odoo.tools import SQL

#: Days are counted from here, so that a window function can reckon with them.
EPOCH = SQL("DATE '1970-01-01'")


def members(scope, column):
    """Return the condition that a column names somebody who counts."""
    if scope.member_ids is None:
        return SQL("%s <> ALL(%s)", column, scope.public_ids)
    return SQL("%s = ANY(%s)", column, scope.member_ids)


def day_number(day):
    """Return SQL of a date as days since 1970."""
    return SQL("(%s - %s)", day, EPOCH)


def local_day(instant, scope):
    """Return SQL of the day of an instant (UTC) where the company is, as a number."""
    if scope.zone != "UTC":
        instant = SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", instant, scope.zone)
    return day_number(SQL("(%s)::date", instant))


def around(instant, spans):
    """Return the condition that an instant is on one of these days, in whichever zone."""
    if not spans:
        return SQL("TRUE")
    slack = timedelta(days=1)
    parts = [
        SQL("%s BETWEEN %s AND %s", instant, first - slack, last + 2 * slack)
        for first, last in spans
    ]
    return SQL("(%s)", SQL(" OR ").join(parts))


def in_company_currency(amount, scope, currency=None):
    """Return SQL of an amount of the order ``sold``; 0 where it cannot be known.

    :param SQL currency: of the order
    """
    return SQL(
        """
        coalesce(nullif(CASE
            WHEN sold.currency_rate = 1 OR %(of_order)s = %(currency)s THEN %(amount)s
            WHEN sold.currency_rate > 0
                THEN round((%(amount)s / sold.currency_rate)::numeric, %(decimals)s)
        END, 'NaN'), 0)
        """,
        amount=amount,
        of_order=currency or SQL("sold.currency_id"),
        currency=scope.currency_id,
        decimals=scope.decimals,
    )


def worth(margin, scope):
    """Return SQL of what an order is worth by the company's choice; a return is worth 0.

    :param SQL margin: of the order ``sale``, in company currency
    """
    if scope.basis == "revenue":
        return SQL("greatest(sale.amount, 0)")
    return SQL("CASE WHEN sale.amount >= 0 THEN %s ELSE 0 END", margin)

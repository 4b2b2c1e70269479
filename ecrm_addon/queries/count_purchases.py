"""Customers grouped by what the models of buying look at; no customer is named."""

from dataclasses import replace

from odoo.tools import SQL

from . import list_customer_money


def groups(facts):
    """Return the query of x, last and present day since the first order, customers."""
    return SQL(
        """
        SELECT repeats, span_days, age_days, count(*)
          FROM %s fact WHERE order_count > 0 GROUP BY 1, 2, 3
        """,
        facts,
    )


def spenders(facts):
    """Return the query of days with paid repeat orders, their mean amount, customers."""
    return SQL(
        """
        SELECT paid_repeats, repeat_value::float8, count(*)
          FROM %s fact WHERE paid_repeats > 0 AND repeat_value > 0 GROUP BY 1, 2
        """,
        facts,
    )


def outcomes(scope, known_until, until, before):
    """Return the query of what was known of customers on a day, and what they did since.

    :param date known_until: the last day that is known
    :param date until: the last day of which the outcome is counted
    :param datetime before: the instant (UTC) at which that day ends
    :return: SQL giving x, last and present day since the first order, order-days since,
        customers
    """
    money = list_customer_money.build(replace(scope, before=before, has_credits=False))
    return SQL(
        """
        SELECT repeats, span_days, age_days, actual, count(*)
          FROM (
            SELECT (count(*) FILTER (WHERE day <= %(known)s))::int - 1 AS repeats,
                   max(day) FILTER (WHERE day <= %(known)s) - min(day) AS span_days,
                   %(known)s - min(day) AS age_days,
                   (count(*) FILTER (WHERE day > %(known)s))::int AS actual
              FROM (SELECT customer, day FROM (%(money)s ORDER BY customer, day) money
                     WHERE orders > 0 AND day <= %(until)s
                       AND customer <> ALL(%(objectors)s)
                     GROUP BY customer, day) bought
             GROUP BY customer
            HAVING min(day) <= %(known)s
          ) customers
         GROUP BY 1, 2, 3, 4
        """,
        known=list_customer_money.day_number(SQL("%s::date", known_until)),
        until=list_customer_money.day_number(SQL("%s::date", until)),
        money=money,
        objectors=scope.objectors,
    )


def last_day(company_id):
    """Return the query of the instant (UTC) of a company's last order."""
    return SQL(
        """
        SELECT max(date_order) FROM sale_order
         WHERE state = 'sale' AND company_id = %s AND isfinite(date_order)
        """,
        company_id,
    )

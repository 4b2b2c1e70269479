"""How many customers of each month of first orders ordered again, and for how much."""

from datetime import date, timedelta

from odoo.tools import SQL

from . import list_customer_money
from .list_customer_money import EPOCH


def members(company_id, start):
    """Return the query of all people of customers whose first order was since a day.

    :return: SQL giving one text, of an array; NULL for nobody. A list of so many numbers
        would take longer to send than to use
    """
    return SQL(
        """
        SELECT '{' || string_agg(partner.id::text, ',') || '}'
          FROM ecrm_profile profile
          JOIN res_partner partner ON partner.commercial_partner_id = profile.partner_id
         WHERE profile.company_id = %s AND profile.first_order_date >= %s
        """,
        company_id,
        start,
    )


def build(scope, start):
    """Return the query of one row per month of first orders and month since then.

    What an order is, when and of whom, the scoring says: the same stream of money, and the
    first order as the profile has it. So who has no profile is in no cohort.

    :param Scope scope: company, moment and members, see ``queries/scoring_scope.py``
    :param date start: first day of the first cohort's month
    :return: SQL giving cohort (first day of its month), age (months since), customers who
        ordered then, their orders and revenue net of refunds; ages without any are absent
    """
    return SQL(
        """
        WITH cohort AS (
            SELECT profile.partner_id AS customer,
                   %(birth)s AS born
              FROM ecrm_profile profile
             WHERE profile.company_id = %(company)s
               AND profile.first_order_date BETWEEN %(start)s AND %(today)s
        ), bought AS (
            SELECT cohort.born, %(month)s - cohort.born AS age,
                   sum(money.orders) AS orders,
                   sum((money.sold - money.returned)::float8) AS revenue
              FROM (%(money)s) money
              JOIN cohort USING (customer)
             GROUP BY money.customer, cohort.born, 2
        )
        SELECT (%(start)s + make_interval(months => born))::date AS cohort, age,
               (count(*) FILTER (WHERE orders > 0))::int AS customers,
               sum(orders)::int AS orders, sum(revenue) AS revenue
          FROM bought
         WHERE age >= 0
         GROUP BY born, age
         ORDER BY born, age
        """,
        birth=_month(scope, start, SQL("profile.first_order_date - %s", EPOCH)),
        month=_month(scope, start, SQL("money.day")),
        start=start,
        today=scope.day,
        company=scope.company_id,
        money=list_customer_money.build(scope),
    )


def _month(scope, start, day):
    """Return SQL of how many months after the first one a day is; NULL for days before it.

    It is looked up: reckoning with dates costs more, of each order.

    :param SQL day: days since 1970
    """
    days = [start + timedelta(days=number) for number in range((scope.day - start).days + 1)]
    months = [12 * (one.year - start.year) + one.month - start.month for one in days]
    return SQL(
        "(%s::int[])[%s - %s]",
        "{" + ",".join(map(str, months)) + "}",
        day,
        (start - date(1970, 1, 1)).days - 1,
    )

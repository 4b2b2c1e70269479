"""How many customers of each month of first orders ordered again, and for how much."""

from odoo.tools import SQL

from . import list_customer_money
from .list_customer_money import EPOCH


def build(scope, start):
    """Return the query of one row per month of first orders and month since then.

    What an order is, when and of whom, the scoring says: the same stream of money, and the
    first order as the profile has it. So who has no profile is in no cohort.

    :param Scope scope: company and moment, see ``queries/scoring_scope.py``
    :param date start: first day of the first cohort's month
    :return: SQL giving cohort (first day of its month), age (months since), customers who
        ordered then, their orders and revenue net of refunds; ages without any are absent
    """
    return SQL(
        """
        WITH month AS MATERIALIZED (
            -- looked up by day: reckoning with dates costs more, of each order
            SELECT day::date - %(epoch)s AS day,
                   (12 * date_part('year', day) + date_part('month', day))::int AS number
              FROM generate_series(%(start)s::timestamp, %(today)s::timestamp, '1 day') AS day
        ), cohort AS MATERIALIZED (
            SELECT profile.partner_id AS customer, month.number AS born
              FROM ecrm_profile profile
              JOIN month ON month.day = profile.first_order_date - %(epoch)s
             WHERE profile.company_id = %(company)s
        ), bought AS (
            SELECT cohort.born, month.number - cohort.born AS age, sum(money.orders) AS orders,
                   sum(money.sold - money.returned) AS revenue
              FROM (%(money)s) money
              JOIN month USING (day)
              JOIN cohort USING (customer)
             GROUP BY money.customer, cohort.born, month.number
        )
        SELECT make_date((born - 1) / 12, (born - 1) %% 12 + 1, 1) AS cohort, age,
               (count(*) FILTER (WHERE orders > 0))::int AS customers,
               sum(orders)::int AS orders, sum(revenue)::float8 AS revenue
          FROM bought
         WHERE age >= 0
         GROUP BY born, age
         ORDER BY born, age
        """,
        epoch=EPOCH,
        start=start,
        today=scope.day,
        company=scope.company_id,
        money=list_customer_money.build(scope, [(start, scope.day)]),
    )

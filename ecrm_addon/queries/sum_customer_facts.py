"""Everything that is known of each customer before anybody is compared."""

from datetime import timedelta

from odoo.tools import SQL

from . import list_customer_money
from .list_customer_money import EPOCH


def build(scope):
    """Return the query of one row per customer that bought, visited, answered or asked.

    Acts of no company make nobody a customer of each company: they count where somebody
    bought or did something, and in the contact's own company (the first one, if none).

    :param Scope scope: whose figures
    """
    return SQL(
        """
        SELECT customer,
               coalesce(bought.order_count, 0) AS order_count,
               coalesce(bought.order_days, 0) AS order_days,
               coalesce(bought.revenue, 0) AS revenue,
               coalesce(bought.refunded, 0) AS refunded,
               %(monetary)s AS monetary,
               round(bought.revenue / nullif(bought.paid, 0), %(decimals)s)
                   AS average_order,
               %(epoch)s + bought.first_day AS first_order_date,
               %(epoch)s + bought.last_day AS last_order_date,
               %(today)s - bought.last_day AS recency_days,
               %(rhythm)s,
               bought.tier_now, bought.tier_best,
               acted.points AS engagement, acted.last_visit_at, acted.last_email_at,
               least(acted.first_at, (%(epoch)s + bought.first_day)::timestamp) AS first_at
          FROM (%(bought)s) bought
          FULL JOIN (%(acted)s) acted USING (customer)
          LEFT JOIN res_partner partner
            ON partner.id = acted.customer AND bought.customer IS NULL AND NOT acted.own
         WHERE (bought.customer IS NOT NULL OR acted.own
                OR partner.company_id = %(company)s
                OR partner.company_id IS NULL AND %(main)s)
           AND customer <> ALL(%(objectors)s)
        """,
        epoch=EPOCH,
        monetary=_monetary(scope),
        decimals=scope.decimals,
        today=_day(scope),
        rhythm=_rhythm(scope),
        objectors=scope.objectors,
        bought=_bought(scope),
        acted=_acted(scope),
        company=scope.company_id,
        main=scope.main_company,
    )


def _rhythm(scope):
    """Return columns of when a customer orders, and for how much.

    ============== ==================================================================
    repeats        days with an order after the first one
    span_days      from the first to the last of them
    age_days       from the first order to today
    rhythm_days    mean time between them, of who ordered on three days or more
    overdue_days   how long ago the next order was due by that rhythm
    paid_repeats   those of the repeats that were worth something
    repeat_value   their mean worth; what was given back is taken off by its share
    ============== ==================================================================
    """
    return SQL(
        """
        order_days - 1 AS repeats, last_day - first_day AS span_days,
        %(today)s - first_day AS age_days,
        CASE WHEN order_days > 2
             THEN round((last_day - first_day)::numeric / (order_days - 1), 1)::float8
        END AS rhythm_days,
        CASE WHEN order_days > 2
             THEN greatest(0, %(today)s - last_day
                 - ceil((last_day - first_day)::numeric / (order_days - 1)))::int
        END AS overdue_days,
        paid_days - (first_sale[2] > 0)::int AS paid_repeats,
        round((worth - first_sale[3])
            / nullif(paid_days - (first_sale[2] > 0)::int, 0)
            * greatest(1 - coalesce(refunded / nullif(revenue, 0), 0), 0), 4) AS repeat_value
        """,
        today=_day(scope),
    )


def _monetary(scope):
    """Return SQL of the M of RFM: who got half of the money back keeps half of the margin.

    What was given back beyond all revenue is lost as it is.
    """
    if scope.basis == "revenue":
        return SQL("bought.revenue - bought.refunded")
    return SQL(
        """
        round(bought.worth
            * greatest(1 - coalesce(bought.refunded / nullif(bought.revenue, 0), 0), 0)
            - greatest(bought.refunded - bought.revenue, 0), %s)
        """,
        scope.decimals,
    )


def _day(scope):
    return list_customer_money.day_number(SQL("%s::date", scope.day))


def _bought(scope):
    """Return sums per customer.

    ``tier_now`` is the tier's measure over the window that ends today, ``tier_best`` that
    over the window that ends on the best of the grace days.
    """
    sums = SQL(
        """
        SELECT customer, sum(orders)::int AS order_count,
               (count(*) FILTER (WHERE orders > 0))::int AS order_days,
               sum(sold) AS revenue, sum(returned) AS refunded, sum(paid) AS paid,
               (count(*) FILTER (WHERE sold > 0))::int AS paid_days, sum(worth) AS worth,
               min(day) FILTER (WHERE orders > 0) AS first_day,
               max(day) FILTER (WHERE orders > 0) AS last_day,
               -- arrays compare by their first element: the earliest day
               min(ARRAY[day, sold, worth]) FILTER (WHERE orders > 0) AS first_sale,
               coalesce(sum(gain) FILTER (WHERE day > %(today)s - %(window)s), 0) AS tier_now
          FROM (
            SELECT customer, day, sum(orders) AS orders, sum(paid) AS paid, sum(sold) AS sold,
                   sum(returned) AS returned, sum(worth) AS worth, sum(%(gain)s) AS gain
              FROM (%(money)s) money
             GROUP BY customer, day
          ) days
         GROUP BY customer
        """,
        gain=_gain(scope),
        today=_day(scope),
        window=scope.window,
        money=list_customer_money.build(scope),
    )
    if not scope.rolling:
        return SQL("SELECT sums.*, tier_now AS tier_best FROM (%s) sums", sums)
    return SQL(
        """
        SELECT sums.*, tier_now + greatest(peak.above, 0) AS tier_best
          FROM (%s) sums LEFT JOIN (%s) peak USING (customer)
        """,
        sums,
        _peak(scope),
    )


def _gain(scope):
    return SQL("orders") if scope.measure == "orders" else SQL("sold - returned")


def _peak(scope):
    """Return by how much the best window of the grace days was above today's.

    When the end of the window goes back a day, it loses what was gained on that day and
    wins what was gained a window's length before. So only the rows of two short times are
    read, and added up from today backwards.
    """
    start, grace = scope.day - timedelta(days=scope.window), timedelta(days=scope.grace)
    spans = [(scope.day - grace, scope.day), (start - grace, start)]
    return SQL(
        """
        SELECT customer, max(above) AS above
          FROM (
            SELECT customer, sum(step.gain) OVER (PARTITION BY customer ORDER BY step.age)
                       AS above
              FROM (%(money)s) money
             CROSS JOIN LATERAL (VALUES
                (%(today)s - day, -(%(gain)s)), (%(today)s - %(window)s - day, %(gain)s)
             ) AS step(age, gain)
             WHERE step.age BETWEEN 0 AND %(grace)s - 1
          ) steps
         GROUP BY customer
        """,
        today=_day(scope),
        window=scope.window,
        grace=scope.grace,
        gain=_gain(scope),
        money=list_customer_money.build(scope, spans),
    )


def _acted(scope):
    """Return what the people of a customer did, from all the keys they are known by."""
    return SQL(
        """
        SELECT partner.commercial_partner_id AS customer, sum(act.points) AS points,
               bool_or(act.own) AS own,
               min(act.first_at) AS first_at, max(act.last_visit_at) AS last_visit_at,
               max(act.last_email_at) AS last_email_at
          FROM (%(engagement)s) act
          JOIN ecrm_identity identity ON identity.id = act.identity_id
          JOIN res_partner partner ON partner.id = identity.partner_id
         WHERE partner.id <> ALL(%(public)s) AND partner.id <> ALL(%(objectors)s)
         GROUP BY 1
        """,
        engagement=scope.engagement,
        public=scope.public_ids,
        objectors=scope.objectors,
    )

"""Everything that is known of each customer before anybody is compared."""

from odoo.tools import SQL

from . import list_customer_money, roll_tiers
from .list_customer_money import EPOCH


def build(scope, acted=None):
    """Return the query of one row per customer that bought, visited, answered or asked.

    Acts of no company make nobody a customer of each company: they count where somebody
    bought or did something, and in the contact's own company (the first one, if none).

    :param Scope scope: whose figures
    :param SQL acted: what customers did, where it is known already; see ``acted_before``
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
               bought.tier_now, bought.tier_gains, bought.tier_days,
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
        acted=acted or _acted(scope),
        company=scope.company_id,
        main=scope.main_company,
    )


def acted_before(facts):
    """Return the query of what customers who bought did, as it was found before.

    :param SQL facts: the name of a table of what ``build`` gives
    """
    return SQL(
        """
        SELECT customer, engagement AS points, TRUE AS own, first_at, last_visit_at,
               last_email_at
          FROM %s facts WHERE order_count > 0
        """,
        facts,
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
    """Return sums per customer, of the tier's measure too, see ``roll_tiers.sums``."""
    elsewhere = scope.tier_rows is not None
    bought = SQL(
        """
        SELECT customer, sum(orders)::int AS order_count,
               (count(*) FILTER (WHERE orders > 0))::int AS order_days,
               sum(sold) AS revenue, sum(returned) AS refunded, sum(paid) AS paid,
               (count(*) FILTER (WHERE sold > 0))::int AS paid_days, sum(worth) AS worth,
               min(day) FILTER (WHERE orders > 0) AS first_day,
               max(day) FILTER (WHERE orders > 0) AS last_day,
               -- arrays compare by their first element: the earliest day
               min(ARRAY[day, sold, worth]) FILTER (WHERE orders > 0) AS first_sale%(measure)s
          FROM (
            SELECT customer, day, sum(orders) AS orders, sum(paid) AS paid, sum(sold) AS sold,
                   sum(returned) AS returned, sum(worth) AS worth, sum(%(gain)s) AS gain
              -- sorted once, both sums need no table of millions of customers and days
              FROM (%(money)s ORDER BY customer, day) money
             GROUP BY customer, day
          ) days
         GROUP BY customer
        """,
        measure=SQL() if elsewhere else SQL(", %s", roll_tiers.sums(scope)),
        gain=roll_tiers.gain(scope),
        money=list_customer_money.build(scope),
    )
    if not elsewhere:
        return bought
    return SQL(
        """
        SELECT bought.*, coalesce(earned.tier_now, 0) AS tier_now, tier_gains, tier_days
          FROM (%s) bought
          LEFT JOIN (SELECT customer, %s FROM (%s) counted GROUP BY customer) earned
               USING (customer)
        """,
        bought,
        roll_tiers.sums(scope),
        scope.tier_rows,
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

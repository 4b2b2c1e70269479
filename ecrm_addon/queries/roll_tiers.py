"""Tiers measured over a rolling window: the best of the grace days, and the fall to come.

Nothing is known of what customers will do, but that what they did leaves the window. So the
sum over the window is told for each end of it: from the first of the grace days up to as many
days ahead as falls are looked for. It changes only on days on which something entered or left,
so only what was gained in two short times is looked at: around a window's length ago, and lately.

A customer has the best tier that was deserved on any of the grace days. So a tier is lost on the
day on which the sum has been too small for more than the grace days, one by one.
"""

from odoo.tools import SQL

from . import list_customer_money

#: How many days ahead a fall is looked for; never fewer than the grace days.
LOOK_AHEAD = 90


def gain(scope):
    """Return SQL of what a row of ``list_customer_money`` is worth to the tier."""
    return SQL("orders") if scope.measure == "orders" else SQL("sold - returned")


def sums(scope):
    """Return columns that sum up rows of one customer, each of one day and its gain.

    ============================ =====================================================
    tier_now                     the sum over the window that ends today
    tier_days, tier_gains        what entered or left the window on a day that matters
    ============================ =====================================================
    """
    near = SQL("NULL::numeric[] AS tier_gains, NULL::int[] AS tier_days")
    if scope.rolling:
        near = SQL(
            """
            array_agg(gain) FILTER (WHERE %(near)s) AS tier_gains,
            array_agg(day) FILTER (WHERE %(near)s) AS tier_days
            """,
            near=_near(scope),
        )
    return SQL(
        "coalesce(sum(gain) FILTER (WHERE day > %s - %s), 0) AS tier_now, %s",
        _today(scope),
        scope.window,
        near,
    )


def _near(scope):
    """Return the condition that a day matters: few do, and most customers have none."""
    return SQL(
        """
        gain <> 0 AND (day > %(today)s - %(grace)s
            OR day - %(today)s + %(window)s BETWEEN 1 - %(grace)s AND %(ahead)s)
        """,
        today=_today(scope),
        window=scope.window,
        grace=scope.grace,
        ahead=_look_ahead(scope),
    )


def build(scope):
    """Return the query of the best window and the fall to come, of the table ``fact``.

    :return: SQL giving customer (who has nothing to tell is missing) and

        ============= ==================================================================
        best          the sum over the best window of the grace days
        drops_in      days from today to the first day that is too small, and from which on
                      the grace runs out; below zero: it was in the past; NULL: none in sight
        best_ahead    the best of the grace days that begin with that day
        left_ahead    the sum on the day on which the tier is lost
        ============= ==================================================================
    """
    if not scope.rolling:
        return SQL(
            "SELECT 0 AS customer, 0 AS best, 0 AS drops_in, 0 AS best_ahead, 0 AS left_ahead"
            " WHERE FALSE"
        )
    return SQL(
        """
        SELECT customer, max(best) AS best, (min(drop) FILTER (WHERE is_drop))[1]::int AS drops_in,
               (min(drop) FILTER (WHERE is_drop))[2] AS best_ahead,
               (min(drop) FILTER (WHERE is_drop))[3] AS left_ahead
          FROM (
            SELECT customer, best, ARRAY[step, best_ahead, left_ahead] AS drop,
                   step <= %(last)s AND greatest(best_ahead, 0)::float8 <
                       (%(minimums)s::float8[])[width_bucket(
                           greatest(best, 0)::float8, %(minimums)s::float8[])] AS is_drop
              FROM (%(ahead)s) ahead
          ) drops
         GROUP BY customer
        """,
        last=_look_ahead(scope) - scope.grace,
        minimums=[minimum for _tier, minimum in scope.tiers],
        ahead=_ahead(scope),
    )


def _look_ahead(scope):
    return max(LOOK_AHEAD, scope.grace)


def _ahead(scope):
    """Add the best of the past grace days, and the best of those that follow each step."""
    return SQL(
        """
        SELECT customer, step,
               greatest(oldest, tier_now, max(reached) FILTER (WHERE step <= 0)
                   OVER (PARTITION BY customer)) AS best,
               max(reached) OVER grace_days AS best_ahead,
               last_value(reached) OVER grace_days AS left_ahead
          FROM (
            SELECT customer, step, tier_now, tier_now - before AS oldest,
                   tier_now - before + sum(gain) OVER (PARTITION BY customer ORDER BY step)
                       AS reached
              FROM (
                SELECT steps.*, coalesce(sum(gain) FILTER (WHERE step <= 0)
                           OVER (PARTITION BY customer), 0) AS before
                  FROM (%(steps)s) steps
              ) steps
          ) reached
        WINDOW grace_days AS (PARTITION BY customer ORDER BY step
                              RANGE BETWEEN CURRENT ROW AND %(grace)s FOLLOWING)
        """,
        steps=_steps(scope),
        grace=scope.grace,
    )


def _steps(scope):
    """Return by how much the window that ends so many days from today differs from the last.

    Grouped: a customer with many orders has no more steps than there are days.
    """
    return SQL(
        """
        SELECT customer, step.step, sum(step.gain) AS gain, min(tier_now) AS tier_now
          FROM fact
         CROSS JOIN LATERAL unnest(tier_days, tier_gains) AS counted(day, gain)
         CROSS JOIN LATERAL (VALUES
            (counted.day - %(today)s, counted.gain),
            (counted.day + %(window)s - %(today)s, -counted.gain)
         ) AS step(step, gain)
         WHERE tier_days IS NOT NULL AND order_count > 0 AND %(enough)s
           AND step.step BETWEEN 1 - %(grace)s AND %(ahead)s
         GROUP BY customer, step.step
        """,
        today=_today(scope),
        window=scope.window,
        grace=scope.grace,
        ahead=_look_ahead(scope),
        enough=_enough(scope),
    )


def _enough(scope):
    """Return the condition that somebody ever got as far as a tier that asks for anything.

    Most customers did not, and can neither have been in such a tier lately nor lose it.
    """
    ever = {"net_spend": SQL("revenue"), "orders": SQL("order_count")}.get(scope.measure)
    lowest = min((minimum for _tier, minimum in scope.tiers if minimum > 0), default=None)
    return SQL("%s >= %s", ever, lowest) if ever and lowest is not None else SQL("TRUE")


def _today(scope):
    return list_customer_money.day_number(SQL("%s::date", scope.day))

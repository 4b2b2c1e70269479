"""In which tier each customer is: risen at once, fallen after grace, and what is to come.

What is summed over a window is known for past days too, so the best of the grace days decides
(``roll_tiers.py``). The loyalty score and the forecast of a customer's value are known of today
only: there a customer keeps the tier until so many days have passed since it was first too
little. That day stands in the ledger, in the row of the customer's last move.
"""

from odoo.tools import SQL


def ranked(scope):
    """Add what the tier is measured by, and the rank in the ladder that it deserves.

    Both are NULL of who never ordered; the rank is NULL, too, where the measure is not known.
    """
    now, best = SQL("tier_now"), SQL("coalesce(rolled.best, tier_now)")
    if scope.standing:
        now = best = SQL("clv_12m" if scope.measure == "clv" else "loyalty_score")
    return SQL(
        """
        SELECT forecast.*, rolled.drops_in AS tier_drops_in, rolled.best_ahead AS tier_best_ahead,
               rolled.left_ahead AS tier_left_ahead,
               CASE WHEN order_count > 0 THEN %(now)s END AS tier_value,
               CASE WHEN order_count > 0 AND %(best)s IS NOT NULL THEN
                   width_bucket(greatest(%(best)s, 0)::float8, %(minimums)s::float8[])
               END AS deserved_rank
          FROM forecast LEFT JOIN rolled USING (customer)
        """,
        now=now,
        best=best,
        minimums=_minimums(scope),
    )


def last_move(scope):
    """Return where the ledger says each customer is; it outlives the profiles."""
    return SQL(
        """
        SELECT DISTINCT ON (partner_id) partner_id, id AS move_id, to_tier_id AS tier_id,
               CASE WHEN below_since <= %(day)s THEN below_since END AS below_since,
               (date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
          FROM ecrm_tier_change
         WHERE company_id = %(company)s AND date <= %(shown)s AND %(customers)s
         ORDER BY partner_id, ecrm_tier_change.date DESC, id DESC
        """,
        day=scope.day,
        zone=scope.zone,
        company=scope.company_id,
        shown=scope.shown,
        customers=customers_only(scope),
    )


def placed(scope):
    """Add since when the tier holds, and whether it is a move that nobody wrote down.

    Only what holds today is written down: a look at the past, or ahead, is no move.
    """
    return SQL(
        """
        SELECT placed.*, CASE
                   WHEN tier_id IS NULL THEN NULL
                   WHEN has_moved THEN %(day)s
                   WHEN tier_id IS DISTINCT FROM held_tier_id THEN NULL
                   ELSE coalesce(moved_on, first_order_date)
               END AS tier_since, %(fall)s
          FROM (
            SELECT placed.*,
                   %(live)s AND tier_id IS DISTINCT FROM held_tier_id AS has_moved
              FROM (
                SELECT placed.*, (%(ids)s::int[])[tier_rank] AS tier_id,
                       (%(minimums)s::float8[])[tier_rank] AS tier_minimum
                  FROM (SELECT held.*, %(rank)s AS tier_rank FROM (%(held)s) held) placed
              ) placed
          ) placed
        """,
        day=_day(scope),
        live=scope.live,
        ids=_ids(scope),
        minimums=_minimums(scope),
        rank=_rank(scope),
        held=_held(scope),
        fall=_fall(scope),
    )


def marked(scope):
    """Return the statement that writes down since when customers are below their tier."""
    return SQL(
        """
        UPDATE ecrm_tier_change change
           SET below_since = placed.new_below_since
          FROM placed
         WHERE %(live)s AND change.id = placed.move_id AND NOT placed.has_moved
           AND change.below_since IS DISTINCT FROM placed.new_below_since
        RETURNING change.id
        """,
        live=scope.live,
    )


def customers_only(scope):
    """Return the condition that a row is of a customer who is looked at."""
    if scope.customer_ids is None:
        return SQL("TRUE")
    return SQL("partner_id = ANY(%s)", scope.customer_ids)


def _held(scope):
    """Add the tier in which the ledger left the customer; who never moved is in the base."""
    return SQL(
        """
        SELECT held.*, array_position(%(ids)s::int[], held_tier_id) AS held_rank,
               %(below)s AS below_since
          FROM (
            SELECT ranked.*, last_move.move_id, last_move.day AS moved_on,
                   last_move.below_since AS known_below_since, CASE
                       WHEN last_move.partner_id IS NOT NULL THEN last_move.tier_id
                       WHEN order_count > 0 THEN %(base)s
                   END AS held_tier_id, CASE
                       WHEN last_move.partner_id IS NOT NULL THEN last_move.tier_id
                       WHEN %(settled)s AND first_order_date < %(day)s THEN %(base)s
                   END AS from_tier_id
              FROM ranked LEFT JOIN last_move ON last_move.partner_id = ranked.customer
          ) held
        """,
        ids=_ids(scope),
        below=_below(scope),
        base=SQL("%s::int", scope.base_tier),
        settled=scope.settled,
        day=_day(scope),
    )


def _below(scope):
    """Return SQL of since when the measure is too little for the tier that is held.

    Where it is not known, nothing changes: it was not seen above either.
    """
    if not scope.standing:
        return SQL("NULL::date")
    return SQL(
        """
        CASE WHEN order_count > 0 AND deserved_rank IS NULL THEN known_below_since
             WHEN deserved_rank < array_position(%s::int[], held_tier_id)
                 THEN coalesce(known_below_since, %s)
        END
        """,
        _ids(scope),
        _day(scope),
    )


def _rank(scope):
    """Return SQL of the rank that a customer has, of what is deserved and what is held."""
    if not scope.standing:
        return SQL("deserved_rank")
    return SQL(
        """
        CASE WHEN order_count > 0 THEN CASE
             WHEN deserved_rank IS NULL
                 THEN coalesce(held_rank, width_bucket(0::float8, %(minimums)s::float8[]))
             WHEN deserved_rank < held_rank AND %(day)s < below_since + %(grace)s
                 THEN held_rank
             ELSE deserved_rank
        END END
        """,
        minimums=_minimums(scope),
        day=_day(scope),
        grace=scope.grace,
    )


# --------------------------------------------------------------------
# FALLS
# --------------------------------------------------------------------


def _fall(scope):
    """Return columns of the fall to come if nothing more happens; NULL if none is in sight.

    ================= ==============================================================
    tier_falls_on     the first day on which the tier is lost
    tier_falls_to_id  the tier of that day
    tier_falls_short  by how much the measure will be too little on that day: who gains
                      as much on any day before keeps the tier
    new_below_since   for the ledger
    ================= ==============================================================
    """
    if scope.standing:
        falls = SQL("below_since IS NOT NULL AND deserved_rank < tier_rank AND NOT has_moved")
        on, to, left = SQL("below_since + %s", scope.grace), SQL("deserved_rank"), SQL("tier_value")
    else:
        falls, on = SQL("tier_drops_in IS NOT NULL AND tier_rank > 0"), _rolls_out(scope)
        to = SQL(
            "width_bucket(greatest(tier_best_ahead, 0)::float8, %s::float8[])", _minimums(scope)
        )
        left = SQL("tier_left_ahead")
    return SQL(
        """
        CASE WHEN %(falls)s THEN %(on)s END AS tier_falls_on,
        CASE WHEN %(falls)s THEN (%(ids)s::int[])[%(to)s] END AS tier_falls_to_id,
        CASE WHEN %(falls)s THEN round((tier_minimum - %(left)s)::numeric, 4)
        END AS tier_falls_short,
        CASE WHEN tier_id = held_tier_id THEN below_since END AS new_below_since
        """,
        falls=falls,
        on=on,
        ids=_ids(scope),
        to=to,
        left=left,
    )


def _rolls_out(scope):
    """Return SQL of the first day whose window begins so late that the tier is lost.

    Months have no fixed length: what leaves a window of months leaves it by the calendar.
    """
    return SQL(
        """
        (SELECT CASE WHEN (later - %(months)s)::date >= first THEN later ELSE later + 1 END
           FROM (
            SELECT first, (first + %(months)s)::date AS later
              FROM (SELECT %(day)s - %(window)s + tier_drops_in + %(grace)s AS first) begin
           ) month)
        """,
        months=SQL("%s * interval '1 month'", scope.months),
        day=_day(scope),
        window=scope.window,
        grace=scope.grace,
    )


def _day(scope):
    return SQL("%s::date", scope.day)


def _ids(scope):
    return [tier for tier, _minimum in scope.tiers]


def _minimums(scope):
    return [minimum for _tier, minimum in scope.tiers]

"""The one statement that writes profiles: facts, thresholds, scores, tiers, all at once.

It compares with what stands there and writes only rows that differ, so that a second run
writes none. The same statement serves a whole company and a few customers of it.
"""

from odoo.tools import SQL

from ..lib.scoring import decay, loyalty, rfm
from . import sum_customer_facts

#: Engagement is a sum of floating numbers, whose last digits depend on the order of rows.
SAME = 1e-12

#: Where ``gather`` puts what it found.
FACTS = SQL.identifier("pg_temp", "ecrm_fact")

#: What is compared and written, besides engagement.
COLUMNS = (
    "order_count",
    "order_days",
    "revenue",
    "refunded",
    "average_order",
    "first_order_date",
    "last_order_date",
    "last_visit_at",
    "last_email_at",
    "recency_days",
    "frequency",
    "monetary",
    "r_score",
    "f_score",
    "m_score",
    "segment_id",
    "engagement_band",
    "loyalty_score",
    "tier_id",
    "tier_value",
    "tier_since",
)


def gather(scope):
    """Return the statement that keeps the facts of a whole company until the commit.

    A statement that writes is never done by several processes of PostgreSQL at once; one
    that only fills such a table is, and what it found there can be counted beforehand.
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(facts)s;
        CREATE TEMPORARY TABLE %(facts)s ON COMMIT DROP AS %(select)s;
        ANALYZE %(facts)s
        """,
        facts=FACTS,
        select=sum_customer_facts.build(scope),
    )


def build(scope, gathered=False):
    """Return the statement that makes the profiles of one company right.

    :param Scope scope: of whom, of when, by which rules
    :param bool gathered: whether ``gather`` was done for this scope
    :return: SQL giving one row: customers (who ever ordered), profiles, written, removed,
        moves (ids of new tier changes), news (ids of those that are news), r, f, m (the
        thresholds, NULL without scores)
    """
    return SQL(
        """
        WITH fact AS MATERIALIZED (%(facts)s),
        threshold AS MATERIALIZED (%(thresholds)s),
        -- materialized: PostgreSQL would repeat each score wherever it is used
        scored AS MATERIALIZED (%(scored)s),
        weighed AS MATERIALIZED (%(weighed)s),
        ranked AS (%(ranked)s),
        last_move AS (%(last_move)s),
        placed AS MATERIALIZED (%(placed)s),
        changed AS MATERIALIZED (%(changed)s),
        updated AS (%(updated)s),
        inserted AS (%(inserted)s),
        removed AS (%(removed)s),
        moved AS (%(moved)s)
        SELECT (SELECT count(*) FROM placed WHERE order_count > 0) AS customers,
               (SELECT count(*) FROM placed) AS profiles,
               (SELECT count(*) FROM updated) + (SELECT count(*) FROM inserted) AS written,
               (SELECT count(*) FROM removed) AS removed,
               (SELECT coalesce(array_agg(id), '{}') FROM moved) AS moves,
               (SELECT coalesce(array_agg(moved.id), '{}')
                  FROM moved JOIN placed ON placed.customer = moved.partner_id
                 WHERE %(settled)s OR placed.last_order_date = %(day)s) AS news,
               threshold.r, threshold.f, threshold.m
          FROM threshold
        """,
        facts=SQL("TABLE %s", FACTS) if gathered else sum_customer_facts.build(scope),
        thresholds=_thresholds(scope),
        scored=_scored(),
        weighed=_weighed(scope),
        ranked=_ranked(scope),
        last_move=_last_move(scope),
        placed=_placed(scope),
        changed=_changed(scope),
        updated=_updated(scope),
        inserted=_inserted(scope),
        removed=_removed(scope),
        moved=_moved(scope),
        settled=scope.settled,
        day=scope.day,
    )


# --------------------------------------------------------------------
# SCORES
# --------------------------------------------------------------------


def _thresholds(scope):
    """Return one row of thresholds: those given, or those of everybody who bought."""
    if scope.thresholds is not None:
        values = [scope.thresholds.get(letter) for letter in "rfm"]
        return SQL("SELECT %s::float8[] AS r, %s::float8[] AS f, %s::float8[] AS m", *values)
    cuts = [
        SQL(
            """
            CASE WHEN count(*) >= %s THEN
                percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY %s::float8)
            END AS %s
            """,
            rfm.MIN_CUSTOMERS,
            list(rfm.PERCENTILES),
            SQL(column),
            SQL.identifier(letter),
        )
        for letter, column in (("r", "recency_days"), ("f", "order_count"), ("m", "monetary"))
    ]
    return SQL("SELECT %s FROM fact WHERE order_count > 0", SQL(", ").join(cuts))


def _scored():
    return SQL(
        """
        SELECT fact.*, CASE WHEN order_count > 0 THEN order_count END AS frequency,
               CASE WHEN order_count > 0 THEN 5 - %(r)s END AS r_score,
               CASE WHEN order_count > 0 THEN 1 + %(f)s END AS f_score,
               CASE WHEN order_count > 0 THEN 1 + %(m)s END AS m_score
          FROM fact CROSS JOIN threshold
        """,
        r=_passed("r", SQL("recency_days")),
        f=_passed("f", SQL("order_count")),
        m=_passed("m", SQL("monetary")),
    )


def _passed(letter, value):
    """Return SQL of how many thresholds a value passes, as ``rfm.score`` counts them."""
    margin = rfm.MARGINS[letter]
    operator = SQL(">= %s +", margin) if margin else SQL(">")
    passed = SQL(" + ").join(
        SQL("(%s::float8 %s threshold.%s[%s])::int", value, operator, SQL(letter), place)
        for place in range(1, len(rfm.PERCENTILES) + 1)
    )
    return SQL("(%s)", passed)


def _weighed(scope):
    """Add loyalty score, band and segment, as ``loyalty.parts``, ``decay.band`` do."""
    return SQL(
        """
        SELECT scored.*,
               %(r)s * (r_score - 1) / 4 + %(f)s * (f_score - 1) / 4
               + %(m)s * (m_score - 1) / 4 + round((%(most)s * warmth
                   / (warmth + %(half)s))::numeric, 2)::float8 AS loyalty_score,
               %(band)s AS engagement_band,
               (%(segments)s::int[])[(r_score - 1) * 25 + (f_score - 1) * 5 + m_score]
                   AS segment_id
          FROM (SELECT scored.*, greatest(engagement, 0) AS warmth FROM scored) scored
        """,
        **loyalty.MOST,
        most=loyalty.MOST_ENGAGEMENT,
        half=loyalty.HALF_ENGAGEMENT,
        band=_band(scope),
        segments=scope.segments,
    )


def _band(scope):
    bands = SQL(" ").join(
        SQL("WHEN engagement >= %s THEN %s", least, name) for name, least in decay.BANDS[:-1]
    )
    return SQL(
        """
        CASE WHEN engagement IS NULL THEN NULL
             WHEN engagement > 0 AND first_at >= %s::timestamp - %s * interval '1 day'
                 THEN 'new'
             %s ELSE %s END
        """,
        scope.at,
        decay.NEW_DAYS,
        bands,
        decay.BANDS[-1][0],
    )


# --------------------------------------------------------------------
# TIERS
# --------------------------------------------------------------------


def _ranked(scope):
    """Add the tier: the highest whose minimum the measure reached within the grace days."""
    now, best = SQL("tier_now"), SQL("tier_best")
    if scope.measure == "loyalty_score":
        now = best = SQL("loyalty_score")
    return SQL(
        """
        SELECT weighed.*, %(now)s AS tier_value, (%(ids)s::int[])[tier_rank] AS tier_id,
               (%(minimums)s::float8[])[tier_rank] AS tier_minimum
          FROM (
            SELECT weighed.*, CASE WHEN order_count > 0 THEN
                       width_bucket(greatest(%(best)s, 0)::float8, %(minimums)s::float8[])
                   END AS tier_rank
              FROM weighed
          ) weighed
        """,
        now=SQL("CASE WHEN order_count > 0 THEN %s END", now),
        best=best,
        ids=[tier for tier, _minimum in scope.tiers],
        minimums=[minimum for _tier, minimum in scope.tiers],
    )


def _last_move(scope):
    """Return where the ledger says each customer is; it outlives the profiles."""
    return SQL(
        """
        SELECT DISTINCT ON (partner_id) partner_id, to_tier_id AS tier_id,
               (date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
          FROM ecrm_tier_change
         WHERE company_id = %(company)s AND date <= %(shown)s AND %(customers)s
         ORDER BY partner_id, ecrm_tier_change.date DESC, id DESC
        """,
        zone=scope.zone,
        company=scope.company_id,
        shown=scope.shown,
        customers=_customers(scope),
    )


def _placed(scope):
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
               END AS tier_since
          FROM (
            SELECT placed.*,
                   %(live)s AND tier_id IS DISTINCT FROM held_tier_id AS has_moved
              FROM (
                SELECT ranked.*, last_move.day AS moved_on, CASE
                           WHEN last_move.partner_id IS NOT NULL THEN last_move.tier_id
                           WHEN order_count > 0 THEN %(base)s
                       END AS held_tier_id, CASE
                           WHEN last_move.partner_id IS NOT NULL THEN last_move.tier_id
                           WHEN %(settled)s AND first_order_date < %(day)s THEN %(base)s
                       END AS from_tier_id
                  FROM ranked LEFT JOIN last_move ON last_move.partner_id = ranked.customer
              ) placed
          ) placed
        """,
        day=SQL("%s::date", scope.day),
        live=scope.live,
        base=SQL("%s::int", scope.base_tier),
        settled=scope.settled,
    )


def _moved(scope):
    ids = [tier for tier, _minimum in scope.tiers]
    return SQL(
        """
        INSERT INTO ecrm_tier_change
               (company_id, partner_id, from_tier_id, to_tier_id, move, date, measure, value,
                minimum, window_days)
        SELECT %(company)s, customer, from_tier_id, tier_id,
               CASE WHEN coalesce(tier_rank, 0)
                         >= coalesce(array_position(%(ids)s::int[], held_tier_id), 0)
                    THEN 'up' ELSE 'down' END,
               %(shown)s, %(measure)s, tier_value, tier_minimum, %(window)s
          FROM placed
         WHERE has_moved
        RETURNING id, partner_id
        """,
        company=scope.company_id,
        ids=ids,
        shown=scope.shown,
        measure=scope.measure,
        window=scope.window,
    )


# --------------------------------------------------------------------
# ROWS
# --------------------------------------------------------------------


def _changed(scope):
    """Return whose figures differ from what stands there, with the row they stand in."""
    return SQL(
        """
        SELECT placed.customer, placed.engagement, %(new)s, old.id AS profile_id
          FROM placed
          LEFT JOIN ecrm_profile old
            ON old.company_id = %(company)s AND old.partner_id = placed.customer
         WHERE old.id IS NULL OR (%(new)s) IS DISTINCT FROM (%(old)s)
            OR (old.engagement IS NULL) <> (placed.engagement IS NULL)
            OR abs(old.engagement - placed.engagement) > %(same)s * abs(placed.engagement)
        """,
        new=_columns("placed"),
        company=scope.company_id,
        old=_columns("old"),
        same=SAME,
    )


def _updated(scope):
    return SQL(
        """
        UPDATE ecrm_profile
           SET (computed_at, engagement, %(names)s)
               = (%(shown)s, changed.engagement, %(new)s)
          FROM changed
         WHERE ecrm_profile.id = changed.profile_id
        RETURNING ecrm_profile.id
        """,
        names=_columns(),
        shown=scope.shown,
        new=_columns("changed"),
    )


def _inserted(scope):
    """Add new customers; not as one upsert, which would use up an id for each old one."""
    return SQL(
        """
        INSERT INTO ecrm_profile (company_id, partner_id, computed_at, engagement, %(names)s)
        SELECT %(company)s, customer, %(shown)s, engagement, %(names)s
          FROM changed
         WHERE profile_id IS NULL
        -- another transaction was faster: this one fails as one that is to be repeated
        ON CONFLICT (company_id, partner_id) DO NOTHING
        RETURNING id
        """,
        names=_columns(),
        company=scope.company_id,
        shown=scope.shown,
    )


def _columns(*alias):
    return SQL(", ").join(SQL.identifier(*alias, name) for name in COLUMNS)


def _removed(scope):
    """Remove whom nothing speaks for any more: no order, no act, or no contact."""
    return SQL(
        """
        DELETE FROM ecrm_profile
         WHERE company_id = %s AND %s AND (partner_id IS NULL OR partner_id NOT IN (
            SELECT customer FROM placed
         ))
        RETURNING id
        """,
        scope.company_id,
        _customers(scope),
    )


def _customers(scope):
    if scope.customer_ids is None:
        return SQL("TRUE")
    return SQL("partner_id = ANY(%s)", scope.customer_ids)

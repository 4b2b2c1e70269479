"""The one statement that writes profiles: facts, thresholds, scores, tiers, all at once.

It compares with what stands there and writes only rows that differ, so that a second run
writes none. The same statement serves a whole company and a few customers of it.
"""

from odoo.tools import SQL

from . import forecast_purchases, place_customers, place_in_tiers, sum_customer_facts
from .place_in_tiers import customers_only

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
    "tier_falls_on",
    "tier_falls_to_id",
    "tier_falls_short",
    "rhythm_days",
    "overdue_days",
    *forecast_purchases.COLUMNS,
)


def gather(scope, into=FACTS, acted=None):
    """Return the statement that keeps the facts of a whole company until the commit.

    A statement that writes is never done by several processes of PostgreSQL at once; one
    that only fills such a table is, and what it found there can be counted beforehand.

    :param SQL into: the name of a table of this session
    :param SQL acted: see ``sum_customer_facts.build``
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(facts)s;
        CREATE TEMPORARY TABLE %(facts)s ON COMMIT DROP AS %(select)s;
        ANALYZE %(facts)s
        """,
        facts=into,
        select=sum_customer_facts.build(scope, acted),
    )


def facts(scope, gathered=False):
    """Return the SELECT of the facts, or that of where ``gather`` put them."""
    return SQL("TABLE %s", FACTS) if gathered else sum_customer_facts.build(scope)


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
        WITH %(placed)s,
        changed AS MATERIALIZED (%(changed)s),
        updated AS (%(updated)s),
        inserted AS (%(inserted)s),
        removed AS (%(removed)s),
        moved AS (%(moved)s),
        marked AS (%(marked)s)
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
        placed=place_customers.build(scope, facts(scope, gathered), gathered),
        changed=_changed(scope),
        updated=_updated(scope),
        inserted=_inserted(scope),
        removed=_removed(scope),
        moved=_moved(scope),
        marked=place_in_tiers.marked(scope),
        settled=scope.settled,
        day=scope.day,
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
        customers_only(scope),
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

"""Where each customer stands: thresholds, scores, forecast and tier, of the facts.

A chain of named parts for the statements that go on from ``placed``.
"""

from odoo.tools import SQL

from ..lib.scoring import decay, rfm
from . import forecast_purchases, place_in_tiers, roll_tiers


def build(scope, facts, gathered=False):
    """Return the parts of a WITH, the last of which is ``placed``: one row per customer.

    :param Scope scope: of whom, of when, by which rules
    :param SQL facts: the SELECT of ``sum_customer_facts``, or of where it was kept
    :param bool gathered: whether it was kept: then it costs nothing to read it again
    :return: SQL of named parts; ``placed`` gives the facts with scores, forecast and tier,
        ``held_tier_id`` (where the ledger says the customer is) and ``has_moved``, see
        ``place_in_tiers``
    """
    return SQL(
        """
        fact AS %(kept)s MATERIALIZED (%(facts)s),
        threshold AS MATERIALIZED (%(thresholds)s),
        expected AS MATERIALIZED (%(expected)s),
        -- a fence each: PostgreSQL would repeat a score wherever it is used
        scored AS NOT MATERIALIZED (%(scored)s OFFSET 0),
        weighed AS NOT MATERIALIZED (%(weighed)s OFFSET 0),
        forecast AS NOT MATERIALIZED (%(forecast)s OFFSET 0),
        rolled AS (%(rolled)s),
        ranked AS (%(ranked)s),
        last_move AS (%(last_move)s),
        placed AS MATERIALIZED (%(placed)s)
        """,
        kept=SQL("NOT") if gathered else SQL(),
        facts=facts,
        thresholds=_thresholds(scope),
        expected=forecast_purchases.table(scope.forecast),
        scored=_scored(),
        weighed=_weighed(scope),
        forecast=forecast_purchases.build(scope.forecast, SQL("weighed"), scope.decimals),
        rolled=roll_tiers.build(scope),
        ranked=place_in_tiers.ranked(scope),
        last_move=place_in_tiers.last_move(scope),
        placed=place_in_tiers.placed(scope),
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
        # no whole numbers: PostgreSQL would divide them without a rest
        **{letter: float(most) for letter, most in scope.loyalty.most.items()},
        most=float(scope.loyalty.engagement),
        half=float(scope.loyalty.half),
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

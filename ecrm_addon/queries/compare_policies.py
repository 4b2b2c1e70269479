"""Who would stand where by other rules: one statement that reads both placements.

Nothing is written: neither profiles nor the ledger of tiers know of it.
"""

from odoo.tools import SQL

from . import place_customers

#: Where the facts by the rules of a draft are kept, if they are others.
DRAFT_FACTS = SQL.identifier("pg_temp", "ecrm_fact_draft")

#: What is compared of a customer.
FIGURES = ("tier_id", "segment_id", "loyalty_score", "clv_12m")


def build(before, after, facts, new_facts, limit):
    """Return the statement that compares where customers stand by two sets of rules.

    Only who ever ordered: others have no tier, no score and no value by any rules.

    :param Scope before: by the rules in force
    :param Scope after: by those of a draft, of the same moment
    :param SQL facts: the name of the table of the facts by the first, see
        ``upsert_profiles.gather``; new_facts by the second
    :param int limit: of how many customers each move is told
    :return: SQL giving one row: customers, up, down, stay, resegmented, rescored; moved_revenue
        (of who changes tier); score, new_score (means), clv, new_clv (sums; NULL where nobody
        has one); tiers, segments: JSON lists of [id before, id after, customers, revenue];
        movers: JSON list of ``FIGURES`` before and after, with customer, steps and revenue
    """
    return SQL(
        """
        WITH old AS MATERIALIZED (WITH %(before)s SELECT %(columns)s FROM placed
             WHERE order_count > 0),
             new AS MATERIALIZED (WITH %(after)s SELECT %(columns)s FROM placed
             WHERE order_count > 0),
        pair AS MATERIALIZED (%(pair)s),
        mover AS MATERIALIZED (%(mover)s)
        SELECT count(*) AS customers,
               count(*) FILTER (WHERE steps > 0) AS up,
               count(*) FILTER (WHERE steps < 0) AS down,
               count(*) FILTER (WHERE steps = 0) AS stay,
               count(*) FILTER (WHERE segment_id IS DISTINCT FROM new_segment_id)
                   AS resegmented,
               count(*) FILTER (WHERE loyalty_score IS DISTINCT FROM new_loyalty_score)
                   AS rescored,
               coalesce(sum(revenue) FILTER (WHERE steps <> 0), 0)::float8 AS moved_revenue,
               avg(loyalty_score) AS score, avg(new_loyalty_score) AS new_score,
               sum(clv_12m)::float8 AS clv, sum(new_clv_12m)::float8 AS new_clv,
               (%(tiers)s) AS tiers, (%(segments)s) AS segments,
               (SELECT coalesce(jsonb_agg(to_jsonb(mover)), '[]') FROM mover) AS movers
          FROM pair
        """,
        before=place_customers.build(before, SQL("TABLE %s", facts), gathered=True),
        after=place_customers.build(after, SQL("TABLE %s", new_facts), gathered=True),
        columns=SQL("customer, revenue - refunded AS revenue, %s", _columns()),
        pair=_pair(after),
        mover=_mover(after, limit),
        tiers=_moves("tier_id"),
        segments=_moves("segment_id"),
    )


def _columns(*alias, prefix=""):
    return SQL(", ").join(
        SQL("%s AS %s", SQL.identifier(*alias, name), SQL.identifier(prefix + name))
        for name in FIGURES
    )


def _pair(after):
    """Return each customer before and after; how far up is counted by the new ladder."""
    return SQL(
        """
        SELECT customer, old.revenue, %(old)s, %(new)s,
               %(new_rank)s - %(rank)s AS steps
          FROM old JOIN new USING (customer)
        """,
        old=_columns("old"),
        new=_columns("new", prefix="new_"),
        new_rank=_rank(after, SQL("new.tier_id")),
        rank=_rank(after, SQL("old.tier_id")),
    )


def _rank(after, tier):
    ids = [tier for tier, _minimum in after.tiers]
    return SQL("coalesce(array_position(%s::int[], %s), 0)", ids, tier)


def _mover(after, limit):
    """Return who is moved most: by tiers, then by score, then by what was bought."""
    return SQL(
        """
        SELECT pair.*, profile.profile_id
          FROM pair JOIN (
            SELECT id AS profile_id, partner_id AS customer
              FROM ecrm_profile WHERE company_id = %(company)s
          ) profile USING (customer)
         WHERE steps <> 0 OR segment_id IS DISTINCT FROM new_segment_id
            OR loyalty_score IS DISTINCT FROM new_loyalty_score
         ORDER BY abs(steps) DESC,
                  abs(coalesce(new_loyalty_score, 0) - coalesce(loyalty_score, 0)) DESC,
                  revenue DESC, customer
         LIMIT %(limit)s
        """,
        company=after.company_id,
        limit=limit,
    )


def _moves(name):
    """Return how many customers, with how much revenue, go from where to where."""
    old, new = SQL.identifier(name), SQL.identifier(f"new_{name}")
    return SQL(
        """
        SELECT coalesce(jsonb_agg(jsonb_build_array(one, other, customers, revenue)), '[]')
          FROM (
            SELECT %(old)s AS one, %(new)s AS other, count(*) AS customers,
                   sum(revenue)::float8 AS revenue
              FROM pair GROUP BY 1, 2
          ) moves
        """,
        old=old,
        new=new,
    )

"""RFM and engagement of 200,000 customers with 2,000,000 orders against a bare aggregate.

The bare statement sums up the same orders per customer and nothing else. Every run scores
another day, as the nightly run does, so that every profile changes. The cohort report is read
from what the last of them left.
"""

from datetime import date, timedelta

from odoo.tools import SQL

from bench import database, datasets
from bench.measure import Result, median, spread, timed

MAX_RATIO = 5.0
NIGHTS = 4
#: Seconds that somebody waits for the cohorts of two years.
MAX_COHORTS = 2.0


def run(scale):
    """Return the results."""
    with database.environment(datasets.orders(scale)) as env:
        _answer, read_seconds = timed(datasets.read_history, env)
        env.cr.execute("ANALYZE")
        env.cr.commit()
        bare_seconds, score_seconds = [], []
        for night in reversed(range(NIGHTS)):
            bare_seconds.append(timed(bare, env)[1])
            score_seconds.append(timed(score, env, date.today() - timedelta(days=night))[1])
        cohort_seconds = [timed(cohorts, env)[1] for _round in range(3)]
        customers = env["ecrm.profile"].search_count([])
        events = env["ecrm.touchpoint"].search_count([])
        orders = env["sale.order"].search_count([])
    read = Result(
        f"backfill of {orders:,} orders", read_seconds, "s", note=f"{events:,} touchpoints"
    )
    report = Result(
        "cohorts of 24 months",
        median(cohort_seconds),
        "s",
        MAX_COHORTS,
        note=spread(cohort_seconds),
    )
    return [read, *results(customers, bare_seconds, score_seconds), report]


def results(customers, bare_seconds, score_seconds):
    """Return the lines of the first scoring and of the nights after it.

    The first one finds nothing in the database's memory, so it is held against the bare
    statement of its own round, which found nothing there either.
    """
    cold, base = bare_seconds[0], median(bare_seconds[1:])
    first, nightly = score_seconds[0], median(score_seconds[1:])
    return [
        Result("bare aggregate of the orders", base, "s", note=spread(bare_seconds)),
        Result(
            "first scoring",
            first,
            "s",
            MAX_RATIO * cold,
            first / cold,
            f"{customers:,} profiles; bare {cold:.1f} s in its round",
        ),
        Result(
            "nightly scoring",
            nightly,
            "s",
            MAX_RATIO * base,
            nightly / base,
            spread(score_seconds[1:]),
        ),
    ]


def score(env, day):
    env["ecrm.score.run"].score(env.company, as_of=day)
    env.flush_all()
    env.cr.commit()


def cohorts(env):
    env.invalidate_all()
    found = env["ecrm.cohort.report"].get_cohorts(24)
    assert found["cohorts"], "there is something to count"
    env.cr.commit()


def bare(env):
    """Sum up the orders per commercial partner; the outer sums keep the planner from skipping."""
    env.cr.execute(
        SQL(
            """
            SELECT sum(n), sum(total), min(first), max(last)
              FROM (SELECT count(*) AS n, sum(amount_untaxed) AS total,
                           min(date_order) AS first, max(date_order) AS last
                      FROM sale_order
                      JOIN res_partner partner ON partner.id = sale_order.partner_id
                     WHERE state = 'sale' AND sale_order.company_id = %s
                     GROUP BY partner.commercial_partner_id) customer
            """,
            env.company.id,
        )
    )
    env.cr.fetchall()
    env.cr.commit()

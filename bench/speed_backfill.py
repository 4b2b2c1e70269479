"""Backfill: a million touchpoints from Odoo's tables against one bare INSERT ... SELECT.

The bare statement writes the very rows that the backfill stored, already computed, into a
plain table with the same indexes and the same promise (a uid is there once). Everything that
the backfill does beyond that is in the ratio: reading Odoo's tables, identities, partitions,
duplicates, quarantine, notes for the digest, commits per batch.
"""

from datetime import date

from odoo.tools import SQL

from bench import database, datasets
from bench.measure import Result, median, spread, timed

MAX_RATIO = 6.0
ROUNDS = 3
ROWS = SQL.identifier("bench_rows")
PLAIN = SQL.identifier("bench_plain")
LOG = SQL.identifier("ecrm_touchpoint_data")


def run(scale):
    """Return the results; leaves the history read and scored, for the screens."""
    with database.environment(datasets.events(scale)) as env:
        seconds = {ours: [], bare: []}
        for number in range(ROUNDS):
            for call in (ours, bare) if number % 2 == 0 else (bare, ours):
                if call is ours:
                    forget(env)
                else:
                    prepare_plain(env)
                seconds[call].append(timed(call, env)[1])
        rows = env["ecrm.touchpoint"].search_count([])
        drop_tables(env)
        _answer, pipeline = timed(run_pipeline, env)
    return results(rows, seconds[ours], seconds[bare], pipeline)


def results(rows, ours_seconds, bare_seconds, pipeline_seconds):
    base = median(bare_seconds)
    took = median(ours_seconds)
    return [
        Result(
            "bare INSERT ... SELECT of the same rows",
            base,
            "s",
            note=f"{rows:,} rows, {spread(bare_seconds)}",
        ),
        Result(
            "backfill from Odoo's tables",
            took,
            "s",
            bound=MAX_RATIO * base,
            ratio=took / base,
            note=f"{rows / took:,.0f} touchpoints/s, {spread(ours_seconds)}",
        ),
        Result("run_now() after it: digest and scores", pipeline_seconds, "s"),
    ]


def ours(env):
    datasets.read_history(env)


def bare(env):
    env.cr.execute(SQL("INSERT INTO %s SELECT * FROM %s", PLAIN, ROWS))
    env.cr.commit()


def run_pipeline(env):
    env["ecrm.pipeline"].run_now()
    env.cr.commit()


def forget(env):
    """Bring our tables back to the day of the installation.

    Partitions go by the port, so that each round creates them again; the others by TRUNCATE,
    which takes with it what hangs on the identities.
    """
    env["ecrm.log"].drop_before(date(9999, 1, 1))
    env["ecrm.collector"].search([]).action_read_again()
    env.flush_all()
    env.cr.execute("TRUNCATE ecrm_touchpoint_key, ecrm_change, ecrm_identity CASCADE")
    env.cr.commit()
    env.invalidate_all()


def prepare_plain(env):
    """Create the empty plain table; the first time, keep the stored rows beside it."""
    env.cr.execute(SQL("CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM %s", ROWS, LOG))
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", PLAIN))
    env.cr.execute(SQL("CREATE TABLE %s (LIKE %s INCLUDING ALL)", PLAIN, LOG))
    # the log's "once per uid" lives in a table of its own
    env.cr.execute(SQL("CREATE UNIQUE INDEX ON %s (uid)", PLAIN))
    env.cr.commit()


def drop_tables(env):
    env.cr.execute(SQL("DROP TABLE %s, %s", ROWS, PLAIN))
    env.cr.commit()

"""The digest of visits to a website, and the screens that read a large log of them.

A million events are digested and compared with one bare INSERT ... SELECT of the same rows
into a plain table with the same indexes; then the log grows to ten millions.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from odoo.tools import SQL

from bench import database, visits
from bench.measure import Result, median, spread, timed

EVENTS, LARGE = 1_000_000, 10_000_000
MAX_RATIO = 10.0
NEW_EVENTS, NEW_VISITS = 1000, 250
INCREMENTAL_MAX_S = 1.0
TIMELINE_MAX_MS, LIVE_MAX_MS, FUNNEL_MAX_S = 50.0, 100.0, 2.0
ROUNDS = 5
BATCH = 50
UNFOLDED, BATCH_OF_A_VISIT = 2000, 10
ERASED_AT_ONCE = 20_000
ROWS = SQL.identifier("bench_rows")
PLAIN = SQL.identifier("bench_plain")


def run(scale):
    try:
        with database.environment(visits.make()) as env:
            results = bulk(env, int(EVENTS * scale))
            grow(env, int(EVENTS * scale), int(LARGE * scale))
            count = f"{env['ecrm.log'].health()['events']:,} events"
            results += [*incremental(env, count), *screens(env, count), *append(env, count)]
            return [*results, *removal(env, count)]
    finally:
        database.drop(visits.DATABASE)


def bulk(env, events):
    """Digest a log that nobody has digested, and write its rows barely."""
    visits.fill(env, events)
    database.analyze(env, visits.TABLES)
    bare = median([bare_insert(env) for _round in range(3)])
    _answer, took = timed(digest, env)
    waiting = UNFOLDED * BATCH_OF_A_VISIT
    let_wait(env, waiting, UNFOLDED)
    _answer, unfolding = timed(unfold, env)
    return [
        Result("bare INSERT ... SELECT of the web events", bare, "s", note=f"{events:,} rows"),
        Result(
            "unfolding what browsers sent",
            unfolding,
            "s",
            ratio=unfolding / (bare * waiting / events),
            note=f"{waiting:,} events in {UNFOLDED:,} batches",
        ),
        Result(
            "digest of them: visits, identities, days",
            took,
            "s",
            bound=MAX_RATIO * bare,
            ratio=took / bare,
            note=f"{events / took:,.0f} events/s",
        ),
    ]


def bare_insert(env):
    """Return the seconds of writing the rows of the log into a plain table."""
    env.cr.execute(SQL("CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM ecrm_touchpoint_data", ROWS))
    env.cr.execute(SQL("CREATE TABLE %s (LIKE ecrm_touchpoint_data INCLUDING ALL)", PLAIN))
    env.cr.execute(SQL("CREATE UNIQUE INDEX ON %s (uid)", PLAIN))
    env.cr.commit()

    def insert():
        env.cr.execute(SQL("INSERT INTO %s SELECT * FROM %s", PLAIN, ROWS))
        env.cr.commit()

    _answer, took = timed(insert)
    env.cr.execute(SQL("DROP TABLE %s", PLAIN))
    env.cr.commit()
    return took


def grow(env, events, large):
    """Let the log grow, as it would over months, and be digested."""
    env.cr.execute(SQL("DROP TABLE %s", ROWS))
    visits.fill(env, large - events, first=large)
    database.analyze(env, visits.TABLES)
    digest(env, limit=200_000)
    database.analyze(env, visits.TABLES)


def digest(env, limit=20_000):
    """Run the digest until nothing is left, committing like the cron."""
    while env["ecrm.pipeline"]._digest(recompute=False, limit=limit):
        env.cr.commit()
    env.cr.commit()


def unfold(env):
    while env["ecrm.log"].unfold():
        pass
    env.cr.commit()


def let_wait(env, number, among):
    """Hand in events of as many visits going on now, as the browsers' door does."""
    # the addon can be imported only while Odoo runs
    from odoo.addons.ecrm_addon.lib.tracking.event import identity_of

    website = env["website"].search([], limit=1)
    batches = defaultdict(list)
    for event in new_events(env, number, among):
        row = {name: event[name] for name in ("uid", "kind", "session_key", "path", "props")}
        row["occurred_at"] = event["occurred_at"].isoformat()
        batches[event["identity"]["device"]].append(row)
    for token, rows in batches.items():
        _kind, key = identity_of("device", token)
        consent = env["ecrm.consent"].record(env["ecrm.log"].meet(key), "granted")
        whose = {
            **{"key": key, "partner_id": None, "consent_id": consent.id, "verdict": "human"},
            **{"website_id": website.id, "company_id": env.company.id, "reasons": ""},
        }
        env["ecrm.log"].receive(whose, rows)
    env.cr.commit()
    env.invalidate_all()


def incremental(env, count):
    """Digest new events of now, of browsers old and new, from where their batches wait."""
    seconds = []
    for _round in range(ROUNDS):
        let_wait(env, NEW_EVENTS, NEW_VISITS)
        env.invalidate_all()
        seconds.append(timed(digest, env)[1])
    return [
        Result(
            f"digest of {NEW_EVENTS:,} new events",
            median(seconds),
            "s",
            bound=INCREMENTAL_MAX_S,
            note=f"in {count}, {spread(seconds)}",
        )
    ]


def new_events(env, number, among):
    """Return events of visits going on now, as a door hands them over."""
    website = env["website"].search([], limit=1)
    key = uuid.uuid4().hex[:20]
    return [
        {
            "uid": str(uuid.uuid4()),
            "kind": "web.page",
            "occurred_at": datetime.utcnow() - timedelta(seconds=number - n),
            "identity": {"device": f"bench{1 + 37 * (n % among)}"},
            "session_key": f"{key}{n % among}",
            "website_id": website.id,
            "company_id": env.company.id,
            "path": f"/page-{n % 800}",
            "verdict": "human",
            "props": {"title": "Page", "device": "desktop"},
        }
        for n in range(number)
    ]


def screens(env, count):
    """Time what the screens ask for, with empty record caches, as a user.

    Meanwhile some batches wait for the digest, as they do on any day.
    """
    user = make_user(env)
    let_wait(env, NEW_EVENTS, NEW_VISITS)
    busiest = SQL(
        "SELECT identity_id FROM ecrm_session GROUP BY 1 ORDER BY sum(event_count) DESC LIMIT 1"
    )
    identity_id = env.execute_query(busiest)[0][0]
    since = datetime.utcnow() - timedelta(days=visits.DAYS)
    calls = (
        (
            "timeline, first page",
            lambda env: env["ecrm.log"].timeline([identity_id]),
            TIMELINE_MAX_MS,
        ),
        ("live visitors, list of 80", live_list, LIVE_MAX_MS),
        ("visitors, list of 80", visitors_list, None),
        ("visits, list of 80", visits_list, None),
        ("touchpoints, list of 80", touchpoints_list, None),
        (
            f"funnel over {visits.DAYS} days",
            lambda env: env["ecrm.session"].get_funnel([("started_at", ">=", since)]),
            1000 * FUNNEL_MAX_S,
        ),
    )
    return [
        Result(what, 1000 * best_of(env(user=user), call), "ms", bound=bound, note=count)
        for what, call, bound in calls
    ]


def best_of(env, call):
    """Return the median seconds of a call with empty record caches, after a first one."""

    def once():
        env.invalidate_all()
        return timed(call, env)[1]

    once()
    return median([once() for _round in range(ROUNDS)])


VISITOR_FIELDS = {
    "display_name": {},
    "partner_id": {"fields": {"display_name": {}}},
    "last_seen": {},
    "session_count": {},
    "page_count": {},
    "last_source": {},
    "device": {},
    "consent_state": {},
    "cart_value": {},
    "score": {},
    "is_live": {},
    "live_path": {},
}


def live_list(env):
    return env["ecrm.visitor"].web_search_read(
        [("is_live", "=", True)], VISITOR_FIELDS, limit=80, count_limit=10001
    )


def visitors_list(env):
    return env["ecrm.visitor"].web_search_read([], VISITOR_FIELDS, limit=80, count_limit=10001)


def visits_list(env):
    fields = {"display_name": {}, "duration": {}, "source": {}, "stage_name": {}}
    return env["ecrm.session"].web_search_read([], fields, limit=80, count_limit=10001)


def touchpoints_list(env):
    fields = {"display_name": {}, "occurred_at": {}, "verdict": {}, "path": {}}
    return env["ecrm.touchpoint"].web_search_read([], fields, limit=80, count_limit=10001)


def make_user(env):
    user = env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench_user",
            "group_ids": [(6, 0, [env.ref("ecrm_addon.group_ecrm_user").id])],
        }
    )
    env.cr.commit()
    return user.id


def removal(env, count):
    """Erase a tenth of the browsers, and take page views out of the oldest month."""
    log = env["ecrm.log"]
    tenth = SQL("SELECT array_agg(id) FROM ecrm_identity WHERE mod(id, 10) = 0")
    ids = env.execute_query(tenth)[0][0]

    def erase():
        gone = 0
        while batch := log.erase(ids, ERASED_AT_ONCE):
            gone += batch
            env.cr.commit()
        return gone

    gone, erasing = timed(erase)
    month = log.months()[1]

    def purge():
        log.purge_month(month, ["web.page"])
        env.cr.commit()

    _answer, purging = timed(purge)
    return [
        Result("erasure of a tenth of the browsers", erasing, "s", note=f"{gone:,} in {count}"),
        Result("a month without its page views", purging, "s", note=f"{month:%Y-%m}, in {count}"),
    ]


def append(env, count):
    """Time one batch into the large log, with the index of visits and without it."""
    with_index = append_batches(env)
    env.cr.execute("DROP INDEX ecrm_touchpoint_data_session_idx")
    env.cr.commit()
    without = append_batches(env)
    return [
        Result(
            f"append of {BATCH} events",
            1000 * with_index,
            "ms",
            ratio=with_index / without,
            note=f"{1000 * without:.2f} ms without the index of visits, in {count}",
        )
    ]


def append_batches(env, number=60):
    seconds = []
    for _round in range(number):
        events = new_events(env, BATCH, 10)
        seconds.append(timed(env["ecrm.log"].append, events)[1])
        env.cr.commit()
    return median(seconds)

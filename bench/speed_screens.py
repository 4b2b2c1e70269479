"""Screens: what our addon adds to Odoo's own, with a million touchpoints in the log.

The same rows, the same user's rights, once without and once with our addon. A call reads what
the web client reads, through access rights, with empty record caches: like a request on a
server that is warm.
"""

from contextlib import ExitStack

from bench import database, datasets, synthetic
from bench.measure import Result, median, timed
from bench.view_spec import fields_of

FORM_MAX_QUERIES, FORM_MAX_MS = 2, 10.0
LIST_MAX_QUERIES, LIST_ROWS = 1, 80
TIMELINE_MAX_MS, PAGE = 50.0, 30
CUSTOMERS, ROUNDS = 40, 5
LOGIN = "bench_user"
GROUPS = ("base.group_user", "sales_team.group_sale_salesman_all_leads")
OUR_GROUPS = ("ecrm_addon.group_ecrm_user",)


def run(scale):
    """Return the results; reads the history first where the backfill has not run."""
    if not (database.exists(datasets.EVENTS) and is_read(datasets.EVENTS)):
        with database.environment(datasets.events(scale)) as env:
            env["ecrm.pipeline"].run_now()
            env.cr.commit()
    users = {
        datasets.events_stock(scale): make_user(datasets.EVENTS_STOCK, GROUPS),
        datasets.EVENTS: make_user(datasets.EVENTS, GROUPS + OUR_GROUPS),
    }
    with ExitStack() as stack:
        stock, ours = (
            stack.enter_context(database.environment(name, user)) for name, user in users.items()
        )
        return [*form_results(stock, ours), *list_results(stock, ours), *timeline_results(ours)]


def is_read(name):
    with database.environment(name) as env:
        return bool(env["ecrm.touchpoint"].search_count([], limit=1))


def make_user(name, groups):
    """Return the id of a user with these groups."""
    with database.environment(name) as env:
        user = env["res.users"].search([("login", "=", LOGIN)])
        if not user:
            user = env["res.users"].create({"name": "Bench", "login": LOGIN})
        user.group_ids = [(6, 0, [env.ref(group).id for group in groups])]
        env.cr.commit()
        return user.id


def compare(stock, ours, call):
    """Call both in turn; return (most extra queries, extra ms in the median, ms of ours).

    :param call: function of (environment, number of the call)
    """
    extra, seconds = [], ([], [])
    for number in range(ROUNDS * CUSTOMERS):
        counts = []
        for env, times in zip((stock, ours), seconds, strict=True):
            queries, took = one_call(env, call, number)
            times.append(took)
            counts.append(queries)
        if number >= CUSTOMERS:  # the first round fills the registry's caches
            extra.append(counts[1] - counts[0])
    before, after = (1000 * median(times[CUSTOMERS:]) for times in seconds)
    return max(extra), after - before, after


def one_call(env, call, number):
    """Return (queries, seconds) of a call with empty record caches."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    _answer, took = timed(call, env, number)
    return env.cr.sql_log_count - before, took


def customers(env):
    """Return ids of some customers, the one with the longest history first."""
    domain = [("ref", "in", [f"{synthetic.REF}{1 + 97 * n}" for n in range(CUSTOMERS)])]
    return env["res.partner"].search(domain, order="id").ids


def form_results(stock, ours):
    ids = customers(ours)
    specs = {env: fields_of(env, "res.partner", "form") for env in (stock, ours)}

    def read(env, number):
        return env["res.partner"].browse(ids[number % CUSTOMERS]).web_read(specs[env])

    queries, extra, took = compare(stock, ours, read)
    return [
        Result("partner form: extra queries", queries, "queries", FORM_MAX_QUERIES),
        Result("partner form: extra time", extra, "ms", FORM_MAX_MS, note=f"{took:.0f} ms in all"),
    ]


def list_results(stock, ours):
    specs = {env: fields_of(env, "res.partner", "list") for env in (stock, ours)}

    def read(env, number):
        offset = LIST_ROWS * (number % CUSTOMERS)
        return env["res.partner"].web_search_read([], specs[env], offset, LIST_ROWS)

    queries, extra, took = compare(stock, ours, read)
    return [
        Result("contacts list of 80: extra queries", queries, "queries", LIST_MAX_QUERIES),
        Result("contacts list of 80: extra time", extra, "ms", note=f"{took:.0f} ms in all"),
    ]


def timeline_results(env):
    """Time the first page and a page in the middle of the longest history."""
    env = env(su=True)
    partner_id = customers(env)[0]
    identity_ids = env["ecrm.identity"].search([("partner_id", "=", partner_id)]).ids
    count = env["ecrm.touchpoint"].search_count([("identity_id", "in", identity_ids)])
    middle = env["ecrm.touchpoint"].search(
        [("identity_id", "in", identity_ids)],
        order="occurred_at desc, id desc",
        offset=count // 2,
        limit=1,
    )
    pages = (("first page", None), ("page in the middle", (middle.occurred_at, middle.id)))
    return [
        Result(
            f"timeline, {what}",
            1000 * median([timed(page_of, env, identity_ids, before)[1] for _ in range(50)]),
            "ms",
            TIMELINE_MAX_MS,
            note=f"customer with {count:,} events",
        )
        for what, before in pages
    ]


def page_of(env, identity_ids, before):
    return env["ecrm.log"].timeline(identity_ids, before, PAGE)

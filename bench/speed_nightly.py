"""The scoring of a million customers: the whole night, again, after one order, after a few.

Each scoring runs in a process of its own, as a cron worker's does, so that its memory can be
looked at, and so that a user who saves contacts meanwhile shares nothing but the server.
"""

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from bench import clientele, database, fits
from bench.data import CHECKOUT
from bench.measure import Result, median, timed

NIGHT_MAX_S, AGAIN_MAX_S, ORDER_MAX_S = 120.0, 60.0, 1.0
MEMORY_MAX_MB = 1000.0
FEW_SHARE, FEW_MAX = 0.01, 0.15
SAVE_MAX = 1.5
ORDERS = 20
PAUSE_S = 0.05
IDLE_S = 20.0

SCORE = """
import json, sys, time
from bench import database
database.configure()
with database.environment(sys.argv[1]) as env:
    asked = json.loads(sys.argv[2])
    started = time.perf_counter()
    run = env["ecrm.score.run"].score(env.company, **asked)
    env.flush_all()
    env.cr.commit()
    seconds = time.perf_counter() - started
    assert run.status in ("ok", "fallback"), run.message
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([seconds, run.written_count, run.profile_count, run.model,
                      int(peak.split()[1]) // 1024]))
"""


def run(scale):
    """Return the lines of the fit, and of the scoring."""
    with database.environment(clientele.make(scale)) as env:
        return [*fits.run(scale), *nights(env), *orders(env), *few(env), *saves(env)]


def nights(env):
    """Score yesterday and today, so that every profile changes, and today once more."""
    first, _written, profiles, model, _peak, _memory = score(env, as_of=day(1))
    night, written, _profiles, _model, peak, memory = score(env, everybody=True)
    again, rewritten, *_rest = score(env, everybody=True)
    button, *_rest = score(env)
    what = f"{profiles:,} profiles, {model}"
    return [
        Result("first scoring", first, "s", note=what),
        Result("nightly scoring", night, "s", NIGHT_MAX_S, note=f"{written:,} written"),
        Result("memory of Odoo meanwhile", peak, "MB", MEMORY_MAX_MB),
        Result("memory of PostgreSQL, not shared", memory, "MB", note="all its processes"),
        Result("the same once more", again, "s", AGAIN_MAX_S, note=f"{rewritten:,} written"),
        Result("a second run of the day", button, "s", note="renews whom something is noted of"),
    ]


def day(ago):
    return (date.today() - timedelta(days=ago)).isoformat()


def score(env, **asked):
    """Score in a process of its own.

    :return tuple: seconds, profiles written, profiles, model, MB of the process, MB of
        PostgreSQL's processes besides what they share
    """
    with memory(env.cr.dbname) as peak:
        done = subprocess.run(
            [sys.executable, "-c", SCORE, env.cr.dbname, json.dumps(asked)],
            check=True,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
        )
    return *json.loads(done.stdout.splitlines()[-1]), peak[0]


@contextmanager
def memory(dbname):
    """Watch the memory of PostgreSQL's processes; yields a list of the peak in MB."""
    peak, stop = [0], threading.Event()
    mark = f" {dbname} ".encode()

    def watch():
        while not stop.wait(0.1):
            peak[0] = max(peak[0], sum(map(own_memory, backends(mark))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def backends(mark):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes().replace(b"\0", b" ") + b" "
        except OSError:
            continue  # it has ended
        if title.startswith(b"postgres:") and mark in title or b"parallel worker" in title:
            yield folder


def own_memory(folder):
    """Return the MB that a process shares with no other."""
    try:
        for line in (folder / "status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) // 1024
    except OSError:
        pass
    return 0


def orders(env):
    """Confirm orders one by one: what a customer is, is new when the order is saved."""
    product = env["product.product"].create({"name": "Bench", "type": "service"})
    partners = env["res.partner"].search([("ref", "like", "BENCH-")], limit=ORDERS, offset=1000)
    seconds = []
    for partner in partners:
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id})]}
        )
        env.cr.commit()
        before = count_orders(env, partner)
        started = time.perf_counter()
        order.action_confirm()
        env.flush_all()
        env.cr.commit()
        seconds.append(time.perf_counter() - started)
        assert count_orders(env, partner) == before + 1, "the profile is as of the order"
    return [
        Result(
            "confirm an order, with the new score",
            max(seconds),
            "s",
            ORDER_MAX_S,
            note=f"the slowest of {ORDERS}; median {median(seconds):.2f} s",
        )
    ]


def count_orders(env, partner):
    env["ecrm.profile"].invalidate_model()
    return env["ecrm.profile"].search([("partner_id", "=", partner.id)]).order_count


def few(env):
    """Let one customer in a hundred order once more, and score; then score everybody."""
    env.cr.execute(
        """
        INSERT INTO sale_order (name, state, invoice_status, company_id, currency_id,
               currency_rate, partner_id, partner_invoice_id, partner_shipping_id, date_order,
               amount_untaxed, amount_tax, amount_total, create_uid, write_uid, create_date,
               write_date)
        SELECT 'BENCH-again-' || id, 'sale', 'no', %s, %s, 1, id, id, id, at, 25, 0, 25,
               1, 1, at, at
          FROM res_partner CROSS JOIN (SELECT now() AT TIME ZONE 'UTC' AS at) moment
         WHERE ref LIKE 'BENCH-%%' AND id %% %s = 0
        """,
        (env.company.id, env.company.currency_id.id, round(1 / FEW_SHARE)),
    )
    changed = env.cr.rowcount
    env.cr.commit()
    some, written, *_rest = score(env)
    everybody, *_rest = score(env, as_of=day(2))
    return [
        Result(
            f"scoring after {changed:,} orders",
            some,
            "s",
            FEW_MAX * everybody,
            some / everybody,
            f"{written:,} written; of everybody {everybody:.1f} s",
        )
    ]


def saves(env):
    """Let a user save contacts while everybody's scores are written, and while nothing is."""
    partners = env["res.partner"].search([("ref", "like", "BENCH-")], limit=2000).ids
    idle = save(env, partners, lambda since: time.monotonic() - since < IDLE_S)
    scoring = threading.Thread(target=score, args=(env,), kwargs={"as_of": day(3)})
    scoring.start()
    busy = save(env, partners, lambda since: scoring.is_alive())
    scoring.join()
    return [
        Result(
            "save a contact while scores are written",
            1000 * median(busy),
            "ms",
            1000 * SAVE_MAX * median(idle),
            median(busy) / median(idle),
            f"{len(busy)} times, at most {1000 * max(busy):.0f} ms; idle "
            f"{1000 * median(idle):.1f}, at most {1000 * max(idle):.0f} ms",
        )
    ]


def save(env, partner_ids, going_on):
    """Save one contact after the other; return the seconds that each took."""
    seconds, since, place = [], time.monotonic(), 0
    while going_on(since):
        partner = env["res.partner"].browse(partner_ids[place % len(partner_ids)])
        place += 1

        def change(partner=partner, place=place):
            partner.write({"comment": f"Called, {place}", "street": f"Street {place}"})
            env.cr.commit()

        env.invalidate_all()
        seconds.append(timed(change)[1])
        time.sleep(PAUSE_S)
    return seconds

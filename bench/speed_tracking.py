"""Tracking: what a browser's batch costs the server, and what a measured page does.

One server of two workers serves the same shop under two names, one measured by eCRM, the other
as Odoo does by itself. Whatever is compared is measured in turn, and the median of the ratios
counts: the machine's other work disturbs both sides alike.
"""

import threading
import time

from bench.measure import Result, median
from bench.shops import OFF, OURS, STOCK, Browser, Shop

DOOR_AT_LEAST = {1: 0.9, 50: 0.8}
DOORS = {"door": "/ecrm/collect", "insert": "/bench/insert", "nothing": "/bench/nothing"}
PAGE_AT_LEAST, HOME_AT_LEAST = 0.98, 0.90
TABS_AT_MOST, HOT_AT_MOST = 1.25, 2.0
ROUNDS = 5
#: Short and many: what else the machine does comes and goes by the second.
DOOR_ROUNDS, DOOR_SECONDS = 11, 0.5
PAGES, BEACONS = 10, (8, 8, 7, 7)  # events: thirty


def run(scale):
    """Return the results; ``scale`` below 1 shortens the rounds."""
    seconds = max(1, round(5 * scale))
    with Shop() as shop:
        for site in (OURS, OFF, STOCK):
            for path in ("/", "/shop", shop.path):
                shop.run("pages", site, path, seconds=2)
        for path in DOORS.values():
            shop.run("collect", OURS, path, seconds=2, EVENTS=1)
        return [
            *door_results(shop, seconds),
            *page_results(shop, seconds),
            *tab_results(shop),
            *visit_results(shop),
            *hot_results(shop),
        ]


def in_turn(calls, rounds=ROUNDS):
    """Call each in turn, forth and back; return the lists of what they returned."""
    answers = {name: [] for name in calls}
    for number in range(rounds):
        for name in list(calls) if number % 2 == 0 else reversed(calls):
            answers[name].append(calls[name]())
    return answers


def ratio(measured, base):
    """Return the median of the ratios of two lists measured in turn."""
    return median([one / other for one, other in zip(measured, base, strict=True)])


def rates(answers):
    return {name: [rate for rate, _ms in runs] for name, runs in answers.items()}


def door_results(shop, seconds):
    results = []
    for size, bound in DOOR_AT_LEAST.items():

        def knock(path, size=size):
            short = max(1, round(DOOR_SECONDS * seconds))
            return lambda: shop.run("collect", OURS, path, short, EVENTS=size)

        knocks = {name: knock(path) for name, path in DOORS.items()}
        found = rates(in_turn(knocks, DOOR_ROUNDS))
        share = ratio(found["door"], found["insert"])
        what = f"batch of {size}" if size > 1 else "one event"
        results += [
            Result(f"{what}: controller that answers 204", median(found["nothing"]), "req/s"),
            Result(f"{what}: controller with a bare INSERT", median(found["insert"]), "req/s"),
            Result(
                f"{what}: /ecrm/collect",
                share,
                "of it",
                bound,
                note=f"{median(found['door']):,.0f} req/s,"
                f" {size * median(found['door']):,.0f} events/s",
                at_least=True,
            ),
        ]
    return results


def page_results(shop, seconds):
    results = []
    pages = (("product page", shop.path, PAGE_AT_LEAST), ("cached home page", "/", HOME_AT_LEAST))
    for what, path, bound in pages:

        def see(site, path=path, **settings):
            return lambda: shop.run("pages", site, path, seconds, **settings)

        found = rates(
            in_turn(
                {
                    "ours": see(OURS),
                    "off": see(OFF, UNTRACKED=1),
                    "stock": see(STOCK),
                    "stock off": see(STOCK, UNTRACKED=1),
                }
            )
        )
        share = ratio(found["ours"], found["off"])
        stock = ratio(found["stock"], found["stock off"])
        results.append(
            Result(
                f"{what}: tracked by eCRM",
                share,
                "of untracked",
                bound,
                note=f"{median(found['ours']):,.0f} req/s; tracked by Odoo {stock:.2f}",
                at_least=True,
            )
        )
    return results


def at_once(number, call):
    """Call at once as often; return the milliseconds of each."""
    times = []

    def timed():
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))

    threads = [threading.Thread(target=timed) for _call in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def tab_results(shop):
    """Three tabs that one visitor opens at once."""
    before = shop.retries()
    ours, stock = Browser(shop, OURS), Browser(shop, STOCK)
    for browser in (ours, stock):
        browser.get("/")
    ours.agree()
    off = {"X-Disable-Tracking": "1"}
    found = in_turn(
        {
            "ours": lambda: median(at_once(3, lambda: ours.get(shop.path))),
            "off": lambda: median(at_once(3, lambda: stock.get(shop.path, headers=off))),
        },
        rounds=20,
    )
    retries = shop.retries() - before
    stock_ms = [median(at_once(3, lambda: stock.get(shop.path))) for _round in range(10)]
    share = ratio(found["ours"], found["off"])
    note = f"{median(found['ours']):.0f} ms; tracked by Odoo {median(stock_ms):.0f} ms"
    return [
        Result("three tabs at once: median", share, "x untracked", TABS_AT_MOST, note=note),
        Result("three tabs at once: repeated transactions", retries, "", 0),
    ]


def visit_results(shop):
    """CPU of a whole visit, pages and beacons together."""
    ours, stock = Browser(shop, OURS), Browser(shop, STOCK)
    ours.agree()
    visits = {
        "ours": lambda: our_visit(ours),
        "stock": lambda: stock_visit(stock),
        "off": lambda: untracked_visit(stock),
    }
    for visit in visits.values():
        visit()
    costs = {name: lambda visit=visit: cost(shop, visit) for name, visit in visits.items()}
    found = in_turn(costs, rounds=2 * ROUNDS)
    share = ratio(found["ours"], found["stock"])
    note = (
        f"{median(found['ours']):.0f} ms; tracked by Odoo {median(found['stock']):.0f} ms,"
        f" untracked {median(found['off']):.0f} ms"
    )
    return [Result("visit of 10 pages, 30 events: CPU", share, "x Odoo's", 1.0, note=note)]


def cost(shop, visit):
    """Return the milliseconds of CPU of a visit."""
    spent = []
    with shop.cpu(spent):
        for _visit in range(3):
            visit()
    return spent[0] / 3


def pages_of(browser):
    path = browser.shop.path
    return ["/", "/shop", *[path] * 4, "/shop", path, "/contactus", "/"]


def our_visit(browser):
    """Pages, and events in batches across them, as the tracker sends them."""
    beacons = list(BEACONS)
    for number, path in enumerate(pages_of(browser)):
        browser.get(path)
        if number % 3 == 2:
            browser.beacon(beacons.pop())
    for left in beacons:
        browser.beacon(left)


def stock_visit(browser):
    """Pages, and what the shop's own script sends from a product's page."""
    body = {"jsonrpc": "2.0", "method": "call", "params": {"product_id": browser.shop.product}}
    for path in pages_of(browser):
        browser.get(path)
        if path == browser.shop.path:
            browser.post_json("/shop/products/recently_viewed_update", body)


def untracked_visit(browser):
    for path in pages_of(browser):
        browser.get(path, headers={"X-Disable-Tracking": "1"})


def hot_results(shop):
    """One visitor whose browser sends sixteen batches at once."""
    before = shop.retries()
    browser = Browser(shop, OURS)
    browser.agree()
    alone, together = [], []
    for _round in range(2 * ROUNDS):
        alone += [at_once(1, lambda: browser.beacon(1))[0] for _batch in range(16)]
        together += at_once(16, lambda: browser.beacon(1))
    # sixteen wait for two workers: eight after each other, that is what one client does, too
    one, hot = (sorted(times)[int(len(times) * 0.95)] for times in (alone, together))
    queue = 16 / 2
    note = f"p95 {hot:.0f} ms in parallel, {one:.0f} ms alone, two workers"
    return [
        Result(
            "hot visitor, 16 at once: p95 a turn",
            hot / one / queue,
            "x alone",
            HOT_AT_MOST,
            note=note,
        ),
        Result("hot visitor: repeated transactions", shop.retries() - before, "", 0),
    ]

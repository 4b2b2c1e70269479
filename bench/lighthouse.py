"""Lighthouse on the customer's pages, beside Odoo's own in the same run: script/bench lighthouse.

Development only: Lighthouse comes from npm's registry into .local. A page is loaded as by a
middling phone on a slow network, in turn with Odoo's pages; medians of the scores.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench import database, measure, portal
from bench.measure import Result, median
from bench.speed_portal import find_links, find_pages, new_session
from ecrm_dev import node_tools, odoo_process

NAME = database.PREFIX + "lighthouse"
STOCK = NAME + "_stock"
LOGIN = "usual"
STOCK_PAGES = ["/my/security", "/my/orders", "/my"]
CHROMIUM = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
ROUNDS = 3
#: Points of 100.
MIN_ACCESSIBILITY, MAX_LOST = 95, 2
CATEGORIES = ("accessibility", "performance")
#: Figures of a page, and how the table calls them.
SCORES = {
    "accessibility": "accessibility",
    "main": "the same within main",
    "performance": "performance",
}


def run(rounds=ROUNDS):
    """Print the scores; return the exit code."""
    programs = node_tools.folder_of(node_tools.LIGHTHOUSE)
    if not programs:
        raise SystemExit("lighthouse cannot be had: it needs Node.js 18, npm and its registry")
    try:
        pages = prepare()
        with Site(STOCK) as stock, Site(NAME) as ours:
            results = audit(programs / "lighthouse", stock, ours, pages, rounds)
    finally:
        for name in (NAME, STOCK):
            database.drop(name)
    failed = measure.print_table(results)
    measure.save(results)
    return int(bool(failed))


def prepare():
    """Make databases without us and with us, with a customer of a usual life; return our pages."""
    database.copy(database.stock(), STOCK)
    with database.environment(STOCK) as env:
        portal.add_login(env, LOGIN)
    database.copy(STOCK, NAME)
    database.install(NAME, database.OURS)
    with database.environment(NAME) as env:
        portal.live(env, LOGIN, *portal.LIVES[LOGIN])
        env["ecrm.pipeline"].run_now()
        env.cr.commit()
        pages, _lazy = find_pages(env)
        return pages + find_links(env, f"{LOGIN}@example.com")


class Site:
    """A running server of a database, and the cookie of the customer's session."""

    def __init__(self, name):
        self.name = name
        with database.environment(name) as env:
            self.cookie = f"session_id={new_session(env, LOGIN)}; website_cookies_bar={{}}"

    def __enter__(self):
        self.port = odoo_process.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="ecrm-lighthouse-"))
        log = self.folder / "server.log"
        arguments = ["-d", self.name, "--max-cron-threads=0"]
        arguments.append(f"--gevent-port={odoo_process.free_port()}")
        self.process = odoo_process.serve(arguments, log, self.port)
        odoo_process.wait_until_up(self.process, self.port, log)
        return self

    def __exit__(self, *_error):
        odoo_process.stop(self.process)
        shutil.rmtree(self.folder)


def audit(program, stock, ours, pages, rounds):
    """Return the lines of the table; pages that this checkout does not have are left out."""
    loads = [*((stock, path) for path in STOCK_PAGES), *((ours, path) for path in pages)]
    scores = {load: [] for load in loads}
    for _round in range(rounds):
        for site, path in loads:
            told = look(program, site, path) if scores[site, path] is not None else None
            scores[site, path] = told and [*scores[site, path], told]
    medians = {
        load: {name: median([one[name] for one in told]) for name in SCORES}
        for load, told in scores.items()
        if told
    }
    results = []
    for (site, path), told in medians.items():
        # a page of Odoo's that we add to is held against itself, the others against the account
        beside = medians.get((stock, path)) or medians[stock, STOCK_PAGES[0]]
        least = {
            # what Odoo's own markup loses on a page is not ours to win
            "accessibility": beside["accessibility"] if path in STOCK_PAGES else None,
            "main": None if path in STOCK_PAGES else MIN_ACCESSIBILITY,
            "performance": beside["performance"] - MAX_LOST,
        }
        lost = ", ".join(scores[site, path][-1]["lost"]) or "nothing"
        where = re.sub("[0-9a-f]{20,}", "…", path) + ("" if site is ours else ", Odoo")
        for name, label in SCORES.items():
            rounds_told = " ".join(f"{one[name]:.0f}" for one in scores[site, path])
            results.append(
                Result(
                    f"{where}: {label}",
                    told[name],
                    "points",
                    bound=least[name] if site is ours else None,
                    at_least=True,
                    note=f"rounds {rounds_told}{'; lost by ' + lost if name == 'main' else ''}",
                )
            )
    return results


def look(program, site, path):
    """Return the scores of one load; None where there is no such page."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)))
    process = subprocess.run(
        [
            *(str(program), site.url + path, "--quiet", "--output=json"),
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox",
            f"--extra-headers={json.dumps({'Cookie': site.cookie})}",
        ],
        env={**node_tools.environment(), "CHROME_PATH": chromium},
        capture_output=True,
        timeout=180,
        check=False,
    )
    try:
        report = json.loads(process.stdout)
    except ValueError:
        return None
    if report.get("runtimeError") or not report["finalDisplayedUrl"].endswith(path):
        return None
    scores = {name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES}
    return {**scores, **within_main(report)}


def within_main(report):
    """Return the score of accessibility if what is lost around ``main`` were not, and by what.

    Header and footer are Odoo's; its footer has headings of the fifth level, which on a page
    with few headings skip some.
    """
    refs = [ref for ref in report["categories"]["accessibility"]["auditRefs"] if ref["weight"]]
    audits = {ref["id"]: report["audits"][ref["id"]] for ref in refs}
    asked = [ref for ref in refs if audits[ref["id"]]["score"] is not None]
    lost = [ref["id"] for ref in asked if audits[ref["id"]]["score"] < 1]
    ours = {name for name in lost if is_within_main(audits[name])}
    points = sum(ref["weight"] for ref in asked if ref["id"] not in ours)
    return {
        "main": 100 * points / sum(ref["weight"] for ref in asked),
        "lost": [f"{name} in our part" if name in ours else name for name in lost],
    }


def is_within_main(audit):
    items = (audit.get("details") or {}).get("items") or [{}]
    # no place told is no excuse
    return any(",MAIN," in item.get("node", {}).get("path", ",MAIN,") for item in items)

"""The customer's pages: milliseconds and queries, beside Odoo's own in the same run.

Whole requests through Odoo's WSGI application in this process: session, rights, queries, page;
only the socket is left out. Each page of ours is asked for in turn with Odoo's page of the
account; the home page with that of a database without us. Pages are found in the routing map.
"""

import json
import re
import threading
import time

from werkzeug.test import Client

import odoo
from odoo.http import _generate_routing_rules, get_default_session, root
from odoo.service import security
from odoo.service.server import load_server_wide_modules

from bench import database, portal
from bench.measure import Result, median

MAX_MS, MAX_QUERIES = 150.0, 8
STOCK_PAGE = "/my/security"
#: Odoo's page that carries cards of ours, and what its script asks for afterwards.
HOMES, COUNTERS = ("/my", "/my/home"), "/my/counters"
COUNTER = re.compile(r"""data-placeholder_count=["'](\w+)""")
WARM, ROUNDS = 4, 25


def run(scale):
    stock, ours = portal.make(scale)
    load_server_wide_modules()
    results = []
    for login in portal.LIVES:
        with database.environment(ours) as env:
            pages, lazy = find_pages(env)
            links = find_links(env, f"{login}@example.com")
            browser = Browser(env, login)
        with database.environment(stock) as env:
            before = Browser(env, login)
        try:
            results += measure(login, browser, before, pages + links, lazy)
        finally:
            for name in (stock, ours):
                odoo.sql_db.close_db(name)
    return results


class Browser:
    """A customer's browser without a network."""

    def __init__(self, env, login):
        self.client = Client(root)
        self.client.set_cookie("session_id", new_session(env, login), domain="localhost")

    def open(self, path, params=None):
        """Return (ms, queries, answer) of a page; of what its script asks for with ``params``."""
        options = {"base_url": "http://localhost:8069"}
        if params is not None:
            options.update(method="POST", json={"jsonrpc": "2.0", "params": params})
        start = time.perf_counter()
        response = self.client.open(path, **options)
        data = response.get_data()
        took = 1000 * (time.perf_counter() - start)
        if response.status_code != 200:
            return None
        answer = json.loads(data) if params is not None else data.decode()
        if params is not None and "error" in answer:
            raise SystemExit(f"{path}: {answer['error']['data']['message']}")
        return took, threading.current_thread().query_count, answer


def new_session(env, login):
    """Return the id of a session as a login makes one, without its password."""
    user = env["res.users"].search([("login", "=", login)])
    session = root.session_store.new()
    session.update(get_default_session(), db=env.cr.dbname, _trace_disable=True)
    session.uid, session.login = user.id, login
    session.context = dict(env(user=user)["res.users"].context_get())
    session.session_token = security.compute_session_token(session, env(user=user))
    root.session_store.save(session)
    return session.sid


def find_pages(env):
    """Return (pages of ours behind the login, what their scripts ask for)."""
    modules = sorted(env.registry._init_modules)
    found = {"http": [], "jsonrpc": []}
    for url, endpoint in _generate_routing_rules(modules, False, env["ir.http"]._get_converters()):
        routing, method = endpoint.routing, endpoint.__wrapped__
        ours = ".ecrm_addon" in method.__func__.__module__
        methods = routing["methods"] or ("GET", "POST")
        readable = "GET" in methods or routing["type"] == "jsonrpc"
        if ours and routing["auth"] == "user" and "<" not in url and readable:
            found.setdefault(routing["type"], []).append(url)
    return [HOMES[0], *sorted(found["http"])], sorted(found["jsonrpc"])


def find_links(env, email):
    """Return the pages behind links that are sent to an address."""
    preference = env["ecrm.email.preference"].token_for(email, env.company)
    person = env["ecrm.privacy.person"].token_for(email, env.company)
    env.cr.commit()
    return [f"/ecrm/preferences/{preference}", f"/ecrm/privacy/{person}"]


def measure(login, browser, before, pages, lazy):
    """Return the lines of one customer."""
    asked, stock = (
        {"counters": COUNTER.findall(one.open(HOMES[0])[2])} for one in (browser, before)
    )
    results = compare(login, (before, COUNTERS, stock), browser, COUNTERS, asked)
    for path in pages:
        beside = (before, path) if path in HOMES else (browser, STOCK_PAGE)
        results += compare(login, beside, browser, path, None)
    for path in lazy:
        results += compare(login, (browser, STOCK_PAGE), browser, path, {})
        following = browser.open(path, {})[2].get("result") or {}
        if isinstance(following, dict) and following.get("next"):
            params = {"before": following["next"]}
            results += compare(login, (browser, STOCK_PAGE), browser, path, params)
    return results


def compare(login, beside, browser, path, params):
    """Ask for Odoo's page and ours in turn; nothing for one that this checkout does not have."""
    stock, ours = [], []
    for number in range(WARM + ROUNDS):
        answers = (beside[0].open(*beside[1:]), browser.open(path, params))
        if answers[1] is None:
            return []
        if number >= WARM:
            stock.append(answers[0])
            ours.append(answers[1])
    stock_ms, ms = (median([answer[0] for answer in answers]) for answers in (stock, ours))
    stock_queries, queries = (max(answer[1] for answer in answers) for answers in (stock, ours))
    name = re.sub(r"[0-9a-f]{20,}", "…", path) + (" further" if "before" in (params or ()) else "")
    beside_name = f"Odoo's {beside[1]}"
    return [
        Result(
            f"{name}, {login}",
            ms,
            "ms",
            MAX_MS,
            ratio=ms / stock_ms,
            note=f"{beside_name} {stock_ms:.0f} ms",
        ),
        Result(
            f"{name}, {login}: queries more",
            queries - stock_queries,
            "queries",
            MAX_QUERIES,
            note=f"{queries} in all, {beside_name} {stock_queries}",
        ),
    ]

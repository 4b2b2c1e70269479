"""The tracker on a site outside Odoo, of another origin."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import browser

PAGE = "<html><head><title>Blog</title></head><body><h1>Blog</h1>{}</body></html>"


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@contextmanager
def foreign_site(body):
    """A site of another origin that shows ``body``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.format(body).encode())

        def log_message(self, *_arguments):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{site.server_port}"
    finally:
        site.shutdown()


def snippet(server, key):
    return (
        "<script>window.ecrm = window.ecrm || function () "
        "{ (ecrm.q = ecrm.q || []).push(arguments) }</script>"
        f'<script async src="{server.url}/ecrm_addon/static/src/tracker/ecrm.js"'
        f' data-site="{key}"></script>'
    )


def make_site(admin, origin):
    [site] = admin.call("ecrm.site", "create", [[{"name": "Blog", "allowed_origins": origin}]])
    return admin.call("ecrm.site", "read", [[site]], fields=["key"])[0]["key"]


def test_site_outside_odoo(chromium, server, admin, stored):
    with foreign_site("<!-- later -->") as origin:
        key = make_site(admin, origin)
    with foreign_site(snippet(server, key)) as origin:
        admin.call(
            "ecrm.site",
            "write",
            [admin.call("ecrm.site", "search", [[["key", "=", key]]]), {"allowed_origins": origin}],
        )
        with browser.Visitor(chromium, origin) as visitor:
            page = visitor.context.new_page()
            page.goto(origin + "/post")
            page.evaluate("() => ecrm('event', 'web.custom', { name: 'too early' })")
            page.wait_for_function("() => window.ecrm && ecrm.start")
            page.wait_for_timeout(500)
            assert not visitor.sent() and not visitor.stored(page)
            page.evaluate("() => ecrm('consent', 'granted')")
            page.evaluate("() => ecrm('event', 'web.custom', { name: 'poll' })")
            page.evaluate("() => ecrm('event', 'web.cart_add', { product: 5, quantity: 1 })")
            page.wait_for_timeout(1000)
            page.goto("about:blank")
            browser.wait_until(page, stored, 4)
            assert [row["kind"] for row in stored() if row["kind"] != "web.leave"] == [
                "web.page",
                "web.custom",
                "web.cart_add",
            ]
            page.goto(origin + "/second")
            page.wait_for_function("() => window.ecrm && ecrm.start")
            assert "ecrm_vid" in visitor.stored(page)
            page.evaluate("() => ecrm('consent', 'refused')")
            assert not visitor.stored(page)
            assert "ecrm_sid" not in visitor.cookies()
            page.wait_for_timeout(500)
            withdrawn = json.loads(visitor.sent()[-1])
            assert withdrawn["consent"] == "withdrawn" and not withdrawn["events"]
            assert not visitor.errors


def test_foreign_origin_is_refused(chromium, server, admin, stored):
    key = make_site(admin, "https://blog.example.com")
    with (
        foreign_site(snippet(server, key)) as origin,
        browser.Visitor(chromium, origin) as visitor,
    ):
        page = visitor.context.new_page()
        page.goto(origin + "/")
        page.evaluate("() => ecrm('consent', 'granted')")
        page.wait_for_timeout(2000)
        assert visitor.sent()
        assert page.inner_text("h1") == "Blog"
        assert all(re.search("CORS|403|Failed to load", text) for text in visitor.errors)
    assert not stored()

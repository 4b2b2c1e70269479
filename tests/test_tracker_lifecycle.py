"""Pages that come back, pages that are never shown, and another browser: one view each."""

import json
import shutil

import pytest

from tests import remote

#: What the tracker keeps until it is sent, which is in leaving at the latest; as it starts after
#: the page, who leaves before was not there.
KEPT = """Object.entries(localStorage).some(([key, event]) =>
    key.startsWith("ecrm_q") && event.includes("%s"))"""
#: Leaves a line in the server's log when the page is drawn ahead.
DRAWN = "<script>if (document.prerendering) fetch('/web/static/img/favicon.ico?drew=%s')</script>"
READY = "!!window.ecrm && !!document.querySelector('#cookies-consent-all')"


@pytest.fixture(scope="module")
def admin(server):
    """The website asks for consent; a page tells what becomes of it, and prerenders others."""
    admin = server.login()
    admin.call("website", "write", [[1], {"cookies_bar": True}])
    pages = {
        # a page of no other scripts' making: what Odoo's may keep out of the cache is theirs
        "one": "<script>addEventListener('pageshow', (ev) => ev.persisted && "
        "window.ecrm('event', 'web.custom', { name: 'restored' }))</script>",
        "two": "<p>Two</p>",
        "before": '<script type="speculationrules">{"prerender": [{"source": "list", '
        '"urls": ["/shown", "/never"], "eagerness": "immediate"}]}</script>'
        '<a id="next" href="/shown">Shown</a>'
        "<script>setTimeout(() => document.querySelector('#next').click(), 5000)</script>",
        "shown": DRAWN % "shown",
        "never": DRAWN % "never",
    }
    for name, body in pages.items():
        body = body.replace("&&", "&amp;&amp;").replace("=>", "=&gt;")
        arch = (
            f'<t t-name="website.test_{name}"><t t-call="website.layout">'
            f'<div id="wrap">{body}</div></t></t>'
        )
        values = {"name": name, "type": "qweb", "key": f"website.test_{name}", "arch": arch}
        view = admin.call("ir.ui.view", "create", [values])
        page = {"url": f"/{name}", "view_id": view, "is_published": True, "website_id": 1}
        admin.call("website.page", "create", [page])
    return admin


@pytest.fixture
def chromium():
    with remote.chromium() as browser:
        yield browser


def accept(browser, url):
    browser.open(url)
    browser.wait(READY)
    # the bar comes after half a second
    browser.wait("document.querySelector('#website_cookies_bar .modal')?.matches('.show')")
    browser.run("new Promise((done) => setTimeout(done, 700))")
    browser.run("document.querySelector('#cookies-consent-all').click()")
    browser.wait("document.cookie.includes('ecrm_sid')")
    # who leaves a page in the middle of a request keeps the next one from sending for a while
    browser.wait("!Object.keys(localStorage).some((key) => /^ecrm_(q|lease)/.test(key))")


def views(stored):
    return [row["path"] for row in stored() if row["kind"] == "web.page"]


def customs(stored):
    rows = [row["props"] for row in stored() if row["kind"] == "web.custom"]
    return [(json.loads(row) if isinstance(row, str) else row)["name"] for row in rows]


def test_page_from_the_back_forward_cache(server, chromium, stored):
    """Shown again without being loaded again, a page is viewed again: once."""
    accept(chromium, f"{server.url}/one")
    # to a page without scripts: Odoo's live chat writes to all tabs, which ends the cache
    chromium.run("location.href = '/web/health'; true")
    chromium.wait("location.pathname === '/web/health' && document.readyState === 'complete'")
    chromium.run("setTimeout(() => history.back(), 200)")
    chromium.wait("location.pathname === '/one'")
    chromium.run("new Promise((done) => setTimeout(done, 1000))")
    chromium.open("about:blank")
    remote.wait_for(lambda: len(views(stored)) >= 2 and customs(stored), "what was told")
    assert customs(stored) == ["restored"], "the page did not come from the cache"
    assert views(stored) == ["/one", "/one"]
    uids = [row["uid"] for row in stored()]
    assert len(uids) == len(set(uids))


def test_prerendered_pages(server, chromium, stored):
    """A page drawn ahead is viewed when it is shown, and never if it is not."""
    accept(chromium, f"{server.url}/two")
    chromium.run("setTimeout(() => { location.href = '/before' }, 500)")
    chromium.detach()  # nothing is drawn ahead while somebody inspects the page
    for name in ("shown", "never"):
        remote.wait_for(lambda name=name: f"drew={name}" in server.log.read_text(), name)
    chromium.attach("/shown")
    chromium.wait("document.readyState === 'complete' && !!window.ecrm")
    start = "performance.getEntriesByType('navigation')[0].activationStart"
    assert chromium.run(start) > 0, "the page was not drawn ahead"
    chromium.wait(KEPT % "/shown")
    chromium.open("about:blank")
    remote.wait_for(lambda: len(views(stored)) >= 3, "the views")
    assert views(stored) == ["/two", "/before", "/shown"]


@pytest.mark.skipif(
    not any(map(shutil.which, remote.FIREFOX)), reason="Firefox is not installed here"
)
def test_firefox(server, admin, stored):
    """Accept, look at a page, let the site's script tell something: each is stored once."""
    with remote.firefox() as browser:
        accept(browser, f"{server.url}/one")
        browser.open(f"{server.url}/two")
        browser.wait("!!window.ecrm")
        browser.run("window.ecrm('event', 'web.custom', { name: 'hello' }); true")
        browser.wait(KEPT % "hello")
        browser.open("about:blank")
        remote.wait_for(lambda: len(views(stored)) >= 2 and customs(stored), "what was told")
    assert views(stored) == ["/one", "/two"]
    assert customs(stored) == ["hello"]
    rows = stored()
    assert len({row["uid"] for row in rows}) == len(rows)
    assert len({row["identity_id"][0] for row in rows}) == 1

"""The tracker in a real browser: what it tells the door, and what it never does."""

import json
import time

import pytest

from tests import browser

DOOR = "**/ecrm/collect"
BATCH_DELAY = 10_000  # milliseconds that an event waits for others


@pytest.fixture(scope="module")
def admin(server):
    """An administrator; the website asks for consent, and shows links and a file to download."""
    admin = server.login()
    admin.call("website", "write", [[1], {"cookies_bar": True}])
    file = {"name": "prices.pdf", "raw": "none", "public": True}
    [file] = admin.call("ir.attachment", "create", [[file]])
    view = admin.call(
        "ir.ui.view",
        "create",
        [
            {
                "name": "Links",
                "type": "qweb",
                "key": "website.test_links",
                "arch": f"""<t t-name="website.test_links"><t t-call="website.layout">
                <div id="wrap"><div style="height: 4000px">
                    <a id="file" href="/web/content/{file}/prices.pdf?download=1">Prices</a>
                    <a id="away" href="http://localhost:9/away?token=secret" target="_blank">A</a>
                    <a id="next" href="/contactus">Next</a>
                </div></div></t></t>""",
            }
        ],
    )
    page = {"url": "/links", "view_id": view, "is_published": True, "website_id": 1}
    admin.call("website.page", "create", [page])
    return admin


@pytest.fixture
def visitor(chromium, server, admin):
    with browser.Visitor(chromium, server.url) as visitor:
        yield visitor
        assert not visitor.errors


def props(touchpoint):
    value = touchpoint["props"]
    return json.loads(value) if isinstance(value, str) else value


def block(visitor):
    visitor.context.route(DOOR, lambda route: route.abort())


def test_refusal_leaves_nothing(visitor, stored):
    page = visitor.open("/links")
    assert not visitor.requests and not visitor.stored(page)
    visitor.choose(page, "essential")
    visitor.open("/contactus", page)
    page.wait_for_timeout(500)
    assert [json.loads(body)["state"] for body in visitor.sent("/ecrm/consent")] == ["refused"]
    assert not visitor.sent()
    assert not visitor.stored(page)
    assert not visitor.cookies().keys() & {"ecrm_vid", "ecrm_sid"}
    assert not stored()


def test_visit_arrives_in_order(visitor, stored):
    page = visitor.open("/links?utm_campaign=spring&access_token=SECRET#part")
    visitor.choose(page, "all")
    page.wait_for_function("() => document.cookie.includes('ecrm_sid')")
    browser.wait_until(page, stored, 1)  # the view goes at once
    with page.expect_download():
        page.click("#file")
    with page.expect_popup() as popup:
        page.click("#away")
    popup.value.close()
    page.evaluate("() => scrollTo(0, 1500)")
    page.wait_for_timeout(1200)
    page.click("#next")
    visitor.wait_ready(page)
    page.fill("input[name=name]", "Ann")
    page.fill("input[name=email_from]", "ann@example.com")
    page.fill("input[name=subject]", "Question")
    page.fill("textarea[name=description]", "Is it blue?")
    page.click(".s_website_form_send")
    page.wait_for_url("**/contactus-thank-you")
    visitor.wait_ready(page)
    page.goto("about:blank")
    browser.wait_until(page, stored, 9)
    rows = stored()
    assert [row["kind"] for row in rows if row["kind"] != "web.leave"] == [
        "web.page",
        "web.download",
        "web.outbound",
        "web.page",
        "web.form",
        "web.page",
    ]
    assert len({row["session_key"] for row in rows}) == 1
    assert len({row["identity_id"][0] for row in rows}) == 1
    told = {row["kind"]: props(row) for row in rows}
    assert told["web.download"]["file"] == "prices.pdf"
    assert told["web.outbound"]["host"] == "localhost:9"
    assert told["web.form"]["model"] == "mail.mail"
    assert "Ann" not in json.dumps(rows) and "SECRET" not in json.dumps(rows)
    assert "token" not in json.dumps(told["web.outbound"])
    assert visitor.cookies()["ecrm_vid"]["httpOnly"]


def test_visit_keys(visitor, stored):
    """Half an hour at most, not beyond midnight, and another one by another campaign."""

    def key_at(path):
        page.goto("about:blank")  # so that nobody comes from this site
        visitor.open(path, page)
        cookie = visitor.cookies()["ecrm_sid"]
        return cookie["value"], cookie["expires"] - page.evaluate("() => Date.now() / 1000")

    page = visitor.open("/links")
    visitor.choose(page, "all")
    direct, seconds = key_at("/links")
    rest = page.evaluate("() => (new Date().setHours(24, 0, 0, 0) - Date.now()) / 1000")
    assert -10 < seconds - min(1800, rest) <= 1
    by_mail, _seconds = key_at("/links?utm_source=mail&utm_campaign=spring")
    assert by_mail != direct
    assert key_at("/links")[0] == by_mail
    assert key_at("/contactus?utm_source=mail&utm_campaign=spring")[0] == by_mail
    by_ad, _seconds = key_at("/links?gclid=abc")
    assert by_ad != by_mail
    assert key_at("/links?gclid=def")[0] == by_ad
    # a link within the site is no landing
    page.evaluate("() => { location.href = '/links?utm_source=banner' }")
    page.wait_for_url("**banner")
    visitor.wait_ready(page)
    assert visitor.cookies()["ecrm_sid"]["value"] == by_ad
    page.evaluate(
        "() => { const now = new Date(); now.setHours(23, 50, 0, 0); const at = now.getTime();"
        " Date.now = () => at; }"
    )
    page.evaluate("() => ecrm('event', 'web.custom', { name: 'late' })")
    assert 590 <= visitor.cookies()["ecrm_sid"]["expires"] - time.time() <= 601
    visitor.context.clear_cookies(name="ecrm_sid")  # as its end does
    page.evaluate("() => ecrm('event', 'web.custom', { name: 'tomorrow' })")
    assert visitor.cookies()["ecrm_sid"]["value"] != by_ad


def test_leave_tells_time_and_depth(visitor, stored):
    page = visitor.open("/links")
    visitor.choose(page, "all")
    page.wait_for_timeout(1000)
    page.evaluate("() => scrollTo(0, 1500)")
    page.wait_for_timeout(2000)
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.goto("about:blank")
    browser.wait_until(page, stored, 2)
    rows = stored()
    [view] = [row for row in rows if row["kind"] == "web.page"]
    [leave] = [props(row) for row in rows if row["kind"] == "web.leave"]
    assert leave["view"] == view["uid"]
    assert 2 <= leave["seconds"] <= 8
    assert abs(leave["scroll"] - 100 * (1500 + 800) / height) < 3


def test_pages_share_a_request(visitor, stored):
    """Within ten seconds, five pages cost no request."""
    page = visitor.open("/links")
    visitor.choose(page, "all")
    browser.wait_until(page, stored, 1)
    visitor.requests.clear()
    for path in ("/contactus", "/links", "/contactus", "/links"):
        page.evaluate("(path) => { location.href = path }", path)
        page.wait_for_url(f"**{path}")
        visitor.wait_ready(page)
    sent = [json.loads(body)["events"] for body in visitor.sent() if body]
    assert len(sent) <= 1
    page.goto("about:blank")
    browser.wait_until(page, stored, 10)
    assert [row["kind"] for row in stored()] == ["web.page", "web.leave"] * 5


def test_withdrawal_stops_at_once(visitor, stored):
    page = visitor.open("/links")
    visitor.choose(page, "all")
    browser.wait_until(page, stored, 1)
    page.focus(".o_ecrm_privacy_link")
    page.keyboard.press("Enter")
    visitor.choose(page, "essential")
    page.wait_for_timeout(1000)
    states = [json.loads(body)["state"] for body in visitor.sent("/ecrm/consent")]
    assert states == ["granted", "withdrawn"]
    assert not visitor.stored(page)
    assert not visitor.cookies().keys() & {"ecrm_vid", "ecrm_sid"}
    before = len(stored())
    visitor.open("/contactus", page)
    page.goto("about:blank")
    page.wait_for_timeout(500)
    assert len(stored()) == before


def test_older_consent_is_asked_again(visitor, server, admin):
    page = visitor.open("/links")
    visitor.choose(page, "all")
    page.wait_for_timeout(500)
    admin.call("website", "write", [[1], {"ecrm_consent_since": "2037-01-01 00:00:00"}])
    try:
        visitor.requests.clear()
        visitor.open("/links?again", page)
        page.locator("#cookies-consent-all").wait_for(state="visible")
        assert not visitor.sent()
        assert not visitor.stored(page)
        assert "website_cookies_bar" not in visitor.cookies()
    finally:
        admin.call("website", "write", [[1], {"ecrm_consent_since": False}])


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_objection_of_the_browser(chromium, server, admin, header, stored):
    name, value = {
        "Sec-GPC": ("globalPrivacyControl", "true"),
        "DNT": ("doNotTrack", "'1'"),
    }[header]
    options = {"extra_http_headers": {header: "1"}}
    with browser.Visitor(chromium, server.url, **options) as visitor:
        visitor.context.add_init_script(
            f"Object.defineProperty(navigator, '{name}', {{ get: () => {value} }})"
        )
        page = visitor.open("/links")
        visitor.choose(page, "all")
        visitor.open("/contactus", page)
        page.wait_for_timeout(500)
        assert not visitor.requests and not visitor.stored(page)
        assert not visitor.cookies().keys() & {"ecrm_vid", "ecrm_sid"}
    assert not stored()


def test_blocked_door(visitor, stored):
    """Pages work, at most 100 events are kept, and go once when the door is free again."""
    page = visitor.open("/links")
    visitor.choose(page, "all")
    browser.wait_until(page, stored, 1)
    block(visitor)
    page.evaluate(
        "() => { for (let n = 0; n < 150; n++) ecrm('event', 'web.custom', { name: 'n' + n }) }"
    )
    page.wait_for_timeout(1500)
    assert len(visitor.queue(page)) == 100
    page.click("#next")
    visitor.wait_ready(page)
    assert len(visitor.queue(page)) == 100
    visitor.context.unroute(DOOR)
    visitor.requests.clear()
    page.goto(visitor.url + "/links")
    page.wait_for_function("() => !Object.keys(localStorage).some((k) => k.startsWith('ecrm_q'))")
    sent = [event["id"] for body in visitor.sent() for event in json.loads(body)["events"]]
    assert len(sent) == len(set(sent))
    custom = [row for row in stored() if row["kind"] == "web.custom"]
    assert len(custom) == len({row["uid"] for row in custom})
    assert 95 <= len(custom) <= 100
    # what blocked requests leave in the console is none of the tracker's
    visitor.errors[:] = [text for text in visitor.errors if "ERR_FAILED" not in text]


def test_offline_and_closed(visitor, stored):
    page = visitor.open("/links")
    visitor.choose(page, "all")
    browser.wait_until(page, stored, 1)
    visitor.context.set_offline(True)
    page.click("#away", modifiers=["Alt"])
    page.evaluate("() => ecrm('event', 'web.custom', { name: 'offline' })")
    page.wait_for_timeout(BATCH_DELAY + 1000)
    page.close()
    assert len(stored()) == 1
    visitor.context.set_offline(False)
    visitor.errors.clear()
    page = visitor.open("/contactus")
    page.wait_for_function("() => !Object.keys(localStorage).some((k) => k.startsWith('ecrm_q'))")
    kinds = [row["kind"] for row in stored()]
    assert kinds.count("web.custom") == 1
    assert kinds.count("web.page") == 2


def test_two_tabs_send_each_event_once(visitor, stored):
    page = visitor.open("/links")
    visitor.choose(page, "all")
    browser.wait_until(page, stored, 1)
    visitor.requests.clear()
    other = visitor.open("/links")
    for number in range(30):
        tab = (page, other)[number % 2]
        tab.evaluate("(name) => ecrm('event', 'web.custom', { name })", f"n{number}")
    browser.wait_until(page, stored, 32)
    sent = [event["id"] for body in visitor.sent() for event in json.loads(body)["events"]]
    assert len(sent) == len(set(sent))
    assert len({row["session_key"] for row in stored()}) == 1


def test_anonymous_mode(chromium, server, admin, stored):
    admin.call("website", "write", [[1], {"ecrm_tracking": "anonymous"}])
    try:
        with browser.Visitor(chromium, server.url) as visitor:
            page = visitor.open("/links")
            page.wait_for_timeout(BATCH_DELAY + 500)
            [body] = visitor.sent()
            assert [event["k"] for event in json.loads(body)["events"]] == ["web.page"]
            assert "s" not in json.loads(body)["events"][0]
            assert not visitor.stored(page)
            assert not visitor.cookies().keys() & {"ecrm_vid", "ecrm_sid"}
            assert not visitor.errors
    finally:
        admin.call("website", "write", [[1], {"ecrm_tracking": "identified"}])
    assert not stored()


def test_staff_are_not_tracked(visitor, server, admin):
    session = {"name": "session_id", "value": admin.cookies["session_id"], "url": server.url}
    visitor.context.add_cookies([session])
    page = visitor.open("/links")
    assert not page.locator("#ecrm_config").count()
    assert not visitor.requests and not visitor.stored(page)

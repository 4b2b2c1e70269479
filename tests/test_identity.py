"""Who is who, with browsers of their own against a real server: also behind a read replica."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import harness
from tests.client import Browser


@pytest.fixture(scope="module", params=[(), ("--dev=replica",)], ids=["primary", "replica"])
def shop(request):
    """A server that measures visits, and its administrator."""
    with harness.fresh_database() as name:
        arguments = ("--max-cron-threads=0", *request.param)
        with harness.Server(name, *arguments) as server:
            admin = server.login()
            (website,) = admin.call("website", "search", [[]], limit=1)
            admin.call("website", "write", [[website], {"cookies_bar": True}])
            yield server, admin


def people(admin, *names):
    """Make customers who can log in; their passwords are their names."""
    portal = admin.call("ir.model.data", "search_read", [[["name", "=", "group_portal"]]])
    groups = [[6, 0, [portal[0]["res_id"]]]]
    values = [
        {"name": name, "login": name, "password": name, "group_ids": groups} for name in names
    ]
    users = admin.call("res.users", "create", [values])
    return [
        user["partner_id"][0] for user in admin.call("res.users", "read", [users, ["partner_id"]])
    ]


def history(admin, partner):
    admin.call("ecrm.pipeline", "run_now")
    domain = [["partner_id", "=", partner], ["kind", "=", "web.page"]]
    rows = admin.call("ecrm.touchpoint", "search_read", [domain], fields=["path"], order="id")
    return [row["path"] for row in rows]


def test_a_second_device_and_a_shared_one(shop):
    server, admin = shop
    ann, bea = people(admin, "ann_process", "bea_process")
    first, second = Browser(server).accept(), Browser(server).accept()
    first.visit("/on-the-phone")
    first.login("ann_process")
    second.login("ann_process")
    second.visit("/on-the-desk")
    before = second.vid
    second.logout()
    assert second.vid and second.vid != before
    second.visit("/a-colleague")
    second.login("bea_process")
    second.visit("/bea")
    assert history(admin, ann) == ["/", "/", "/on-the-phone", "/on-the-desk"]
    assert history(admin, bea) == ["/a-colleague", "/bea"]


def test_many_people_log_in_at_once(shop):
    server, admin = shop
    names = [f"person_{number}" for number in range(12)]
    partners = people(admin, *names)

    def walk(name):
        browser = Browser(server).accept()
        browser.visit(f"/{name}")
        browser.login(name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(walk, names))
    for name, partner in zip(names, partners, strict=True):
        assert history(admin, partner) == ["/", f"/{name}"]


def test_the_cookie_alone_opens_nothing(shop):
    server, admin = shop
    people(admin, "eva_process")
    browser, thief = Browser(server).accept(), Browser(server)
    browser.login("eva_process")
    cookie = next(cookie for cookie in browser.cookies if cookie.name == "ecrm_vid")
    assert cookie.has_nonstandard_attr("HttpOnly")
    thief.cookies.set("ecrm_vid", browser.cookies["ecrm_vid"])
    for path in ("/my", "/my/account", "/odoo"):
        answer = thief.get(path, allow_redirects=False)
        assert "/web/login" in answer.headers["Location"], path

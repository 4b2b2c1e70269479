"""A live chat of two real browsers: a visitor who asks and logs in, an agent who answers.

The panel beside the chat fits at both widths of a desk, axe finds nothing in it, and it follows
the login of the visitor by Odoo's own bus.
"""

import re

import pytest

from tests import axe, harness
from tests.browser import Visitor
from tests.test_screens_browser import IGNORED, Office

PANEL = ".o_ecrm_chat_customer"
#: Two browsers, the server and its bundles on what may be a busy machine.
WAIT = 120_000


@pytest.fixture(scope="module")
def server(database):
    """A server in which two who read the same chat at once may meet: Odoo tries again."""
    with harness.Server(
        database, "--max-cron-threads=0", allow=["could not serialize access"]
    ) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture(scope="module")
def customer(admin):
    """A customer with a login, an order and a tier; the id of the contact."""
    [group] = admin.call(
        "ir.model.data",
        "search_read",
        [[["module", "=", "base"], ["name", "=", "group_portal"]]],
        fields=["res_id"],
    )
    [user] = admin.call(
        "res.users",
        "create",
        [
            [
                {
                    "name": "Ann Ash",
                    "login": "ann",
                    "email": "ann@ash.example",
                    "password": "ann-ash-password",
                    "group_ids": [[6, 0, [group["res_id"]]]],
                }
            ]
        ],
    )
    [row] = admin.call("res.users", "read", [[user]], fields=["partner_id"])
    partner = row["partner_id"][0]
    [product] = admin.call("product.product", "create", [[{"name": "Tea", "type": "service"}]])
    line = [0, 0, {"product_id": product, "price_unit": 2500}]
    [order] = admin.call("sale.order", "create", [[{"partner_id": partner, "order_line": [line]}]])
    admin.call("sale.order", "action_confirm", [[order]])
    admin.call("ecrm.pipeline", "run_now")
    return partner


@pytest.fixture(scope="module")
def livechat(admin):
    """The chat of the website, with the administrator as its only agent."""
    [channel] = admin.call(
        "im_livechat.channel", "create", [[{"name": "Help", "user_ids": [[6, 0, [admin.uid]]]}]]
    )
    admin.call("website", "write", [[1], {"channel_id": channel, "ecrm_keep_stock_tracking": True}])
    return channel


def _faults(office):
    """What is wrong with the panel: in its markup, and in how it fits."""
    found = axe.violations(office.page, PANEL)
    wide = office.page.evaluate(
        "(panel) => [...document.querySelectorAll(panel + ' *')]"
        ".filter((el) => el.getBoundingClientRect().right"
        " > el.closest('.o-mail-ActionPanel').getBoundingClientRect().right + 1)"
        ".map((el) => el.outerHTML.slice(0, 80))",
        PANEL,
    )
    return found + wide + [text for text in office.errors if not IGNORED.search(text)]


def _wait_for_agents(page, admin, livechat):
    """Wait until Odoo knows that somebody is there to answer: only then is there a chat."""
    for _attempt in range(WAIT // 500):
        [row] = admin.call(
            "im_livechat.channel", "read", [[livechat]], fields=["available_operator_ids"]
        )
        if row["available_operator_ids"]:
            return
        page.wait_for_timeout(500)
    raise AssertionError("nobody came to answer")


def test_a_chat(chromium, server, admin, customer, livechat):
    with (
        Office(chromium, server, admin) as office,
        Visitor(chromium, server.url) as visitor,
    ):
        for person in (office, visitor):
            person.context.set_default_timeout(WAIT)
        agent = office.page
        agent.goto(f"{server.url}/odoo/discuss", wait_until="domcontentloaded")
        agent.locator(".o-mail-Discuss").wait_for()
        _wait_for_agents(agent, admin, livechat)
        page = visitor.open("/")
        page.locator(".o-livechat-LivechatButton").click()
        composer = page.locator(".o-livechat-root .o-mail-Composer-input")
        composer.fill("My drawer jams. Can you help?")
        composer.press("Enter")

        chat = agent.locator(".o-mail-DiscussSidebarChannel", has_text=re.compile("Visitor"))
        chat.first.click()
        agent.locator(PANEL, has_text="Not known yet").wait_for()
        assert not _faults(office)
        agent.locator(".o-mail-Composer-input").fill("Of course. Which one is it?")
        agent.locator(".o-mail-Composer-input").press("Enter")
        page.locator(".o-mail-Message", has_text="Which one is it?").wait_for()

        login = visitor.context.new_page()
        login.goto(f"{server.url}/web/login")
        login.fill("input[name=login]", "ann")
        login.fill("input[name=password]", "ann-ash-password")
        login.press("input[name=password]", "Enter")
        login.wait_for_url("**/my**")

        # nobody touched the agent's browser
        agent.locator(f"{PANEL} .o_ecrm_chat_name", has_text="Ann Ash").wait_for()
        assert "2,500.00" in agent.locator(PANEL).inner_text()
        assert agent.locator(f"{PANEL} .badge", has_text="Gold").count()
        for width in (1440, 1280):
            agent.set_viewport_size({"width": width, "height": 900})
            assert not _faults(office), width

        agent.locator(f"{PANEL} button", has_text="Make a request").click()
        made = agent.locator(f"{PANEL} a.o_ecrm_chat_request")
        made.wait_for()
        [request] = admin.call(
            "ecrm.request",
            "search_read",
            [[["partner_id", "=", customer]]],
            fields=["name", "number", "source"],
        )
        assert request["number"] in made.inner_text()
        assert (request["name"], request["source"]) == ("My drawer jams. Can you help?", "chat")
        admin.call("ecrm.pipeline", "run_now")
        told = admin.call("ecrm.touchpoint", "search_count", [
            [["partner_id", "=", customer], ["kind", "=", "chat.started"]]
        ])  # fmt: skip
        assert told == 1
        assert not visitor.errors

"""A customer's whole way, in a real browser: refuse, agree, look around, buy as a guest.

What the order and the contact then tell must be what happened, in its order; and of whom who
refused there must be nothing.
"""

import pytest

from tests import harness
from tests.browser import Visitor, chromium

SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
#: Everything of ours in which a visitor could leave a trace, and Odoo's own.
TRACES = (
    "ecrm_touchpoint",
    "ecrm_identity",
    "ecrm_consent",
    "ecrm_session",
    "ecrm_quarantine",
    "ecrm_web_count",
    "ecrm_change",
    "website_visitor",
    "website_track",
)
#: What the guest does; each of these comes after the one before it.
WAY = [
    "web.page",
    "web.search",
    "web.product",
    "web.cart_add",
    "web.checkout",
    "order.confirmed",
]


@pytest.fixture(scope="module")
def shop(server):
    """A shop with one product and the cookie bar."""
    admin = server.login()
    admin.call(
        "product.template",
        "create",
        [{"name": "Green Tea", "list_price": 25, "type": "service", "is_published": True}],
    )
    transfer = admin.call("payment.provider", "search", [[["custom_mode", "=", "wire_transfer"]]])
    admin.call("payment.provider", "write", [transfer, {"state": "test", "is_published": True}])
    # the mail about an order has no PDF where no program makes one
    mails = admin.call("mail.template", "search", [[["model", "=", "sale.order"]]])
    admin.call("mail.template", "write", [mails, {"report_template_ids": [[5, 0, 0]]}])
    (website,) = admin.call("website", "search", [[]], limit=1)
    admin.call("website", "write", [[website], {"cookies_bar": True}])
    assert admin.call("website", "read", [[website], ["ecrm_tracking"]])[0]["ecrm_tracking"] == (
        "identified"
    )
    return admin


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def traces(database):
    return {
        table: harness.query(database, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for table in TRACES
    }


@pytest.mark.parametrize("screen", SCREENS)
def test_who_refuses_leaves_no_trace(shop, server, database, browser, screen):
    before = traces(database)
    with Visitor(browser, server.url, **SCREENS[screen]) as visitor:
        page = visitor.open("/")
        visitor.choose(page, "essential")
        for path in ("/shop", "/shop?search=tea", "/contactus"):
            visitor.open(path, page)
        page.close()
        assert not {name for name in visitor.cookies() if name.startswith("ecrm")}
        assert visitor.sent() == []
        assert visitor.errors == []
    assert traces(database) == before


@pytest.mark.parametrize("screen", SCREENS)
def test_from_first_look_to_order(shop, server, database, browser, screen):
    with Visitor(browser, server.url, **SCREENS[screen]) as visitor:
        page = visitor.open("/?utm_source=spring&utm_medium=email&utm_campaign=tea")
        visitor.choose(page, "all")
        visitor.open("/shop?search=tea", page)
        buy(visitor, page, f"guest-{screen}@example.com")
        assert visitor.errors == []
        page.close()
    (order,) = shop.call(
        "sale.order",
        "search_read",
        [[["partner_id.email", "=", f"guest-{screen}@example.com"]]],
        fields=["partner_id", "ecrm_session_id", "ecrm_session_key"],
    )
    shop.call("sale.order", "action_confirm", [[order["id"]]])
    shop.call("ecrm.pipeline", "run_now", [])

    assert_way(kinds_of_journey(shop, order["id"]))
    rows = timeline(shop, order["partner_id"][0])
    assert_way([row["kind"] for row in rows])
    known = [number for number, row in enumerate(rows) if row["key"].startswith("l")]
    assert known, "the timeline does not tell when the customer became known"
    (session,) = shop.call(
        "ecrm.session", "search_read", [[["session_key", "=", order["ecrm_session_key"]]]]
    )
    assert (session["source"], session["medium"], session["campaign"]) == ("spring", "email", "tea")
    assert (session["stage"], session["order_count"]) == (4, 1)
    assert session["partner_id"][0] == order["partner_id"][0]


def buy(visitor, page, email):
    """Put the tea into the cart and order it as a guest, paying by bank transfer."""
    page.locator(".oe_product a", has_text="Green Tea").first.click()
    visitor.wait_ready(page)
    page.locator("#add_to_cart").first.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.my_cart_quantity')]"
        ".some((el) => el.textContent.trim() === '1')"
    )
    visitor.open("/shop/cart", page)
    next_step(visitor, page)
    fill_address(page, email)
    next_step(visitor, page)
    page.wait_for_url("**/shop/payment*")
    visitor.wait_ready(page)
    page.locator("button[name='o_payment_submit_button']:visible").first.click()
    page.wait_for_url("**/shop/confirmation*", timeout=60_000)
    visitor.wait_ready(page)


def next_step(visitor, page):
    page.locator("a[name='website_sale_main_button']:visible").first.click()
    page.wait_for_load_state("load")
    visitor.wait_ready(page)


def fill_address(page, email):
    page.locator("#o_country_id").select_option(label="Belgium")
    for name, value in {
        "name": "Guest Green",
        "email": email,
        "phone": "+32 2 290 34 90",
        "street": "Rue de Namur 1",
        "zip": "1367",
        "city": "Ramillies",
    }.items():
        page.locator(f"form.address_autoformat input[name={name}]").fill(value)


def kinds_of_journey(session, order_id):
    """The kinds that the order's Journey lists, oldest first."""
    action = session.call("sale.order", "action_view_ecrm_journey", [[order_id]])
    events = session.call(
        "ecrm.touchpoint",
        "search_read",
        [action["domain"]],
        fields=["kind"],
        order="occurred_at, id",
    )
    return [event["kind"] for event in events]


def timeline(session, partner_id):
    """The rows of a contact's timeline, oldest first."""
    page = session.call("ecrm.touchpoint", "get_timeline", [partner_id], limit=100)
    assert not page["next"]
    return page["rows"][::-1]


def assert_way(kinds):
    """Check that what happened comes in its order."""
    firsts = [kinds.index(kind) if kind in kinds else None for kind in WAY]
    assert None not in firsts, f"{kinds} lacks something of {WAY}"
    assert firsts == sorted(firsts), f"{kinds} is not in the order of {WAY}"

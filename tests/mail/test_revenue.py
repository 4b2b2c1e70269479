"""From a mailing to an order, in a real browser: attributed by consent, and to nobody without."""

import functools

import pytest

from tests import harness
from tests.browser import Visitor
from tests.mail import people
from tests.mail.letter import by_recipient
from tests.test_walk import buy, next_step

#: A customer who agreed and has no account, one who has, one who refused, one who never chose.
CUSTOMERS = ("agreed", "member", "refused", "silent")
ADDRESS = {
    "phone": "+32 2 290 34 90",
    "street": "Rue de Namur 1",
    "zip": "1367",
    "city": "Ramillies",
}


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


@pytest.fixture(scope="module")
def shop(admin):
    """A shop with one product and the cookie bar."""
    values = {"name": "Green Tea", "list_price": 25, "type": "service", "is_published": True}
    admin.call("product.template", "create", [values])
    transfer = admin.call("payment.provider", "search", [[["custom_mode", "=", "wire_transfer"]]])
    admin.call("payment.provider", "write", [transfer, {"state": "test", "is_published": True}])
    (website,) = admin.call("website", "search", [[]], limit=1)
    admin.call("website", "write", [[website], {"cookies_bar": True}])
    return admin


@pytest.fixture(scope="module")
def partners(shop):
    (belgium,) = shop.call("res.country", "search", [[["code", "=", "BE"]]])
    found = {}
    for name in CUSTOMERS:
        email = f"{name}@customer.example"
        values = {"name": name, "email": email, "country_id": belgium, **ADDRESS}
        (found[name],) = shop.call("res.partner", "create", [[values]])
    (portal,) = shop.call(
        "ir.model.data",
        "search_read",
        [[["module", "=", "base"], ["name", "=", "group_portal"]]],
        fields=["res_id"],
    )
    user = {
        "partner_id": found["member"],
        "login": "member",
        "password": "member-of-the-shop",
        "group_ids": [[6, 0, [portal["res_id"]]]],
    }
    shop.call("res.users", "create", [[user]], context={"no_reset_password": True})
    return found


@pytest.fixture(scope="module")
def mailing(shop, partners, server):
    model = shop.call("ir.model", "search", [[["model", "=", "res.partner"]]])
    values = {
        "subject": "Tea of the spring",
        "mailing_model_id": model[0],
        "mailing_domain": [["id", "in", list(partners.values())]],
        "body_html": f'<p>Dear customer, <a href="{server.url}/shop">see our teas</a></p>',
        "keep_archives": True,
        "email_from": "shop@shop.example",
    }
    (mailing,) = shop.call("mailing.mailing", "create", [[values]])
    return shop.call("mailing.mailing", "read", [[mailing], ["source_id", "medium_id"]])[0]


@pytest.fixture(scope="module")
def saved(shop, sink, mailing, query, tmp_path_factory):
    """Files with the mails as they came, an hour ago."""
    with sink.catch() as mails:
        shop.call("mailing.mailing", "action_send_mail", [[mailing["id"]]])
    shop.call("ecrm.pipeline", "run_now", [])
    people.let_pass(query, minutes=60)
    folder = tmp_path_factory.mktemp("mails")
    files = {}
    for address, letter in by_recipient(mails).items():
        files[address.partition("@")[0]] = file = folder / f"{address}.html"
        file.write_text(letter.html)
    assert set(files) == set(CUSTOMERS)
    return files


def read_and_click(visitor, file):
    """Open a mail in the browser, read it, follow its link; return the page that it leads to."""
    page = visitor.context.new_page()
    page.goto(file.as_uri())
    page.wait_for_timeout(2500)
    page.get_by_role("link", name="see our teas").click()
    page.wait_for_url("**/shop?*")
    visitor.wait_ready(page)
    return page


def choose(visitor, choice):
    page = visitor.open("/")
    visitor.choose(page, choice)
    page.close()


def web_of(query, partner):
    """Return the kinds of what a contact did on the website."""
    rows = query(
        "SELECT touchpoint.kind FROM ecrm_touchpoint touchpoint"
        "  JOIN ecrm_identity identity ON identity.id = touchpoint.identity_id"
        " WHERE identity.partner_id = %s AND touchpoint.kind LIKE 'web.%%'"
        " ORDER BY touchpoint.occurred_at, touchpoint.id",
        [partner],
    )
    return [kind for (kind,) in rows]


def figures(query, partner):
    return query(
        "SELECT human_open_count, human_click_count, state FROM ecrm_email_message"
        " WHERE partner_id = %s AND mailing_id IS NOT NULL",
        [partner],
    )


def order_of(shop, email):
    (order,) = shop.call(
        "sale.order",
        "search_read",
        [[["partner_id.email", "=", email]]],
        fields=["partner_id", "source_id", "medium_id", "ecrm_session_key"],
    )
    return order


def test_who_agreed_is_known_by_the_click(shop, server, query, chromium, partners, saved, mailing):
    with Visitor(chromium, server.url) as visitor:
        choose(visitor, "all")
        page = read_and_click(visitor, saved["agreed"])
        page.locator(".oe_product a", has_text="Green Tea").first.click()
        visitor.wait_ready(page)
        visitor.open("/shop", page)
        shop.call("ecrm.pipeline", "run_now", [])
        assert {"web.page", "web.product"} <= set(web_of(query, partners["agreed"]))
        buy(visitor, page, "agreed@customer.example")
        assert visitor.errors == []
    order = guest_order(shop, partners["agreed"])
    assert order["source_id"] == mailing["source_id"]
    assert order["medium_id"] == mailing["medium_id"]
    shop.call("sale.order", "action_confirm", [[order["id"]]])
    shop.call("ecrm.pipeline", "run_now", [])
    assert figures(query, partners["agreed"]) == [(1, 1, "clicked")]
    (session,) = shop.call(
        "ecrm.session",
        "search_read",
        [[["session_key", "=", order["ecrm_session_key"]]]],
        fields=["partner_id", "source", "order_count"],
    )
    assert session["source"] == mailing["source_id"][1].lower()
    assert session["order_count"] == 1
    # of a guest Odoo makes a new contact of the same address: since then it is that one
    assert session["partner_id"] == order["partner_id"]
    web = web_of(query, session["partner_id"][0])
    assert {"web.page", "web.product", "web.cart_add", "web.checkout"} <= set(web)


def guest_order(shop, partner):
    """Return the order of a guest with the address of a contact."""
    domain = [
        ["partner_id.email", "=", "agreed@customer.example"],
        ["partner_id", "!=", partner],
    ]
    fields = ["partner_id", "source_id", "medium_id", "ecrm_session_key"]
    (order,) = shop.call("sale.order", "search_read", [domain], fields=fields)
    return order


def test_a_member_buys(shop, server, query, chromium, partners, saved, mailing):
    with Visitor(chromium, server.url) as visitor:
        page = visitor.open("/web/login")
        visitor.choose(page, "all")
        page.locator("input[name=login]").fill("member")
        page.locator("input[name=password]").fill("member-of-the-shop")
        page.locator(".oe_login_form button[type=submit]").first.click()
        page.wait_for_url("**/my**")
        page.close()
        page = read_and_click(visitor, saved["member"])
        buy_as_member(visitor, page)
        assert visitor.errors == []
    order = order_of(shop, "member@customer.example")
    assert order["partner_id"][0] == partners["member"]
    assert order["source_id"] == mailing["source_id"]
    shop.call("sale.order", "action_confirm", [[order["id"]]])
    shop.call("ecrm.pipeline", "run_now", [])
    assert figures(query, partners["member"]) == [(1, 1, "clicked")]
    web = web_of(query, partners["member"])
    assert {"web.page", "web.product", "web.cart_add", "web.checkout"} <= set(web)
    rows = query(
        "SELECT kind FROM ecrm_touchpoint WHERE partner_id = %s"
        " AND (kind = 'order.confirmed'"
        "      OR (kind IN ('email.sent', 'email.clicked') AND res_model = 'mailing.mailing'))"
        " ORDER BY occurred_at, id",
        [partners["member"]],
    )
    assert [kind for (kind,) in rows] == ["email.sent", "email.clicked", "order.confirmed"]


def buy_as_member(visitor, page):
    """Put the tea into the cart and order it; the shop knows the address."""
    page.locator(".oe_product a", has_text="Green Tea").first.click()
    visitor.wait_ready(page)
    page.locator("#add_to_cart").first.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.my_cart_quantity')]"
        ".some((el) => el.textContent.trim() === '1')"
    )
    visitor.open("/shop/cart", page)
    for _step in range(3):
        if "/shop/payment" in page.url:
            break
        next_step(visitor, page)
    visitor.wait_ready(page)
    page.locator("button[name='o_payment_submit_button']:visible").first.click()
    page.wait_for_url("**/shop/confirmation*", timeout=60_000)
    visitor.wait_ready(page)


@pytest.mark.parametrize("name", ["refused", "silent"])
def test_without_consent_nobody_is_known(
    shop, server, query, chromium, partners, saved, mailing, name
):
    before = website_rows(query)
    guest = f"guest-{name}@elsewhere.example"
    with Visitor(chromium, server.url) as visitor:
        if name == "refused":
            choose(visitor, "essential")
        page = read_and_click(visitor, saved[name])
        if name == "silent":
            page.close()
            page = visitor.open("/contactus")
        else:
            buy(visitor, page, guest)
        assert not {cookie for cookie in visitor.cookies() if cookie.startswith("ecrm")}
    shop.call("ecrm.pipeline", "run_now", [])
    assert website_rows(query) == before
    assert web_of(query, partners[name]) == []
    # what became of the mail itself is known
    assert figures(query, partners[name]) == [(1, 1, "clicked")]
    if name == "refused":
        order = order_of(shop, guest)
        assert not order["source_id"]
        assert not order["ecrm_session_key"]


def website_rows(query):
    """How much is known of browsers."""
    return query(
        "SELECT (SELECT count(*) FROM ecrm_identity WHERE kind = 'device'),"
        " (SELECT count(*) FROM ecrm_identity_link),"
        " (SELECT count(*) FROM ecrm_session),"
        " (SELECT count(*) FROM ecrm_touchpoint WHERE kind LIKE 'web.%')"
    )

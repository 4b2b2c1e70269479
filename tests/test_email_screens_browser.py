"""The screens of e-mail engagement in a real browser: wide and on a phone, full and empty."""

import pytest

from tests import harness
from tests.test_screens_browser import IGNORED, SIZES, Office

SCREENS = ["campaigns", "mailings", "emails", "deliverability", "best-hour", "mailing-orders"]
#: What an empty one says.
EMPTY = {
    "campaigns": "No mail was sent yet",
    "mailings": "No mailing was measured yet",
    "emails": "No e-mail here yet",
    "deliverability": "No mail was sent yet",
    "best-hour": "Nobody clicked in this period",
    "mailing-orders": "No order is owed to a mailing yet",
    "mailing": "No mailing is chosen",
}
MAILS = """
    INSERT INTO ecrm_email_message
           (message_id, email_normalized, partner_id, kind, mailing_id, subject, is_tracked,
            link_count, state, create_date)
    SELECT '<' || n || '@screens>', 'p' || n || '@gmail.com', CASE WHEN n = 1 THEN %(partner)s END,
           'mailing', %(mailing)s, 'Teas', TRUE, 1, 'queued', now() AT TIME ZONE 'UTC'
      FROM generate_series(1, 30) n
"""
LINK = """
    INSERT INTO ecrm_email_link (mailing_id, position, url, label, is_honeypot)
    VALUES (%(mailing)s, 1, 'https://shop.example/a-rather-long-address-of-tea', 'Tea', FALSE)
    RETURNING id
"""
#: All are sent; every other one opens after an hour, and the first clicks; a machine, too.
EVENTS = """
    INSERT INTO ecrm_email_event
           (type, source, occurred_at, received_at, email_message_ref, mailing_ref, link_ref,
            method, user_agent, ip_cut)
    SELECT act.type, 'test', now() AT TIME ZONE 'UTC' - interval '2 hours' + act.after,
           now() AT TIME ZONE 'UTC', message.id, message.mailing_id,
           CASE WHEN act.type = 'clicked' THEN %(link)s END, 'GET', act.agent, act.network
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM ecrm_email_message
             WHERE mailing_id = %(mailing)s) message
      JOIN (VALUES
        ('sent', interval '0', NULL, NULL, 1),
        ('delivered', interval '5 seconds', NULL, NULL, 1),
        ('opened', interval '1 hour', %(chrome)s, '203.0.113.0/24', 2),
        ('clicked', interval '61 minutes', %(chrome)s, '203.0.113.0/24', 29),
        ('clicked', interval '10 seconds', 'Googlebot/2.1', '192.0.2.0/24', 7)
      ) AS act(type, after, agent, network, each) ON message.n %% act.each = 1 OR act.each = 1
"""
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture(scope="module")
def filled(server, admin):
    """A mailing to thirty people, one of whom clicked and ordered; its id."""
    [model] = admin.call("ir.model", "search", [[["model", "=", "res.partner"]]])
    [mailing] = admin.call(
        "mailing.mailing",
        "create",
        [
            [
                {
                    "subject": "Teas",
                    "mailing_model_id": model,
                    "email_from": "shop@shop.example",
                    "reply_to": "shop@shop.example",
                    "state": "done",
                }
            ]
        ],
    )
    [partner] = admin.call("res.partner", "create", [[{"name": "Ann", "email": "p1@gmail.com"}]])
    names = {"mailing": mailing, "partner": partner, "chrome": CHROME}
    harness.query(server.database, MAILS, names)
    [[link]] = harness.query(server.database, LINK, names)
    harness.query(server.database, EVENTS, {**names, "link": link})
    admin.call("ecrm.pipeline", "run_now")
    [product] = admin.call("product.product", "create", [[{"name": "Tea", "list_price": 9}]])
    line = [0, 0, {"product_id": product}]
    [order] = admin.call("sale.order", "create", [[{"partner_id": partner, "order_line": [line]}]])
    admin.call("sale.order", "action_confirm", [[order]])
    admin.call("ecrm.pipeline", "run_now")
    return mailing


def test_empty_screens_say_what_to_do(chromium, server, admin):
    """Runs first: no mail was sent yet."""
    with Office(chromium, server, admin) as office:
        for name, words in EMPTY.items():
            page = office.show(f"ecrm-{name}")
            page.get_by_text(words).first.wait_for()
            assert office.faults() == [], name


@pytest.mark.parametrize("size", SIZES)
def test_screens(chromium, server, admin, filled, size):
    with Office(chromium, server, admin, size) as office:
        for name in SCREENS:
            page = office.show(f"ecrm-{name}")
            assert office.faults() == [], name
            assert not page.locator(".o_view_nocontent").count(), f"{name} is empty"
        [record] = admin.call("ecrm.email.message", "search", [[]], limit=1)
        page = office.show("ecrm-emails", record)
        page.locator("[name=event_ids]").wait_for()
        assert office.faults() == [], "form of an e-mail"


@pytest.mark.parametrize("size", SIZES)
def test_the_report_of_a_mailing(chromium, server, admin, filled, size):
    with Office(chromium, server, admin, size) as office:
        page = office.open(f"/odoo/mailing.mailing/{filled}/ecrm-mailing")
        page.locator("[data-figure=sent]", has_text="30").wait_for()
        assert office.faults() == []
        page.reload()  # the address tells of which mailing
        page.locator("[data-figure=orders]", has_text="1").wait_for()
        page.locator("[data-figure=clicked] button").click()
        page.locator(".o_breadcrumb", has_text="Teas: Clicked").wait_for()
        office.settle()
        assert page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)").count() == 2


def test_the_button_of_a_mailing_leads_to_its_report(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open(f"/odoo/mailing.mailing/{filled}")
        page.get_by_role("button", name="Engagement").click()
        page.locator(".o_ecrm_email_report [data-figure=sent]").wait_for()


def test_a_mailer_without_rights_sees_no_figures(chromium, server, admin, filled):
    groups = [
        admin.call("ir.model.data", "search_read", [[["name", "=", n], ["module", "=", m]]])[0]
        for n, m in [["group_user", "base"], ["group_mass_mailing_user", "mass_mailing"]]
    ]
    admin.call(
        "res.users",
        "create",
        [
            {
                "name": "Mia",
                "login": "mia_mailer",
                "password": "mia_mailer",
                "group_ids": [[6, 0, [group["res_id"] for group in groups]]],
            }
        ],
    )
    with Office(chromium, server, server.login("mia_mailer", "mia_mailer")) as office:
        page = office.open(f"/odoo/mailing.mailing/{filled}")
        page.locator(".o_form_view").wait_for()
        assert "Engagement" not in page.locator("body").inner_text()
        assert not page.locator("[role=dialog]").count()
        assert [text for text in office.errors if not IGNORED.search(text)] == []

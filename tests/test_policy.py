"""Scoring policies on a real server: two who publish at once, and the editor in a browser."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from tests import harness
from tests.test_screens_browser import SIZES, Office

CUSTOMERS = 8


@pytest.fixture(scope="module")
def server(database):
    """A server that may refuse to publish a draft twice."""
    refused = "odoo.http: This version was published already"
    with harness.Server(database, "--max-cron-threads=0", allow=[refused]) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture(scope="module")
def filled(server, admin):
    """Customers of whom the first ordered most, all scored."""
    [product] = admin.call("product.product", "create", [[{"name": "Tea", "list_price": 400}]])
    people = [{"name": f"Customer {number}"} for number in range(CUSTOMERS)]
    partners = admin.call("res.partner", "create", [people])
    quoted = [
        {"partner_id": partner, "order_line": [[0, 0, {"product_id": product}]]}
        for number, partner in enumerate(partners)
        for _order in range(CUSTOMERS - number)
    ]
    orders = admin.call("sale.order", "create", [quoted])
    admin.call("sale.order", "action_confirm", [orders])
    for number, order in enumerate(orders):
        day = date.today() - timedelta(days=5 * number)
        admin.call("sale.order", "write", [[order], {"date_order": f"{day} 10:00:00"}])
    admin.call("ecrm.pipeline", "run_now")
    return partners


def draft(admin, **values):
    [policy] = admin.call("ecrm.policy", "create", [[{"name": "Try", **values}]])
    return policy


def versions(admin):
    return admin.call(
        "ecrm.policy",
        "search_read",
        [[["number", ">", 0]]],
        fields=["number", "state", "half_life"],
        order="number",
    )


def test_two_who_publish_at_once_make_two_versions(server, admin, filled):
    before = len(versions(admin))
    lives = (11, 12, 13)
    drafts = [draft(admin, half_life=life) for life in lives]
    people = [server.login() for _draft in drafts]

    def publish(person, policy):
        return person.call("ecrm.policy", "action_publish", [[policy]])

    with ThreadPoolExecutor(len(drafts)) as pool:
        answers = list(pool.map(publish, people, drafts))
    assert all(answer["params"]["type"] == "success" for answer in answers)
    found = versions(admin)
    assert [version["number"] for version in found] == list(range(1, before + len(drafts) + 1))
    assert [version["state"] for version in found[:-1]] == ["archived"] * (len(found) - 1)
    assert found[-1]["state"] == "published"
    assert {version["half_life"] for version in found[before:]} == set(lives)
    [company] = admin.call("res.company", "search_read", [[]], fields=["ecrm_half_life"], limit=1)
    assert company["ecrm_half_life"] == found[-1]["half_life"]


def test_the_same_draft_is_published_once(server, admin, filled):
    before = len(versions(admin))
    policy = draft(admin, half_life=21)
    people = [server.login() for _time in range(3)]

    def publish(person):
        try:
            return person.call("ecrm.policy", "action_publish", [[policy]])
        except Exception as error:  # noqa: BLE001  # which one is looked at below
            return str(error)

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(publish, people))
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert len(refused) == 2, answers
    assert all("published already" in answer for answer in refused), refused
    assert len(versions(admin)) == before + 1


@pytest.mark.parametrize("size", SIZES)
def test_editor(chromium, server, admin, filled, size):
    policy = draft(admin, weight_engagement=45, weight_money=0)
    with Office(chromium, server, admin, size) as office:
        page = office.open("/odoo/ecrm-policies")
        assert office.faults() == []
        page = office.open(f"/odoo/ecrm-policies/{policy}")
        for tab in ("Scores", "Engagement", "Tiers", "Value", "What-if"):
            page.get_by_role("tab", name=tab).click()
            office.settle()
            assert office.faults(".tab-pane.active") == [], tab
        page.get_by_text("Who would stand where?").wait_for()
        page.get_by_role("button", name="Compare", exact=True).click()
        tile = page.locator("[data-tile=customers] dd", has_text=str(CUSTOMERS))
        tile.wait_for()
        assert page.locator("[data-table=tiers] table").count() == 1
        assert page.get_by_text("Customers Moved Most").is_visible()
        assert office.faults(".tab-pane.active") == []


def test_a_draft_is_made_tried_and_published_by_hand(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open("/odoo/ecrm-policies/new")
        page.get_by_placeholder("e.g. Gold is harder to reach").fill("By hand")
        page.get_by_label("Recency", exact=True).fill("30")
        page.keyboard.press("Tab")
        page.get_by_text("must add up to 100; these are 105").wait_for()
        page.get_by_label("Money", exact=True).fill("25")
        page.keyboard.press("Tab")
        page.get_by_text("must add up to 100").wait_for(state="detached")
        page.get_by_role("button", name="Compare", exact=True).click()
        page.get_by_role("tab", name="What-if").click()
        page.locator("[data-tile=customers]").wait_for()
        page.get_by_role("tab", name="Tiers").click()
        gold = page.locator(".o_field_widget[name=minimum_ids] .o_data_row", has_text="Gold")
        gold.locator("td[name=minimum]").click()
        page.locator(".o_selected_row [name=minimum] input").fill("1500")
        page.keyboard.press("Tab")
        page.get_by_text("Minimum of Gold: 2,000 → 1,500").wait_for()
        page.get_by_role("tab", name="What-if").click()
        stale = page.get_by_text("Rules were changed after this comparison")
        stale.wait_for()
        page.get_by_role("button", name="Compare", exact=True).click()
        stale.wait_for(state="hidden")
        page.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_role("button", name="Ok").click()
        page.get_by_text("is in force").first.wait_for()
        page.locator(".o_statusbar_status [aria-checked=true]", has_text="In Force").wait_for()
        assert office.faults(".tab-pane.active") == []
    [tier] = admin.call("ecrm.tier", "search_read", [[["name", "=", "Gold"]]], fields=["minimum"])
    assert tier["minimum"] == 1500

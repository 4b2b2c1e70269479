"""The reports on scores in a real browser: wide and on a phone, full and empty."""

from datetime import date, timedelta

import pytest

from tests.test_screens_browser import SIZES, Office

#: What an empty one says.
EMPTY = {
    "rfm-grid": "No customer is scored yet",
    "revenue": "No customer has ordered yet",
    "scores": "No customer is scored yet",
    "cohorts": "No customer ordered first in this period",
    "tier-moves-by-month": "No customer has moved yet",
}
CUSTOMERS = 10


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture(scope="module")
def filled(server, admin):
    """Ten customers, of whom the first ordered most, and lately; two tiers were risen into."""
    [product] = admin.call("product.product", "create", [[{"name": "Tea", "list_price": 90}]])
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
    # the first scoring is no news; this order lifts somebody
    [order] = admin.call(
        "sale.order",
        "create",
        [
            [
                {
                    "partner_id": partners[-1],
                    "order_line": [[0, 0, {"product_id": product, "product_uom_qty": 30}]],
                }
            ]
        ],
    )
    admin.call("sale.order", "action_confirm", [[order]])
    admin.call("ecrm.pipeline", "run_now")
    return partners


def test_empty_screens_say_what_to_do(chromium, server, admin):
    """Runs first: nobody has ordered yet."""
    with Office(chromium, server, admin) as office:
        for name, words in EMPTY.items():
            page = office.show(f"ecrm-{name}")
            page.get_by_text(words).first.wait_for()
            assert office.faults() == [], name


@pytest.mark.parametrize("size", SIZES)
def test_screens(chromium, server, admin, filled, size):
    with Office(chromium, server, admin, size) as office:
        for name in EMPTY:
            page = office.show(f"ecrm-{name}")
            # that a pivot cannot be scrolled by the keyboard is Odoo's
            assert [fault for fault in office.faults() if "o_pivot" not in fault] == [], name
            assert not page.locator(".o_view_nocontent").count(), f"{name} is empty"


@pytest.mark.parametrize("size", SIZES)
def test_a_run_and_its_customers(chromium, server, admin, filled, size):
    """The form of a run with its thresholds, the list of customers and one of them."""
    [run] = admin.call("ecrm.score.run", "search", [[["customer_count", ">", 0]]], limit=1)
    [profile] = admin.call("ecrm.profile", "search", [[["partner_id", "=", filled[0]]]])
    with Office(chromium, server, admin, size) as office:
        page = office.show("ecrm-score-runs", run)
        page.locator("[name=thresholds]", has_text="Recency").wait_for()
        assert office.faults() == [], "run"
        page = office.show("ecrm-customers")
        page.get_by_text("Customer 0").first.wait_for()
        assert office.faults() == [], "customers"
        page = office.show("ecrm-customers", profile)
        page.locator(".o_ecrm_score_card").first.wait_for()
        assert office.faults() == [], "customer"


def test_a_cell_of_the_grid_leads_to_a_customer(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open("/odoo/ecrm-rfm-grid")
        page.locator("[data-choice=revenue]").click()
        cell = page.locator(".o_ecrm_rfm_grid td button").first
        count = int(cell.locator("b").inner_text())
        cell.click()
        page.locator(".o_breadcrumb", has_text="R5 bought lately, F5 most often").wait_for()
        office.settle()
        assert page.locator(".o_data_row").count() == count
        assert not page.locator(".o_ecrm_rfm_grid").count()
        page.locator(".o_data_row .o_data_cell").first.click()
        page.locator(".o_form_view", has_text="Customer 0").wait_for()
        assert office.faults() == []


def test_a_cohort_leads_to_its_customers(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open("/odoo/ecrm-cohorts")
        page.locator("[data-choice='24']").click()
        row = page.locator(".o_ecrm_cohort_table tbody tr").first
        size = int(row.locator("td").first.inner_text())
        row.locator("th button").click()
        page.locator(".o_breadcrumb", has_text="First Order in").wait_for()
        office.settle()
        assert page.locator(".o_data_row").count() == size


def test_the_histogram_shows_all_ten_bins(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open("/odoo/ecrm-scores")
        page.locator(".o_graph_canvas_container canvas").wait_for()
        groups = admin.call(
            "ecrm.customer.report",
            "formatted_read_group",
            [[["score_bin", "!=", False]], ["score_bin"], ["customers:sum"]],
            context={"read_group_expand": True},
        )
        assert len(groups) == 10
        assert office.faults() == []


def test_an_order_shows_how_its_customer_stood(chromium, server, admin, filled):
    [order] = admin.call("sale.order", "search", [[["partner_id", "=", filled[-1]]]], limit=1)
    with Office(chromium, server, admin) as office:
        page = office.open(f"/odoo/sales/{order}")
        page.get_by_role("tab", name="Other Info").click()
        page.locator("[name=ecrm_tier_id]", has_text="Bronze").wait_for()
        assert page.locator("[name=ecrm_loyalty_score]").is_visible()

"""Sales at the tills of Odoo's point of sale, in the money and the history of customers."""

import pytest

from tests import harness
from tests.till import MODULES, Till


@pytest.fixture(scope="module")
def database():
    """A database with a point of sale, margins of orders, and all addons."""
    with harness.fresh_database() as name:
        harness.run_odoo("-d", name, "-i", MODULES, "--stop-after-init")
        yield name


@pytest.fixture(scope="module")
def admin(server):
    session = server.login()
    session.call("res.company", "write", [[1], {"ecrm_timezone": "UTC"}])
    return session


@pytest.fixture(scope="module")
def till(admin):
    return Till(admin)


@pytest.fixture(scope="module")
def product(admin):
    """Tea, bought for 4 a piece."""
    values = {
        "name": "Tea",
        "type": "consu",
        "invoice_policy": "order",
        "standard_price": 4,
        "taxes_id": [[6, 0, []]],
        "available_in_pos": True,
    }
    (product,) = admin.call("product.product", "create", [[values]])
    return product


@pytest.fixture
def customer(admin):
    (partner,) = admin.call("res.partner", "create", [[{"name": "Ann"}]])
    return partner


def at_once(admin):
    """Let the pipeline do what it does every minute."""
    (data,) = admin.call(
        "ir.model.data",
        "search_read",
        [[["module", "=", "ecrm_addon"], ["name", "=", "ir_cron_pipeline"]]],
        fields=["res_id"],
    )
    admin.call("ir.cron", "method_direct_trigger", [[data["res_id"]]])


def figures(admin, partner, *names):
    names = names or ("order_count", "revenue", "refunded")
    rows = admin.call(
        "ecrm.profile", "search_read", [[["partner_id", "=", partner]]], fields=list(names)
    )
    assert len(rows) <= 1
    return tuple(rows[0][name] for name in names) if rows else None


def told(database, partner):
    """Return what the log tells of a contact: kinds and values, in order."""
    return harness.query(
        database,
        "SELECT touchpoint.kind, touchpoint.value::float FROM ecrm_touchpoint touchpoint"
        "  JOIN ecrm_identity identity ON identity.id = touchpoint.identity_id"
        " WHERE identity.partner_id = %s ORDER BY touchpoint.kind, touchpoint.value",
        [partner],
    )


def order(admin, partner, product, price, quantity=1, confirm=True):
    line = {"product_id": product, "price_unit": price, "product_uom_qty": quantity}
    values = {"partner_id": partner, "order_line": [[0, 0, {**line, "tax_ids": [[6, 0, []]]}]]}
    (order,) = admin.call("sale.order", "create", [[values]])
    if confirm:
        admin.call("sale.order", "action_confirm", [[order]])
    return order


def settling(till, order, product):
    """Return the line by which a till settles the one line of a sales order."""
    (line,) = till.read("sale.order", order, ["order_line"])["order_line"]
    known = till.read("sale.order.line", line, ["price_unit", "product_uom_qty"])
    return {
        "product_id": product,
        "price_unit": known["price_unit"],
        "qty": known["product_uom_qty"],
        "sale_order_origin_id": order,
        "sale_order_line_id": line,
    }


def check(admin, partner, expected, *names):
    """Compare figures as the pipeline renews them at once, and as a run writes them."""
    at_once(admin)
    assert figures(admin, partner, *names) == expected, "at once"
    admin.call("ecrm.pipeline", "run_now")
    assert figures(admin, partner, *names) == expected, "after a run"


def test_a_sale_and_a_return(admin, till, product, customer, database):
    sold = till.sell(customer, {"product_id": product, "price_unit": 100, "tax": 21})
    check(admin, customer, (1, 100, 0))
    (line,) = till.lines(sold)
    back = {"product_id": product, "price_unit": 30, "tax": -6, "refunded_orderline_id": line}
    till.give_back(customer, back, date="2026-03-05 12:00:00")
    check(admin, customer, (1, 100, 30))
    names = ("last_order_date", "monetary", "order_days", "average_order")
    assert figures(admin, customer, *names) == ("2026-03-01", 70, 1, 100)
    assert told(database, customer) == [("order.confirmed", 100), ("order.refunded", -30)]


def test_days_are_those_of_the_company(admin, till, product, customer):
    admin.call("res.company", "write", [[1], {"ecrm_timezone": "Europe/Brussels"}])
    try:
        # the clocks went forward in that night: midnight is at 23:00 and at 22:00 UTC
        for date in ("2026-03-28 22:59:00", "2026-03-28 23:01:00", "2026-03-29 21:59:00"):
            till.sell(customer, {"product_id": product, "price_unit": 10}, date=date)
        till.sell(customer, {"product_id": product, "price_unit": 10}, date="2026-03-29 22:01:00")
        names = ("order_count", "order_days", "first_order_date", "last_order_date")
        check(admin, customer, (4, 3, "2026-03-28", "2026-03-30"), *names)
    finally:
        admin.call("res.company", "write", [[1], {"ecrm_timezone": "UTC"}])


def test_a_sale_to_nobody_and_one_that_is_not_paid(admin, till, product, customer, database):
    till.sell(False, {"product_id": product, "price_unit": 10})
    till.sell(customer, {"product_id": product, "price_unit": 10}, state="draft")
    check(admin, customer, None)
    assert told(database, customer) == []


def test_people_of_a_company_are_one_customer(admin, till, product, customer):
    (person,) = admin.call("res.partner", "create", [[{"name": "Bob", "parent_id": customer}]])
    till.sell(person, {"product_id": product, "price_unit": 10})
    order(admin, customer, product, 20)
    check(admin, customer, (2, 30, 0))
    assert figures(admin, person) is None


def test_a_change_of_an_order_renews_the_customers(admin, till, product, customer, database):
    (other,) = admin.call("res.partner", "create", [[{"name": "Cleo"}]])
    sold = till.sell(customer, {"product_id": product, "price_unit": 100})
    check(admin, customer, (1, 100, 0))
    # as a till that changes an order by hand does it, or any other program
    harness.query(database, "UPDATE pos_order SET amount_total = 80 WHERE id = %s", [sold])
    check(admin, customer, (1, 80, 0))
    admin.call("pos.order", "write", [[sold], {"partner_id": other}])
    check(admin, other, (1, 80, 0))
    assert figures(admin, customer) is None
    harness.query(database, "UPDATE pos_order SET state = 'cancel' WHERE id = %s", [sold])
    at_once(admin)
    assert figures(admin, other)[:2] == (0, 0)  # it is told of, as it was once


@pytest.mark.parametrize(
    ("rate", "expected"), [(4, 25), (1, 100), (0.0005, 200000), (0, 0), (-2, 0), ("NaN", 0)]
)
def test_currency(admin, till, product, customer, database, rate, expected):
    """The rate of the order counts, whatever the rate is today; without one, nothing does."""
    sold = till.sell(customer, {"product_id": product, "price_unit": 100})
    journal = foreign_journal(admin)
    harness.query(
        database,
        "UPDATE pos_order SET currency_rate = %s::float8, sale_journal = %s WHERE id = %s",
        [rate, journal, sold],
    )
    check(admin, customer, (1, expected, 0))


def foreign_journal(admin):
    context = {"active_test": False}
    domain = [["name", "in", ["JPY"]]]
    (yen,) = admin.call("res.currency", "search", [domain], context=context)
    admin.call("res.currency", "write", [[yen], {"active": True}])
    found = admin.call("account.journal", "search", [[["code", "=", "YEN"]]])
    values = {"name": "Till in Yen", "code": "YEN", "type": "general", "currency_id": yen}
    return (found or admin.call("account.journal", "create", [[values]]))[0]


# --------------------------------------------------------------------
# INVOICES
# --------------------------------------------------------------------


def test_an_invoiced_sale_counts_once(admin, till, product, customer, database):
    sold = till.sell(customer, {"product_id": product, "price_unit": 100}, invoice=True)
    assert till.read("pos.order", sold, ["account_move"])["account_move"]
    check(admin, customer, (1, 100, 0))
    (line,) = till.lines(sold)
    back = {"product_id": product, "price_unit": 100, "refunded_orderline_id": line}
    refund = till.give_back(customer, back, invoice=True)
    note = till.read("pos.order", refund, ["account_move"])["account_move"][0]
    assert till.read("account.move", note, ["move_type"])["move_type"] == "out_refund"
    check(admin, customer, (1, 100, 100))
    kinds = [kind for kind, _value in told(database, customer)]
    assert kinds.count("order.refunded") == 1
    assert kinds.count("order.confirmed") == 1


def test_an_invoiced_return_of_a_sale_without_invoice(admin, till, product, customer):
    sold = till.sell(customer, {"product_id": product, "price_unit": 100})
    (line,) = till.lines(sold)
    back = {"product_id": product, "price_unit": 40, "refunded_orderline_id": line}
    till.give_back(customer, back, invoice=True)
    check(admin, customer, (1, 100, 40))


def test_a_credit_note_by_hand(admin, till, product, customer):
    sold = till.sell(customer, {"product_id": product, "price_unit": 100}, invoice=True)
    invoice, _name = till.read("pos.order", sold, ["account_move"])["account_move"]
    note = reverse(admin, till, invoice)
    check(admin, customer, (1, 100, 0))
    admin.call("account.move", "action_post", [[note]])
    check(admin, customer, (1, 100, 100))
    admin.call("account.move", "button_draft", [[note]])
    check(admin, customer, (1, 100, 0))


def reverse(admin, till, invoice):
    """Return the credit note in draft that somebody makes of an invoice."""
    context = {"active_model": "account.move", "active_ids": [invoice]}
    journal, _name = till.read("account.move", invoice, ["journal_id"])["journal_id"]
    (wizard,) = admin.call(
        "account.move.reversal", "create", [[{"journal_id": journal}]], context=context
    )
    return admin.call("account.move.reversal", "refund_moves", [[wizard]])["res_id"]


# --------------------------------------------------------------------
# SALES ORDERS THAT A TILL SETTLES
# --------------------------------------------------------------------


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("invoice", [True, False])
def test_a_settled_order_counts_once(admin, till, product, customer, database, confirmed, invoice):
    ordered = order(admin, customer, product, 10, quantity=5, confirm=confirmed)
    sold = till.sell(customer, settling(till, ordered, product), invoice=invoice)
    assert till.read("sale.order", ordered, ["state"])["state"] == "sale"
    assert till.read("pos.order", sold, ["lines"])["lines"]
    check(admin, customer, (1, 50, 0))
    facts = told(database, customer)
    assert [value for kind, value in facts if kind == "order.confirmed"] == [50]
    assert ("order.paid", 50) in facts


def test_goods_beside_a_settled_order_count(admin, till, product, customer):
    ordered = order(admin, customer, product, 10, quantity=5)
    extra = {"product_id": product, "price_unit": 7}
    till.sell(customer, settling(till, ordered, product), extra)
    check(admin, customer, (2, 57, 0))


def test_goods_of_a_settled_order_are_given_back(admin, till, product, customer):
    ordered = order(admin, customer, product, 10, quantity=5)
    sold = till.sell(customer, settling(till, ordered, product))
    (line,) = till.lines(sold)
    back = {"product_id": product, "price_unit": 10, "qty": -2, "refunded_orderline_id": line}
    till.give_back(customer, back)
    check(admin, customer, (1, 50, 20))


def test_a_cancelled_order_leaves_what_was_paid_at_the_till(admin, till, product, customer):
    ordered = order(admin, customer, product, 10, quantity=5)
    till.sell(customer, settling(till, ordered, product))
    check(admin, customer, (1, 50, 0))
    admin.call("sale.order", "action_unlock", [[ordered]])
    admin.call("sale.order", "action_cancel", [[ordered]])
    assert till.read("sale.order", ordered, ["state"])["state"] == "cancel"
    check(admin, customer, (1, 50, 0))


def test_a_deposit_and_its_return(admin, till, product, customer):
    ordered = order(admin, customer, product, 10, quantity=5)
    values = {"name": "Deposit", "type": "service", "taxes_id": [[6, 0, []]]}
    (deposit_product,) = admin.call("product.product", "create", [[values]])
    setting = {"down_payment_product_id": deposit_product}
    admin.call("pos.config", "write", [[till.config["id"]], setting])
    deposit = {"product_id": deposit_product, "price_unit": 20, "sale_order_origin_id": ordered}
    sold = till.sell(customer, deposit)
    check(admin, customer, (1, 50, 0))
    (line,) = till.lines(sold)
    assert till.read("pos.order.line", line, ["sale_order_line_id"])["sale_order_line_id"]
    back = {"product_id": deposit_product, "price_unit": 20, "refunded_orderline_id": line}
    till.give_back(customer, back)
    check(admin, customer, (1, 50, 0))


# --------------------------------------------------------------------
# MARGIN
# --------------------------------------------------------------------


@pytest.fixture
def by_margin(admin):
    admin.call("res.company", "write", [[1], {"ecrm_value_basis": "margin"}])
    yield
    revenue = {"ecrm_value_basis": "revenue", "ecrm_margin_percent": 100}
    admin.call("res.company", "write", [[1], revenue])


def test_margin(admin, till, product, customer, by_margin):
    names = ("revenue", "refunded", "monetary")
    order(admin, customer, product, 10, quantity=5)  # 30 of 50 are left
    check(admin, customer, (50, 0, 30), *names)
    sold = till.sell(customer, {"product_id": product, "price_unit": 50})  # 46 of 50
    check(admin, customer, (100, 0, 76), *names)
    (line,) = till.lines(sold)
    back = {"product_id": product, "price_unit": 50, "refunded_orderline_id": line}
    till.give_back(customer, back)
    check(admin, customer, (100, 50, 38), *names)


def test_margin_of_a_loss_and_of_a_gift(admin, till, product, customer, by_margin):
    names = ("revenue", "monetary", "order_count")
    order(admin, customer, product, 1)
    check(admin, customer, (1, -3, 1), *names)
    order(admin, customer, product, 0)
    till.sell(customer, {"product_id": product, "price_unit": 0})
    check(admin, customer, (1, -11, 3), *names)


def test_margin_of_goods_beside_a_settled_order(admin, till, product, customer, by_margin):
    ordered = order(admin, customer, product, 10, quantity=5)
    extra = {"product_id": product, "price_unit": 7}
    till.sell(customer, settling(till, ordered, product), extra)
    check(admin, customer, (57, 33), "revenue", "monetary")


def test_unknown_margin_is_a_share(admin, till, product, customer, by_margin, database):
    admin.call("res.company", "write", [[1], {"ecrm_margin_percent": 40}])
    ordered = order(admin, customer, product, 10, quantity=5)
    sold = till.sell(customer, {"product_id": product, "price_unit": 50})
    harness.query(database, "UPDATE sale_order SET margin = NULL WHERE id = %s", [ordered])
    harness.query(
        database,
        "UPDATE pos_order_line SET is_total_cost_computed = FALSE WHERE order_id = %s",
        [sold],
    )
    admin.call("ecrm.pipeline", "run_now")
    assert figures(admin, customer, "revenue", "monetary") == (100, 40)


def test_margin_in_a_foreign_currency(admin, till, product, customer, by_margin, database):
    ordered = order(admin, customer, product, 10, quantity=5)
    dollar = till.read("account.journal", foreign_journal(admin), ["currency_id"])["currency_id"]
    harness.query(
        database,
        "UPDATE sale_order SET currency_id = %s, currency_rate = 4 WHERE id = %s",
        [dollar[0], ordered],
    )
    check(admin, customer, (12.5, 7.5), "revenue", "monetary")

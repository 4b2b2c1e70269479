"""Load UCI Online Retail: 541,909 lines, as orders and credit notes through Odoo.

What becomes what: see the rules in ``online_retail.py``. The money is GBP; the company is
switched to it, so that nothing is converted.
"""

import gc
import time

from odoo.fields import Command

from bench import loading, online_retail
from bench.data import locate
from bench.online_retail import CREDIT, ORDER

FILE = online_retail.FILE
PREFIX = "UCI-"
PRICE_DIGITS = 3  # a few prices of the log have three
PUBLIC = ""  # the log's customer of a line without a customer
COUNTRIES = {
    "EIRE": "IE",
    "RSA": "ZA",
    "USA": "US",
    "Channel Islands": "JE",
    "Hong Kong": "HK",
    "Czech Republic": "CZ",
}


def load(env, path=None, company=None, limit=0):
    """Load the log (or ``limit`` invoices spread over it) into ``company``; return the counts."""
    invoices, line_counts = online_retail.read(locate(FILE, path))
    picked = online_retail.sample(invoices, limit)
    gc.freeze()  # half a million small tuples stay; do not walk them at every collection
    env = loading.quiet(env, company)
    prepare_company(env)
    partners, new_partners = load_customers(env, picked)
    products, new_products = load_products(env, picked)
    created = {"partners created": new_partners, "products created": new_products}
    for what, create in (("orders", load_orders), ("credit notes", load_credit_notes)):
        start = time.monotonic()
        created[f"{what} created"] = create(env, picked, partners, products)
        created[f"seconds for {what}"] = round(time.monotonic() - start, 1)
    counts = file_counts(invoices, line_counts)
    if limit:
        counts["invoices picked"] = len(picked)
    return {**counts, **created, **odoo_counts(env, sum(len(inv.lines) for inv in picked))}


def odoo_counts(env, expected_lines):
    """Return what lies in Odoo now, and how many lines of the log should but do not."""
    ours = ("order_id.client_order_ref", "=like", f"{PREFIX}%")
    on_orders = env["sale.order.line"].search_count([ours, ("state", "=", "sale")])
    on_credits = env["account.move.line"].search_count(
        [
            ("move_id.ref", "=like", f"{PREFIX}%"),
            ("parent_state", "=", "posted"),
            ("display_type", "=", "product"),
        ]
    )
    return {
        "lines on confirmed orders in Odoo": on_orders,
        "lines on posted credit notes in Odoo": on_credits,
        "lines lost": expected_lines - on_orders - on_credits,
    }


def file_counts(invoices, line_counts):
    """Return the log's lines by rule and its documents by kind, with and without customer."""
    counts = {"lines in file": sum(line_counts.values())}
    for (rule, known), count in sorted(line_counts.items()):
        counts[f"lines: {rule}, {'customer' if known else 'no customer'}"] = count
    for kind in (ORDER, CREDIT):
        for known in (True, False):
            counts[f"documents: {kind}, {'customer' if known else 'no customer'}"] = sum(
                inv.kind == kind and bool(inv.customer) == known for inv in invoices
            )
    return counts


def prepare_company(env):
    """Give the company a chart of accounts, pounds, and prices of three decimals."""
    company = env.company
    pound = env.ref("base.GBP")
    pound.active = True
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company)
    if company.currency_id != pound:
        company.currency_id = pound  # Odoo refuses once something is posted
    precision = env.ref("product.decimal_price")
    precision.digits = max(precision.digits, PRICE_DIGITS)
    loading.commit(env)


def load_customers(env, invoices):
    """Create the customers; return ({customer: partner id}, created)."""
    countries = {country.name: country.id for country in env["res.country"].search([])}
    codes = {country.code: country.id for country in env["res.country"].search([])}
    values = {}
    for invoice in invoices:
        if invoice.customer and invoice.customer not in values:
            country = codes.get(COUNTRIES.get(invoice.country)) or countries.get(invoice.country)
            values[invoice.customer] = {
                "ref": PREFIX + invoice.customer,
                "name": f"Retail customer {invoice.customer}",
                "country_id": country or False,
            }
    partners, created = loading.create_partners(env, list(values.values()), PREFIX)
    partners[PREFIX + PUBLIC] = env.ref("base.public_partner").id
    return partners, created


def load_products(env, invoices):
    """Create one service per stock code, named by its first description."""
    names = {}
    for invoice in invoices:
        for item in invoice.lines:
            names[item.code] = names.get(item.code) or item.description
    return loading.create_products(
        env,
        [{"default_code": PREFIX + code, "name": name or code} for code, name in names.items()],
    )


def lines_of(invoice):
    """Return an invoice's lines for the order loader."""
    return [
        loading.Line(PREFIX + item.code, item.quantity, item.price, item.description or item.code)
        for item in invoice.lines
    ]


def load_orders(env, invoices, partners, products):
    """Create and confirm one order per ordinary invoice; return the number created."""
    orders = [
        loading.Order(PREFIX + inv.number, PREFIX + inv.customer, inv.date, lines_of(inv))
        for inv in invoices
        if inv.kind == ORDER
    ]
    return loading.create_orders(env, orders, partners, products, PREFIX, size=100)


def load_credit_notes(env, invoices, partners, products, size=100):
    """Create and post one credit note per cancellation; return the number created."""
    known = loading.references(env, "account.move", "ref", PREFIX)
    missing = [inv for inv in invoices if inv.kind == CREDIT and PREFIX + inv.number not in known]
    progress = loading.Progress("credit notes", len(missing))
    for part in loading.batches(missing, size):
        moves = env["account.move"].create([credit_values(inv, partners, products) for inv in part])
        moves.action_post()
        loading.commit(env)
        progress.add(len(part))
    return len(missing)


def credit_values(invoice, partners, products):
    """Return the values of one customer credit note, dated as in the log, without tax."""
    return {
        "move_type": "out_refund",
        "ref": PREFIX + invoice.number,
        "partner_id": partners[PREFIX + invoice.customer],
        "invoice_date": invoice.date.date(),
        "invoice_payment_term_id": False,
        "fiscal_position_id": False,
        "invoice_user_id": False,
        "invoice_line_ids": [
            Command.create(credit_line_values(line, products)) for line in lines_of(invoice)
        ],
    }


def credit_line_values(line, products):
    """Return the values of one line of a credit note."""
    return {
        "product_id": products[line.product],
        "quantity": line.quantity,
        "price_unit": line.price,
        "name": line.name,
        "tax_ids": False,
        "analytic_distribution": False,
    }

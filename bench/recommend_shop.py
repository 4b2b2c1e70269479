"""A shop with the orders of UCI Online Retail of before a day, and the baskets of after it."""

import random
from collections import namedtuple
from datetime import datetime

from bench import database, load_online_retail, loading, online_retail
from bench.data import locate

#: Filled, with Odoo's eCommerce and without our addons; kept between runs.
FILLED = database.PREFIX + "recommend_stock"
#: The same with our addons; made anew by each run, because our code changes.
NAME = database.PREFIX + "recommend"
#: Orders from this day on are what is to be foretold.
CUT = datetime(2011, 11, 1)
SEED = 20111101
MODULES = "sale,mass_mailing,website,website_sale"

# given: code of the product that is told; rest: codes of the others of the basket
Basket = namedtuple("Basket", "given rest")


def prepare(path=None):
    """Make the database with our addons, on the filled one, which is made if needed."""
    key = f"Online Retail before {CUT:%Y-%m-%d}: {MODULES}"
    if database.read_comment(FILLED) != key:
        fill(path)
        database.write_comment(FILLED, key)
    database.copy(FILLED, NAME)
    database.install(NAME, f"{database.OURS},{database.OURS}_website_sale")


def fill(path=None):
    """Load what was ordered before the day; a load that was killed goes on where it stopped."""
    if not database.exists(FILLED):
        database.install(FILLED, MODULES)
    invoices = orders(path)
    with database.environment(FILLED) as env:
        env = loading.quiet(env)
        load_online_retail.prepare_company(env)
        partners, _created = load_online_retail.load_customers(env, invoices)
        products, _created = load_online_retail.load_products(env, invoices)
        past = [invoice for invoice in invoices if invoice.date < CUT]
        load_online_retail.load_orders(env, past, partners, products)
        open_shop(env, products)
        database.analyze(env, ["sale_order", "sale_order_line", "product_product"])


def open_shop(env, products):
    """Publish the products, and let the orders be those of the website, as Odoo's rule asks."""
    website = env["website"].search([("company_id", "=", env.company.id)], limit=1)
    env["product.product"].browse(products.values()).product_tmpl_id.is_published = True
    loading.commit(env)
    reference = ("client_order_ref", "=like", f"{load_online_retail.PREFIX}%")
    orders = env["sale.order"].search([reference, ("website_id", "=", False)])
    for part in loading.batches(orders.ids, 1000):
        env["sale.order"].browse(part).website_id = website
        loading.commit(env)


def orders(path=None):
    """Return the invoices of the log that are orders."""
    invoices, _counts = online_retail.read(locate(online_retail.FILE, path))
    return [invoice for invoice in invoices if invoice.kind == online_retail.ORDER]


def baskets(path=None):
    """Return what known customers ordered from the day on, two products at least.

    One product of each, drawn at random, is told; the same ones in each run.
    """
    draw = random.Random(SEED)
    found = []
    for invoice in orders(path):
        codes = sorted({item.code for item in invoice.lines})
        if invoice.date >= CUT and invoice.customer and len(codes) > 1:
            given = draw.choice(codes)
            found.append(Basket(given, frozenset(codes) - {given}))
    return found

"""Load the CDNOW 1/10 sample: 2,357 customers, 6,919 purchases of 1997-01-01 to 1998-06-30.

One partner per customer, one confirmed order per purchase, zero purchases included. A purchase
stands at noon UTC of its day, so that no company time zone moves it to another day.
"""

from collections import Counter
from datetime import datetime

from bench import loading
from bench.data import locate

FILE = "cdnow/CDNOW_sample.txt"
PREFIX = "CDNOW-"
PRODUCT = "CDNOW-CD"


def read(path):
    """Return (partner values, orders) of the file, in its order.

    Columns: id in the full set, id in the sample, yyyymmdd, number of CDs, dollars.
    """
    partners, orders, nth = {}, [], Counter()
    for text in path.read_text().splitlines():
        if not text.strip():
            continue
        _master, sample, day, count, dollars = text.split()
        ref = f"{PREFIX}{sample}"
        partners.setdefault(ref, {"ref": ref, "name": f"CDNOW customer {sample}"})
        nth[ref] += 1
        # One line of quantity 1 at the amount paid: exact, also where a number of CDs
        # does not divide it.
        line = loading.Line(PRODUCT, 1.0, float(dollars), f"{count} CDs")
        date = datetime.strptime(day, "%Y%m%d").replace(hour=12)
        orders.append(loading.Order(f"{ref}-{nth[ref]:03d}", ref, date, [line]))
    return list(partners.values()), orders


def load(env, path=None, company=None):
    """Load the sample into ``company`` (default: the environment's); return the counts."""
    env = loading.quiet(env, company)
    partner_values, orders = read(locate(FILE, path))
    products, _ = loading.create_products(env, [{"default_code": PRODUCT, "name": "CDs"}])
    partners, new_partners = loading.create_partners(env, partner_values, PREFIX)
    new_orders = loading.create_orders(env, orders, partners, products, PREFIX)
    return {
        "customers in file": len(partner_values),
        "purchases in file": len(orders),
        "zero purchases in file": sum(order.lines[0].price == 0 for order in orders),
        "partners created": new_partners,
        "orders created": new_orders,
    }

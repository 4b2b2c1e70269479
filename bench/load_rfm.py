"""Load rfm_data_orders: 4,906 orders of 995 customers with a published RFM result.

One partner per e-mail address, one confirmed order per row, at noon UTC of its day.
"""

import csv
from collections import Counter
from datetime import datetime, timedelta

from bench import loading
from bench.data import locate

FILE = "rfm/rfm_data_orders.csv"
PREFIX = "RFM-"
PRODUCT = "RFM-ORDER"
NOON_OF_DAY_ZERO = datetime(1970, 1, 1, 12)


def read(path):
    """Return (partner values, orders); dates are days since 1970-01-01."""
    partners, orders, nth = {}, [], Counter()
    with path.open(newline="") as rows:
        for row in csv.DictReader(rows):
            ref = PREFIX + row["email"]
            partners.setdefault(
                ref, {"ref": ref, "name": row["customer_id"], "email": row["email"]}
            )
            nth[ref] += 1
            date = NOON_OF_DAY_ZERO + timedelta(days=float(row["order_date"]))
            line = loading.Line(PRODUCT, 1.0, float(row["revenue"]), "Order")
            orders.append(loading.Order(f"{ref}-{nth[ref]:03d}", ref, date, [line]))
    return list(partners.values()), orders


def load(env, path=None, company=None):
    """Load the orders into ``company`` (default: the environment's); return the counts."""
    env = loading.quiet(env, company)
    partner_values, orders = read(locate(FILE, path))
    products, _ = loading.create_products(env, [{"default_code": PRODUCT, "name": "Order"}])
    partners, new_partners = loading.create_partners(env, partner_values, PREFIX)
    new_orders = loading.create_orders(env, orders, partners, products, PREFIX)
    return {
        "customers in file": len(partner_values),
        "orders in file": len(orders),
        "partners created": new_partners,
        "orders created": new_orders,
    }

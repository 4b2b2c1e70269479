"""Put partners and confirmed orders into a database through Odoo's own models.

Everything here is batched, quiet (no mail, no follower, no tracking message) and idempotent:
a partner is known by ``ref``, an order by ``client_order_ref``; what is already there is skipped,
and every batch is committed, so that a load that was killed goes on where it stopped.
"""

import sys
import time
from collections import namedtuple

from odoo.fields import Command

# date: naive UTC datetime; lines: list of Line
Order = namedtuple("Order", "ref partner_ref date lines")
# product: key of the product map; price: per unit, order currency, no tax
Line = namedtuple("Line", "product quantity price name")

PROGRESS_SECONDS = 10
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}


def quiet(env, company=None):
    """Return ``env`` as superuser in one company, with everything that posts or mails off."""
    company = company or env.company
    context = dict(env.context, **QUIET, allowed_company_ids=company.ids)
    return env(su=True, context=context)


def batches(items, size):
    """Cut a list into lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Progress:
    """Print done/total and the rate of a long loop on stderr, now and then."""

    def __init__(self, what, total):
        self.what, self.total = what, total
        self.done = 0
        self.start = self.shown = time.monotonic()

    def add(self, count):
        self.done += count
        now = time.monotonic()
        if now - self.shown >= PROGRESS_SECONDS or self.done == self.total:
            self.shown = now
            rate = self.done / max(now - self.start, 1e-6)
            print(f"  {self.what}: {self.done}/{self.total}, {rate:.0f}/s", file=sys.stderr)


def references(env, model, field, prefix):
    """Return {reference: id} of the records whose ``field`` starts with ``prefix``."""
    records = env[model].with_context(active_test=False)
    rows = records.search_fetch([(field, "=like", f"{prefix}%")], [field])
    found = {record[field]: record.id for record in rows}
    env.invalidate_all()
    return found


def create_partners(env, vals_list, prefix, size=1000):
    """Create the missing partners; return ({ref: id} of all, number created)."""
    known = references(env, "res.partner", "ref", prefix)
    missing = [vals for vals in vals_list if vals["ref"] not in known]
    progress = Progress("partners", len(missing))
    for part in batches(missing, size):
        partners = env["res.partner"].create(part)
        known.update(zip((vals["ref"] for vals in part), partners.ids, strict=True))
        commit(env)
        progress.add(len(part))
    return known, len(missing)


def create_products(env, vals_list, size=500):
    """Create the missing products, known by ``default_code``; return ({code: id}, created).

    They are services without taxes: nothing to deliver, the price of the log is the price.
    """
    codes = [vals["default_code"] for vals in vals_list]
    products = env["product.product"].with_context(active_test=False)
    rows = products.search_fetch([("default_code", "in", codes)], ["default_code"])
    known = {product.default_code: product.id for product in rows}
    missing = [vals for vals in vals_list if vals["default_code"] not in known]
    progress = Progress("products", len(missing))
    for part in batches(missing, size):
        service = {"type": "service", "invoice_policy": "order", "taxes_id": False}
        created = env["product.product"].create([dict(service, **vals) for vals in part])
        known.update(zip((vals["default_code"] for vals in part), created.ids, strict=True))
        commit(env)
        progress.add(len(part))
    return known, len(missing)


def create_orders(env, orders, partners, products, prefix, size=200):
    """Create and confirm the missing orders; return the number created.

    ``size`` orders per transaction: a killed load loses at most that many.
    """
    known = references(env, "sale.order", "client_order_ref", prefix)
    missing = [order for order in orders if order.ref not in known]
    progress = Progress("orders", len(missing))
    for part in batches(missing, size):
        records = env["sale.order"].create(
            [order_values(env, order, partners, products) for order in part]
        )
        records.action_confirm()
        # Confirming dates an order now; the purchase happened then.
        for record, order in zip(records, part, strict=True):
            record.date_order = order.date
        commit(env)
        progress.add(len(part))
    return len(missing)


def order_values(env, order, partners, products):
    """Return the values of one sale order.

    Fields that Odoo would compute from the partner one by one (addresses, price list, terms,
    salesperson, team) are given, for speed; amounts are always Odoo's own computation.
    """
    partner_id = partners[order.partner_ref]
    return {
        "name": order.ref,
        "client_order_ref": order.ref,
        "company_id": env.company.id,
        "partner_id": partner_id,
        "partner_invoice_id": partner_id,
        "partner_shipping_id": partner_id,
        "pricelist_id": False,
        "fiscal_position_id": False,
        "payment_term_id": False,
        "user_id": False,
        "team_id": False,
        "note": False,
        "date_order": order.date,
        "order_line": [Command.create(line_values(line, products)) for line in order.lines],
    }


def line_values(line, products):
    """Return the values of one order line, price as in the log and no tax."""
    return {
        "product_id": products[line.product],
        "product_uom_qty": line.quantity,
        "price_unit": line.price,
        "name": line.name,
        "tax_ids": False,
        "discount": 0.0,
        "customer_lead": 0.0,
        # Given, because Odoo searches the distribution models once per line otherwise.
        "analytic_distribution": False,
    }


def commit(env):
    """End the transaction of one batch and forget its records."""
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()

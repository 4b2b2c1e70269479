"""Read the UCI Online Retail log and sort its lines into orders, credit notes and leftovers.

The written rules, one per line of the log, first match wins:

- ``ledger``: invoice numbers that start with A are bad-debt bookings, no purchase. Left out.
- ``credit note``: invoice numbers that start with C are cancellations; their quantities are
  negative in the log and positive on a customer credit note.
- ``stock``: a quantity of zero or less on an ordinary invoice (all of them at price zero and
  without a customer: damaged, lost, found, thrown away) is stock counting, no sale. Left out.
- ``order``: everything else. A price of zero stays: it is a gift or a sample in that order.

A line without a customer is loaded like any other, for the public user's partner: it is in
Odoo's books and must not become anybody's history.
"""

import csv
import gzip
from collections import Counter, namedtuple
from datetime import datetime, timezone

FILE = "onlineretail/onlineretail.csv.gz"
ORDER, CREDIT, LEDGER, STOCK = "order", "credit note", "ledger", "stock"

# date: naive UTC; customer: "" when the log has none; lines: list of Item
Invoice = namedtuple("Invoice", "number kind date customer country lines")
Item = namedtuple("Item", "code description quantity price")


def read(path):
    """Return (invoices that are orders or credit notes in file order, Counter of lines).

    The counter is keyed (rule, has a customer) and adds up to the lines of the file.
    """
    invoices, counts = {}, Counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            item = Item(
                row["StockCode"].strip(),
                row["Description"].strip(),
                float(row["Quantity"]),
                float(row["UnitPrice"]),
            )
            rule = rule_of(row["InvoiceNo"], item.quantity)
            counts[rule, bool(row["CustomerID"])] += 1
            if rule in (ORDER, CREDIT):
                add_line(invoices, row, rule, item)
    return list(invoices.values()), counts


def rule_of(number, quantity):
    """Return the rule that a line falls under (see the module's text).

    >>> rule_of("536365", 6.0), rule_of("C536379", -1.0), rule_of("A563185", 1.0)
    ('order', 'credit note', 'ledger')
    >>> rule_of("536589", -10.0)
    'stock'
    """
    if number.startswith("A"):
        return LEDGER
    if number.startswith("C"):
        return CREDIT
    return ORDER if quantity > 0 else STOCK


def add_line(invoices, row, rule, item):
    """Add a line to its invoice; the invoice's date is that of its first line."""
    number = row["InvoiceNo"]
    if number not in invoices:
        date = datetime.fromtimestamp(float(row["InvoiceDate"]), timezone.utc).replace(tzinfo=None)
        customer = row["CustomerID"].partition(".")[0]
        invoices[number] = Invoice(number, rule, date, customer, row["Country"], [])
    if rule == CREDIT:
        item = item._replace(quantity=-item.quantity)
    invoices[number].lines.append(item)


def sample(invoices, limit):
    """Return at most ``limit`` invoices, spread evenly over the log (all when 0)."""
    if not limit or limit >= len(invoices):
        return invoices
    step = len(invoices) / limit
    return [invoices[int(index * step)] for index in range(limit)]

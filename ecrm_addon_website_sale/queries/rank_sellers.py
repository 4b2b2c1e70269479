"""What sells best on a website: lately, and where little was sold lately, altogether."""

from odoo.tools import SQL

from .gather_items import ITEMS

#: Where the ranks are kept until the session ends.
SELLERS = SQL.identifier("pg_temp", "ecrm_seller")
#: Days that count as lately.
LATELY = 30
#: Best sellers kept of a website: enough for those that cannot be offered to somebody.
KEPT = 500


def build(today, kept=KEPT):
    """Return the statements that fill a temporary table: product, place, orders, all_orders.

    :param date today: the day after the last one that counts
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(sellers)s;
        CREATE TEMPORARY TABLE %(sellers)s AS
        SELECT template AS product,
               row_number() OVER (ORDER BY orders DESC, all_orders DESC, template)::int AS place,
               orders, all_orders
          FROM (
            SELECT template, count(*)::int AS all_orders,
                   count(*) FILTER (WHERE day > %(today)s::date - %(lately)s)::int AS orders
              FROM %(items)s GROUP BY template
          ) sold
         ORDER BY place LIMIT %(kept)s
        """,
        sellers=SELLERS,
        items=ITEMS,
        today=today,
        lately=LATELY,
        kept=kept,
    )

"""How many orders held two products: the pairs of a website."""

from odoo.tools import SQL

from .gather_items import ITEMS

#: Where the counts are kept until the session ends.
PAIRS = SQL.identifier("pg_temp", "ecrm_pair")
#: Fewer orders than this are chance.
SUPPORT = 2
#: Pairs kept of each product.
KEPT = 50


def build(order_size, support=SUPPORT, kept=KEPT):
    """Return the statements that fill a temporary table: product, other, orders, weight.

    Each two products of an order are met once, and told in both directions after counting. What
    only one customer bought together is left out: it is nobody's habit, and tells of that one.

    :param int order_size: orders of more products tell little of any two of them, and cost
        the square of their size
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(pairs)s;
        CREATE TEMPORARY TABLE %(pairs)s AS
          WITH together AS MATERIALIZED (
            SELECT one.template AS one, two.template AS two, count(*)::int AS orders,
                   sum(one.weight) AS weight
              FROM %(items)s one
              JOIN %(items)s two USING (order_id)
             WHERE one.template < two.template AND one.size <= %(size)s AND two.size <= %(size)s
             GROUP BY one.template, two.template
            -- of two customers at least; to count them all would mean to sort all pairs
            HAVING count(*) >= %(support)s AND min(one.customer) <> max(one.customer)
          )
        SELECT product, other, orders, weight
          FROM (
            SELECT *, row_number() OVER (PARTITION BY product
                                         ORDER BY weight DESC, orders DESC, other) AS place
              FROM (SELECT one AS product, two AS other, orders, weight FROM together
                     UNION ALL
                    SELECT two, one, orders, weight FROM together) pair
          ) placed
         WHERE place <= %(kept)s;
        ANALYZE %(pairs)s
        """,
        pairs=PAIRS,
        items=ITEMS,
        size=order_size,
        support=support,
        kept=kept,
    )

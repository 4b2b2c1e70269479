"""What was ordered on a website, one row per order and product: the ground of all counts."""

from dataclasses import dataclass
from datetime import datetime

from odoo.tools import SQL

#: Where the rows are kept until the session ends.
ITEMS = SQL.identifier("pg_temp", "ecrm_item")
#: Days after which an order weighs half as much; see docs/recommendations.md for why.
HALF_LIFE = 90
#: The weight of an order of the first day. Sums of whole numbers do not depend on their order.
UNIT = 1024


@dataclass(frozen=True)
class Shop:
    """Of which website orders are counted, and from when on.

    website_id, company_id: the website, and the company whose salespeople sell beside it
    since, before: first instant, and the one after the last (UTC)
    landmark: day on which an order weighs ``UNIT``; it moves once a year, so that weights
        stay as they are from night to night
    has_rewards: whether lines of orders may be rewards of loyalty programs
    """

    website_id: int
    company_id: int
    since: datetime
    before: datetime
    landmark: datetime
    has_rewards: bool


def build(shop):
    """Return the statements that fill a temporary table of orders and their products.

    Columns: order_id, customer (the commercial contact), template, day, size (the number of
    different products of the order) and weight.

    :param Shop shop: whose orders
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(items)s;
        CREATE TEMPORARY TABLE %(items)s AS
        SELECT order_id, customer, template, day,
               count(*) OVER (PARTITION BY order_id)::int AS size,
               round(%(unit)s * power(2, (day - %(landmark)s::date) / %(half_life)s::float8))
                   AS weight
          FROM (%(lines)s) line;
        ANALYZE %(items)s
        """,
        items=ITEMS,
        unit=UNIT,
        landmark=shop.landmark,
        half_life=HALF_LIFE,
        lines=_lines(shop),
    )


def drop():
    return SQL("DROP TABLE IF EXISTS %s", ITEMS)


def _lines(shop):
    """Return the query of what counts: each product of an order once, as the shop offers it."""
    return SQL(
        """
        SELECT DISTINCT line.order_id, partner.commercial_partner_id AS customer,
               template.id AS template, sale.date_order::date AS day
          FROM sale_order sale
          JOIN res_partner partner ON partner.id = sale.partner_id
          JOIN sale_order_line line ON line.order_id = sale.id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE sale.state = 'sale' AND sale.company_id = %(company)s
           AND (sale.website_id = %(website)s OR sale.website_id IS NULL)
           AND sale.date_order >= %(since)s AND sale.date_order < %(before)s
           AND template.active AND template.sale_ok AND template.is_published
           AND (template.website_id = %(website)s OR template.website_id IS NULL)
           AND (template.company_id = %(company)s OR template.company_id IS NULL)
           AND %(is_bought)s AND NOT %(is_returned)s
        """,
        company=shop.company_id,
        website=shop.website_id,
        since=shop.since,
        before=shop.before,
        is_bought=_is_bought(shop),
        is_returned=_is_returned(),
    )


def _is_bought(shop):
    """Return whether somebody chose the line: no title, shipping, discount, reward, or part."""
    no_reward = SQL("line.reward_id IS NULL") if shop.has_rewards else SQL("TRUE")
    return SQL(
        """
        line.display_type IS NULL AND line.product_uom_qty > 0 AND line.price_unit >= 0
        AND line.is_downpayment IS NOT TRUE AND line.is_expense IS NOT TRUE
        AND line.is_delivery IS NOT TRUE AND line.combo_item_id IS NULL AND %s
        """,
        no_reward,
    )


def _is_returned():
    """Return whether all that was invoiced of a line was credited again."""
    return SQL(
        """
        line.id IN (
            SELECT told.order_line_id
              FROM sale_order_line_invoice_rel told
              JOIN account_move_line item ON item.id = told.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE move.state = 'posted'
               AND told.order_line_id IN (
                    SELECT credited.order_line_id
                      FROM account_move credit
                      JOIN account_move_line back ON back.move_id = credit.id
                      JOIN sale_order_line_invoice_rel credited
                        ON credited.invoice_line_id = back.id
                     WHERE credit.move_type = 'out_refund' AND credit.state = 'posted')
             GROUP BY told.order_line_id
            HAVING sum(item.quantity * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)
                   <= 0
        )
        """
    )

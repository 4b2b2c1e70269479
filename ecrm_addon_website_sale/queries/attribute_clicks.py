"""Which orders hold a product that was bought soon after a recommendation of it was followed."""

from odoo.tools import SQL

from .compare_groups import WORTH, acts, clicks


def build(website_id, events, names, days, since, before):
    """Return the query of what clicks brought, beside all that the website sold.

    :param SQL events: a SELECT of the events of a period, from the port to the log
    :param tuple names: of the events of showing and of clicking
    :param int days: after a click, within which a purchase counts
    :param datetime since: begin of the period (UTC)
    :param datetime before: end of the period (UTC)
    :return: SQL giving orders and worth of what was clicked, orders and worth of all
    """
    return SQL(
        """
        WITH act AS MATERIALIZED (%(acts)s),
        click AS (
            SELECT DISTINCT act.customer, product.product_tmpl_id AS template, act.occurred_at
              FROM (%(clicks)s) act JOIN product_product product ON product.id = act.res_id
             WHERE act.res_model = 'product.product' AND act.customer IS NOT NULL
        ), sold AS MATERIALIZED (
            SELECT sale.id, sale.date_order, partner.commercial_partner_id AS customer,
                   sale.currency_rate, %(worth)s AS worth
              FROM sale_order sale JOIN res_partner partner ON partner.id = sale.partner_id
             WHERE sale.state = 'sale' AND sale.website_id = %(website)s
               AND sale.date_order >= %(since)s AND sale.date_order < %(before)s
        ), brought AS (
            SELECT sale.id,
                   sum(line.price_subtotal / coalesce(nullif(sale.currency_rate, 0), 1)) AS worth
              FROM sold sale
              JOIN sale_order_line line ON line.order_id = sale.id
              JOIN product_product product ON product.id = line.product_id
             WHERE line.display_type IS NULL
               AND EXISTS (SELECT FROM click
                            WHERE click.customer = sale.customer
                              AND click.template = product.product_tmpl_id
                              AND sale.date_order >= click.occurred_at
                              AND sale.date_order
                                  < click.occurred_at + %(days)s * interval '1 day')
             GROUP BY sale.id
        )
        SELECT (SELECT count(*) FROM brought),
               (SELECT coalesce(sum(worth), 0)::float8 FROM brought),
               (SELECT count(*) FROM sold),
               (SELECT coalesce(sum(worth), 0)::float8 FROM sold)
        """,
        acts=acts(website_id, events),
        clicks=clicks(names),
        days=days,
        worth=WORTH,
        website=website_id,
        since=since,
        before=before,
    )

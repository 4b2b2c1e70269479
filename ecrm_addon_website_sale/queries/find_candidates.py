"""What could be recommended, before it is asked what may be."""

from odoo.tools import SQL

#: Newest orders of a customer that are looked through for what she has.
ORDERS = 20
#: Days for which a customer who bought a product is not offered it as something new.
OWNED_DAYS = 365
#: Products to go by; of a longer cart the ones named last, of more orders the newest.
BASIS = 30

#: Tables that say what goes with a product, the column of how often, and the name as a source.
PAIRS = ("ecrm_product_pair", "orders", "pair")
SEQUENCES = ("ecrm_product_sequence", "visits", "visit")


def build(website_id, company_id, product_ids, seen_ids, customer_id, limit):
    """Return the query of products of a website that go with others, the best ones first.

    A basket's counts are summed: what goes with several of its products comes before what
    goes with one of them. ``orders`` and ``because`` are of the product that goes best with it.

    :param list[int] product_ids: products (variants) on the page or in the cart
    :param list[int] seen_ids: products (variants) looked at, if they may be used
    :param int customer_id: the commercial contact whose orders may be used, None for nobody
    :param int limit: rows of each source
    :return: SQL giving template, orders, the product (variant) because of which, and source
    """
    by_orders = bool(customer_id) and not product_ids
    parts = [SQL("told AS (%s)", _products(product_ids))]
    parts.append(SQL("bought AS MATERIALIZED (%s)", _bought(customer_id, company_id)))
    sources = [_popular(website_id, limit)]
    # each part costs PostgreSQL time to plan: only those that can give something
    if by_orders:
        parts.append(SQL("newest AS (SELECT template, product FROM bought WHERE n <= %s)", BASIS))
        # what somebody looks at now says more than what she bought once
        sources.append(_follow(website_id, PAIRS, "newest", "told", 3, limit))
    elif product_ids:
        sources.append(_follow(website_id, PAIRS, "told", "told", 1, limit))
    if product_ids or seen_ids:
        parts.append(SQL("seen AS (%s)", _products([*seen_ids, *product_ids])))
        sources.append(_follow(website_id, SEQUENCES, "seen", "seen", 2, limit))
    return SQL(
        """
        WITH %s
        SELECT template, orders, because, source FROM (%s) candidate
         ORDER BY rank, place, template
        """,
        SQL(", ").join(parts),
        SQL(" UNION ALL ").join(SQL("(%s)", source) for source in sources),
    )


def _products(product_ids):
    """Return the query of the templates of products, and of each the product named last."""
    return SQL(
        """
        SELECT DISTINCT ON (product.product_tmpl_id)
               product.product_tmpl_id AS template, product.id AS product, told.n
          FROM unnest(%s::int[]) WITH ORDINALITY AS told(id, n)
          JOIN product_product product ON product.id = told.id
         ORDER BY product.product_tmpl_id, told.n DESC
        """,
        list(product_ids)[-BASIS:],
    )


def _bought(customer_id, company_id):
    """Return the query of what a customer bought lately."""
    if not customer_id:
        return SQL("SELECT NULL::int AS template, NULL::int AS product, 0 AS n WHERE FALSE")
    return SQL(
        """
        SELECT product.product_tmpl_id AS template, max(product.id) AS product,
               row_number() OVER (ORDER BY max(recent.date_order) DESC, max(line.id)) AS n
          FROM (
            SELECT sale.id, sale.date_order FROM res_partner partner
              JOIN sale_order sale ON sale.partner_id = partner.id
             WHERE partner.commercial_partner_id = %s AND sale.company_id = %s
               AND sale.state = 'sale'
               AND sale.date_order > now() AT TIME ZONE 'UTC' - %s * interval '1 day'
             ORDER BY sale.date_order DESC LIMIT %s
          ) recent
          JOIN sale_order_line line ON line.order_id = recent.id
          JOIN product_product product ON product.id = line.product_id
         WHERE line.display_type IS NULL AND line.product_uom_qty > 0
         GROUP BY 1
        """,
        customer_id,
        company_id,
        OWNED_DAYS,
        ORDERS,
    )


def _popular(website_id, limit):
    """Return the query of the best sellers."""
    return SQL(
        """
        SELECT product_tmpl_id AS template, orders, NULL::int AS because, 'popular' AS source,
               4 AS rank, place::float8 AS place
          FROM ecrm_product_seller seller
         WHERE website_id = %s
           AND product_tmpl_id NOT IN (SELECT template FROM told)
           AND product_tmpl_id NOT IN (SELECT template FROM bought)
         ORDER BY seller.place LIMIT %s
        """,
        website_id,
        limit,
    )


def _follow(website_id, source, basis, left_out, rank, limit):
    """Return the query of what goes with the products of a basis, by one of the tables.

    :param tuple source: ``PAIRS`` or ``SEQUENCES``
    :param str left_out: what is known so well that it is not offered
    :param int rank: of the source among the others
    """
    table, counted, name = source
    return SQL(
        """
        SELECT pair.other_tmpl_id,
               (array_agg(pair.%(counted)s ORDER BY pair.weight DESC, pair.product_tmpl_id))[1],
               (array_agg(basis.product ORDER BY pair.weight DESC, pair.product_tmpl_id))[1],
               %(name)s, %(rank)s, -sum(pair.weight)
          FROM %(basis)s basis
          JOIN %(table)s pair
            ON pair.website_id = %(website)s AND pair.product_tmpl_id = basis.template
         WHERE pair.other_tmpl_id NOT IN (SELECT template FROM %(left_out)s)
           AND pair.other_tmpl_id NOT IN (SELECT template FROM bought)
         GROUP BY pair.other_tmpl_id
         ORDER BY sum(pair.weight) DESC, pair.other_tmpl_id
         LIMIT %(limit)s
        """,
        counted=SQL.identifier(counted),
        name=name,
        rank=rank,
        basis=SQL.identifier(basis),
        left_out=SQL.identifier(left_out),
        table=SQL.identifier(table),
        website=website_id,
        limit=limit,
    )

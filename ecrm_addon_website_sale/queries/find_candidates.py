"""What could be recommended, before it is asked what may be."""

from odoo.tools import SQL

#: Newest orders that are looked through, of the customer for what she has, of the contact for
#: what she bought.
ORDERS = 10
#: Days for which a customer who bought a product is not offered it as something new.
OWNED_DAYS = 365
#: Products to go by; of a longer cart the ones named last, of more orders the newest.
BASIS = 20

#: Tables that say what goes with a product, the column of how often, and the name as a source.
PAIRS = ("ecrm_product_pair", "orders", "pair")
SEQUENCES = ("ecrm_product_sequence", "visits", "visit")


def build(website_id, company_id, product_ids, seen_ids, person, without_ids, limit):
    """Return the query of products of a website that go with others, the best ones first.

    A basket's counts are summed: what goes with several of its products comes before what
    goes with one of them. ``orders`` and ``because`` are of the product that goes best with it.

    What a person agreed to opens her own orders. Those of her colleagues only leave out what her
    company has, which tells nothing of them.

    :param list[int] product_ids: products (variants) on the page or in the cart
    :param list[int] seen_ids: products (variants) looked at, if they may be used
    :param tuple person: ids of the contact whose orders may be used and of her commercial
        contact; None for nobody
    :param list[int] without_ids: products (variants) that are not offered, nor gone by
    :param int limit: rows of each source
    :return: SQL giving template, orders, the product (variant) because of which, and source
    """
    by_orders = bool(person) and not product_ids
    parts = [SQL("bought AS MATERIALIZED (%s)", _bought(person, company_id))] if person else []
    parts.append(SQL("left_out AS (%s)", _left_out(person, [*product_ids, *without_ids])))
    sources = [_popular(website_id, limit)]
    # each part costs PostgreSQL time to plan: only those that can give something
    if by_orders:
        parts.append(SQL("newest AS (SELECT template, product FROM bought WHERE n <= %s)", BASIS))
        # what somebody looks at now says more than what she bought once
        sources.append(_follow(website_id, PAIRS, "newest", 3, limit))
    elif product_ids:
        parts.append(SQL("told AS (%s)", _products(product_ids)))
        sources.append(_follow(website_id, PAIRS, "told", 1, limit))
    if product_ids or seen_ids:
        parts.append(SQL("seen AS (%s)", _products([*seen_ids, *product_ids])))
        sources.append(_follow(website_id, SEQUENCES, "seen", 2, limit))
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


def _left_out(person, product_ids):
    """Return the query of the templates that are not offered: what a customer has, and products."""
    parts = [SQL("SELECT template FROM bought")] if person else []
    if product_ids or not parts:
        parts.append(
            SQL(
                "SELECT product_tmpl_id AS template FROM product_product WHERE id = ANY(%s)",
                product_ids,
            )
        )
    return SQL(" UNION ").join(parts)


def _bought(person, company_id):
    """Return the query of what a customer bought lately.

    ``product`` and ``n``, the newest one first, are of the contact's own orders only, and NULL of
    what colleagues alone bought.
    """
    contact_id, customer_id = person
    return SQL(
        """
        SELECT template, product,
               CASE WHEN product IS NOT NULL
                    THEN row_number() OVER (ORDER BY date_order DESC NULLS LAST,
                                                     line_id DESC NULLS LAST) END AS n
          FROM (
            SELECT product.product_tmpl_id AS template,
                   max(product.id) FILTER (WHERE is_own) AS product,
                   max(recent.date_order) FILTER (WHERE is_own) AS date_order,
                   max(line.id) FILTER (WHERE is_own) AS line_id
              FROM (%(orders)s) recent
              JOIN sale_order_line line ON line.order_id = recent.id
              JOIN product_product product ON product.id = line.product_id
             WHERE line.display_type IS NULL AND line.product_uom_qty > 0
             GROUP BY 1
          ) line
        """,
        orders=_orders(contact_id, customer_id, company_id),
    )


def _orders(contact_id, customer_id, company_id):
    """Return the query of the newest orders of a year, of the contact and of the customer.

    They are read once, and the newest are picked without sorting the others: a dealer has many.
    """
    return SQL(
        """
        WITH recent AS (
          SELECT sale.id, sale.date_order, sale.partner_id = %(contact)s AS is_own
            FROM sale_order sale
           WHERE sale.partner_id IN (SELECT id FROM res_partner
                                      WHERE commercial_partner_id = %(customer)s)
             AND sale.company_id = %(company)s
             AND sale.state = 'sale'
             AND sale.date_order > now() AT TIME ZONE 'UTC' - %(days)s * interval '1 day'
        )
        (SELECT * FROM recent ORDER BY date_order DESC LIMIT %(orders)s)
         UNION
        (SELECT * FROM recent WHERE is_own ORDER BY date_order DESC LIMIT %(orders)s)
        """,
        contact=contact_id,
        customer=customer_id,
        company=company_id,
        days=OWNED_DAYS,
        orders=ORDERS,
    )


def _popular(website_id, limit):
    """Return the query of the best sellers."""
    return SQL(
        """
        SELECT product_tmpl_id AS template, orders, NULL::int AS because, 'popular' AS source,
               4 AS rank, place::float8 AS place
          FROM ecrm_product_seller seller
         WHERE website_id = %s
           AND product_tmpl_id NOT IN (SELECT template FROM left_out)
         ORDER BY seller.place LIMIT %s
        """,
        website_id,
        limit,
    )


def _follow(website_id, source, basis, rank, limit):
    """Return the query of what goes with the products of a basis, by one of the tables.

    :param tuple source: ``PAIRS`` or ``SEQUENCES``
    :param str basis: the products by which is gone; they are not offered themselves
    :param int rank: of the source among the others
    """
    table, counted, name = source
    return SQL(
        """
        SELECT other, best[3]::int, best[4]::int, %(name)s, %(rank)s, -total
          FROM (
            SELECT pair.other_tmpl_id AS other, sum(pair.weight) AS total,
                   -- the row with the largest weight, without sorting them
                   max(ARRAY[pair.weight, -pair.product_tmpl_id, pair.%(counted)s, basis.product])
                     AS best
              FROM %(basis)s basis
              JOIN %(table)s pair
                ON pair.website_id = %(website)s AND pair.product_tmpl_id = basis.template
             WHERE pair.other_tmpl_id NOT IN (SELECT template FROM %(basis)s)
               AND pair.other_tmpl_id NOT IN (SELECT template FROM left_out)
             GROUP BY pair.other_tmpl_id
          ) found
         ORDER BY total DESC, other
         LIMIT %(limit)s
        """,
        counted=SQL.identifier(counted),
        name=name,
        rank=rank,
        basis=SQL.identifier(basis),
        table=SQL.identifier(table),
        website=website_id,
        limit=limit,
    )

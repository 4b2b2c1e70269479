"""What could be recommended, before it is asked what may be."""

from odoo.tools import SQL

#: Newest orders that are looked through, of the customer for what she has, of the contact for
#: what she bought.
ORDERS = 10
#: Days for which a customer who bought a product is not offered it as something new.
OWNED_DAYS = 365
#: Products to go by; of a longer cart the ones named last, of more orders the newest.
BASIS = 30

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
    parts = [SQL("told AS (%s)", _products(product_ids))]
    parts.append(SQL("owned AS MATERIALIZED (%s)", _owned(person, company_id, without_ids)))
    sources = [_popular(website_id, limit)]
    # each part costs PostgreSQL time to plan: only those that can give something
    if by_orders:
        parts.append(SQL("newest AS (%s)", _newest(person[0], company_id)))
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


def _owned(person, company_id, without_ids):
    """Return the query of the templates of what a customer has, and of what nobody wants twice."""
    parts = []
    if without_ids:
        variants = SQL("SELECT product_tmpl_id AS template FROM product_product")
        parts.append(SQL("%s WHERE id = ANY(%s)", variants, list(without_ids)))
    if person:
        of_customer = SQL("partner.commercial_partner_id = %s", person[1])
        parts.append(SQL("SELECT template FROM (%s) line", _lines(of_customer, company_id)))
    return SQL(" UNION ").join(parts) if parts else SQL("SELECT NULL::int AS template WHERE FALSE")


def _newest(partner_id, company_id):
    """Return the query of the products that a contact bought last, and of each a variant."""
    return SQL(
        """
        SELECT template, max(product) AS product FROM (%s) line
         GROUP BY template ORDER BY max(date_order) DESC, max(id) DESC LIMIT %s
        """,
        _lines(SQL("partner.id = %s", partner_id), company_id),
        BASIS,
    )


def _lines(whose, company_id):
    """Return the query of what was bought lately.

    :param SQL whose: condition on ``partner``, who ordered
    """
    return SQL(
        """
        SELECT line.id, product.product_tmpl_id AS template, product.id AS product,
               recent.date_order
          FROM (
            SELECT sale.id, sale.date_order FROM res_partner partner
              JOIN sale_order sale ON sale.partner_id = partner.id
             WHERE %s AND sale.company_id = %s
               AND sale.state = 'sale'
               AND sale.date_order > now() AT TIME ZONE 'UTC' - %s * interval '1 day'
             ORDER BY sale.date_order DESC LIMIT %s
          ) recent
          JOIN sale_order_line line ON line.order_id = recent.id
          JOIN product_product product ON product.id = line.product_id
         WHERE line.display_type IS NULL AND line.product_uom_qty > 0
        """,
        whose,
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
           AND product_tmpl_id NOT IN (SELECT template FROM owned)
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
           AND pair.other_tmpl_id NOT IN (SELECT template FROM owned)
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

"""Making what stands of a website the same as what was counted, by writing what differs."""

from odoo.tools import SQL


def templates(table, source, website_id):
    """Return the query of the products that have rows, or will have some, in their order."""
    return SQL(
        """
        SELECT product FROM %s
         UNION
        SELECT product_tmpl_id FROM %s WHERE website_id = %s
         ORDER BY 1
        """,
        source,
        SQL.identifier(table),
        website_id,
    )


def build(table, source, shop, template_ids, columns):
    """Return the statement that makes the rows of some products right.

    :param str table: of the model
    :param SQL source: name of the table that was counted into
    :param Shop shop: whose rows
    :param list[int] template_ids: whose
    :param dict columns: column of the model -> whether it is part of the key, besides website
        and product; in the source it is named alike, or ``other``
    :return: SQL giving one row: how many were removed, how many written
    """
    # a product may have been deleted since it was counted
    counted = SQL("%s new JOIN product_template product ON product.id = new.product", source)
    if "other_tmpl_id" in columns:
        counted = SQL("%s JOIN product_template other ON other.id = new.other", counted)
    names = SQL(", ").join(map(SQL.identifier, columns))
    found = SQL(", ").join(SQL("new.%s", _source(name)) for name in columns)
    keys = [name for name, is_key in columns.items() if is_key]
    values = [name for name, is_key in columns.items() if not is_key]
    same_key = SQL(" ").join(
        SQL("AND old.%s = new.%s", SQL.identifier(name), _source(name)) for name in keys
    )
    same_values = SQL(" ").join(
        SQL("AND old.%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in values
    )
    return SQL(
        """
        WITH gone AS (
            DELETE FROM %(table)s old
             WHERE old.website_id = %(website)s AND old.product_tmpl_id = ANY(%(templates)s)
               AND NOT EXISTS (SELECT FROM %(source)s new
                                WHERE new.product = old.product_tmpl_id %(same_key)s)
            RETURNING 1
        ), written AS (
            INSERT INTO %(table)s (company_id, website_id, product_tmpl_id, %(names)s)
            SELECT %(company)s, %(website)s, new.product, %(found)s
              FROM %(counted)s
             WHERE new.product = ANY(%(templates)s)
               AND NOT EXISTS (SELECT FROM %(table)s old
                                WHERE old.website_id = %(website)s
                                  AND old.company_id = %(company)s
                                  AND old.product_tmpl_id = new.product
                                  %(same_key)s %(same_values)s)
                ON CONFLICT (website_id, product_tmpl_id%(conflict)s)
                DO UPDATE SET company_id = EXCLUDED.company_id, %(updates)s
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM written)
        """,
        table=SQL.identifier(table),
        source=source,
        counted=counted,
        website=shop.website_id,
        company=shop.company_id,
        templates=template_ids,
        names=names,
        found=found,
        same_key=same_key,
        same_values=same_values,
        conflict=SQL("").join(SQL(", %s", SQL.identifier(name)) for name in keys),
        updates=SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name)) for name in values
        ),
    )


def _source(name):
    return SQL.identifier("other" if name == "other_tmpl_id" else name)

"""Finding the rows of any table that belong to a person, and what leads to contacts."""

from odoo.tools import SQL

from ..lib.privacy.table import pattern

#: Signs that stand for others in LIKE.
LITERALLY = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})


def build(table, conditions, empty=()):
    """Return the query of the ids of rows that fulfil any of some conditions.

    :param empty: columns in which nothing may stand
    """
    return SQL(
        "SELECT id FROM %s WHERE %s ORDER BY id",
        SQL.identifier(table),
        SQL(" AND ").join(
            [
                SQL("(%s)", SQL(" OR ").join(conditions)),
                *(SQL("%s IS NULL", SQL.identifier(column)) for column in empty),
            ]
        ),
    )


def by_ids(column, ids):
    """Return the condition that a column leads to any of some records."""
    return SQL("%s = ANY(%s)", SQL.identifier(column), list(ids))


def by_address(column, emails):
    """Return the condition that a column is one of some addresses, in whatever letters."""
    return SQL("lower(%s) = ANY(%s)", SQL.identifier(column), list(emails))


def by_text(column, words):
    """Return the condition that an address stands in a column among other words."""
    # the first test is the cheap one: it reads most rows
    return SQL(
        "(%(column)s ILIKE ANY(%(words)s) AND %(column)s ~* %(pattern)s)",
        column=SQL.identifier(column),
        words=[f"%{word.translate(LITERALLY)}%" for word in words],
        pattern=pattern(words),
    )


def references(table):
    """Return the query of the foreign keys to a table: table, column, whether it is a mere
    link between two tables (it has no id).
    """
    return SQL(
        """
        SELECT source.relname, attribute.attname, NOT EXISTS (
               SELECT FROM pg_attribute other
                WHERE other.attrelid = source.oid AND other.attname = 'id')
          FROM pg_constraint
          JOIN pg_class source ON source.oid = conrelid
          JOIN pg_attribute attribute ON attribute.attrelid = conrelid AND attnum = conkey[1]
         WHERE contype = 'f' AND confrelid = to_regclass(%s) AND conparentid = 0
           AND NOT source.relispartition
         ORDER BY source.relname, attribute.attname
        """,
        table,
    )

"""Removing and emptying rows of any table, without Odoo's own logic."""

from odoo.tools import SQL

from ..lib.privacy.table import MASK, MASKED, UNNAMED, pattern


def delete(table, column, ids):
    """Return the statement that removes rows by a column, their id or a foreign key."""
    return SQL("DELETE FROM %s WHERE %s = ANY(%s)", *_names(table, column), list(ids))


def empty(table, values, ids, words=(), own=None):
    """Return the statement that writes constants into rows, and masks words in texts.

    :param dict values: column -> constant, None, ``MASKED`` or ``UNNAMED``
    :param list[str] words: what is masked
    :param dict own: column -> ids: None is written there in place of these alone
    """
    own = own or {}
    return SQL(
        "UPDATE %s SET %s WHERE id = ANY(%s)",
        SQL.identifier(table),
        SQL(", ").join(
            SQL(
                "%s = %s",
                SQL.identifier(name),
                _value(SQL.identifier(name), value, words, own.get(name)),
            )
            for name, value in values.items()
        ),
        list(ids),
    )


def delete_where_named(table, words):
    """Return the statement that removes rows in which a word stands anywhere.

    For small tables that live for hours: the bus, open dialogs.
    """
    return SQL(
        "DELETE FROM %s AS told WHERE told::text ~* %s", SQL.identifier(table), pattern(words)
    )


def delete_xmlids(model, ids):
    """Return the statement that removes names which an import gave to records."""
    return SQL("DELETE FROM ir_model_data WHERE model = %s AND res_id = ANY(%s)", model, list(ids))


def _value(column, value, words, own_ids):
    if value is None and own_ids is not None:
        return SQL("CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END", column, list(own_ids), column)
    if value not in (MASKED, UNNAMED):
        return SQL("%s", value)
    if not words:
        return column
    if value is UNNAMED:
        return SQL("CASE WHEN %s ~* %s THEN NULL ELSE %s END", column, pattern(words), column)
    return SQL("regexp_replace(%s, %s, %s, 'gi')", column, pattern(words), MASK)


def _names(*names):
    return [SQL.identifier(name) for name in names]

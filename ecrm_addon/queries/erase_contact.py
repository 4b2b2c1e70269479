"""Emptying a contact and its login, whatever columns modules gave them."""

from odoo.tools import SQL


def nullable_columns(table):
    """Return the query of the columns of a table that may be empty."""
    return SQL(
        """
        SELECT attname FROM pg_attribute
         WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
           AND NOT attnotnull AND attgenerated = ''
        """,
        table,
    )


def empty_all(table, columns, constants, ids):
    """Return the statement that empties columns of rows.

    :param Iterable[str] columns: what is emptied
    :param dict constants: column -> what stands there afterwards
    """
    written = {**dict.fromkeys(columns), **constants}
    return SQL(
        "UPDATE %s SET %s WHERE id = ANY(%s)",
        SQL.identifier(table),
        SQL(", ").join(
            SQL("%s = %s", SQL.identifier(column), value) for column, value in written.items()
        ),
        list(ids),
    )


def own_commercial(partner_ids):
    """Return the statement by which contacts belong to no company any more."""
    return SQL(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", list(partner_ids)
    )


def rename_logins(user_ids):
    """Return the statement that gives users a login that names nobody, and no password."""
    return SQL(
        """
        UPDATE res_users SET login = '__erased_user_' || id, password = NULL, active = false
         WHERE id = ANY(%s)
        """,
        list(user_ids),
    )

"""Making rows of feedback, unless there is one on the same thing."""

from odoo.tools import SQL

COLUMNS = (
    "kind",
    "partner_id",
    "email",
    "lang",
    "res_model",
    "res_id",
    "company_id",
    "user_id",
    "asked_at",
)


def build(rows, uid):
    """Return the statement that makes rows; where there is one nothing happens.

    Of two at once one waits; then PostgreSQL tells that it cannot see the other one's row, and
    the transaction is repeated, which finds it. So no customer who clicks twice gets an error.

    :param list[dict] rows: of each the values of all ``COLUMNS``
    :param int uid: who does it
    :return: SQL giving the ids of the rows that were made
    """
    names = SQL(", ").join(map(SQL.identifier, COLUMNS))
    return SQL(
        """
        INSERT INTO ecrm_feedback (%(names)s, create_uid, write_uid, create_date, write_date)
        VALUES %(told)s
            ON CONFLICT DO NOTHING
        RETURNING id
        """,
        names=names,
        told=SQL(", ").join(_row(values, uid) for values in rows),
    )


def _row(values, uid):
    now = SQL("now() AT TIME ZONE 'UTC'")
    told = [SQL("%s", values[name] or None) for name in COLUMNS]
    return SQL("(%s)", SQL(", ").join([*told, SQL("%s, %s", uid, uid), now, now]))

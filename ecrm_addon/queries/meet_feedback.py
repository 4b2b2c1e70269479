"""Making the row of feedback on something, unless there is one."""

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


def build(values, uid):
    """Return the statement that makes a row; where there is one nothing happens.

    Of two at once one waits; then PostgreSQL tells that it cannot see the other one's row, and
    Odoo repeats the request, which finds it. So no customer who clicks twice gets an error.

    :param dict values: of all ``COLUMNS``
    :param int uid: who does it
    """
    names = SQL(", ").join(map(SQL.identifier, COLUMNS))
    told = SQL(", ").join(SQL("%s", values[name] or None) for name in COLUMNS)
    return SQL(
        """
        INSERT INTO ecrm_feedback (%(names)s, create_uid, write_uid, create_date, write_date)
        VALUES (%(told)s, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
            ON CONFLICT DO NOTHING
        """,
        names=names,
        told=told,
        uid=uid,
    )

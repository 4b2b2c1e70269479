"""Whose orders or acts were noted as changed since their scores were computed."""

from odoo.tools import SQL

#: Notes that name an identity.
OF_IDENTITIES = ("ecrm.identity", "ecrm.session")


def build(sources, limit):
    """Return the query of contacts, without taking any note away.

    :param list[tuple] sources: model, table and column of the customer, of those records
        whose changes change somebody's money
    :param int limit: at most so many
    :return: SQL giving partner_id, each once
    """
    parts = [
        SQL("SELECT res_id AS partner_id FROM ecrm_change WHERE model = 'res.partner'"),
        SQL(
            """
            SELECT identity.partner_id
              FROM ecrm_change note JOIN ecrm_identity identity ON identity.id = note.res_id
             WHERE note.model = ANY(%s) AND identity.partner_id IS NOT NULL
            """,
            list(OF_IDENTITIES),
        ),
        *(
            SQL(
                """
                SELECT source.%(column)s
                  FROM ecrm_change note JOIN %(table)s source ON source.id = note.res_id
                 WHERE note.model = %(model)s AND source.%(column)s IS NOT NULL
                """,
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                model=model,
            )
            for model, table, column in sources
        ),
    ]
    return SQL(
        "SELECT DISTINCT partner_id FROM (%s) noted LIMIT %s", SQL(" UNION ALL ").join(parts), limit
    )

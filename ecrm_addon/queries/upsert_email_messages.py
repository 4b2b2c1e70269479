"""Statements by which an outgoing mail becomes known: to whom, and with which links."""

from odoo.tools import SQL

from .expressions import NOW

_MESSAGE = {
    "message_id": "varchar",
    "email_normalized": "varchar",
    "mail_id_int": "int4",
    "partner_id": "int4",
    "company_id": "int4",
    "kind": "varchar",
    "mailing_id": "int4",
    "trace_id": "int4",
    "model": "varchar",
    "res_id": "int4",
    "subject": "varchar",
    "is_tracked": "bool",
    "link_count": "int4",
}
_LINK = {
    "mailing_id": "int4",
    "position": "int4",
    "url": "varchar",
    "label": "varchar",
    "link_tracker_id": "int4",
    "is_honeypot": "bool",
}


def messages(rows):
    """Return the statement that writes mails down; one that is sent again keeps its row.

    :param str rows: JSON array of objects with the keys of ``_MESSAGE``
    :return: SQL giving id and address of each
    """
    return SQL(
        """
        INSERT INTO ecrm_email_message (%(names)s, state, create_date)
        SELECT %(names)s, 'queued', %(now)s
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(%(typed)s)
            ON CONFLICT (message_id, email_normalized) DO UPDATE
           SET mail_id_int = excluded.mail_id_int, is_tracked = excluded.is_tracked,
               link_count = excluded.link_count
        RETURNING id, email_normalized
        """,
        names=SQL(", ").join(map(SQL.identifier, _MESSAGE)),
        typed=_typed(_MESSAGE),
        rows=rows,
        now=NOW,
    )


def links(rows):
    """Return the statement that finds links, and creates those that are not known.

    :param str rows: JSON array of objects with the keys of ``_LINK``, each URL once
    :return: SQL giving id, URL and whether it is a bait
    """
    return SQL(
        """
        WITH wanted AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(%(typed)s)
        ),
        known AS MATERIALIZED (
            SELECT link.id, link.url, link.is_honeypot
              FROM wanted
              JOIN ecrm_email_link link
                ON coalesce(link.mailing_id, 0) = coalesce(wanted.mailing_id, 0)
               AND md5(link.url) = md5(wanted.url) AND link.is_honeypot = wanted.is_honeypot
        ),
        created AS (
            INSERT INTO ecrm_email_link (%(names)s)
            SELECT %(names)s FROM wanted
             WHERE (url, is_honeypot) NOT IN (SELECT url, is_honeypot FROM known)
             ORDER BY position
                ON CONFLICT DO NOTHING
            RETURNING id, url, is_honeypot
        )
        SELECT * FROM known UNION ALL SELECT * FROM created
        """,
        names=SQL(", ").join(map(SQL.identifier, _LINK)),
        typed=_typed(_LINK),
        rows=rows,
    )


def _typed(columns):
    return SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in columns.items()
    )

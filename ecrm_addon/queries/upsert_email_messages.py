"""Statements by which an outgoing mail becomes known: to whom, and with which links."""

from odoo.tools import SQL

from .expressions import NOW


def _typed(columns):
    return SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in columns.items()
    )


def _named(columns):
    return SQL(", ").join(map(SQL.identifier, columns))


_MESSAGE = {
    "message_id": "varchar",
    "email_normalized": "varchar",
    "mail_id_int": "int4",
    "partner_id": "int4",
    "company_id": "int4",
    "kind": "varchar",
    "mailing_id": "int4",
    "topic_id": "int4",
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
# written once: it runs for each mail
_MESSAGE_NAMES, _MESSAGE_TYPED = _named(_MESSAGE), _typed(_MESSAGE)
_LINK_NAMES, _LINK_TYPED = _named(_LINK), _typed(_LINK)
_LEFT = SQL(
    """
    EXISTS (SELECT FROM ecrm_email_event event
             WHERE event.email_message_ref = message.id AND event.type = 'sent')
    """
)


def left_over(mailing_id, mail_ids):
    """Return the query of the addresses whose mail of a mailing never left.

    :param int mailing_id:
    :param list[int] mail_ids: mails that are about to leave
    """
    return SQL(
        """
        SELECT message.email_normalized FROM ecrm_email_message message
         WHERE message.mailing_id = %(mailing)s AND message.sent_at IS NULL
           AND message.mail_id_int != ALL(%(mails)s) AND NOT %(left)s
        """,
        mailing=mailing_id,
        mails=list(mail_ids),
        left=_LEFT,
    )


def take_over(message_id, mailing_id, address):
    """Return the statement that gives a mail, made anew by a mailing, the row of the first.

    :param str message_id: of the new mail
    :param str address: whose first mail never left
    """
    return SQL(
        """
        UPDATE ecrm_email_message
           SET message_id = %(message_id)s
         WHERE id = (
            SELECT max(message.id) FROM ecrm_email_message message
             WHERE message.mailing_id = %(mailing)s AND message.email_normalized = %(address)s
               AND message.sent_at IS NULL AND NOT %(left)s)
           AND NOT EXISTS (
            SELECT FROM ecrm_email_message same
             WHERE same.message_id = %(message_id)s AND same.email_normalized = %(address)s)
        """,
        message_id=message_id,
        mailing=mailing_id,
        address=address,
        left=_LEFT,
    )


def messages(rows):
    """Return the statement that writes mails down; one that is sent again keeps its row.

    :param str rows: JSON array of objects with the keys of ``_MESSAGE``
    :return: SQL giving address and id of each
    """
    return SQL(
        """
        INSERT INTO ecrm_email_message (%(names)s, state, create_date)
        SELECT %(names)s, 'queued', %(now)s
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS told(%(typed)s)
            ON CONFLICT (message_id, email_normalized) DO UPDATE
           SET mail_id_int = excluded.mail_id_int, trace_id = excluded.trace_id,
               is_tracked = excluded.is_tracked, link_count = excluded.link_count
        RETURNING email_normalized, id
        """,
        names=_MESSAGE_NAMES,
        typed=_MESSAGE_TYPED,
        rows=rows,
        now=NOW,
    )


def known_links(rows):
    """Return the query of links that are known.

    :param str rows: JSON array of objects with the keys of ``_LINK``, each URL once
    :return: SQL giving id, URL and whether it is a bait
    """
    return SQL(
        """
        SELECT link.id, link.url, link.is_honeypot
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS wanted(%(typed)s)
          JOIN ecrm_email_link link
            ON coalesce(link.mailing_id, 0) = coalesce(wanted.mailing_id, 0)
           AND md5(link.url) = md5(wanted.url) AND link.is_honeypot = wanted.is_honeypot
        """,
        typed=_LINK_TYPED,
        rows=rows,
    )


def new_links(rows):
    """Return the statement that creates links: all, or none where what they belong to is
    not there for this transaction.

    :param str rows: as for ``known_links``
    :return: SQL giving id, URL and whether it is a bait
    """
    return SQL(
        """
        WITH wanted AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS wanted(%(typed)s)
        )
        INSERT INTO ecrm_email_link (%(names)s)
        SELECT %(names)s FROM wanted
         WHERE NOT EXISTS (
            SELECT FROM wanted orphan
              LEFT JOIN mailing_mailing mailing ON mailing.id = orphan.mailing_id
              LEFT JOIN link_tracker tracker ON tracker.id = orphan.link_tracker_id
             WHERE (orphan.mailing_id IS NOT NULL AND mailing.id IS NULL)
                OR (orphan.link_tracker_id IS NOT NULL AND tracker.id IS NULL))
         ORDER BY position
            ON CONFLICT DO NOTHING
        RETURNING id, url, is_honeypot
        """,
        names=_LINK_NAMES,
        typed=_LINK_TYPED,
        rows=rows,
    )

"""The statement that appends what happened to mails."""

from odoo.tools import SQL

from .expressions import NOW

COLUMNS = {
    "type": "varchar",
    "occurred_at": "timestamp",
    "source": "varchar",
    "external_id": "varchar",
    "event_id": "varchar",
    "provider": "varchar",
    "email_message_ref": "int4",
    "link_ref": "int4",
    "company_ref": "int4",
    "message_id": "varchar",
    "recipient": "varchar",
    "url": "varchar",
    "method": "varchar",
    "user_agent": "varchar",
    "ip_cut": "varchar",
    "purpose": "varchar",
    "is_machine": "bool",
    "bounce_kind": "varchar",
    "reject_reason": "varchar",
    "smtp_status": "varchar",
    "description": "varchar",
}


def build(rows):
    """Return the statement that appends cleaned events, those known already left out.

    :param str rows: JSON array of objects with the keys of ``COLUMNS``
    """
    names = SQL(", ").join(map(SQL.identifier, COLUMNS))
    typed = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in COLUMNS.items()
    )
    return SQL(
        """
        INSERT INTO ecrm_email_event (%(names)s, received_at, mailing_ref)
        SELECT %(values)s, %(now)s, message.mailing_id
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS event(%(typed)s)
          LEFT JOIN ecrm_email_message message ON message.id = event.email_message_ref
            ON CONFLICT DO NOTHING
        """,
        names=names,
        values=SQL(", ").join(SQL("event.%s", SQL.identifier(name)) for name in COLUMNS),
        typed=typed,
        rows=rows,
        now=NOW,
    )


def sent(mail_ids, partner_ids, addresses):
    """Return the statement that appends that mails left, each once.

    Just now, not when the transaction began: that may have been many mails ago, and seconds
    after this instant tell who opens a mail.

    :param list[int] mail_ids: of mails that were handed to the mail server
    :param list[int] partner_ids: contacts whose copies were taken
    :param list[str] addresses: other recipients whose copies were taken
    """
    return SQL(
        """
        INSERT INTO ecrm_email_event (type, source, occurred_at, received_at, external_id,
                                      email_message_ref, mailing_ref, company_ref)
        SELECT 'sent', 'smtp', %(now)s, %(now)s, 'sent ' || id, id, mailing_id, company_id
          FROM ecrm_email_message
         WHERE mail_id_int = ANY(%(mails)s)
           AND (partner_id = ANY(%(partners)s) OR email_normalized = ANY(%(addresses)s))
            ON CONFLICT DO NOTHING
        """,
        now=SQL("(clock_timestamp() AT TIME ZONE 'UTC')"),
        mails=list(mail_ids),
        partners=list(partner_ids),
        addresses=list(addresses),
    )

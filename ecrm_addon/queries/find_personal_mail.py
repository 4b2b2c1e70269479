"""Finding what became of a person's messages and mails in Odoo's own tables."""

from odoo.tools import SQL

from ..lib.privacy.table import pattern
from .find_personal_rows import by_text

#: Columns of messages in which addresses stand.
TO = ("reply_to", "incoming_email_to", "incoming_email_cc", "outgoing_email_to", "body", "subject")


def messages(partner_ids, emails, guest_ids):
    """Return the query of messages that a person wrote, or that went to her alone.

    :param list[int] partner_ids: the contact and its addresses
    :param list[str] emails: addresses that are nobody else's
    :param list[int] guest_ids: as whom she chatted without a login
    """
    return SQL(
        """
        SELECT id FROM mail_message WHERE author_id = ANY(%(partners)s)
        UNION
        SELECT id FROM mail_message WHERE author_guest_id = ANY(%(guests)s)
        UNION
        -- where only an address is asked about, a contact's messages are that contact's
        SELECT id FROM mail_message WHERE (%(sender)s) AND (%(known)s OR author_id IS NULL)
        UNION
        -- mails and notifications that are part of no document, or of her contact
        SELECT message.id FROM mail_message message
          JOIN (%(to_her)s) told(id) ON told.id = message.id
         WHERE message.model IS NULL OR message.model = 'mailing.contact'
        UNION
        SELECT id FROM mail_message WHERE model = 'res.partner' AND res_id = ANY(%(partners)s)
        """,
        partners=list(partner_ids),
        guests=list(guest_ids),
        known=bool(partner_ids),
        sender=by_text("email_from", emails) if emails else SQL("false"),
        to_her=_to(partner_ids, emails),
    )


def messages_to(partner_ids, emails):
    """Return the query of messages that were sent to a person, or that name her address."""
    named = SQL(" OR ").join(
        [by_text(column, emails) for column in TO] if emails else [SQL("false")]
    )
    return SQL(
        """
        SELECT message.id FROM mail_message message
          LEFT JOIN res_partner author ON author.id = message.author_id
         WHERE message.id IN (%(to_her)s UNION SELECT id FROM mail_message WHERE %(named)s)
           -- where only an address is asked about, who wrote by it is a contact that has it
           AND (%(known)s OR author.email_normalized IS NULL
                OR author.email_normalized != ALL(%(emails)s))
        """,
        to_her=_to(partner_ids, emails),
        named=named,
        known=bool(partner_ids),
        emails=list(emails),
    )


def addressed(partner_ids, emails):
    """Return the query of messages that were sent to a person."""
    return _to(partner_ids, emails)


def files_of(message_ids):
    """Return the query of the files that hang on some messages and on no others."""
    return SQL(
        """
        SELECT attachment_id FROM message_attachment_rel
         WHERE attachment_id IN (
            SELECT attachment_id FROM message_attachment_rel WHERE message_id = ANY(%(ids)s))
         GROUP BY attachment_id HAVING bool_and(message_id = ANY(%(ids)s))
        """,
        ids=list(message_ids),
    )


def thread(model, ids):
    """Return the query of the messages of documents."""
    return SQL(
        "SELECT id FROM mail_message WHERE model = %s AND res_id = ANY(%s)", model, list(ids)
    )


def mails(partner_ids, emails):
    """Return the query of the mails of which contacts and addresses are recipients."""
    return SQL(
        """
        SELECT mail_mail_id FROM mail_mail_res_partner_rel WHERE res_partner_id = ANY(%s)
        UNION
        SELECT id FROM mail_mail WHERE %s
        """,
        list(partner_ids),
        _mail_to(emails),
    )


def waiting(partner_ids, emails):
    """Return the query of mails, and their messages, that wait to be sent to others, too."""
    addresses = SQL("concat_ws(',', email_to, email_cc)")
    others = SQL("%s ~ '@'", addresses)
    if emails:
        others = SQL("regexp_replace(%s, %s, '', 'gi') ~ '@'", addresses, pattern(emails))
    return SQL(
        """
        SELECT mail.id, mail.mail_message_id FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id
         WHERE mail.id IN (%(mails)s) AND mail.state IN ('outgoing', 'exception')
           -- what she wrote herself goes, and what is noted at her contact
           AND (message.author_id IS NULL OR message.author_id != ALL(%(partners)s))
           AND (message.model IS DISTINCT FROM 'res.partner'
                OR message.res_id != ALL(%(partners)s))
           AND (%(others)s OR EXISTS (
                SELECT FROM mail_mail_res_partner_rel recipient
                 WHERE recipient.mail_mail_id = mail.id
                   AND recipient.res_partner_id != ALL(%(partners)s)))
        """,
        mails=mails(partner_ids, emails),
        partners=list(partner_ids),
        others=others,
    )


def mails_of(message_ids):
    """Return the query of the mails that carry messages."""
    return SQL("SELECT id FROM mail_mail WHERE mail_message_id = ANY(%s)", list(message_ids))


def traces(partner_ids):
    """Return the query of the traces of mailings to contacts."""
    return SQL(
        "SELECT id FROM mailing_trace WHERE model = 'res.partner' AND res_id = ANY(%s)",
        list(partner_ids),
    )


def clicks(partner_ids, emails):
    """Return the query of the clicks in mailings to a person."""
    return SQL(
        """
        SELECT click.id FROM link_tracker_click click
          JOIN mailing_trace trace ON trace.id = click.mailing_trace_id
         WHERE trace.email = ANY(%(emails)s)
            OR trace.model = 'res.partner' AND trace.res_id = ANY(%(partners)s)
        """,
        emails=list(emails),
        partners=list(partner_ids),
    )


def _to(partner_ids, emails):
    return SQL(
        """
        SELECT mail_message_id FROM mail_message_res_partner_rel
         WHERE res_partner_id = ANY(%(partners)s)
        UNION
        SELECT mail_message_id FROM mail_notification
         WHERE res_partner_id = ANY(%(partners)s)
            OR lower(mail_email_address) = ANY(%(emails)s) AND (%(known)s OR res_partner_id IS NULL)
        UNION
        SELECT mail.mail_message_id FROM mail_mail mail
          JOIN mail_mail_res_partner_rel recipient ON recipient.mail_mail_id = mail.id
         WHERE recipient.res_partner_id = ANY(%(partners)s)
        UNION
        SELECT mail_message_id FROM mail_mail WHERE %(mail_to)s
        """,
        partners=list(partner_ids),
        emails=list(emails),
        known=bool(partner_ids),
        mail_to=_mail_to(emails),
    )


def _mail_to(emails):
    if not emails:
        return SQL("false")
    return SQL("(%s OR %s)", by_text("email_to", emails), by_text("email_cc", emails))

"""Forgetting what became of somebody's mails."""

from odoo.tools import SQL


def find(partner_id, emails):
    """Return the query of the mails to a person: by the contact, and by addresses.

    :param int partner_id: the contact, or None
    :param list[str] emails: addresses that are nobody else's
    """
    return SQL(
        "SELECT id FROM ecrm_email_message WHERE partner_id = %s OR email_normalized = ANY(%s)",
        partner_id,
        list(emails),
    )


def forget_events(refs, emails):
    """Return the statement that removes what is known of mails, and of addresses.

    :param Iterable[int] refs: of mails
    :param list[str] emails: in small letters
    """
    return SQL(
        "DELETE FROM ecrm_email_event WHERE email_message_ref = ANY(%s) OR recipient = ANY(%s)",
        list(refs),
        list(emails),
    )


def anonymise(refs):
    """Return the statement that keeps of mails only what their mailings count.

    :param Iterable[int] refs: of mails
    """
    return SQL(
        """
        UPDATE ecrm_email_message
           SET message_id = 'erased ' || id, email_normalized = 'erased', partner_id = NULL,
               mail_id_int = NULL, trace_id = NULL, model = NULL, res_id = NULL,
               subject = CASE WHEN mailing_id IS NULL THEN NULL ELSE subject END
         WHERE id = ANY(%s)
        """,
        list(refs),
    )


def purge(before, limit):
    """Return the statement that removes the oldest events, at most so many.

    Ids rise with the time at which events came, so that it reads nothing else.

    :param datetime before: what was received earlier goes (UTC)
    :param int limit: rows at most
    """
    return SQL(
        """
        DELETE FROM ecrm_email_event
         WHERE id = ANY(ARRAY(
            SELECT id FROM ecrm_email_event
             WHERE received_at < %s AND id < (
                SELECT coalesce(min(id), 0) + %s FROM ecrm_email_event)
             ORDER BY id))
        """,
        before,
        limit,
    )

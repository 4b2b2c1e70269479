"""What a pixel or a link in a mail appends: one statement, one row."""

from odoo.tools import SQL

from .expressions import NOW

#: Of one mail nobody needs to know more; whoever asks for its pixel without an end fills no disk.
MOST = 1000


def opened(hit):
    """Return the statement that appends a hit of a pixel.

    It does not wait for the disk: where the database server loses its power, the pixels of
    the last second are forgotten, and mails are looked at again.

    :param dict hit: see ``clicked``
    """
    return _append("opened", "pixel", hit, SQL("set_config('synchronous_commit', 'off', TRUE)"))


def clicked(hit):
    """Return the statement that appends a click.

    Which mailing it belongs to is found by the digest; the mail may not be committed yet
    while it is sent.

    :param dict hit: message_ref, link_ref, external_id, method, user_agent, ip_cut, purpose,
        is_frequent (so many hits of the mail came that it is to be looked how many there are)
    """
    return _append("clicked", "link", hit, SQL("''"))


def _append(type_, source, hit, setting):
    return SQL(
        """
        INSERT INTO ecrm_email_event
               (type, source, occurred_at, received_at, external_id, email_message_ref, link_ref,
                method, user_agent, ip_cut, purpose)
        SELECT %(type)s, %(source)s, %(now)s, %(now)s, %(external_id)s, %(message)s, %(link)s,
               %(method)s, %(user_agent)s, %(ip_cut)s, %(purpose)s
         WHERE %(setting)s IS NOT NULL
           -- whoever objects after the mail was sent
           AND NOT EXISTS (
            SELECT FROM ecrm_email_message WHERE id = %(message)s AND is_tracked IS NOT TRUE)
           %(limit)s
            ON CONFLICT DO NOTHING
        """,
        type=type_,
        source=source,
        now=NOW,
        external_id=hit["external_id"],
        message=hit["message_ref"],
        link=hit["link_ref"],
        method=hit["method"],
        user_agent=hit["user_agent"],
        ip_cut=hit["ip_cut"],
        purpose=hit["purpose"],
        setting=setting,
        limit=_limit(hit["message_ref"]) if hit["is_frequent"] else SQL(),
    )


def _limit(message_ref):
    return SQL(
        """
        AND NOT EXISTS (
            SELECT FROM ecrm_email_event WHERE email_message_ref = %s OFFSET %s)
        """,
        message_ref,
        MOST,
    )

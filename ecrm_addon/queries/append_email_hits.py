"""What a pixel or a link in a mail appends: one statement, one row."""

from odoo.tools import SQL

from .expressions import NOW

#: Of one mail nobody needs to know more; whoever asks for its pixel without an end fills no disk.
MOST = 1000


def opened(hit):
    """Return the statement that appends a hit of a pixel.

    :param dict hit: message_ref, external_id, method, user_agent, ip_cut, purpose
    """
    return SQL("%s ON CONFLICT DO NOTHING", _append("opened", "pixel", hit, SQL("NULL"), SQL()))


def clicked(hit):
    """Return the statement that appends a click, and tells where the link leads.

    :param dict hit: as for ``opened``, and link_ref
    :return: SQL giving the URL; no row where the link is gone
    """
    return SQL(
        """
        WITH link AS MATERIALIZED (
            SELECT id, url FROM ecrm_email_link WHERE id = %(link)s
        ),
        hit AS (%(append)s)
        SELECT url FROM link
        """,
        link=hit["link_ref"],
        append=_append("clicked", "link", hit, SQL("link.id"), SQL("CROSS JOIN link")),
    )


def _append(type_, source, hit, link, joins):
    # the mail may not be committed yet while it is sent: then its row is found by the digest
    return SQL(
        """
        INSERT INTO ecrm_email_event
               (type, source, occurred_at, received_at, external_id, email_message_ref,
                mailing_ref, company_ref, recipient, link_ref, method, user_agent, ip_cut,
                purpose)
        SELECT %(type)s, %(source)s, %(now)s, %(now)s, %(external_id)s, %(message)s,
               message.mailing_id, message.company_id, message.email_normalized, %(link)s,
               %(method)s, %(user_agent)s, %(ip_cut)s, %(purpose)s
          FROM (SELECT) this
          LEFT JOIN ecrm_email_message message ON message.id = %(message)s
          %(joins)s
         WHERE NOT EXISTS (
            SELECT FROM ecrm_email_event WHERE email_message_ref = %(message)s OFFSET %(most)s)
        """,
        type=type_,
        source=source,
        now=NOW,
        external_id=hit["external_id"],
        message=hit["message_ref"],
        link=link,
        method=hit["method"],
        user_agent=hit["user_agent"],
        ip_cut=hit["ip_cut"],
        purpose=hit["purpose"],
        joins=joins,
        most=MOST,
    )

"""Pieces of SQL that several statements use."""

from odoo.tools import SQL

from ..lib.tracking.urls import SECRET_PARAMETER, SECRET_SEGMENT

NOW = SQL("(now() AT TIME ZONE 'UTC')")
#: Whether an event is of no machine's visit, see ``machine_visit``. By the column that the
#: join compares: so PostgreSQL knows that it need not join at all what it finds.
NO_MACHINE_VISIT = SQL("machine_visit.session_key IS NULL")
#: No address is longer (RFC 5321), and no longer one fits into an index.
MAX_ADDRESS = 320


def path_of(url):
    """Return the SQL of a URL without scheme, host, fragment and secret parameters.

    :param SQL url: the URL as somebody called it; may be NULL or of any length
    """
    return SQL(
        """
        (SELECT CASE WHEN local = '' THEN '/' ELSE local END ||
                CASE WHEN query IS NULL THEN ''
                     ELSE coalesce(nullif('?' || substr(
                        regexp_replace(query, %(parameter)s, '', 'gi'), 2), '?'), '') END
           FROM (
            SELECT regexp_replace(split_part(rest, '?', 1), %(segment)s, '/*', 'gi') AS local,
                   CASE WHEN strpos(rest, '?') > 0
                        THEN '&' || substr(rest, strpos(rest, '?') + 1) END AS query
              FROM (
                SELECT split_part(regexp_replace(
                    %(url)s, '^[a-z][a-z0-9+.-]*:(//[^/?#]*)?', '', 'i'), '#', 1) AS rest
              ) local_url
           ) parts)
        """,
        url=url,
        parameter=SECRET_PARAMETER,
        segment=SECRET_SEGMENT,
    )


def url_of(url):
    """Return the SQL of a URL with scheme and host, without its secrets.

    A host behind a name and password is left out with them.
    """
    return SQL(
        """
        coalesce(substring(%(url)s from '(?i)^[a-z][a-z0-9+.-]*://[^/?#@]*(?=[/?#]|$)'), '')
        || %(path)s
        """,
        url=url,
        path=path_of(url),
    )


def email_key(email):
    """Return the SQL of the key of an e-mail address, as ``lib.tracking.event`` makes it."""
    return SQL("nullif(left(lower(btrim(%s)), %s), '')", email, MAX_ADDRESS)


def device_key(secret):
    """Return the SQL of the key of a browser: a hash, so that a leaked table opens nothing."""
    return SQL("encode(sha256(convert_to(btrim(%s), 'UTF8')), 'hex')", secret)


def instant_of(day, written, timezone):
    """Return the SQL of the instant (UTC) at which something of a day happened.

    Odoo keeps a date only. If the record was written on that very day, this is when;
    else it was noon in the company's time zone, but never later than now.

    :param SQL day: a date in the company's time zone
    :param SQL written: when the record was written, UTC
    :param SQL timezone: name of the time zone
    """
    return SQL(
        """
        CASE WHEN (%(written)s AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date = %(day)s
             THEN %(written)s
             ELSE least((%(day)s + time '12:00') AT TIME ZONE %(timezone)s AT TIME ZONE 'UTC',
                        %(now)s) END
        """,
        day=day,
        written=written,
        timezone=timezone,
        now=NOW,
    )


def machine_visit(event, on=None):
    """Return the SQL of the visit of an act on a website, to be joined, if it is a machine's.

    What a machine did may look like a person's until its pace tells. The verdict of its
    visit, which is written anew with every event, then holds for all of the visit: readers
    join it, the log stays as it was told, and a verdict that is taken back leaves no trace.

    :param SQL event: name of a row of the log
    :param SQL on: WHERE, for a query of its own instead of a join
    """
    return SQL(
        """
        ecrm_session machine_visit
            %(on)s machine_visit.session_key = %(event)s.session_key
           AND machine_visit.verdict = 'machine' AND %(event)s.channel = 'web'
        """,
        event=event,
        on=on or SQL("ON"),
    )


def verdict_of(event):
    """Return the SQL of the verdict on an event, and of its reasons; with ``machine_visit``.

    :param SQL event: name of a row of the log
    :return tuple[SQL, SQL]:
    """
    late = SQL("NOT %s AND %s.verdict IS DISTINCT FROM 'machine'", NO_MACHINE_VISIT, event)
    return (
        SQL("CASE WHEN %s THEN 'machine' ELSE %s.verdict END", late, event),
        SQL(
            "CASE WHEN %s THEN machine_visit.verdict_reasons ELSE %s.verdict_reasons END",
            late,
            event,
        ),
    )


def is_staff(partner):
    """Return the SQL condition that a contact is an employee with a login."""
    return SQL(
        """
        EXISTS (SELECT FROM res_partner staff
                 WHERE staff.id = %s AND staff.partner_share IS FALSE)
        """,
        partner,
    )


def identities_of(partner_ids):
    """Return SQL of rows (contact, identity) by which some contacts said something.

    An address that an account was not found for is the contact's who has it; where it is in
    two accounts, what its owner said is nobody else's.

    :param Iterable[int] partner_ids: contacts
    """
    return SQL(
        """
        SELECT partner_id, id AS identity_id
          FROM ecrm_identity WHERE partner_id = ANY(%(ids)s)
         UNION
        SELECT partner.id, identity.id
          FROM res_partner partner
          JOIN ecrm_identity identity
            ON identity.kind = 'email' AND identity.key = partner.email_normalized
           AND identity.partner_id IS NULL
         WHERE partner.id = ANY(%(ids)s)
        """,
        ids=list(partner_ids),
    )

"""Pieces of SQL that several statements use."""

from odoo.tools import SQL

from ..lib.tracking.urls import SECRET_PARAMETER, SECRET_SEGMENT

NOW = SQL("(now() AT TIME ZONE 'UTC')")
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


def is_staff(partner):
    """Return the SQL condition that a contact is an employee with a login."""
    return SQL(
        """
        EXISTS (SELECT FROM res_partner staff
                 WHERE staff.id = %s AND staff.partner_share IS FALSE)
        """,
        partner,
    )

"""Finding and making the rows that links in mails refer to."""

from odoo.tools import SQL

from .expressions import NOW


def find(addresses, company_id):
    """Return the query of the rows of addresses: address, id.

    :param list[str] addresses: normalized
    :param int company_id: whose mails
    """
    return SQL(
        """
        SELECT email_normalized, id FROM ecrm_email_preference
         WHERE email_normalized = ANY(%s) AND company_id = %s
        """,
        list(addresses),
        company_id,
    )


def add(addresses, company_id):
    """Return the statement that makes rows, but for those that another one makes just now."""
    return SQL(
        """
        INSERT INTO ecrm_email_preference (email_normalized, company_id, frequency)
        SELECT address, %s, 'all' FROM unnest(%s::varchar[]) AS raw(address)
            ON CONFLICT DO NOTHING
        """,
        company_id,
        list(addresses),
    )


def identify(address):
    """Return the statement that makes the identity of an address, if there is none."""
    return SQL(
        """
        INSERT INTO ecrm_identity (kind, key, create_uid, create_date, write_uid, write_date)
        VALUES ('email', %(address)s, 1, %(now)s, 1, %(now)s)
            ON CONFLICT DO NOTHING
        """,
        address=address,
        now=NOW,
    )

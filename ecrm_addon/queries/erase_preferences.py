"""Forgetting the addresses of a person; that they are not to be mailed stays, as a digest."""

from odoo.tools import SQL


def build(addresses, digests):
    """Return the statements that put digests in place of addresses.

    :param list[str] addresses: normalized
    :param list[str] digests: of each, in the same order
    """
    erased = SQL(
        "(SELECT * FROM unnest(%s::varchar[], %s::varchar[]) AS raw(address, digest))",
        list(addresses),
        list(digests),
    )
    return (
        # what was erased before stands there already
        SQL(
            """
            DELETE FROM ecrm_suppression row USING %(erased)s erased
             WHERE row.email_normalized = erased.address
               AND (row.lifted_at IS NOT NULL OR EXISTS (
                    SELECT FROM ecrm_suppression other
                     WHERE other.email_normalized = erased.digest
                       AND other.reason = row.reason AND other.scope = row.scope
                       AND other.topic_id IS NOT DISTINCT FROM row.topic_id
                       AND other.company_id IS NOT DISTINCT FROM row.company_id
                       AND other.since = row.since))
            """,
            erased=erased,
        ),
        SQL(
            """
            UPDATE ecrm_suppression row
               SET email_normalized = erased.digest, note = NULL, email_message_ref = NULL
              FROM %(erased)s erased WHERE row.email_normalized = erased.address
            """,
            erased=erased,
        ),
        SQL(
            """
            DELETE FROM ecrm_email_preference row USING %(erased)s erased, ecrm_email_preference old
             WHERE row.email_normalized = erased.address
               AND old.email_normalized = erased.digest AND old.company_id = row.company_id
            """,
            erased=erased,
        ),
        SQL(
            """
            UPDATE ecrm_email_preference row
               SET email_normalized = erased.digest, frequency = 'all', topic_frequencies = NULL
              FROM %(erased)s erased WHERE row.email_normalized = erased.address
            """,
            erased=erased,
        ),
        SQL("DELETE FROM ecrm_email_optin WHERE email_normalized = ANY(%s)", list(addresses)),
    )

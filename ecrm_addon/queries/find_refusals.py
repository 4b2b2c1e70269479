"""Finding who must not get a marketing mail."""

from odoo.tools import SQL


def build(keys, topic_id, company_id, at, confirmed_only):
    """Return the query of addresses and why they must not be mailed: one row per address.

    :param list[tuple] keys: address and what it stands under
    :param int topic_id: of the mail, or None
    :param int company_id: that sends it
    :param datetime at: naive UTC
    :param bool confirmed_only: whether the topic is for those alone who said yes
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(%(addresses)s::varchar[], %(keys)s::varchar[])
                AS raw(address, key)
        )
        SELECT DISTINCT ON (address) address, reason
          FROM (
            SELECT asked.address, suppression.reason, 1 AS rank, suppression.since
              FROM asked
              JOIN ecrm_suppression suppression ON suppression.email_normalized = asked.key
             WHERE suppression.lifted_at IS NULL
               AND suppression.since <= %(at)s
               AND (suppression.expires_at IS NULL OR suppression.expires_at > %(at)s)
               AND (suppression.company_id IS NULL OR suppression.company_id = %(company)s)
               AND (suppression.topic_id IS NULL OR suppression.topic_id = %(topic)s)
            %(unconfirmed)s
          ) refused
         ORDER BY address, rank, since, reason
        """,
        addresses=[address for address, _key in keys],
        keys=[key for _address, key in keys],
        at=at,
        company=company_id,
        topic=topic_id,
        unconfirmed=_unconfirmed(topic_id, company_id) if confirmed_only else SQL(""),
    )


def _unconfirmed(topic_id, company_id):
    # who said yes to one company did not say it to another
    return SQL(
        """
        UNION ALL
        SELECT address, 'unconfirmed', 2, NULL
          FROM (SELECT DISTINCT address FROM asked) addresses
         WHERE NOT EXISTS (
            SELECT FROM (
                SELECT consent.state
                  FROM ecrm_identity identity
                  JOIN ecrm_consent consent ON consent.identity_id = identity.id
                 WHERE identity.kind = 'email' AND identity.key = address
                   AND consent.purpose = 'email' AND consent.topic_id = %s
                   AND (consent.company_id IS NULL OR consent.company_id = %s)
                 ORDER BY consent.id DESC LIMIT 1
            ) last
             WHERE last.state = 'granted')
        """,
        topic_id,
        company_id,
    )

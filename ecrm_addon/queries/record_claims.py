"""Keeping which browser claimed which address."""

from odoo.tools import SQL

from .expressions import NOW


def build(claims):
    """Return the statement that keeps claims; the same one twice a day is kept once.

    An address that nobody was known by yet becomes an identity, and is noted: it may be
    that of a contact.

    :param list[tuple] claims: key of the browser, address, instant (UTC)
    """
    keys, addresses, instants = zip(*claims, strict=True) if claims else ((), (), ())
    return SQL(
        """
        WITH claim AS MATERIALIZED (
            SELECT key, address, min(at) AS at
              FROM unnest(%(keys)s::varchar[], %(addresses)s::varchar[], %(at)s::timestamp[])
                AS claim(key, address, at)
             GROUP BY key, address
        ),
        created AS (
            INSERT INTO ecrm_identity (kind, key, create_date)
            SELECT DISTINCT 'email', address, %(now)s FROM claim ORDER BY 2
            ON CONFLICT (kind, key) DO NOTHING
            RETURNING id, key
        ),
        noted AS (
            INSERT INTO ecrm_change (model, res_id) SELECT 'ecrm.identity', id FROM created
        ),
        owner AS (
            SELECT id, key FROM created
             UNION ALL
            SELECT id, key FROM ecrm_identity
             WHERE kind = 'email' AND key IN (SELECT address FROM claim)
        )
        INSERT INTO ecrm_identity_claim (browser_id, address_id, claimed_at)
        SELECT browser.id, owner.id, claim.at
          FROM claim
          JOIN ecrm_identity browser ON browser.kind = 'device' AND browser.key = claim.key
          JOIN owner ON owner.key = claim.address
         WHERE NOT EXISTS (
            SELECT FROM ecrm_identity_claim known
             WHERE known.browser_id = browser.id AND known.address_id = owner.id
               AND known.claimed_at > claim.at - interval '1 day'
         )
        """,
        keys=list(keys),
        addresses=list(addresses),
        at=list(instants),
        now=NOW,
    )

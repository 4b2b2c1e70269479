"""Finding whose an e-mail address is."""

from odoo.tools import SQL

from .expressions import NOW


def build(identity_ids):
    """Return the statement that links addresses to the one contact that has them.

    An address that two contacts share stays unlinked, and so does one about which the
    ledger says anything: somebody has decided on it.

    :param list[int] identity_ids: addresses, and contacts whose address may be known
    """
    return SQL(
        """
        WITH candidate AS MATERIALIZED (
            SELECT id FROM ecrm_identity WHERE id = ANY(%(ids)s) AND kind = 'email'
             UNION
            SELECT address.id
              FROM ecrm_identity known
              JOIN res_partner partner ON partner.id = known.partner_id
              JOIN ecrm_identity address
                ON address.kind = 'email' AND address.key = partner.email_normalized
             WHERE known.id = ANY(%(ids)s) AND address.partner_id IS NULL
        ),
        owner AS MATERIALIZED (
            SELECT identity.id, min(partner.id) AS partner_id,
                   min(partner.company_id) AS company_id
              FROM candidate
              JOIN ecrm_identity identity USING (id)
              JOIN res_partner partner ON partner.email_normalized = identity.key
             WHERE identity.partner_id IS NULL AND partner.active
               AND NOT EXISTS (
                SELECT FROM ecrm_identity_link line WHERE line.identity_id = identity.id
               )
             GROUP BY identity.id
            HAVING count(*) = 1
        ),
        linked AS (
            UPDATE ecrm_identity identity
               SET partner_id = owner.partner_id, company_id = owner.company_id
              FROM owner WHERE owner.id = identity.id
        )
        INSERT INTO ecrm_identity_link
               (identity_id, partner_id, action, evidence, occurred_at, create_uid,
                create_date, write_uid, write_date)
        SELECT id, partner_id, 'linked', 'address', %(now)s, %(user)s, %(now)s, %(user)s,
               %(now)s
          FROM owner
        """,
        ids=list(identity_ids),
        user=1,
        now=NOW,
    )

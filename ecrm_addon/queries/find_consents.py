"""Finding who allows something that nobody may do unasked."""

from odoo.tools import SQL


def of_partners(partner_ids, purpose):
    """Return the query of the ids of those contacts whose last word about a purpose is yes.

    The last word counts, by whichever identity it was said: in the portal, or of the address.

    :param list[int] partner_ids: contacts
    :param str purpose: of ``ecrm.consent``, such as ``personalise``
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (
            SELECT partner_id, id AS identity_id
              FROM ecrm_identity WHERE partner_id = ANY(%(ids)s)
             UNION
            SELECT partner.id, identity.id
              FROM res_partner partner
              JOIN ecrm_identity identity
                ON identity.kind = 'email' AND identity.key = partner.email_normalized
               AND identity.partner_id IS NULL
             WHERE partner.id = ANY(%(ids)s)
        )
        SELECT last.partner_id
          FROM (
            SELECT DISTINCT ON (asked.partner_id) asked.partner_id, line.state
              FROM asked JOIN ecrm_consent line ON line.identity_id = asked.identity_id
             WHERE line.purpose = %(purpose)s
             ORDER BY asked.partner_id, line.id DESC
          ) last
         WHERE last.state = 'granted'
        """,
        ids=list(partner_ids),
        purpose=purpose,
    )

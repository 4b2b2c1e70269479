"""Finding who allows something that nobody may do unasked."""

from odoo.tools import SQL

from .expressions import identities_of


def of_partners(partner_ids, purpose):
    """Return the query of the ids of those contacts whose last word about a purpose is yes.

    The last word counts, by whichever identity it was said: in the portal, or of the address.

    :param list[int] partner_ids: contacts
    :param str purpose: of ``ecrm.consent``, such as ``personalise``
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (%(asked)s)
        SELECT last.partner_id
          FROM (
            SELECT DISTINCT ON (asked.partner_id) asked.partner_id, line.state
              FROM asked JOIN ecrm_consent line ON line.identity_id = asked.identity_id
             WHERE line.purpose = %(purpose)s
             ORDER BY asked.partner_id, line.id DESC
          ) last
         WHERE last.state = 'granted'
        """,
        asked=identities_of(partner_ids),
        purpose=purpose,
    )

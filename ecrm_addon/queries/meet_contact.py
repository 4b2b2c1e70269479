"""The identity under which a contact speaks for itself, whatever the browser."""

from odoo.tools import SQL

from .expressions import NOW


def build(partner_id):
    """Return the statement that makes the identity of a contact, if there is none.

    :param int partner_id: the contact
    """
    return SQL(
        """
        INSERT INTO ecrm_identity
               (kind, key, partner_id, company_id, create_uid, create_date, write_uid, write_date)
        SELECT 'partner', partner.id::varchar, partner.id, partner.company_id,
               1, %(now)s, 1, %(now)s
          FROM res_partner partner WHERE partner.id = %(id)s
            ON CONFLICT DO NOTHING
        """,
        id=partner_id,
        now=NOW,
    )

"""Whether an e-mail address is one contact's alone."""

from odoo.tools import SQL


def is_shared(partner_id, address):
    """Return the query of whether an address of a contact is also another contact's.

    Archived contacts count: what was said by the address was said by them.

    :param int partner_id: the contact
    :param str address: normalized
    :return: SQL giving one row of one truth value
    """
    return SQL(
        """
        SELECT EXISTS (SELECT FROM ecrm_identity
                        WHERE kind = 'email' AND key = %(address)s AND partner_id <> %(partner)s)
            OR EXISTS (SELECT FROM res_partner
                        WHERE email_normalized = %(address)s AND id <> %(partner)s)
        """,
        address=address,
        partner=partner_id,
    )

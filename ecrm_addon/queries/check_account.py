"""Whether a customer said no, for all browsers on which they log in."""

from odoo.tools import SQL


def refused_after(partner_id, consent_id):
    """Return the condition that a customer said no after a consent was given.

    Ids rise with time. Whoever agrees anew on a browser gives a consent of a higher id.

    :param int partner_id: of the contact who is logged in
    :param int consent_id: on which the browser's cookie rests
    """
    return SQL("EXISTS (SELECT %s AND refusal.id > %s)", _refusals(partner_id), consent_id)


def refused_at(partner_id):
    """Return the query of when a customer said no last: milliseconds since 1970, or NULL."""
    return SQL(
        "SELECT (extract(epoch FROM max(refusal.create_date)) * 1000)::int8 %s",
        _refusals(partner_id),
    )


def _refusals(partner_id):
    """Return the lines by which a customer takes back that visits are recorded, anywhere."""
    return SQL(
        """
          FROM ecrm_identity account
          JOIN ecrm_consent refusal ON refusal.identity_id = account.id
         WHERE account.kind = 'partner' AND account.partner_id = %s
           AND refusal.purpose = 'measure' AND refusal.state IN ('refused', 'withdrawn')
        """,
        partner_id,
    )

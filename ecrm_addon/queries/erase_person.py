"""Forgetting a person: all that names her outside the log itself.

The log is emptied by ``erase_touchpoints``, in batches; this is what is small.
"""

from odoo.tools import SQL

from .expressions import NOW, device_key
from .sync_visitors import FUNCTION


def remember(keys, identity_ids, pepper):
    """Return the statement that keeps, until when which keys are to be forgotten.

    Kept is a digest with a secret of this database: it tells an event of that key from
    others, and nothing of the person. Who is erased twice is forgotten until the later time.

    :param list[tuple] keys: kind and key of each identity
    :param list[int | None] identity_ids: whose events have to go, in the same order
    :param str pepper: the secret
    """
    return SQL(
        """
        INSERT INTO ecrm_erasure (digest, erased_at, identity_ref)
        SELECT DISTINCT ON (1) %(digest)s, %(now)s, raw.identity_ref
          FROM unnest(%(kinds)s::varchar[], %(keys)s::varchar[], %(ids)s::int[])
               AS raw(identity_kind, identity_key, identity_ref)
         ORDER BY 1, raw.identity_ref NULLS LAST
        ON CONFLICT (digest) DO UPDATE
           SET erased_at = excluded.erased_at,
               identity_ref = coalesce(excluded.identity_ref, ecrm_erasure.identity_ref)
        """,
        digest=digest(pepper),
        now=NOW,
        kinds=[kind for kind, _key in keys],
        keys=[key for _kind, key in keys],
        ids=list(identity_ids),
    )


def digest(pepper):
    """Return the SQL of the digest of an event's identity, see ``remember``.

    :param str pepper: the secret
    """
    return SQL(
        "encode(sha256(convert_to(%s || raw.identity_kind || ':' || raw.identity_key, 'UTF8')),"
        " 'hex')",
        pepper,
    )


def forget_ledger(identity_ids, partner_id):
    """Return the statement that removes who was taken for whom, as far as it is this person.

    :param list[int] identity_ids: the person's identities
    :param int partner_id: the contact, or None for a browser alone
    """
    return SQL(
        """
        DELETE FROM ecrm_identity_link
         WHERE identity_id = ANY(%(ids)s)
            OR partner_id = %(partner)s OR previous_partner_ref = %(partner)s
        """,
        ids=list(identity_ids),
        partner=partner_id,
    )


def forget_visits(identity_ids):
    """Return the statement that removes the visits of identities."""
    return SQL(
        """
        DELETE FROM ecrm_session
         WHERE identity_id = ANY(%(ids)s) OR other_identity_id = ANY(%(ids)s)
        """,
        ids=list(identity_ids),
    )


def forget_visitors(device_keys, partner_id):
    """Return the statement that removes Odoo's own visitors of browsers and of a contact.

    Their page views go with them by the tables' own foreign key.

    :param list[str] device_keys: keys of identities
    :param int partner_id: the contact, or None for a browser alone
    """
    return SQL(
        """
        DELETE FROM website_visitor
         WHERE %(function)s(access_token) = ANY(%(keys)s) OR partner_id = %(partner)s
        """,
        function=FUNCTION,
        keys=list(device_keys),
        partner=partner_id,
    )


def find_refused(keys, partner_id=None, emails=()):
    """Return the query of the ids of refused events that name somebody, in any of the ways
    in which a door may have put them aside.

    :param list[tuple] keys: kind and key of each identity
    :param int partner_id: the contact, if any
    :param Iterable[str] emails: addresses, in small letters
    """
    return SQL(
        """
        SELECT id FROM ecrm_quarantine
         WHERE (body ->> 'identity_kind', body ->> 'identity_key') IN (
                SELECT * FROM unnest(%(kinds)s::varchar[], %(keys)s::varchar[]))
            OR body -> 'identity' ->> 'external_id' = ANY(%(externals)s)
            OR %(device)s = ANY(%(devices)s)
            OR body -> 'identity' ->> 'partner_id' = %(partner)s
            OR body ->> 'partner_id' = %(partner)s
            OR EXISTS (SELECT FROM unnest(%(emails)s::varchar[]) AS address(email)
                        WHERE strpos(lower(body::text), address.email) > 0)
         ORDER BY id
        """,
        kinds=[kind for kind, _key in keys],
        keys=[key for _kind, key in keys],
        externals=[key for kind, key in keys if kind == "external"],
        devices=[key for kind, key in keys if kind == "device"],
        device=device_key(SQL("body -> 'identity' ->> 'device'")),
        partner=str(partner_id) if partner_id else None,
        emails=[email for email in emails if email],
    )


def forget_claims(identity_ids):
    """Return the statement that removes addresses typed on browsers, by either of them."""
    return SQL(
        """
        DELETE FROM ecrm_identity_claim
         WHERE browser_id = ANY(%(ids)s) OR address_id = ANY(%(ids)s)
        """,
        ids=list(identity_ids),
    )


def forget_notes(names, partner_id, keys):
    """Return the statement that removes notes by which a browser would be linked again.

    :param Iterable[str] names: of the notes
    :param int partner_id: the contact, or None
    :param Iterable[str] keys: of browsers, and addresses: a note may hold both
    """
    return SQL(
        """
        DELETE FROM ecrm_change note
         WHERE model = ANY(%s)
           AND (res_id = %s OR EXISTS (
                SELECT FROM unnest(%s::varchar[]) AS told(key)
                 WHERE strpos(note.key, told.key) > 0))
        """,
        list(names),
        partner_id,
        list(keys),
    )

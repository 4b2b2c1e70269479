"""Whose browsers are, and on what evidence."""

from odoo.tools import SQL


def build(keys):
    """Return the query of browsers by their keys.

    A merge of contacts says nothing about the browser: what counts is the line before it.

    :param list[str] keys: keys of identities of kind ``device``
    :return: SQL giving identity id, key, contact, line of the ledger on which that rests, its
        evidence, and whether somebody took the browser off its contact by hand
    """
    return SQL(
        """
        SELECT identity.id, identity.key, identity.partner_id, stands.id, stands.evidence,
               coalesce(newest.action IN ('unlinked', 'undone') AND newest.evidence = 'hand',
                        FALSE)
          FROM ecrm_identity identity
          LEFT JOIN LATERAL (
            SELECT id, evidence FROM ecrm_identity_link line
             WHERE line.identity_id = identity.id AND line.undone_by_id IS NULL
               AND line.action IN ('linked', 'merged') AND line.evidence <> 'contact_merge'
             ORDER BY line.id DESC LIMIT 1
          ) stands ON identity.partner_id IS NOT NULL
          LEFT JOIN LATERAL (
            SELECT action, evidence FROM ecrm_identity_link line
             WHERE line.identity_id = identity.id
             ORDER BY line.id DESC LIMIT 1
          ) newest ON TRUE
         WHERE identity.kind = 'device' AND identity.key = ANY(%s)
        """,
        list(keys),
    )

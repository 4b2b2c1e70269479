"""Removing from the log: a person's events, or what is older than its retention."""

from odoo.tools import SQL


def erase(identity_ids):
    """Return the statement that removes all events of identities, with their keys."""
    return SQL(
        """
        WITH gone AS (
            DELETE FROM ecrm_touchpoint_data WHERE identity_id = ANY(%s) RETURNING uid
        )
        DELETE FROM ecrm_touchpoint_key USING gone WHERE ecrm_touchpoint_key.uid = gone.uid
        """,
        list(identity_ids),
    )


def forget_keys(before):
    """Return the statement that removes the keys of dropped months."""
    return SQL("DELETE FROM ecrm_touchpoint_key WHERE occurred_at < %s", before)

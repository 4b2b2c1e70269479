"""Removing from the log: a person's events, or what is older than its retention."""

from odoo.tools import SQL

from .append_touchpoints import notes


def erase(identity_ids):
    """Return the statement that removes all events of identities, with their keys.

    Visits and days of the website in which they took part are noted, to be counted anew.
    """
    return SQL(
        """
        WITH gone AS (
            DELETE FROM ecrm_touchpoint_data WHERE identity_id = ANY(%s)
            RETURNING uid, identity_id, session_key, channel, website_id, occurred_at
        ),
        forgotten AS (
            DELETE FROM ecrm_touchpoint_key USING gone WHERE ecrm_touchpoint_key.uid = gone.uid
        )
        INSERT INTO ecrm_change (model, res_id, key) %s
        """,
        list(identity_ids),
        notes(SQL("gone"), by_visitor=False),
    )


def forget_keys(before):
    """Return the statement that removes the keys of dropped months."""
    return SQL("DELETE FROM ecrm_touchpoint_key WHERE occurred_at < %s", before)

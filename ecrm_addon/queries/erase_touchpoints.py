"""Removing from the log: a person's events, or what is older than its retention."""

from odoo.tools import SQL

from .append_touchpoints import notes


def erase(identity_ids, limit=None):
    """Return the statement that removes events of identities, with their keys.

    Visits and days of the website in which they took part are noted, to be counted anew.

    :param int limit: at most so many; None for all
    :return: SQL giving one row: how many were removed
    """
    return SQL(
        """
        WITH doomed AS MATERIALIZED (
            SELECT id AS doomed_id, occurred_at AS doomed_at FROM ecrm_touchpoint_data
             WHERE identity_id = ANY(%s) LIMIT %s
        ),
        gone AS (
            DELETE FROM ecrm_touchpoint_data data USING doomed
             WHERE data.id = doomed_id AND data.occurred_at = doomed_at
            RETURNING uid, identity_id, session_key, channel, website_id, occurred_at
        ),
        forgotten AS (
            DELETE FROM ecrm_touchpoint_key USING gone WHERE ecrm_touchpoint_key.uid = gone.uid
        ),
        noted AS (
            INSERT INTO ecrm_change (model, res_id, key) %s
        )
        SELECT count(*) FROM gone
        """,
        list(identity_ids),
        limit,
        notes(SQL("gone"), by_visitor=False),
    )


def forget_keys(before):
    """Return the statement that removes the keys of dropped months."""
    return SQL("DELETE FROM ecrm_touchpoint_key WHERE occurred_at < %s", before)

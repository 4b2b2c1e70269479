"""The newest visits of a customer."""

from odoo.tools import SQL


def build(identity_ids, limit=20):
    """Return the query of visits, newest first, one row each.

    :param list[int] identity_ids: whose visits
    :param int limit: how many
    :return: SQL giving session key, identity, start, end, events, value
    """
    return SQL(
        """
        SELECT session_key, min(identity_id), min(occurred_at), max(occurred_at), count(*),
               sum(value)
          FROM ecrm_touchpoint_log
         WHERE identity_id = ANY(%s) AND session_key IS NOT NULL
         GROUP BY session_key
         ORDER BY max(occurred_at) DESC LIMIT %s
        """,
        list(identity_ids),
        limit,
    )

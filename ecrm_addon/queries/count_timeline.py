"""How many events a customer's timeline has, counted no further than anybody wants to know."""

from odoo.tools import SQL

from .read_timeline import matching


def build(identity_ids, limit, **filters):
    """Return the query of a number of events, which is ``limit`` where there are more.

    :param list[int] identity_ids: whose events
    :param int limit: where counting ends: it bounds the cost, whatever the history
    :param filters: ``channels``, ``company_ids``, ``quiet``, ``verdicts``, ``by_people``, see
        ``read_timeline.build``
    """
    return SQL(
        """
        SELECT count(*)
          FROM (
            SELECT
              FROM unnest(%(identities)s::int[]) AS identity(id)
             CROSS JOIN LATERAL (
                SELECT FROM ecrm_touchpoint_log data
                 WHERE identity_id = identity.id AND %(conditions)s
                 LIMIT %(limit)s
             ) event
             LIMIT %(limit)s
          ) counted
        """,
        identities=list(identity_ids),
        conditions=matching(**filters),
        limit=limit,
    )

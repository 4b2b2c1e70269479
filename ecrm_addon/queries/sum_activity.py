"""How much of whom the log holds, channel by channel."""

from odoo.tools import SQL

from .read_timeline import matching

#: Of somebody with a long history only so many of the newest events of each key are read.
NEWEST = 10_000


def build(identity_ids, **filters):
    """Return the query of what identities did, one row for each channel.

    :param list[int] identity_ids: whose events
    :param filters: ``channels``, ``company_ids``, ``quiet``, ``verdicts``, ``by_people``, see
        ``read_timeline.build``
    :return: SQL giving channel, events, visits, and the instant of the first one
    """
    return SQL(
        """
        SELECT event.channel, count(*), count(DISTINCT event.session_key), min(event.occurred_at)
          FROM unnest(%(identities)s::int[]) AS identity(id)
         CROSS JOIN LATERAL (
            SELECT channel, session_key, occurred_at FROM ecrm_touchpoint_log data
             WHERE identity_id = identity.id AND %(conditions)s
             ORDER BY occurred_at DESC, id DESC LIMIT %(newest)s
         ) event
         GROUP BY event.channel
        """,
        identities=list(identity_ids),
        conditions=matching(**filters),
        newest=NEWEST,
    )

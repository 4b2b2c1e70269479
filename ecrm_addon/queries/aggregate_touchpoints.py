"""Sums over the log, per identity and kind: what the digest and the scores feed on."""

from odoo.tools import SQL

#: A shard is every n-th identity: (number, of how many).
ALL = (0, 1)


def build(since=None, until=None, shard=ALL, identity_ids=None):
    """Return the query of sums per company, identity and kind.

    :param datetime since: from this instant on (UTC)
    :param datetime until: before this instant (UTC)
    :param tuple[int, int] shard: this part of so many, by identity
    :param list[int] identity_ids: only these
    :return: SQL giving company_id, identity_id, kind, events, last_at, value
    """
    conditions = [SQL("identity_id IS NOT NULL")]
    if since:
        conditions.append(SQL("occurred_at >= %s", since))
    if until:
        conditions.append(SQL("occurred_at < %s", until))
    if shard != ALL:
        conditions.append(SQL("identity_id %% %s = %s", shard[1], shard[0]))
    if identity_ids is not None:
        conditions.append(SQL("identity_id = ANY(%s)", list(identity_ids)))
    return SQL(
        """
        SELECT company_id, identity_id, kind, count(*) AS events,
               max(occurred_at) AS last_at, sum(value) AS value
          FROM ecrm_touchpoint_data
         WHERE %s
         GROUP BY company_id, identity_id, kind
        """,
        SQL(" AND ").join(conditions),
    )


def seen(identity_ids):
    """Return the query of when identities were first and last seen.

    :param list[int] identity_ids: which ones
    :return: SQL giving identity_id, first and last instant
    """
    return SQL(
        """
        SELECT identity_id, min(occurred_at), max(occurred_at)
          FROM ecrm_touchpoint_data
          -- not "= ANY": PostgreSQL would weigh each id against each month
          JOIN unnest(%s::int[]) AS wanted(id) ON wanted.id = identity_id
         GROUP BY identity_id
        """,
        list(identity_ids),
    )

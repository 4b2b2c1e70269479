"""When identities were first and last seen, as the log tells."""

from odoo.tools import SQL


def build(seen):
    """Return the statement that writes what differs, and nothing else.

    :param list[tuple] seen: identity id, first and last instant (UTC)
    """
    ids, firsts, lasts = zip(*seen, strict=True) if seen else ((), (), ())
    return SQL(
        """
        UPDATE ecrm_identity identity
           SET first_seen = seen.first_seen, last_seen = seen.last_seen
          FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[])
            AS seen(id, first_seen, last_seen)
         WHERE identity.id = seen.id
           AND (identity.first_seen, identity.last_seen)
               IS DISTINCT FROM (seen.first_seen, seen.last_seen)
        """,
        list(ids),
        list(firsts),
        list(lasts),
    )

"""Taking back what its source tells differently by now."""

from odoo.tools import SQL

from .append_touchpoints import notes
from .expressions import NOW


def build(events, kinds):
    """Return the statement that removes stored events which a SELECT tells differently.

    Another instant, value or person counts as different; a contact that was merged into
    another one is the same person. Whose history changes is noted. What the SELECT does
    not tell any more stays: it was so once.

    :param SQL events: a SELECT of all ``append_touchpoints.EVENT_COLUMNS``
    :param Iterable[str] kinds: only these
    """
    return SQL(
        """
        WITH told AS MATERIALIZED (%(events)s),
        stale AS MATERIALIZED (
            SELECT stored.id, stored.occurred_at, stored.uid, stored.identity_id,
                   stored.session_key, stored.channel, stored.website_id
              FROM told
              JOIN ecrm_touchpoint_key key USING (uid)
              JOIN ecrm_touchpoint_data stored
                ON stored.occurred_at = key.occurred_at AND stored.uid = told.uid
               AND stored.res_model = told.res_model AND stored.res_id = told.res_id
              LEFT JOIN ecrm_identity identity ON identity.id = stored.identity_id
             WHERE told.kind = ANY(%(kinds)s)
               -- "by now at the latest" is no other instant than the one stored
               AND (stored.occurred_at != told.occurred_at AND told.occurred_at != %(now)s
                    OR stored.value IS DISTINCT FROM told.value
                    OR (identity.kind, identity.key)
                       IS DISTINCT FROM (told.identity_kind, told.identity_key)
                       AND (identity.partner_id = told.partner_id) IS NOT TRUE)
        ),
        removed AS (
            DELETE FROM ecrm_touchpoint_data stored USING stale
             WHERE stored.id = stale.id AND stored.occurred_at = stale.occurred_at
        ),
        forgotten AS (
            DELETE FROM ecrm_touchpoint_key key USING stale WHERE key.uid = stale.uid
        )
        INSERT INTO ecrm_change (model, res_id, key) %(notes)s
        """,
        events=events,
        kinds=list(kinds),
        now=NOW,
        notes=notes(SQL("stale")),
    )


def take_back(uids):
    """Return the statement that removes touchpoints which do not hold any more.

    :param SQL uids: a query of uids
    """
    return SQL(
        """
        WITH gone AS (
            DELETE FROM ecrm_touchpoint_key WHERE uid IN (%(uids)s)
            RETURNING uid, occurred_at
        ),
        stale AS (
            DELETE FROM ecrm_touchpoint_data stored USING gone
             WHERE stored.occurred_at = gone.occurred_at AND stored.uid = gone.uid
            RETURNING stored.identity_id, stored.session_key, stored.channel, stored.website_id,
                      stored.occurred_at
        )
        INSERT INTO ecrm_change (model, res_id, key) %(notes)s
        """,
        uids=uids,
        notes=notes(SQL("stale")),
    )

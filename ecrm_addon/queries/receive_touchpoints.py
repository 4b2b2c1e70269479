"""Where browsers' batches wait for the digest: one row a batch, one INSERT a request.

Writing fifty events into the log costs PostgreSQL three milliseconds, most of it for keys
and indexes, and Odoo's pool has every request plan its statements anew (DISCARD ALL). So a
door appends the batch as it is, which is durable, and the pipeline unfolds many batches by one
statement. Until then the view ``ecrm_touchpoint_log`` reads the events from here.
"""

import json

from odoo.tools import SQL

from . import check_account
from .append_touchpoints import EVENT_COLUMNS, select_columns
from .expressions import NOW

#: What a row of a batch may hold, see ``lib.tracking.payload``.
ROW_COLUMNS = (
    "uid",
    "occurred_at",
    "kind",
    "session_key",
    "res_model",
    "res_id",
    "path",
    "referrer_host",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "value",
    "props",
)
NEXT_ID = SQL("nextval('ecrm_touchpoint_id_seq')")


def create():
    """Return the statement that creates the inbox; it does nothing where it exists."""
    return SQL("""
        CREATE TABLE IF NOT EXISTS ecrm_touchpoint_inbox (
            -- of the events, in their order: they keep them when they are unfolded. The first
            -- one names the batch; no index, because few batches wait and each would pay for it
            ids bigint[] NOT NULL,
            received_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
            identity_key varchar NOT NULL,
            partner_id int4,
            company_id int4,
            website_id int4,
            consent_id int4,
            verdict varchar,
            verdict_reasons varchar,
            -- as it came: whoever unfolds it pays for taking it apart
            events json NOT NULL
        -- a queue: what was taken off it is to be gone soon, what came in goes by itself
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
                autovacuum_vacuum_insert_threshold = -1);
        -- for a minute neither compression nor statistics are worth their time
        ALTER TABLE ecrm_touchpoint_inbox ALTER events SET STORAGE EXTERNAL,
            ALTER events SET STATISTICS 0, ALTER ids SET STATISTICS 0;
    """)


def drop():
    """Return the statement that drops the inbox; the views over it have to go first."""
    return SQL("DROP TABLE IF EXISTS ecrm_touchpoint_inbox")


def put(visit, rows):
    """Return the statement that appends a batch; it writes no row where the consent is gone.

    It takes no lock that anybody could wait for. That the consent was given is proved by the
    signed cookie, or was looked up before, and is looked up again for the log. What a customer
    said in the account counts on each browser on which they are logged in.

    :param dict visit: key, partner_id, consent_id, website_id, company_id, verdict, reasons
    :param list[dict] rows: as ``lib.tracking.payload.clean`` returns them
    """
    return SQL(
        """
        INSERT INTO ecrm_touchpoint_inbox
               (ids, identity_key, partner_id, company_id, website_id, consent_id, verdict,
                verdict_reasons, events)
        SELECT ARRAY[%s], %s, %s, %s, %s, %s, %s, nullif(%s, ''), %s
         WHERE NOT EXISTS (SELECT FROM ecrm_consent WHERE previous_id = %s)%s
        """,
        SQL(", ").join([NEXT_ID] * len(rows)),
        visit["key"],
        visit["partner_id"],
        visit["company_id"],
        visit["website_id"],
        visit["consent_id"],
        visit["verdict"],
        visit["reasons"],
        json.dumps(rows),
        visit["consent_id"],
        _not_refused(visit["partner_id"], visit["consent_id"]),
    )


def _not_refused(partner_id, consent_id):
    if not partner_id:
        return SQL()
    return SQL(" AND NOT %s", check_account.refused_after(partner_id, consent_id))


def tail():
    """Return the SELECT of the events that wait, with the columns of the log."""
    return SQL(
        """
        -- of an event that came twice the first one counts
        SELECT DISTINCT ON (identity.id, event.uid)
               place.id, event.uid, event.occurred_at, batch.received_at,
               event.kind, 'web'::varchar AS channel, identity.id AS identity_id,
               batch.company_id, batch.website_id, event.session_key, event.res_model,
               event.res_id, event.path, event.referrer_host, event.utm_source,
               event.utm_medium, event.utm_campaign, event.value, batch.verdict,
               batch.verdict_reasons, batch.consent_id, event.props
          FROM ecrm_touchpoint_inbox batch
         -- along the ids, of which PostgreSQL expects ten: it takes any recordset for a hundred
         -- rows, and would compile (JIT) for seconds what reads a few
         CROSS JOIN LATERAL (SELECT batch.events::jsonb AS events OFFSET 0) AS told
         CROSS JOIN LATERAL unnest(batch.ids) WITH ORDINALITY AS place(id, number)
         CROSS JOIN LATERAL jsonb_to_record(told.events -> (place.number - 1)::int) AS event(%s)
          LEFT JOIN ecrm_identity identity
            ON identity.kind = 'device' AND identity.key = batch.identity_key
         WHERE NOT EXISTS (
            SELECT FROM ecrm_touchpoint_key stored WHERE stored.uid = event.uid
            -- each looked up by its key: nobody reads all keys for what waits
            OFFSET 0)
         ORDER BY identity.id, event.uid, place.id
        """,
        _typed(),
    )


def _typed():
    return SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(EVENT_COLUMNS[name])) for name in ROW_COLUMNS
    )


def newest(since):
    """Return the SELECT of the last event that waits of each browser, machines left out.

    :param datetime since: received after this, UTC
    :return: SQL giving identity, path, instant and id
    """
    return SQL(
        """
        SELECT last.identity_id, last.event ->> 'path',
               (last.event ->> 'occurred_at')::timestamp, last.id
          FROM (
            SELECT DISTINCT ON (identity.id) identity.id AS identity_id, batch.ids[1] AS id,
                   batch.events
              FROM ecrm_touchpoint_inbox batch
              JOIN ecrm_identity identity
                ON identity.kind = 'device' AND identity.key = batch.identity_key
             WHERE batch.received_at >= %s AND batch.verdict IS DISTINCT FROM 'machine'
             ORDER BY identity.id, batch.ids[1] DESC
          ) batch
         -- a browser tells of its events in their order
         CROSS JOIN LATERAL (
            SELECT batch.identity_id, batch.id, batch.events -> -1 AS event OFFSET 0
         ) last
         WHERE NOT EXISTS (
            SELECT FROM ecrm_session visit
             WHERE visit.session_key = last.event ->> 'session_key'
               AND visit.verdict = 'machine')
        """,
        since,
    )


def claim(limit):
    """Return the query of the oldest batches; nobody else unfolds them at the same time."""
    return SQL(
        "SELECT ids[1] FROM ecrm_touchpoint_inbox ORDER BY ids[1] LIMIT %s FOR UPDATE", limit
    )


def events(ids):
    """Return the SELECT of the events of batches, for ``append_touchpoints``.

    :param list[int] ids: of the batches, the first of each one's
    """
    values = {
        "id": SQL("batch.ids[event.number]"),
        "received_at": SQL("batch.received_at"),
        "identity_kind": SQL("'device'"),
        "identity_key": SQL("batch.identity_key"),
        "company_id": SQL("batch.company_id"),
        "website_id": SQL("batch.website_id"),
        "verdict": SQL("batch.verdict"),
        "verdict_reasons": SQL("batch.verdict_reasons"),
        "consent_id": SQL("batch.consent_id"),
        **{name: SQL("event.%s", SQL.identifier(name)) for name in ROW_COLUMNS},
    }
    return SQL(
        """
        SELECT DISTINCT ON (event.uid) %s
          FROM ecrm_touchpoint_inbox batch
          -- no event without the line of the ledger on which it rests
          JOIN ecrm_consent granted
            ON granted.id = batch.consent_id AND granted.state = 'granted'
         CROSS JOIN LATERAL
               ROWS FROM (json_to_recordset(batch.events) AS (%s)) WITH ORDINALITY
               AS event(%s, number)
         WHERE batch.ids[1] = ANY(%s)
         ORDER BY event.uid, batch.ids[1]
        """,
        select_columns(values),
        _typed(),
        SQL(", ").join(map(SQL.identifier, ROW_COLUMNS)),
        list(ids),
    )


def note_owners(ids):
    """Return the statement that notes whose new browsers are: somebody logged in on them.

    :param list[int] ids: of the batches
    """
    return SQL(
        """
        INSERT INTO ecrm_change (model, res_id, key)
        SELECT DISTINCT ON (identity_key) 'ecrm.own', partner_id,
               identity_key || '|' || floor(extract(epoch FROM received_at))::int8
          FROM ecrm_touchpoint_inbox
         WHERE ids[1] = ANY(%s) AND partner_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM ecrm_identity identity
             WHERE identity.kind = 'device' AND identity.key = identity_key)
         ORDER BY identity_key, ids[1]
        """,
        list(ids),
    )


def read(batch_id):
    """Return the query of a batch as it is: company and events."""
    return SQL("SELECT company_id, events FROM ecrm_touchpoint_inbox WHERE ids[1] = %s", batch_id)


def remove(ids):
    """Return the statement that takes batches off the inbox."""
    return SQL("DELETE FROM ecrm_touchpoint_inbox WHERE ids[1] = ANY(%s)", list(ids))


def forget(keys, partner_id):
    """Return the statement that removes what waits of somebody who is to be forgotten.

    :param list[str] keys: of the person's browsers
    :param int partner_id: the contact, or None for a browser alone
    """
    return SQL(
        "DELETE FROM ecrm_touchpoint_inbox WHERE identity_key = ANY(%s) OR partner_id = %s",
        list(keys),
        partner_id,
    )


def count(limit):
    """Return the query of how many batches wait; further than a limit nobody counts."""
    return SQL("SELECT count(*) FROM (SELECT FROM ecrm_touchpoint_inbox LIMIT %s) batch", limit)


def meet(key):
    """Return the statement that creates the identity of a browser where there is none.

    :return: SQL giving its id, or no row where another request creates it at this moment
    """
    return SQL(
        """
        WITH known AS (
            SELECT id FROM ecrm_identity WHERE kind = 'device' AND key = %(key)s
        ),
        created AS (
            INSERT INTO ecrm_identity (kind, key, first_seen, last_seen, create_date)
            SELECT 'device', %(key)s, %(now)s, %(now)s, %(now)s
             WHERE NOT EXISTS (SELECT FROM known)
            ON CONFLICT ON CONSTRAINT ecrm_identity_key_unique DO NOTHING
            RETURNING id
        )
        SELECT id FROM known UNION ALL SELECT id FROM created
        """,
        key=key,
        now=NOW,
    )

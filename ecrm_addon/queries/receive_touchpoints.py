"""What the browser's door does in PostgreSQL, in one call.

The statement of ``append_touchpoints`` serves every producer and costs two milliseconds of
planning. A browser's batch needs less: its events are cleaned, all of one visitor, lately.
Plans do not outlive a request, because Odoo's pool resets its connections (DISCARD ALL), so
few and simple statements count.
"""

import json

from odoo.tools import SQL

from .append_touchpoints import EVENT_COLUMNS
from .expressions import NOW

#: What a row of a batch may hold, see ``lib.tracking.payload``.
COLUMNS = {
    name: EVENT_COLUMNS[name]
    for name in (
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
}


def create_function():
    """Return the statement that creates or renews the function ``ecrm_receive``.

    It answers with the number of stored events; -1 where the consent does not hold any
    more; NULL where a month has no partition yet: that is to be created, then the batch is
    sent again.

    A batch takes no lock that anybody could wait for: it looks up, and it appends. The
    exception is a browser's very first batch, which creates its identity.
    """
    columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
    typed = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in COLUMNS.items()
    )
    return SQL(
        """
        -- an earlier version may take other arguments
        DROP FUNCTION IF EXISTS ecrm_receive;
        CREATE FUNCTION ecrm_receive(
            key varchar, person int4, consent int4, site int4, company int4,
            judgement varchar, reasons varchar, events jsonb, visits varchar[], days varchar[]
        ) RETURNS int4 LANGUAGE plpgsql AS $body$
        DECLARE
            who int4;
            stored int4;
        BEGIN
            PERFORM FROM ecrm_consent granted
              WHERE granted.id = consent AND granted.state = 'granted' AND NOT EXISTS (
                SELECT FROM ecrm_consent later WHERE later.previous_id = granted.id);
            IF NOT FOUND THEN
                RETURN -1;
            END IF;
            PERFORM FROM unnest(days) AS day
              WHERE to_regclass(
                'ecrm_touchpoint_data_' || replace(left(day, 7), '-', '_')) IS NULL;
            IF FOUND THEN
                RETURN NULL;
            END IF;
            SELECT id INTO who FROM ecrm_identity identity
             WHERE identity.kind = 'device' AND identity.key = ecrm_receive.key;
            IF who IS NULL THEN
                who := ecrm_meet(ecrm_receive.key, person);
            END IF;
            WITH event AS MATERIALIZED (
                SELECT * FROM jsonb_to_recordset(events) AS event(%(typed)s)
            ),
            fresh AS (
                INSERT INTO ecrm_touchpoint_key (uid, occurred_at)
                SELECT uid, occurred_at FROM event ORDER BY uid
                ON CONFLICT (uid) DO NOTHING
                RETURNING uid
            )
            INSERT INTO ecrm_touchpoint_data
                   (channel, identity_id, company_id, website_id, verdict, verdict_reasons,
                    consent_id, %(columns)s)
            SELECT 'web', who, company, site, judgement, nullif(reasons, ''), consent, %(columns)s
              FROM event JOIN fresh USING (uid)
             ORDER BY occurred_at;
            GET DIAGNOSTICS stored = ROW_COUNT;
            IF stored > 0 THEN
                INSERT INTO ecrm_change (model, res_id, key)
                SELECT 'ecrm.identity', who, NULL
                UNION ALL
                SELECT 'ecrm.session', who, visit FROM unnest(visits) AS visit
                UNION ALL
                SELECT 'ecrm.web.day', coalesce(site, 0), day || ' ' || who
                  FROM unnest(days) AS day;
            END IF;
            RETURN stored;
        END
        $body$;
        CREATE OR REPLACE FUNCTION ecrm_meet(key varchar, person int4)
        RETURNS int4 LANGUAGE plpgsql AS $body$
        DECLARE
            who int4;
        BEGIN
            INSERT INTO ecrm_identity (kind, key, first_seen, last_seen, create_date)
            VALUES ('device', ecrm_meet.key, %(now)s, %(now)s, %(now)s)
            ON CONFLICT ON CONSTRAINT ecrm_identity_key_unique DO NOTHING
            RETURNING id INTO who;
            IF who IS NULL THEN
                SELECT id INTO who FROM ecrm_identity identity
                 WHERE identity.kind = 'device' AND identity.key = ecrm_meet.key;
            ELSIF person IS NOT NULL THEN
                -- the pipeline links it: a door waits for no contact
                INSERT INTO ecrm_change (model, res_id, key)
                VALUES ('ecrm.own', person, ecrm_meet.key
                        || '|' || floor(extract(epoch FROM clock_timestamp()))::int8);
            END IF;
            RETURN who;
        END
        $body$;
        """,
        columns=columns,
        typed=typed,
        now=NOW,
    )


def drop_functions():
    """Return the statement that drops both functions."""
    return SQL("DROP FUNCTION IF EXISTS ecrm_receive, ecrm_meet")


def call(visit, rows):
    """Return the query that appends a batch, see ``create_function``.

    :param dict visit: key, partner_id, consent_id, website_id, company_id, verdict, reasons
    :param list[dict] rows: as ``lib.tracking.payload.clean`` returns them
    """
    # PostgreSQL would have to read the rows once more to know these
    visits = sorted({row["session_key"] for row in rows if row["session_key"]})
    days = sorted({row["occurred_at"][:10] for row in rows})
    return SQL(
        "SELECT ecrm_receive(%s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s::varchar[])",
        visit["key"],
        visit["partner_id"],
        visit["consent_id"],
        visit["website_id"],
        visit["company_id"],
        visit["verdict"],
        visit["reasons"],
        json.dumps(rows),
        visits,
        days,
    )


def meet(key, partner_id=None):
    """Return the query that finds or creates the identity of a browser."""
    return SQL("SELECT ecrm_meet(%s, %s)", key, partner_id)

"""The one statement that writes to the touchpoint log."""

from odoo.tools import SQL

from . import erase_person, touchpoint_schema
from .expressions import NOW

#: What a producer of events selects, in any order, by these names. Without an id, or an
#: instant at which it was received, an event gets both when it is stored.
EVENT_COLUMNS = {
    "id": "int8",
    "received_at": "timestamp",
    "uid": "uuid",
    "occurred_at": "timestamp",
    "kind": "varchar",
    "identity_kind": "varchar",
    "identity_key": "varchar",
    "partner_id": "int4",
    "company_id": "int4",
    "website_id": "int4",
    "session_key": "varchar",
    "res_model": "varchar",
    "res_id": "int4",
    "path": "varchar",
    "referrer_host": "varchar",
    "utm_source": "varchar",
    "utm_medium": "varchar",
    "utm_campaign": "varchar",
    "value": "numeric",
    "verdict": "varchar",
    "verdict_reasons": "varchar",
    "consent_id": "int4",
    "props": "jsonb",
}

#: Kinds that nobody can list beforehand: what apps and social channels send by API.
OPEN_KINDS = "^(social|app)[.][a-z0-9_]{1,40}$"
#: Of a refused event the quarantine keeps what its sender told, not what was found out.
INTERNAL = "{id,received_at,reason,good,channel,outdated,partner_company_id}"
#: Longer texts are cut and marked with a hash of the whole, so that they stay distinct.
MAX_TEXT = 2000
MAX_PROPS = 8000
#: NaN and infinity are larger, too.
MAX_VALUE = 10**15
EARLIEST = "1970-01-01"


def build(events, detailed=False, pepper=None):
    """Return the statement that appends events, and answers what became of them.

    It judges each event, puts the refused ones into quarantine with their reason, finds
    or creates the identities, drops what is already known by its ``uid``, writes the rest,
    notes whose history changed and settles what was in quarantine before. All in one round
    trip. A contact that was merged away still stands behind its old id.

    Rows are written in order: by key, so that two writers cannot wait for each other in a
    circle, and by date, because an index whose neighbours are written together is faster.

    What is older than its kind is kept, and what was erased, is passed over in silence:
    collectors may find it again in Odoo's own tables as often as they read them.

    Where a month has no partition it writes nothing and tells the months: they are to be
    created first, then it is executed again.

    :param SQL events: a SELECT of all ``EVENT_COLUMNS``; no uid may come twice
    :param bool detailed: answer with the uids instead of their numbers
    :param str pepper: secret of ``ecrm.erasure``, None where nobody was ever erased
    :return: SQL giving one row: number of events, number stored, number newly refused; or
        with ``detailed`` number of events, uids stored (array), reasons of the refused by
        uid; and in the end the months without a partition (array of dates)
    """
    return SQL(
        """
        WITH raw AS MATERIALIZED (%(events)s),
        read AS MATERIALIZED (
            SELECT *, reason IS NULL AS good FROM (
                SELECT raw.*, partner.company_id AS partner_company_id,
                       coalesce(kind_row.channel, split_part(raw.kind, '.', 1)) AS channel,
                       %(reason)s AS reason,
                       %(outdated)s AS outdated
                  FROM raw
                  LEFT JOIN ecrm_touchpoint_kind kind_row ON kind_row.code = raw.kind
                  LEFT JOIN res_partner partner
                    ON partner.id = raw.partner_id AND raw.identity_kind = 'partner'
                 WHERE %(remembered)s
            ) event
             WHERE reason IS NOT NULL OR NOT outdated
        ),
        missing AS MATERIALIZED (
            SELECT month FROM (
                SELECT DISTINCT date_trunc('month', occurred_at)::date AS month
                  FROM read WHERE good
            ) months
             WHERE to_regclass(%(partition)s || to_char(month, 'YYYY_MM')) IS NULL
        ),
        judged AS MATERIALIZED (
            SELECT * FROM read WHERE NOT EXISTS (SELECT FROM missing)
        ),
        refused AS (
            INSERT INTO ecrm_quarantine
                   (uid, reason, kind, company_id, body, state, create_date, write_date)
            SELECT DISTINCT ON (uid)
                   coalesce(uid, gen_random_uuid())::text, reason, left(kind, 80),
                   company_id,
                   to_jsonb(judged) - %(internal)s::text[],
                   'refused', %(now)s, %(now)s
              FROM judged
             WHERE NOT good
            ON CONFLICT (uid) DO NOTHING
            RETURNING uid
        ),
        person AS MATERIALIZED (
            SELECT identity_kind AS kind, identity_key AS key, max(partner_id) AS partner_id,
                   max(CASE WHEN identity_kind = 'external' THEN company_id
                            ELSE partner_company_id END) AS company_id,
                   min(occurred_at) AS first_seen, max(occurred_at) AS last_seen
              FROM judged
             WHERE good AND identity_key IS NOT NULL
             GROUP BY identity_kind, identity_key
        ),
        met AS MATERIALIZED (
            SELECT person.*, known.id FROM person LEFT JOIN ecrm_identity known USING (kind, key)
        ),
        created AS (
            INSERT INTO ecrm_identity
                   (kind, key, partner_id, company_id, first_seen, last_seen, create_date)
            SELECT kind, key, partner_id, company_id, first_seen, last_seen, %(now)s
              FROM met WHERE id IS NULL
             ORDER BY kind, key
            -- somebody else may have created it a moment ago: it is theirs that counts
            ON CONFLICT (kind, key) DO UPDATE SET last_seen = ecrm_identity.last_seen
            RETURNING id, kind, key
        ),
        identity AS MATERIALIZED (
            SELECT id, kind, key FROM met WHERE id IS NOT NULL
            UNION ALL
            SELECT id, kind, key FROM created
        ),
        fresh AS (
            INSERT INTO ecrm_touchpoint_key (uid, occurred_at)
            SELECT uid, occurred_at FROM judged WHERE good
             ORDER BY uid
            ON CONFLICT (uid) DO NOTHING
            RETURNING uid
        ),
        stored AS (
            INSERT INTO ecrm_touchpoint_data
                   (id, received_at, uid, occurred_at, kind, channel, identity_id, company_id,
                    website_id, session_key, res_model, res_id, path, referrer_host,
                    utm_source, utm_medium, utm_campaign, value, verdict, verdict_reasons,
                    consent_id, props)
            SELECT coalesce(judged.id, nextval('ecrm_touchpoint_id_seq')),
                   coalesce(judged.received_at, %(now)s),
                   judged.uid, judged.occurred_at, judged.kind, judged.channel, identity.id,
                   judged.company_id, judged.website_id, left(judged.session_key, 200),
                   left(judged.res_model, 128), judged.res_id, %(path)s,
                   left(judged.referrer_host, 253), left(judged.utm_source, 200),
                   left(judged.utm_medium, 200), left(judged.utm_campaign, 200),
                   judged.value, coalesce(judged.verdict, 'unknown'),
                   left(judged.verdict_reasons, 500), judged.consent_id, judged.props
              FROM judged
              JOIN fresh USING (uid)
              LEFT JOIN identity
                ON identity.kind = judged.identity_kind AND identity.key = judged.identity_key
             ORDER BY judged.occurred_at
            RETURNING uid, identity_id, session_key, channel, website_id, occurred_at
        ),
        dirty AS (
            INSERT INTO ecrm_change (model, res_id, key) %(notes)s
        ),
        settled AS (
            UPDATE ecrm_quarantine SET state = 'stored', write_date = %(now)s
             WHERE state = 'refused' AND uid IN (SELECT uid::text FROM fresh)
        )
        SELECT (SELECT count(*) FROM raw),
               (SELECT %(stored)s FROM stored),
               %(refused)s,
               (SELECT array_agg(month) FROM missing)
        """,
        events=events,
        reason=_reason(),
        outdated=outdated(SQL("raw.occurred_at"), SQL("kind_row.keep_months")),
        remembered=_remembered(pepper),
        partition=f"{touchpoint_schema.TABLE}_",
        path=_shorten(SQL("judged.path")),
        now=NOW,
        internal=INTERNAL,
        notes=notes(SQL("stored")),
        stored=SQL("coalesce(array_agg(uid::text), '{}')") if detailed else SQL("count(*)"),
        refused=SQL("""
            (SELECT coalesce(jsonb_object_agg(uid, reason), '{}') FROM judged WHERE NOT good)
        """)
        if detailed
        else SQL("(SELECT count(*) FROM refused)"),
    )


def notes(events, by_visitor=True):
    """Return the SELECT of what is to be renewed after events came or went.

    Visits and days of the website hang on events as identities do. A day is one of UTC: the
    statement that writes events knows no company's time zone. It is noted with the visitor
    whose part of it changes, or as a whole.

    :param SQL events: name of rows with ``identity_id``, ``session_key``, ``channel``,
        ``website_id`` and ``occurred_at``
    :param bool by_visitor: note days with their visitors
    :return: SQL giving model, id and key of each note
    """
    return SQL(
        """
        SELECT DISTINCT 'ecrm.identity', identity_id, NULL FROM %(events)s
         WHERE identity_id IS NOT NULL
         UNION ALL
        SELECT DISTINCT 'ecrm.session', coalesce(identity_id, 0), session_key FROM %(events)s
         WHERE session_key IS NOT NULL
         UNION ALL
        SELECT DISTINCT 'ecrm.web.day', coalesce(website_id, 0), %(day)s
          FROM %(events)s WHERE channel = 'web'
        """,
        events=events,
        day=SQL("concat_ws(' ', occurred_at::date, identity_id)")
        if by_visitor
        else SQL("occurred_at::date::text"),
    )


def outdated(occurred_at, keep_months):
    """Return the SQL of whether an event is older than its kind is kept.

    Whole months are kept and dropped, so that no event grows older than its kind allows.

    :param SQL occurred_at: instant of the event
    :param SQL keep_months: of its kind; NULL or 0 for ever
    """
    return SQL(
        """
        coalesce(%(keep)s > 0 AND %(at)s < date_trunc(
            'month', %(now)s - make_interval(months => %(keep)s)) + interval '1 month', false)
        """,
        keep=keep_months,
        at=occurred_at,
        now=NOW,
    )


def _remembered(pepper):
    """Return the SQL of whether an event is not of a time that its person had erased."""
    if not pepper:
        return SQL("TRUE")
    return SQL(
        """
        NOT EXISTS (
            SELECT FROM ecrm_erasure erasure
             WHERE erasure.digest = %s AND raw.occurred_at <= erasure.erased_at)
        """,
        erase_person.digest(pepper),
    )


def _reason():
    """Return the SQL of why an event cannot be stored, NULL where it can."""
    return SQL(
        """
        CASE WHEN raw.uid IS NULL THEN 'no uid'
             WHEN raw.kind IS NULL THEN 'no kind'
             WHEN kind_row.id IS NULL AND raw.kind !~ %(open_kinds)s THEN 'unknown kind'
             WHEN raw.occurred_at IS NULL THEN 'no date'
             WHEN raw.occurred_at < %(earliest)s THEN 'date too old'
             WHEN raw.occurred_at > %(now)s + interval '1 day' THEN 'date in the future'
             WHEN raw.identity_kind = 'partner' AND partner.id IS NULL AND NOT EXISTS (
                SELECT FROM ecrm_identity merged
                 WHERE merged.kind = 'partner' AND merged.key = raw.identity_key
                   AND merged.partner_id IS NOT NULL
             ) THEN 'unknown contact'
             WHEN abs(raw.value) >= %(max_value)s THEN 'value is not a number'
             WHEN length(raw.props::text) > %(max_props)s THEN 'properties too long'
             END
        """,
        open_kinds=OPEN_KINDS,
        earliest=EARLIEST,
        now=NOW,
        max_value=MAX_VALUE,
        max_props=MAX_PROPS,
    )


def _shorten(column):
    """Return a text cut to ``MAX_TEXT`` characters, its end replaced by its own hash."""
    return SQL(
        """
        CASE WHEN length(%(column)s) > %(limit)s
             THEN left(%(column)s, %(limit)s - 33) || '#' || md5(%(column)s)
             ELSE %(column)s END
        """,
        column=column,
        limit=MAX_TEXT,
    )


def select_columns(values):
    """Return the SQL of the columns that a producer selects; what it does not tell is NULL.

    :param dict[str, SQL] values: by names of ``EVENT_COLUMNS``
    """
    return SQL(", ").join(
        SQL("(%s)::%s AS %s", values.get(name, SQL("NULL")), SQL(kind), SQL.identifier(name))
        for name, kind in EVENT_COLUMNS.items()
    )


def from_rows(rows):
    """Return the SELECT that gives cleaned events as rows.

    :param str rows: JSON array of objects with the keys of ``EVENT_COLUMNS``
    """
    columns = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in EVENT_COLUMNS.items()
    )
    return SQL("SELECT * FROM jsonb_to_recordset(%s::jsonb) AS event(%s)", rows, columns)

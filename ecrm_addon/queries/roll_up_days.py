"""Days of the website, counted from the log; and anonymous counts, added up."""

from odoo.tools import SQL

from .upsert_sessions import PAGE_KINDS

MAX_LABEL = 250
#: Nobody looks at one page for longer, in seconds.
MAX_SECONDS = 86400
#: What makes a row the only one of its day. A product's name may change, its id does not.
DIMENSIONS = (
    "website_id",
    "company_id",
    "kind",
    "res_model",
    "res_id",
    "page_label",
    "source",
    "device",
)
FIGURES = (
    "label",
    "kind_id",
    "count",
    "visitors",
    "zero_results",
    "seconds",
    "machine_count",
)


def span(notes, zones):
    """Return the query of the local days that days of UTC touch, and of their instants.

    :param list[tuple[int, str]] notes: website (0 for none) and day of UTC
    :param dict[int, str] zones: company -> name of its time zone
    :return: SQL giving websites and days (arrays of the same length), first instant and
        the instant after the last one (UTC)
    """
    websites, days = zip(*notes, strict=True) if notes else ((), ())
    return SQL(
        """
        SELECT array_agg(website_id), array_agg(day), min(since), max(until) FROM (
            SELECT website_id, day,
                   min(day::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC') AS since,
                   max((day + 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC') AS until
              FROM (
                SELECT DISTINCT noted.website_id, zone, local.day::date AS day
                  FROM unnest(%(websites)s::int[], %(days)s::date[]) AS noted(website_id, day)
                 CROSS JOIN unnest(%(zones)s::varchar[]) AS zone
                 CROSS JOIN LATERAL generate_series(
                    date_trunc('day', noted.day::timestamp AT TIME ZONE 'UTC' AT TIME ZONE zone),
                    date_trunc('day', (noted.day + interval '1 day' - interval '1 microsecond')
                        AT TIME ZONE 'UTC' AT TIME ZONE zone),
                    interval '1 day') AS local(day)
              ) one
             GROUP BY website_id, day
        ) touched
        """,
        websites=list(websites),
        days=list(days),
        # what belongs to no company is of the days of UTC
        zones=sorted({*zones.values(), "UTC"}),
    )


def build(websites, days, period, events, zones):
    """Return the statement that counts days of websites anew.

    Rows that stay the same are not written; rows that nothing stands behind any more go.
    The time for which a page was visible comes with a later event, ``web.leave``, that
    names the view; it counts if it is of the same day.

    :param list[int] websites: 0 for none
    :param list[date] days: local days, as many as websites
    :param tuple[datetime, datetime] period: first instant, and the one after the last (UTC)
    :param SQL events: the events of the period, see ``read_web_events.of_period``
    :param dict[int, str] zones: company -> name of its time zone
    """
    return SQL(
        """
        WITH wanted AS MATERIALIZED (
            SELECT noted, day, %(slot)s AS slot
              FROM unnest(%(websites)s::int[], %(days)s::date[]) AS wanted(noted, day)
        ),
        event AS MATERIALIZED (%(event)s),
        visible AS MATERIALIZED (%(visible)s),
        visit AS MATERIALIZED (%(visit)s),
        fresh AS MATERIALIZED (%(fresh)s),
        stored AS MATERIALIZED (
            SELECT daily.* FROM wanted JOIN ecrm_web_daily daily USING (day)
             WHERE NOT daily.anonymous AND coalesce(daily.website_id, 0) = wanted.noted
        ),
        removed AS (
            DELETE FROM ecrm_web_daily WHERE id IN (
                SELECT stored.id FROM stored LEFT JOIN fresh USING (day, key)
                 WHERE fresh.key IS NULL
            )
        )
        INSERT INTO ecrm_web_daily (day, key, anonymous, website_id, company_id, kind,
                                    res_model, res_id, source, device, %(figures)s)
        SELECT day, key, FALSE, fresh.website_id, fresh.company_id, fresh.kind,
               fresh.res_model, fresh.res_id, fresh.source, fresh.device, %(fresh_figures)s
          FROM fresh LEFT JOIN stored USING (day, key)
         WHERE stored.id IS NULL OR (%(fresh_figures)s) IS DISTINCT FROM (%(stored_figures)s)
         ORDER BY day, key
        ON CONFLICT (day, key) DO UPDATE SET %(assignments)s
        """,
        slot=_slot(SQL("noted"), SQL("day")),
        websites=list(websites),
        days=list(days),
        event=_event(events, zones),
        visible=_visible(),
        visit=_visit(*period),
        fresh=_fresh(),
        figures=_columns(FIGURES),
        fresh_figures=_columns(FIGURES, "fresh"),
        stored_figures=_columns(FIGURES, "stored"),
        assignments=SQL(", ").join(
            SQL("%(name)s = EXCLUDED.%(name)s", name=SQL.identifier(name)) for name in FIGURES
        ),
    )


def append_counts(rows):
    """Return the statement that appends anonymous counts.

    :param str rows: JSON array of objects with the columns of ``ecrm_web_count``
    """
    return SQL(
        """
        INSERT INTO ecrm_web_count
               (day, website_id, company_id, kind, label, source, device, count)
        SELECT day, website_id, company_id, kind, left(label, %s), left(source, %s),
               device, coalesce(count, 1)
          FROM jsonb_to_recordset(%s::jsonb) AS event(
               day date, website_id int, company_id int, kind varchar, label varchar,
               source varchar, device varchar, count int)
        """,
        MAX_LABEL,
        MAX_LABEL,
        rows,
    )


def fold_counts(limit):
    """Return the statement that takes anonymous counts off and adds them to their days.

    Doors go on appending meanwhile: rows that are not committed yet are not waited for.

    :param int limit: how many rows at most
    :return: SQL giving the number of rows taken
    """
    return SQL(
        """
        WITH taken AS (
            DELETE FROM ecrm_web_count
             WHERE id IN (SELECT id FROM ecrm_web_count LIMIT %(limit)s
                             FOR UPDATE SKIP LOCKED)
            RETURNING *
        ),
        total AS MATERIALIZED (
            SELECT taken.day, taken.website_id, taken.company_id, taken.kind, taken.label,
                   taken.source, taken.device, min(kind_row.id) AS kind_id,
                   sum(taken.count) AS count
              FROM taken
              LEFT JOIN ecrm_touchpoint_kind kind_row ON kind_row.code = taken.kind
             GROUP BY taken.day, taken.website_id, taken.company_id, taken.kind, taken.label,
                      taken.source, taken.device
        ),
        written AS (
            INSERT INTO ecrm_web_daily
                   (day, key, anonymous, website_id, company_id, kind, kind_id, label, source,
                    device, count, visitors, zero_results, seconds, machine_count)
            SELECT day, %(key)s, TRUE, website_id, company_id, kind, kind_id, label, source,
                   device, count, 0, 0, 0, 0
              FROM total ORDER BY 1, 2
            ON CONFLICT (day, key) DO UPDATE SET count = ecrm_web_daily.count + EXCLUDED.count
        )
        SELECT count(*) FROM taken
        """,
        limit=limit,
        key=_key(
            SQL("'anonymous'"),
            *(
                SQL("total.%s", SQL.identifier(name))
                for name in ("website_id", "company_id", "kind", "label", "source", "device")
            ),
        ),
    )


def drop_since(day):
    """Return the statement that drops the rows of days that the log still knows."""
    return SQL("DELETE FROM ecrm_web_daily WHERE day >= %s AND NOT anonymous", day)


def _columns(names, table=None):
    return SQL(", ").join(
        SQL.identifier(table, name) if table else SQL.identifier(name) for name in names
    )


def _key(*parts):
    """Return the SQL of a hash of some columns, NULL apart from everything else."""
    texts = (SQL("coalesce(%s::text, chr(30))", part) for part in parts)
    return SQL("md5(concat_ws(chr(31), %s))", SQL(", ").join(texts))


def _slot(website, day):
    """Return the SQL of one number for a day of a website: joined faster than two columns."""
    return SQL("coalesce(%s, 0)::bigint << 20 | (%s - date '1970-01-01')", website, day)


def _event(events, zones):
    """Return the query of the events of the wanted days, with their day and label."""
    companies = SQL(", ").join(SQL("(%s, %s)", *zone) for zone in zones.items())
    return SQL(
        """
        SELECT dated.*
          FROM (SELECT local.*, %(slot)s AS slot FROM (
            SELECT raw.uid, raw.kind, raw.identity_id, raw.session_key, raw.verdict,
                   website.id AS website_id, company.id AS company_id,
                   (raw.occurred_at AT TIME ZONE 'UTC'
                        AT TIME ZONE coalesce(company.zone, 'UTC'))::date AS day,
                   CASE WHEN raw.res_id IS NOT NULL THEN raw.res_model
                        WHEN %(product)s IS NOT NULL THEN 'product.product' END AS res_model,
                   coalesce(raw.res_id, %(product)s) AS res_id,
                   %(label)s AS label, lower(raw.utm_source) AS utm_source,
                   CASE WHEN raw.session_key IS NULL THEN raw.props->>'device' END AS device,
                   CASE WHEN raw.kind = 'web.search'
                        THEN (raw.props->>'results') = '0' END AS is_empty,
                   CASE WHEN raw.kind = 'web.leave' THEN raw.props->>'view' END AS view,
                   CASE WHEN raw.kind = 'web.leave'
                         AND jsonb_typeof(raw.props->'seconds') = 'number'
                        THEN least(greatest((raw.props->>'seconds')::numeric, 0), %(longest)s)
                        END AS seconds
              FROM (%(events)s) raw
              LEFT JOIN website ON website.id = raw.website_id
              LEFT JOIN (VALUES %(companies)s) AS company(id, zone)
                ON company.id = coalesce(raw.company_id, website.company_id)
          ) local OFFSET 0) dated
          JOIN wanted USING (slot)
        """,
        slot=_slot(SQL("local.website_id"), SQL("local.day")),
        product=SQL("""
            CASE WHEN (raw.kind = 'web.product' OR starts_with(raw.kind, 'web.cart_'))
                  AND raw.props->>'product' ~ '^[0-9]{1,9}$'
                 THEN (raw.props->>'product')::int END
        """),
        label=_label(),
        longest=MAX_SECONDS,
        events=events,
        companies=companies,
    )


def _label():
    """Return the SQL of what an event is about, in words."""
    return SQL(
        """
        left(coalesce(nullif(btrim(CASE raw.kind
            WHEN 'web.page' THEN NULL
            WHEN 'web.search' THEN lower(raw.props->>'term')
            WHEN 'web.checkout' THEN raw.props->>'step'
            WHEN 'web.form' THEN raw.props->>'form'
            WHEN 'web.download' THEN raw.props->>'file'
            WHEN 'web.outbound' THEN raw.props->>'host'
            ELSE raw.props->>'name' END), ''),
            split_part(raw.path, '?', 1)), %s)
        """,
        MAX_LABEL,
    )


def _visit(since, until):
    """Return the query of what the visits behind the events are like.

    Nearly all of them began on these days and are read in one go. For any other visit: LIMIT
    makes PostgreSQL look it up in the index, and not read all visits there ever were.
    """
    return SQL(
        """
        SELECT key.session_key, coalesce(near.source, far.source) AS source,
               coalesce(near.device, far.device) AS device,
               coalesce(near.verdict, far.verdict) = 'machine' AS is_machine
          FROM (SELECT DISTINCT session_key FROM event WHERE session_key IS NOT NULL) key
          LEFT JOIN (
            SELECT session_key, source, device, verdict FROM ecrm_session
             WHERE started_at >= %(since)s::timestamp - interval '6 hours'
               AND started_at < %(until)s
          ) near USING (session_key)
          LEFT JOIN LATERAL (
            SELECT source, device, verdict FROM ecrm_session
             WHERE near.session_key IS NULL AND ecrm_session.session_key = key.session_key
             LIMIT 1
          ) far ON TRUE
        """,
        since=since,
        until=until,
    )


def _visible():
    return SQL(
        """
        SELECT view, max(seconds) AS seconds FROM event
         WHERE view IS NOT NULL AND seconds > 0 GROUP BY view
        """
    )


def _fresh():
    """Return the query of the rows of the days, as they are to be stored.

    First per visitor, then in all: PostgreSQL counts different visitors faster so.
    """
    return SQL(
        """
        SELECT total.*, kind_row.id AS kind_id, %(key)s AS key
          FROM (
            SELECT day, %(dimensions)s, max(label) AS label, sum(count)::int AS count,
                   (count(identity_id) FILTER (WHERE count > 0))::int AS visitors,
                   coalesce(sum(zero_results), 0)::int AS zero_results,
                   coalesce(round(sum(seconds)), 0)::int AS seconds,
                   sum(machine_count)::int AS machine_count
              FROM (
                SELECT day, %(dimensions)s, identity_id, max(label) AS label,
                       count(*) FILTER (WHERE NOT is_machine) AS count,
                       count(*) FILTER (WHERE NOT is_machine AND is_empty) AS zero_results,
                       sum(seconds) FILTER (WHERE NOT is_machine) AS seconds,
                       count(*) FILTER (WHERE is_machine) AS machine_count
                  FROM (
                    SELECT event.day, event.website_id, event.company_id, event.kind,
                           event.identity_id, event.label, event.is_empty, visible.seconds,
                           event.res_model, event.res_id,
                           CASE WHEN event.res_id IS NULL OR event.kind = 'web.page'
                                THEN event.label END AS page_label,
                           coalesce(visit.source, event.utm_source) AS source,
                           coalesce(visit.device, event.device) AS device,
                           coalesce(event.verdict = 'machine', FALSE)
                               OR coalesce(visit.is_machine, FALSE) AS is_machine
                      FROM event
                      LEFT JOIN visit USING (session_key)
                      LEFT JOIN visible
                        ON visible.view = event.uid::text AND event.kind = ANY(%(pages)s)
                     WHERE event.kind <> 'web.leave'
                  ) act
                 GROUP BY day, %(dimensions)s, identity_id
              ) visitor
             GROUP BY day, %(dimensions)s
          ) total
          LEFT JOIN ecrm_touchpoint_kind kind_row ON kind_row.code = total.kind
        """,
        key=_key(*(SQL("total.%s", SQL.identifier(name)) for name in DIMENSIONS)),
        dimensions=_columns(DIMENSIONS),
        pages=list(PAGE_KINDS),
    )

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
#: What a visitor adds to a row, see ``roll_up_visitors``.
PART_COLUMNS = (
    "noted",
    "day",
    "identity_id",
    "key",
    "count",
    "zero_results",
    "seconds",
    "machine_count",
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
    :return: SQL giving website, day of UTC, local day, its first instant and the instant
        after its last one (UTC), in whichever time zone comes first and last
    """
    websites, days = zip(*notes, strict=True) if notes else ((), ())
    return SQL(
        """
        SELECT website_id, noted::text, day,
               min(day::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC'),
               max((day + 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC')
          FROM (
            SELECT noted.website_id, noted.day AS noted, zone, local.day::date AS day
              FROM unnest(%(websites)s::int[], %(days)s::date[]) AS noted(website_id, day)
             CROSS JOIN unnest(%(zones)s::varchar[]) AS zone
             CROSS JOIN LATERAL generate_series(
                date_trunc('day', noted.day::timestamp AT TIME ZONE 'UTC' AT TIME ZONE zone),
                date_trunc('day', (noted.day + interval '1 day' - interval '1 microsecond')
                    AT TIME ZONE 'UTC' AT TIME ZONE zone),
                interval '1 day') AS local(day)
          ) touched
         GROUP BY website_id, noted, day
        """,
        websites=list(websites),
        days=list(days),
        # what belongs to no company is of the days of UTC
        zones=sorted({*zones.values(), "UTC"}),
    )


def build(days, periods, events, zones, keep_from):
    """Return the statement that counts days of websites anew, planned as ``tune_batch.by_hash``.

    Rows that stay the same are not written; those that nothing stands behind go. How long a
    page was visible comes later, with ``web.leave``; it counts if it is of the same day.

    :param list[tuple[int, date]] days: website (0 for none) and local day
    :param list[tuple[datetime, datetime]] periods: first instant, and the one after the last
    :param SQL events: the events of the periods, see ``read_web_events.of_periods``
    :param dict[int, str] zones: company -> name of its time zone
    :param date keep_from: keep what each visitor adds to days from this one on, so that they
        can be counted on; see ``roll_up_visitors``
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
        part AS MATERIALIZED (%(part)s),
        kept AS (
            INSERT INTO ecrm_web_part (%(part_columns)s)
            SELECT %(part_columns)s FROM part WHERE day >= %(keep_from)s
        ),
        fresh AS MATERIALIZED (%(fresh)s),
        stored AS MATERIALIZED (
            SELECT daily.ctid AS place, daily.* FROM wanted JOIN ecrm_web_daily daily USING (day)
             WHERE NOT daily.anonymous AND coalesce(daily.website_id, 0) = wanted.noted
               AND daily.day = ANY(%(days)s)
        ),
        removed AS (
            DELETE FROM ecrm_web_daily WHERE ctid = ANY(ARRAY(
                SELECT stored.place FROM stored LEFT JOIN fresh USING (day, key)
                 WHERE fresh.kind IS NULL
            ))
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
        slot=slot(SQL("noted"), SQL("day")),
        websites=[website_id for website_id, _day in days],
        days=[day for _website_id, day in days],
        event=event(events, zones),
        visible=visible(),
        visit=visit(periods),
        part=part(),
        part_columns=columns(PART_COLUMNS),
        keep_from=keep_from,
        fresh=_fresh(),
        figures=columns(FIGURES),
        fresh_figures=columns(FIGURES, "fresh"),
        stored_figures=columns(FIGURES, "stored"),
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


def columns(names, table=None):
    """Return the SQL of columns, after the name of their table if given."""
    return SQL(", ").join(
        SQL.identifier(table, name) if table else SQL.identifier(name) for name in names
    )


def _key(*parts):
    """Return the SQL of a hash of some columns, NULL apart from everything else."""
    texts = (SQL("coalesce(%s::text, chr(30))", part) for part in parts)
    return SQL("md5(concat_ws(chr(31), %s))", SQL(", ").join(texts))


def slot(website, day):
    """Return the SQL of one number for a day of a website: joined faster than two columns."""
    return SQL("coalesce(%s, 0)::bigint << 20 | (%s - date '1970-01-01')", website, day)


def event(events, zones, join=("slot",)):
    """Return the query of the events of the wanted days, with their day and label.

    :param SQL events: see ``read_web_events``
    :param dict[int, str] zones: company -> name of its time zone
    :param Iterable[str] join: by which columns events are wanted
    """
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
          JOIN wanted USING (%(join)s)
        """,
        join=columns(join),
        slot=slot(SQL("local.website_id"), SQL("local.day")),
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


def visit(periods=()):
    """Return the query of what the visits behind the events are like.

    Nearly all visits of whole days began on these days and are read in one go. For any other
    visit: LIMIT makes PostgreSQL look it up in the index, and not read all visits there ever
    were.

    :param list[tuple[datetime, datetime]] periods: when most of them began
    """
    near = SQL(" OR ").join(
        SQL("started_at >= %s::timestamp - interval '6 hours' AND started_at < %s", *period)
        for period in periods
    )
    return SQL(
        """
        WITH near AS MATERIALIZED (
            SELECT session_key, source, device, verdict FROM ecrm_session WHERE %(near)s
        )
        SELECT key.session_key, coalesce(near.source, far.source) AS source,
               coalesce(near.device, far.device) AS device,
               coalesce(near.verdict, far.verdict) = 'machine' AS is_machine
          FROM (SELECT DISTINCT session_key FROM event WHERE session_key IS NOT NULL) key
          LEFT JOIN near USING (session_key)
          LEFT JOIN LATERAL (
            SELECT source, device, verdict FROM ecrm_session
             WHERE near.session_key IS NULL AND ecrm_session.session_key = key.session_key
             LIMIT 1
          ) far ON TRUE
        """,
        near=near if periods else SQL("FALSE"),
    )


def visible():
    """Return the query of how long views were visible, in whole seconds."""
    return SQL(
        """
        SELECT coalesce(identity_id, 0) AS viewer_id, view, round(max(seconds))::int AS seconds
          FROM event
         WHERE view IS NOT NULL AND seconds > 0 GROUP BY 1, 2
        """
    )


def part():
    """Return the query of what each visitor adds to the rows of the days."""
    return SQL(
        """
        SELECT visitor.*, wanted.noted, %(key)s AS key
          FROM (
            SELECT slot, day, %(dimensions)s, coalesce(identity_id, 0) AS identity_id,
                   max(label) AS label,
                   (count(*) FILTER (WHERE NOT is_machine))::int AS count,
                   (count(*) FILTER (WHERE NOT is_machine AND is_empty))::int AS zero_results,
                   coalesce(sum(seconds) FILTER (WHERE NOT is_machine), 0)::int AS seconds,
                   (count(*) FILTER (WHERE is_machine))::int AS machine_count
              FROM (
                SELECT event.slot, event.day, event.website_id, event.company_id, event.kind,
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
                   AND visible.viewer_id = coalesce(event.identity_id, 0)
                 WHERE event.kind <> 'web.leave'
              ) act
             GROUP BY slot, day, %(dimensions)s, coalesce(identity_id, 0)
          ) visitor
          JOIN (SELECT DISTINCT slot, noted FROM wanted) wanted USING (slot)
        """,
        key=_key(*(SQL("visitor.%s", SQL.identifier(name)) for name in DIMENSIONS)),
        dimensions=columns(DIMENSIONS),
        pages=list(PAGE_KINDS),
    )


def _fresh():
    """Return the query of the rows of the days, as they are to be stored."""
    return SQL(
        """
        SELECT total.*, kind_row.id AS kind_id
          FROM (
            SELECT day, key, %(dimensions)s, max(label) AS label, sum(count)::int AS count,
                   (count(*) FILTER (WHERE count > 0 AND identity_id > 0))::int AS visitors,
                   sum(zero_results)::int AS zero_results, sum(seconds)::int AS seconds,
                   sum(machine_count)::int AS machine_count
              FROM part
             GROUP BY day, key, %(dimensions)s
          ) total
          LEFT JOIN ecrm_touchpoint_kind kind_row ON kind_row.code = total.kind
        """,
        dimensions=columns(DIMENSIONS),
    )

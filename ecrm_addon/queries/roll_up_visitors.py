"""Days of the website, counted on: only for those visitors who did something since.

Counting a busy day anew takes a second, and would be done every minute. So what each visitor
adds to the rows of the newest days is kept (``ecrm_web_part``): for visitors who did something
since, the old part is taken off and the new one added, and the result is that of counting
the day anew. Older days have no parts and are counted anew.
"""

from odoo.tools import SQL

from .roll_up_days import DIMENSIONS, PART_COLUMNS, columns, event, part, slot, visible, visit

FIGURES = ("count", "visitors", "zero_results", "seconds", "machine_count")


def create():
    """Return the statement that creates the table; it does nothing where it exists."""
    return SQL("""
        CREATE TABLE IF NOT EXISTS ecrm_web_part (
            day date NOT NULL,
            noted int4 NOT NULL,
            identity_id int4 NOT NULL,
            key varchar NOT NULL,
            count int4 NOT NULL,
            zero_results int4 NOT NULL,
            seconds int4 NOT NULL,
            machine_count int4 NOT NULL,
            PRIMARY KEY (day, noted, identity_id, key)
        )
    """)


def drop():
    """Return the statement that drops the table."""
    return SQL("DROP TABLE IF EXISTS ecrm_web_part")


def known(days):
    """Return the query of those days of which parts are kept.

    :param list[tuple[int, date]] days: website (0 for none) and local day
    """
    return SQL(
        """
        SELECT noted, day FROM unnest(%s::int[], %s::date[]) AS wanted(noted, day)
         WHERE EXISTS (SELECT FROM ecrm_web_part part
                        WHERE part.day = wanted.day AND part.noted = wanted.noted)
        """,
        [website_id for website_id, _day in days],
        [day for _website_id, day in days],
    )


def forget(days, before):
    """Return the statement that drops the parts of days, and of all days before one.

    By place: an OR of both conditions would read all parts there are, once a minute.
    """
    return SQL(
        """
        DELETE FROM ecrm_web_part WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM ecrm_web_part WHERE day < %s
             UNION ALL
            SELECT part.ctid
              FROM unnest(%s::int[], %s::date[]) AS wanted(noted, day)
             CROSS JOIN LATERAL (
                SELECT ctid FROM ecrm_web_part one
                 WHERE one.day = wanted.day AND one.noted = wanted.noted OFFSET 0
             ) part
        ))
        """,
        before,
        [website_id for website_id, _day in days],
        [day for _website_id, day in days],
    )


def build(wanted, events, zones):
    """Return the statement that counts days on; to be planned by ``tune_batch.by_hash``.

    :param list[tuple[int, date, int]] wanted: website (0 for none), local day and identity
    :param SQL events: at least all events of these, see ``read_web_events.of_identities``
    :param dict[int, str] zones: company -> name of its time zone
    :return: SQL giving whether a row may have become empty
    """
    return SQL(
        """
        WITH wanted AS MATERIALIZED (
            SELECT noted, day, identity_id, %(slot)s AS slot
              FROM unnest(%(websites)s::int[], %(all_days)s::date[], %(ids)s::int[])
                AS wanted(noted, day, identity_id)
        ),
        event AS MATERIALIZED (%(event)s),
        visible AS MATERIALIZED (%(visible)s),
        visit AS MATERIALIZED (%(visit)s),
        part AS MATERIALIZED (%(part)s),
        old AS MATERIALIZED (
            SELECT kept.* FROM wanted
             CROSS JOIN LATERAL (
                SELECT ctid AS place, * FROM ecrm_web_part one
                 WHERE one.day = wanted.day AND one.noted = wanted.noted
                   AND one.identity_id = wanted.identity_id OFFSET 0
             ) kept
        ),
        gone AS (
            DELETE FROM ecrm_web_part WHERE ctid = ANY(ARRAY(
                SELECT old.place FROM old LEFT JOIN part USING (day, noted, identity_id, key)
                 WHERE part.slot IS NULL
            ))
        ),
        kept AS (
            INSERT INTO ecrm_web_part (%(columns)s) SELECT %(columns)s FROM part
            ON CONFLICT (day, noted, identity_id, key) DO UPDATE SET %(replace)s
        ),
        delta AS MATERIALIZED (
            SELECT * FROM (
                SELECT day, key, max(label) AS label, %(sums)s
                  FROM (
                    SELECT day, key, label, count, (count > 0)::int AS visitors, zero_results,
                           seconds, machine_count FROM part
                     UNION ALL
                    SELECT day, key, NULL, -count, -(count > 0)::int, -zero_results, -seconds,
                           -machine_count FROM old
                  ) change
                 GROUP BY day, key
              ) summed
             WHERE (%(figures)s) <> (0, 0, 0, 0, 0) OR label IS NOT NULL
        ),
        changed AS (
            UPDATE ecrm_web_daily daily
               SET label = greatest(daily.label, delta.label), %(add)s
              FROM delta
             WHERE daily.day = delta.day AND daily.key = delta.key AND daily.day = ANY(%(days)s)
               AND ((%(delta_figures)s) <> (0, 0, 0, 0, 0) OR daily.label < delta.label)
        ),
        added AS (
            INSERT INTO ecrm_web_daily
                   (day, key, anonymous, %(row)s, kind_id, label, %(figures)s)
            SELECT delta.day, delta.key, FALSE, %(shape_row)s, kind_row.id, delta.label,
                   %(delta_figures)s
              FROM delta
              JOIN (SELECT DISTINCT ON (day, key) * FROM part) shape USING (day, key)
              LEFT JOIN ecrm_touchpoint_kind kind_row ON kind_row.code = shape.kind
             WHERE NOT EXISTS (
                SELECT FROM ecrm_web_daily daily
                 WHERE daily.day = delta.day AND daily.key = delta.key
                   AND daily.day = ANY(%(days)s)
             )
             ORDER BY delta.day, delta.key
        )
        SELECT EXISTS (SELECT FROM delta WHERE count < 0 OR machine_count < 0)
        """,
        slot=slot(SQL("noted"), SQL("day")),
        websites=[website_id for website_id, _day, _identity_id in wanted],
        all_days=[day for _website_id, day, _identity_id in wanted],
        days=sorted({day for _website_id, day, _identity_id in wanted}),
        ids=[identity_id for _website_id, _day, identity_id in wanted],
        event=event(events, zones, ("slot", "identity_id")),
        visible=visible(),
        visit=visit(),
        part=part(),
        columns=columns(PART_COLUMNS),
        replace=_each("%(name)s = EXCLUDED.%(name)s", PART_COLUMNS[4:]),
        sums=_each("sum(%(name)s)::int AS %(name)s", FIGURES),
        add=_each("%(name)s = daily.%(name)s + delta.%(name)s", FIGURES),
        figures=columns(FIGURES),
        delta_figures=columns(FIGURES, "delta"),
        row=columns(STORED_DIMENSIONS),
        shape_row=columns(STORED_DIMENSIONS, "shape"),
    )


def drop_empty(days):
    """Return the statement that drops the rows of days behind which nothing stands."""
    return SQL(
        """
        DELETE FROM ecrm_web_daily
         WHERE day = ANY(%s) AND NOT anonymous AND count = 0 AND machine_count = 0
        """,
        list(days),
    )


#: ``page_label`` makes a row the only one, and is shown as its label.
STORED_DIMENSIONS = tuple(name for name in DIMENSIONS if name != "page_label")


def _each(template, names):
    return SQL(", ").join(SQL(template, name=SQL.identifier(name)) for name in names)

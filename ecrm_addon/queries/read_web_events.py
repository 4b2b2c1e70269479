"""What the log tells of visits to websites: the events that the digest feeds on."""

from odoo.tools import SQL

from . import receive_touchpoints
from .expressions import NO_MACHINE_VISIT, machine_visit

WEB_COLUMNS = SQL("""
    data.uid, data.occurred_at, data.kind, data.identity_id, data.company_id, data.website_id,
    data.session_key, data.res_model, data.res_id, data.path, data.utm_source, data.verdict,
    data.props
""")


def of_visits(keys):
    """Return the query of the events of visits.

    :param list[str] keys: visit keys
    :return: SQL giving the columns of the log, as they are stored
    """
    return SQL(
        """
        SELECT data.session_key, data.occurred_at, data.uid, data.kind, data.channel,
               data.identity_id, data.company_id, data.website_id, data.res_id, data.path,
               data.referrer_host, data.utm_source, data.utm_medium, data.utm_campaign,
               data.value, data.verdict, data.verdict_reasons, data.consent_id, data.props
          -- not "= ANY": PostgreSQL would weigh each key against each month
          FROM (SELECT DISTINCT key FROM unnest(%s::varchar[]) AS visit(key)) visit
          JOIN ecrm_touchpoint_data data ON data.session_key = visit.key
        """,
        list(keys),
    )


def of_periods(periods):
    """Return the query of all events on websites in some periods.

    :param list[tuple[datetime, datetime]] periods: first instant, and the one after the last
        (UTC); none overlaps another
    :return: SQL giving the columns of the log, as they are stored
    """
    return SQL(" UNION ALL ").join(
        SQL(
            """
            SELECT %s FROM ecrm_touchpoint_data data
             WHERE channel = 'web' AND occurred_at >= %s AND occurred_at < %s
            """,
            WEB_COLUMNS,
            *period,
        )
        for period in periods
    )


def of_identities(identity_ids, period):
    """Return the query of what identities did on websites in a period.

    :param Iterable[int] identity_ids: whose events
    :param tuple[datetime, datetime] period: as above
    """
    return SQL(
        """
        SELECT %s FROM unnest(%s::int[]) AS visitor(id)
          -- LATERAL and OFFSET: along the index of each, and not through the whole period
         CROSS JOIN LATERAL (
            SELECT * FROM ecrm_touchpoint_data
             WHERE identity_id = visitor.id AND channel = 'web'
               AND occurred_at >= %s AND occurred_at < %s OFFSET 0
          ) data
        """,
        WEB_COLUMNS,
        sorted(identity_ids),
        *period,
    )


def live(since):
    """Return the query of who has done something on a website since an instant.

    :param datetime since: UTC
    :return: SQL giving identity and its last path; machines are nobody
    """
    return SQL(
        """
        SELECT DISTINCT ON (identity_id) identity_id, split_part(path, '?', 1)
          FROM (
            SELECT data.identity_id, data.path, data.occurred_at, data.id
              FROM ecrm_touchpoint_data data
              LEFT JOIN %s
             WHERE data.occurred_at >= %s AND data.channel = 'web'
               AND data.identity_id IS NOT NULL
               AND data.verdict IS DISTINCT FROM 'machine' AND %s
             UNION ALL
            (%s)
          ) seen
         ORDER BY identity_id, occurred_at DESC, id DESC
        """,
        machine_visit(SQL("data")),
        since,
        NO_MACHINE_VISIT,
        receive_touchpoints.newest(since),
    )


def note_all(model):
    """Return the statement that notes every visit, or every day, that the log holds.

    :param str model: ``ecrm.session`` or ``ecrm.web.day``
    """
    if model == "ecrm.session":
        return SQL("""
            INSERT INTO ecrm_change (model, res_id, key)
            SELECT 'ecrm.session', coalesce(min(identity_id), 0), session_key
              FROM ecrm_touchpoint_data WHERE session_key IS NOT NULL GROUP BY session_key
        """)
    return SQL("""
        INSERT INTO ecrm_change (model, res_id, key)
        SELECT DISTINCT 'ecrm.web.day', coalesce(website_id, 0), occurred_at::date::text
          FROM ecrm_touchpoint_data WHERE channel = 'web'
    """)


def first():
    """Return the query of the first instant that the log holds."""
    return SQL("SELECT min(occurred_at) FROM ecrm_touchpoint_data")

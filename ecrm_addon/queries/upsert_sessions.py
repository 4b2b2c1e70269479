"""Visits, as the log tells under their keys."""

from odoo.tools import SQL

from ..lib.tracking.sources import DIRECT, REFERRAL, patterns

#: What counts as a page that was looked at. A search comes in addition to its page.
PAGE_KINDS = ("web.page", "web.product", "web.category")
#: The page that is left last counts for so long at most.
IDLE = "30 minutes"
#: More pages than any visit has.
NO_LIMIT = 2**31 - 1
#: What a visit is made of, by column: where two deliveries of the same events must agree.
COLUMNS = (
    "identity_id",
    "other_identity_id",
    "partner_id",
    "website_id",
    "company_id",
    "started_at",
    "ended_at",
    "duration",
    "page_count",
    "event_count",
    "source",
    "medium",
    "campaign",
    "referrer_host",
    "device",
    "entry_path",
    "exit_path",
    "stage",
    "stage_name",
    "order_count",
    "value",
    "verdict",
    "verdict_reasons",
    "consent_id",
)
#: Roll-ups of days show these of the visit: when they change, its days are counted anew.
IN_ROLL_UP = ("source", "device", "verdict")


def build(keys, events, machines, most_views=NO_LIMIT):
    """Return the statement that writes visits anew from all their events.

    Events count in the order of their instants, whatever order they came in. A visit that
    has no event any more is removed. Rows that stay the same are not written.

    Whether a pace is a machine's is not for SQL to say, and few visits are long enough to
    have one. Those are answered instead of written: so events are read once, not twice.

    :param list[str] keys: visit keys
    :param SQL events: the events of these visits, see ``read_web_events.of_visits``
    :param dict[str, str] machines: visit key -> why its pace is a machine's
    :param int most_views: leave out visits with more views than this
    :return: SQL giving the visits left out: key and instants of the views (array, in seconds)
    """
    return SQL(
        """
        WITH event AS MATERIALIZED (%(event)s),
        origin AS MATERIALIZED (%(origin)s),
        figures AS MATERIALIZED (%(figures)s),
        visit AS MATERIALIZED (%(visit)s),
        written AS (
            INSERT INTO ecrm_session (session_key, %(columns)s)
            SELECT session_key, %(columns)s FROM visit ORDER BY session_key
            ON CONFLICT (session_key) DO UPDATE SET %(assignments)s
             WHERE (%(stored)s) IS DISTINCT FROM (%(excluded)s)
        ),
        removed AS (
            DELETE FROM ecrm_session USING unnest(%(keys)s::varchar[]) AS noted(key)
             WHERE session_key = noted.key
               AND NOT EXISTS (SELECT FROM figures WHERE figures.session_key = noted.key)
        ),
        days AS (
            INSERT INTO ecrm_change (model, res_id, key)
            SELECT DISTINCT 'ecrm.web.day', coalesce(event.website_id, 0),
                   concat_ws(' ', event.occurred_at::date, event.identity_id)
              FROM visit
              JOIN ecrm_session before USING (session_key)
              JOIN event USING (session_key)
             WHERE event.is_web
               AND (%(shown_before)s) IS DISTINCT FROM (%(shown)s)
             UNION ALL
            -- engagement was summed up before the pace of the visit was known
            SELECT DISTINCT 'ecrm.identity', event.identity_id, NULL
              FROM visit
              LEFT JOIN ecrm_session before USING (session_key)
              JOIN event USING (session_key)
             WHERE event.is_web AND event.identity_id IS NOT NULL
               AND event.verdict IS DISTINCT FROM 'machine'
               AND (coalesce(before.verdict, '') = 'machine') <> (visit.verdict = 'machine')
        )
        SELECT session_key, array_agg(date_part('epoch', occurred_at))
          FROM event JOIN figures USING (session_key)
         WHERE is_page AND page_count > %(most_views)s
         GROUP BY session_key
        """,
        event=_event(events),
        origin=_origin(),
        figures=_figures(),
        visit=_visit(machines, most_views),
        most_views=most_views,
        columns=_columns(COLUMNS),
        assignments=SQL(", ").join(
            SQL("%(column)s = EXCLUDED.%(column)s", column=SQL.identifier(name)) for name in COLUMNS
        ),
        stored=_columns(COLUMNS, "ecrm_session"),
        excluded=_columns(COLUMNS, "excluded"),
        shown_before=_columns(IN_ROLL_UP, "before"),
        shown=_columns(IN_ROLL_UP, "visit"),
        keys=list(keys),
    )


def follow_identities(identity_ids):
    """Return the statement that gives visits the contact their identity has by now.

    :param list[int] identity_ids: identities that may have got or lost their contact
    """
    return SQL(
        """
        UPDATE ecrm_session session SET partner_id = identity.partner_id
          FROM ecrm_identity identity
          JOIN unnest(%s::int[]) AS noted(id) USING (id)
         WHERE session.identity_id = identity.id
           -- of two identities see of_two
           AND session.other_identity_id IS NULL
           AND session.partner_id IS DISTINCT FROM identity.partner_id
        """,
        list(identity_ids),
    )


def of_two(identity_ids):
    """Return the query of visits known under two identities, one of these among them.

    Which of the two the visit belongs to depends on their contacts.
    """
    return SQL(
        """
        SELECT session_key FROM ecrm_session
          JOIN unnest(%(ids)s::int[]) AS noted(id) ON identity_id = noted.id
         WHERE other_identity_id IS NOT NULL
         UNION
        SELECT session_key FROM ecrm_session
          JOIN unnest(%(ids)s::int[]) AS noted(id) ON other_identity_id = noted.id
        """,
        ids=list(identity_ids),
    )


def drop_since(instant):
    """Return the statement that drops the visits of a time that the log still knows."""
    return SQL("DELETE FROM ecrm_session WHERE started_at >= %s", instant)


def _columns(names, table=None):
    return SQL(", ").join(
        SQL.identifier(table, name) if table else SQL.identifier(name) for name in names
    )


def _event(events):
    """Return the query of events with what each says about its visit, numbered in order.

    A referrer on the website itself leads nowhere. Who or what was deleted is nobody.
    """
    return SQL(
        """
        SELECT event.*,
               row_number() OVER (PARTITION BY session_key ORDER BY occurred_at, uid) AS n
          FROM (
            SELECT raw.session_key, raw.occurred_at, raw.uid, raw.kind, raw.res_id, raw.value,
                   raw.channel = 'web' AS is_web, raw.kind = ANY(%(pages)s) AS is_page,
                   identity.id AS identity_id, identity.partner_id,
                   company.id AS company_id, website.id AS website_id,
                   left(split_part(raw.path, '?', 1), 500) AS path,
                   CASE WHEN %(referrer)s IS DISTINCT FROM %(own)s
                        THEN lower(raw.referrer_host) END AS referrer_host,
                   nullif(lower(btrim(raw.utm_source)), '') AS utm_source,
                   nullif(lower(btrim(raw.utm_medium)), '') AS utm_medium,
                   raw.utm_campaign, raw.verdict, raw.verdict_reasons, raw.consent_id,
                   CASE WHEN raw.kind = 'web.checkout' THEN raw.props->>'step' END AS step,
                   CASE WHEN raw.props->>'device' IN ('desktop', 'mobile', 'tablet')
                        THEN raw.props->>'device' END AS device
              FROM (%(events)s) raw
              LEFT JOIN ecrm_identity identity ON identity.id = raw.identity_id
              LEFT JOIN website ON website.id = raw.website_id
              LEFT JOIN res_company company
                ON company.id = coalesce(raw.company_id, website.company_id)
          ) event
        """,
        events=events,
        pages=list(PAGE_KINDS),
        referrer=_host(SQL("raw.referrer_host")),
        own=_host(SQL("website.domain")),
    )


def _host(url):
    """Return the SQL of the host of a URL or host, without port and ``www.``."""
    return SQL("substring(lower(%s) from '^(?:[a-z]+://)?(?:www[.])?([^/:]+)')", url)


def _origin():
    """Return the query of where visits came from: their first event that says anything."""
    rules = SQL(", ").join(
        SQL("(%s, %s, %s, %s)", place, *rule) for place, rule in enumerate(patterns())
    )
    return SQL(
        """
        SELECT first.session_key, first.referrer_host, first.utm_campaign,
               coalesce(first.utm_source, host.source, %(direct)s) AS source,
               coalesce(first.utm_medium,
                        CASE WHEN first.utm_source IS NULL
                             THEN coalesce(host.medium, %(none)s) END) AS medium
          FROM (
            SELECT DISTINCT ON (session_key) session_key, referrer_host, utm_source,
                   utm_medium, utm_campaign
              FROM event
             WHERE coalesce(utm_source, utm_medium, utm_campaign, referrer_host) IS NOT NULL
             ORDER BY session_key, n
          ) first
          LEFT JOIN (
            SELECT told.referrer_host, coalesce(rule.source, told.referrer_host) AS source,
                   coalesce(rule.medium, %(referral)s) AS medium
              FROM (SELECT DISTINCT referrer_host FROM event
                     WHERE referrer_host IS NOT NULL) told
              LEFT JOIN LATERAL (
                SELECT source, medium
                  FROM (VALUES %(rules)s) AS rule(place, pattern, source, medium)
                 WHERE told.referrer_host ~ pattern ORDER BY place LIMIT 1
              ) rule ON TRUE
          ) host USING (referrer_host)
        """,
        rules=rules,
        direct=DIRECT[0],
        none=DIRECT[1],
        referral=REFERRAL,
    )


def _figures():
    """Return the query of what the events of each visit come to."""
    return SQL(
        """
        SELECT session_key,
               -- whoever visited comes before who is behind an order of the visit
               array_agg(identity_id ORDER BY NOT is_web, partner_id IS NULL, n)
                   FILTER (WHERE identity_id IS NOT NULL) AS identity_ids,
               (array_agg(partner_id ORDER BY NOT is_web, n)
                   FILTER (WHERE partner_id IS NOT NULL))[1] AS partner_id,
               max(website_id) AS website_id, max(company_id) AS company_id,
               coalesce(min(occurred_at) FILTER (WHERE is_web), min(occurred_at)) AS started_at,
               max(occurred_at) FILTER (WHERE is_web AND kind <> 'web.leave') AS last_act_at,
               max(occurred_at) FILTER (WHERE kind = 'web.leave') AS left_at,
               max(occurred_at) AS last_at,
               count(*) FILTER (WHERE is_page) AS page_count, count(*) AS event_count,
               (array_agg(device ORDER BY n) FILTER (WHERE device IS NOT NULL))[1] AS device,
               (array_agg(path ORDER BY n) FILTER (WHERE is_page))[1] AS entry_path,
               (array_agg(path ORDER BY n DESC) FILTER (WHERE is_page))[1] AS exit_path,
               max(CASE WHEN kind = 'order.confirmed' THEN 4
                        WHEN kind = 'web.checkout' AND step IS DISTINCT FROM 'cart' THEN 3
                        WHEN kind = 'web.checkout' OR starts_with(kind, 'web.cart_') THEN 2
                        WHEN kind = 'web.product' THEN 1 ELSE 0 END) AS stage,
               count(DISTINCT coalesce(res_id, -n)) FILTER (WHERE kind = 'order.confirmed')
                   AS order_count,
               coalesce(sum(value) FILTER (WHERE kind = 'order.confirmed'), 0) AS value,
               bool_or(verdict = 'machine') AS is_machine,
               bool_or(verdict = 'human') AS is_human,
               min(verdict_reasons) FILTER (WHERE verdict = 'machine') AS machine_reasons,
               min(verdict_reasons) FILTER (WHERE verdict = 'human') AS human_reasons,
               max(consent_id) AS consent_id
          FROM event
         GROUP BY session_key
        """
    )


def _visit(machines, most_views):
    """Return the query of the rows of visits, as they are to be stored."""
    return SQL(
        """
        SELECT visit.*, date_part('epoch', ended_at - started_at)::int AS duration
          FROM (
            SELECT session_key, identity_ids[1] AS identity_id,
                   (SELECT other FROM unnest(identity_ids) WITH ORDINALITY AS one(other, place)
                     WHERE other <> identity_ids[1] ORDER BY place LIMIT 1)
                       AS other_identity_id,
                   figures.partner_id, website_id, company_id, started_at,
                   CASE WHEN last_act_at IS NULL THEN coalesce(left_at, last_at)
                        WHEN left_at > last_act_at
                        THEN least(left_at, last_act_at + %(idle)s::interval)
                        ELSE last_act_at END AS ended_at,
                   page_count, event_count,
                   coalesce(origin.source, %(direct)s) AS source,
                   CASE WHEN origin.session_key IS NULL THEN %(none)s ELSE origin.medium END
                       AS medium,
                   origin.utm_campaign AS campaign, origin.referrer_host, device,
                   entry_path, exit_path, stage, stage::text AS stage_name, order_count, value,
                   CASE WHEN is_machine OR pace.reason IS NOT NULL THEN 'machine'
                        WHEN is_human THEN 'human' ELSE 'unknown' END AS verdict,
                   CASE WHEN is_machine OR pace.reason IS NOT NULL
                        THEN concat_ws(',', machine_reasons, pace.reason)
                        WHEN is_human THEN human_reasons END AS verdict_reasons,
                   consent_id
              FROM figures
              LEFT JOIN origin USING (session_key)
              LEFT JOIN unnest(%(keys)s::varchar[], %(reasons)s::varchar[])
                     AS pace(session_key, reason) USING (session_key)
             WHERE page_count <= %(most_views)s
          ) visit
        """,
        idle=IDLE,
        direct=DIRECT[0],
        none=DIRECT[1],
        keys=list(machines),
        reasons=list(machines.values()),
        most_views=most_views,
    )

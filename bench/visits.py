"""A made-up log of visits to a website, written straight into the tables of the log.

Set-based, because ten million events through the port would take an hour. It is what the
port would have written: identities, events, their keys, notes for the digest. Four events a
visit in the mean, two and a half visits a browser, the last 90 days; one visit in fifty is a
machine's.
"""

from datetime import date

from odoo.tools import SQL

from bench import database, synthetic

#: What is filled here, to be analyzed in the end.
TABLES = (
    "ecrm_touchpoint_data",
    "ecrm_touchpoint_key",
    "ecrm_identity",
    "ecrm_session",
    "ecrm_web_daily",
    "ecrm_change",
)

DATABASE = database.PREFIX + "visits"
DAYS = 90
EVENTS_A_VISIT, VISITS_A_BROWSER = 4, 2.5
VISITS = SQL.identifier("bench_visit")


def make():
    """Return a database with our addon and an empty log, made anew."""
    database.copy(database.stock(), DATABASE)
    database.install(DATABASE, database.OURS)
    return DATABASE


def fill(env, events, first=1):
    """Write events; return how many.

    :param int events: about so many
    :param int first: number of the first visit, for a second filling
    """
    database.check_name(env.cr.dbname)
    env.cr.execute("SELECT setseed(%s)", (synthetic.SEED,))
    env.cr.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '256MB'")
    add_browsers(env, first, int(events / EVENTS_A_VISIT / VISITS_A_BROWSER))
    add_visits(env, first, int(events / EVENTS_A_VISIT))
    env.cr.execute(SQL("SELECT DISTINCT date_trunc('month', at)::date FROM %s ORDER BY 1", VISITS))
    written = sum(add_events(env, month) for (month,) in env.cr.fetchall())
    note(env)
    env.cr.execute(SQL("DROP TABLE %s", VISITS))
    env.cr.commit()
    return written


def add_browsers(env, first, count):
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_identity (kind, key, create_date)
            SELECT 'device', encode(sha256(convert_to('bench' || n, 'UTF8')), 'hex'),
                   now() AT TIME ZONE 'UTC'
              FROM generate_series(%s, %s) n
            """,
            first,
            first + count - 1,
        )
    )


def add_visits(env, first, count):
    """Add visits of the browsers that have none yet: the first ones come most often."""
    env.cr.execute(
        SQL(
            """
            CREATE UNLOGGED TABLE %(table)s AS
            SELECT n, md5('visit' || n) AS key,
                   low.id + floor((high.id - low.id + 1) * power(random(), 1.5))::int
                       AS identity_id,
                   date_trunc('second', now() AT TIME ZONE 'UTC'
                       - random() * make_interval(days => %(days)s)) AS at,
                   1 + floor(random() * %(longest)s)::int AS events, random() AS luck
              FROM generate_series(%(first)s, %(last)s) n
             CROSS JOIN (SELECT min(id) AS id FROM ecrm_identity WHERE first_seen IS NULL) low
             CROSS JOIN (SELECT max(id) AS id FROM ecrm_identity WHERE first_seen IS NULL) high
            """,
            table=VISITS,
            days=DAYS,
            longest=2 * EVENTS_A_VISIT - 1,
            first=first,
            last=first + count - 1,
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE ecrm_identity identity SET first_seen = visit.first, last_seen = visit.last
              FROM (SELECT identity_id, min(at) AS first, max(at) AS last
                      FROM %s GROUP BY identity_id) visit
             WHERE identity.id = visit.identity_id
            """,
            VISITS,
        )
    )


def add_events(env, month):
    """Write the events of visits that began in a month; return how many.

    A table without indexes is filled and then takes the place of the month's partition, with
    what that one held: indexes are made faster than kept.
    """
    name = f"ecrm_touchpoint_data_{month:%Y_%m}"
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    table, new = SQL.identifier(name), SQL.identifier(f"{name}_new")
    env.cr.execute(SQL("CREATE TABLE %s (LIKE ecrm_touchpoint_data INCLUDING DEFAULTS)", new))
    if env.execute_query(SQL("SELECT to_regclass(%s)", name))[0][0]:
        env.cr.execute(SQL("ALTER TABLE ecrm_touchpoint_data DETACH PARTITION %s", table))
        env.cr.execute(SQL("INSERT INTO %s SELECT * FROM %s", new, table))
        env.cr.execute(SQL("DROP TABLE %s", table))
    env.cr.execute(SQL("INSERT INTO %s %s", SQL("%s (%s)", new, COLUMNS), events_of(env, month)))
    count = env.cr.rowcount
    env.cr.execute(SQL("ALTER TABLE %s RENAME TO %s", new, table))
    env.cr.execute(
        SQL(
            "ALTER TABLE ecrm_touchpoint_data ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)",
            table,
            month.isoformat(),
            following.isoformat(),
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_touchpoint_key (uid, occurred_at)
            SELECT uid, occurred_at FROM %s ORDER BY uid ON CONFLICT DO NOTHING
            """,
            table,
        )
    )
    return count


COLUMNS = SQL("""
    uid, occurred_at, kind, channel, identity_id, company_id, website_id, session_key, path,
    res_model, res_id, referrer_host, verdict, consent_id, props
""")


def events_of(env, month):
    """Return the query of the events of a month's visits, in the order in which they came."""
    website = env["website"].search([], limit=1)
    return SQL(
        """
        SELECT gen_random_uuid(),
               least(at + (place - 1) * interval '40 seconds',
                     date_trunc('month', at) + interval '1 month' - interval '1 second'),
               kind, 'web', identity_id, %(company)s, %(website)s, key, path,
               CASE WHEN kind = 'web.product' THEN 'product.product' END,
               CASE WHEN kind = 'web.product' THEN 1 + (luck * 1e6)::int %% 2000 END,
               CASE WHEN place = 1 THEN (ARRAY[
                    'www.google.com', 'www.bing.com', 'm.facebook.com', 'blog.example.org'
               ])[1 + floor(luck * 8)::int] END,
               CASE WHEN luck < 0.02 THEN 'machine' ELSE 'human' END, 1,
               jsonb_build_object('title', 'Page of the shop, ' || path, 'device',
                    (ARRAY['desktop', 'mobile', 'mobile', 'tablet'])[1 + identity_id %% 4])
          FROM (
            SELECT visit.*, place, step.kind,
                   CASE step.kind WHEN 'web.product'
                        THEN '/shop/product-' || (1 + (luck * 1e6)::int %% 2000)
                        WHEN 'web.page' THEN '/page-' || ((luck * 1e6)::int + place) %% 800
                        ELSE '/shop/cart' END AS path
              FROM %(table)s visit
             CROSS JOIN LATERAL generate_series(1, events) place
             CROSS JOIN LATERAL (SELECT CASE
                   WHEN place <= 2 OR place > 6 THEN 'web.page'
                   WHEN place = 5 AND luck < 0.3 THEN 'web.cart_add'
                   WHEN place = 6 AND luck < 0.1 THEN 'web.checkout'
                   ELSE 'web.product' END AS kind OFFSET 0) step
             WHERE date_trunc('month', at) = %(month)s
          ) event
         ORDER BY 2
        """,
        table=VISITS,
        month=month,
        company=env.company.id,
        website=website.id,
    )


def note(env):
    """Note what these events change, as the port does."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_change (model, res_id, key)
            SELECT DISTINCT 'ecrm.identity', identity_id, NULL FROM %(table)s
             UNION ALL
            SELECT 'ecrm.session', identity_id, key FROM %(table)s
             UNION ALL
            SELECT DISTINCT 'ecrm.web.day', %(website)s, (at + late)::date::text
              FROM %(table)s
             CROSS JOIN (VALUES (interval '0'), (interval '5 minutes')) AS moment(late)
            """,
            table=VISITS,
            website=env["website"].search([], limit=1).id,
        )
    )

"""A made-up company of a million customers, written straight into the tables.

Customers come, buy again at a rate of their own, and at some time stay away: so the models of
buying have something to find. Half of what people did are visits to the website, read by the
digest; the other half are answers to mails of the last year.
"""

from odoo.tools import SQL

from bench import database, synthetic, visits

DATABASE = database.PREFIX + "clientele"
STOCK = DATABASE + "_stock"
PARTNERS, ORDERS, EVENTS = 1_000_000, 2_700_000, 10_000_000
#: Mean days after which somebody stays away for good.
STAY = 400
MAIL_DAYS = 365


def make(scale=1.0):
    """Return a database with our addon and all rows, digested, whose scores nobody computed."""
    key = f"{database.read_comment(database.stock())}; {PARTNERS} {ORDERS} {scale}"
    if database.read_comment(STOCK) != key:
        database.copy(database.STOCK, STOCK)
        with database.environment(STOCK) as env:
            fill(env, int(PARTNERS * scale), int(ORDERS * scale))
        database.write_comment(STOCK, key)
    database.copy(STOCK, DATABASE)
    database.install(DATABASE, database.OURS)
    with database.environment(DATABASE) as env:
        act(env, int(EVENTS * scale))
    return DATABASE


def fill(env, partners, orders):
    database.check_name(env.cr.dbname)
    env.cr.execute("SELECT setseed(%s)", (synthetic.SEED,))
    first = synthetic.add_partners(env, partners)
    with synthetic.unhindered(env, "sale_order"):
        add_orders(env, first, partners, orders)
    database.analyze(env, ("res_partner", "sale_order"))


def add_orders(env, first, partners, orders):
    """Add orders: one of everybody, the others as often as each one's rate and stay allow."""
    company = env.company
    env.cr.execute(
        SQL(
            """
            CREATE TEMPORARY TABLE bench_buyer ON COMMIT DROP AS
            SELECT partner_id, came, least(-ln(1 - random()) * %(stay)s, %(days)s - came) AS stays,
                   -ln(1 - random()) AS rate, 20 * exp(random() * 2) AS likes
              FROM (SELECT %(first)s + n - 1 AS partner_id, random() * %(days)s AS came
                      FROM generate_series(1, %(partners)s) n) born;
            CREATE TEMPORARY TABLE bench_repeat ON COMMIT DROP AS
            SELECT buyer.partner_id, came + stays * random() AS day, likes
              FROM bench_buyer buyer
             CROSS JOIN (SELECT sum(rate * stays) AS all_repeats FROM bench_buyer) total
             -- a few more than needed: whole numbers of each are cut
             CROSS JOIN LATERAL generate_series(1, floor(random()
                 + 1.05 * (%(orders)s - %(partners)s) * rate * stays / all_repeats)::int) nth;
            INSERT INTO sale_order (
                   name, state, invoice_status, company_id, currency_id, currency_rate,
                   partner_id, partner_invoice_id, partner_shipping_id, date_order,
                   amount_untaxed, amount_tax, amount_total, locked, require_signature,
                   require_payment, prepayment_percent,
                   create_uid, write_uid, create_date, write_date)
            SELECT %(ref)s || row_number() OVER (), 'sale', 'no', %(company)s, %(currency)s, 1.0,
                   partner_id, partner_id, partner_id, at, amount, 0, amount,
                   FALSE, FALSE, FALSE, 1.0, 1, 1, at, at
              FROM (
                SELECT partner_id, round((likes * (0.5 + random()))::numeric, 2) AS amount,
                       date_trunc('second', now() AT TIME ZONE 'UTC'
                           - (%(days)s - day) * interval '1 day') AS at
                  FROM (SELECT partner_id, came AS day, likes FROM bench_buyer
                         UNION ALL
                        SELECT * FROM (SELECT * FROM bench_repeat
                                        LIMIT %(orders)s - %(partners)s) again) bought
              ) made_up
             ORDER BY at
            """,
            stay=STAY,
            days=synthetic.YEARS * 365,
            first=first,
            partners=partners,
            orders=orders,
            ref=synthetic.REF,
            company=company.id,
            currency=company.currency_id.id,
        )
    )


def act(env, events):
    """Write what people did, as if all of it had been collected and digested."""
    env["ecrm.collector"]._sync_sources()
    env["ecrm.collector"].search([]).write({"state": "live"})
    env.cr.commit()
    visits.fill(env, events // 2)
    add_answers(env, events - events // 2)
    link_browsers(env)
    database.analyze(env, visits.TABLES)
    while env["ecrm.pipeline"]._digest(recompute=False, limit=200_000):
        env.cr.commit()
    env["ecrm.change"].search([]).unlink()
    env.cr.commit()
    database.analyze(env, visits.TABLES)
    env.cr.execute("ANALYZE")
    env.cr.commit()


def link_browsers(env):
    """Let every browser be a customer's."""
    env.cr.execute(
        """
        UPDATE ecrm_identity browser SET partner_id = owner.partner_id
          FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM ecrm_identity
                 WHERE kind = 'device') numbered
          JOIN (SELECT id AS partner_id, row_number() OVER (ORDER BY id DESC) AS place
                  FROM res_partner WHERE ref LIKE 'BENCH-%') owner USING (place)
         WHERE browser.id = numbered.id
        """
    )
    env.cr.commit()


def add_answers(env, count):
    """Add opens and clicks of half of the customers, who are known by their contact."""
    env.cr.execute(
        """
        INSERT INTO ecrm_identity (kind, key, partner_id, first_seen, last_seen, create_date)
        SELECT 'partner', id::text, id, create_date, create_date, create_date
          FROM res_partner WHERE ref LIKE 'BENCH-%' AND id % 2 = 0
            ON CONFLICT DO NOTHING
        """
    )
    log = env["ecrm.log"]
    months = env.execute_query(
        SQL(
            "SELECT generate_series(date_trunc('month', now() - make_interval(days => %s)),"
            " now(), '1 month')::date",
            MAIL_DAYS,
        )
    )
    log._ensure_partitions([month for (month,) in months])
    env.cr.execute(
        SQL(
            """
            WITH lowest AS (SELECT min(id) AS low, max(id) AS high FROM ecrm_identity
                             WHERE kind = 'partner'),
            stored AS (
                INSERT INTO ecrm_touchpoint_data
                       (uid, occurred_at, kind, channel, identity_id, company_id, verdict)
                SELECT gen_random_uuid(), at,
                       CASE WHEN luck < 0.8 THEN 'email.opened' ELSE 'email.clicked' END,
                       'email', identity_id, %(company)s,
                       CASE WHEN luck < 0.3 THEN 'proxy' ELSE 'human' END
                  FROM (
                    SELECT date_trunc('second', now() AT TIME ZONE 'UTC'
                               - random() * make_interval(days => %(days)s)) AS at,
                           (low + floor((high - low + 1) * power(random(), 1.5)))::int
                               AS identity_id, random() AS luck
                      FROM generate_series(1, %(count)s) n CROSS JOIN lowest
                     ORDER BY 1
                  ) answer
                RETURNING uid, occurred_at
            )
            INSERT INTO ecrm_touchpoint_key (uid, occurred_at) SELECT * FROM stored
            """,
            company=env.company.id,
            days=MAIL_DAYS,
            count=count,
        )
    )
    env.cr.commit()

"""Fill Odoo's own tables of a bench database with made-up customers, set-based and cheap.

Raw SQL on purpose: the ORM would take hours for two million orders. It fills every column
that is NOT NULL and those that Odoo, or what reads these tables, relies on. Orders carry no
lines: everything here reads totals. The numbers come from a fixed seed. Nothing of this
belongs into a database that people use, so the name is checked.
"""

from contextlib import contextmanager

from odoo.tools import SQL

from bench.database import check_name

#: What is filled here, to be analyzed in the end.
TABLES = (
    "res_partner",
    "sale_order",
    "mailing_trace",
    "link_tracker_click",
    "website_visitor",
    "website_track",
)

REF = "BENCH-"
YEARS = 3  # length of the made-up history, ending now
SEED = 0.42


def fill(env, partners, orders=0, traces=0, clicks=0, tracks=0, heavy=0):
    """Fill the database; the counts are rows.

    :param int clicks: link clicks, each on an own mailing trace (``clicks <= traces``)
    :param int tracks: page views, of which ``heavy`` belong to the first customer
    """
    check_name(env.cr.dbname)
    env.cr.execute("SELECT setseed(%s)", (SEED,))
    first = add_partners(env, partners)
    if orders:
        with unhindered(env, "sale_order"):
            add_orders(env, first, partners, orders)
    if traces:
        add_traces(env, first, partners, traces)
    if clicks:
        add_clicks(env, clicks)
    if tracks:
        add_tracks(env, first, partners, tracks, heavy)
    env.cr.commit()


def add_partners(env, count):
    """Add persons, each their own commercial partner; return the id of the first one."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (
                   id, commercial_partner_id, name, complete_name, ref, email,
                   email_normalized, lang, type, active, is_company, partner_share, employee,
                   autopost_bills, color, create_uid, write_uid, create_date, write_date)
            SELECT id, id, 'Customer ' || n, 'Customer ' || n, %(ref)s || n,
                   'customer' || n || '@example.com', 'customer' || n || '@example.com',
                   'en_US', 'contact', TRUE, FALSE, TRUE, FALSE,
                   'ask', 0, 1, 1, now_utc.at - %(years)s, now_utc.at - %(years)s
              FROM (SELECT nextval('res_partner_id_seq') AS id, n
                      FROM generate_series(1, %(count)s) n) numbered
             CROSS JOIN (SELECT now() AT TIME ZONE 'UTC' AS at) now_utc
            """,
            ref=REF,
            count=count,
            years=history(),
        )
    )
    env.cr.execute("SELECT id FROM res_partner WHERE ref = %s", (f"{REF}1",))
    return env.cr.fetchone()[0]


@contextmanager
def unhindered(env, table):
    """Drop a table's foreign keys and secondary indexes, and create the very same ones again.

    Checking and indexing two million rows one by one takes five times as long.
    """
    env.cr.execute(
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE conrelid = %s::regclass AND contype = 'f'
        """,
        (table,),
    )
    keys = env.cr.fetchall()
    env.cr.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
         WHERE indrelid = %s::regclass AND NOT indisprimary
           AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)
        """,
        (table,),
    )
    indexes = env.cr.fetchall()
    name = SQL.identifier(table)
    for key, _definition in keys:
        env.cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", name, SQL.identifier(key)))
    for index, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
    yield
    for _index, definition in indexes:
        env.cr.execute(definition)
    for key, definition in keys:
        env.cr.execute(
            SQL("ALTER TABLE %s ADD CONSTRAINT %s %s", name, SQL.identifier(key), SQL(definition))
        )


def history():
    """Return the length of the history as an SQL interval."""
    return SQL("make_interval(years => %s)", YEARS)


def somebody(first, count):
    """Return SQL of a random partner id; the square makes the first ones the heavy buyers.

    With 2,000,000 draws of 200,000 customers the first has about 4,500, the median 13.
    """
    return SQL("(%s + floor(%s * power(random(), 2)))::int", first, count)


def sometime():
    """Return SQL of a random instant of the history, UTC."""
    return SQL("date_trunc('second', now() AT TIME ZONE 'UTC' - random() * %s)", history())


def add_orders(env, first, partners, count):
    """Add confirmed orders of the company: everybody has one, the rest has a heavy tail.

    One in a hundred is worth nothing; the others 10 to 1,000, most of them little.
    """
    company = env.company
    env.cr.execute(
        SQL(
            """
            INSERT INTO sale_order (
                   name, state, invoice_status, company_id, currency_id, currency_rate,
                   partner_id, partner_invoice_id, partner_shipping_id, date_order,
                   amount_untaxed, amount_tax, amount_total, locked, require_signature,
                   require_payment, prepayment_percent,
                   create_uid, write_uid, create_date, write_date)
            SELECT %(ref)s || n, 'sale', 'no', %(company)s, %(currency)s, 1.0,
                   partner_id, partner_id, partner_id, at,
                   amount, 0, amount, FALSE, FALSE, FALSE, 1.0, 1, 1, at, at
              FROM (SELECT n, %(sometime)s AS at,
                           CASE WHEN n <= %(partners)s THEN %(first)s + n - 1
                                ELSE %(somebody)s END AS partner_id,
                           CASE WHEN random() < 0.01 THEN 0
                                ELSE round((10 * power(100, random() * random()))::numeric, 2)
                                END AS amount
                      FROM generate_series(1, %(count)s) n) made_up
            """,
            ref=REF,
            company=company.id,
            currency=company.currency_id.id,
            sometime=sometime(),
            partners=partners,
            first=first,
            somebody=somebody(first, partners),
            count=count,
        )
    )


def add_traces(env, first, partners, count, mailings=20):
    """Add e-mails of some sent mailings: 40 % opened, 2 % bounced, the rest just sent."""
    sent = env["mailing.mailing"].create(
        [
            {
                "subject": f"Newsletter {number}",
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                "body_html": "<p>News</p>",
                "state": "done",
            }
            for number in range(mailings)
        ]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO mailing_trace (
                   trace_type, model, res_id, email, mass_mailing_id, message_id, trace_status,
                   sent_datetime, open_datetime, is_test_trace,
                   create_uid, write_uid, create_date, write_date)
            SELECT 'mail', 'res.partner', partner_id, partner.email_normalized,
                   (%(mailings)s)[1 + n %% %(number)s], '<' || n || '@example.com>',
                   CASE WHEN fate < 0.4 THEN 'open' WHEN fate > 0.98 THEN 'bounce'
                        ELSE 'sent' END,
                   at, CASE WHEN fate < 0.4 THEN at + interval '3 hours' END, FALSE,
                   1, 1, at, at
              FROM (SELECT n, %(sometime)s AS at, random() AS fate,
                           %(somebody)s AS partner_id
                      FROM generate_series(1, %(count)s) n) made_up
              JOIN res_partner partner ON partner.id = partner_id
            """,
            mailings=sent.ids,
            number=mailings,
            sometime=sometime(),
            somebody=somebody(first, partners),
            count=count,
        )
    )


def add_clicks(env, count):
    """Add one click to each of ``count`` traces, and mark those traces opened and clicked."""
    link = env["link.tracker"].create({"url": "https://shop.example.com/news", "title": "News"})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH clicked AS (
                UPDATE mailing_trace
                   SET trace_status = 'open',
                       open_datetime = sent_datetime + interval '2 hours',
                       links_click_datetime = sent_datetime + interval '2 hours'
                 WHERE id IN (SELECT id FROM mailing_trace WHERE message_id LIKE '%%@example.com>'
                               ORDER BY id LIMIT %(count)s)
                RETURNING id, mass_mailing_id, links_click_datetime AS at
            )
            INSERT INTO link_tracker_click (
                   link_id, mailing_trace_id, mass_mailing_id, ip,
                   create_uid, write_uid, create_date, write_date)
            SELECT %(link)s, id, mass_mailing_id, '192.0.2.1', 1, 1, at, at FROM clicked
            """,
            count=count,
            link=link.id,
        )
    )


def add_tracks(env, first, partners, count, heavy):
    """Add page views of website visitors; half of the visitors are known partners.

    The access token of a known visitor is its partner's id, as Odoo writes it.
    """
    visitors = max(partners // 5, 1)
    website = env["website"].search([], limit=1)
    env.cr.execute(
        SQL(
            """
            INSERT INTO website_visitor (
                   access_token, partner_id, website_id, visit_count,
                   create_uid, write_uid, create_date, write_date, last_connection_datetime)
            SELECT CASE WHEN n %% 2 = 1 THEN partner_id::text ELSE md5(n::text) END,
                   CASE WHEN n %% 2 = 1 THEN partner_id END, %(website)s, 1,
                   1, 1, at, at, at
              FROM (SELECT n, %(first)s + n - 1 AS partner_id, %(sometime)s AS at
                      FROM generate_series(1, %(visitors)s) n) made_up
            """,
            website=website.id,
            first=first,
            sometime=sometime(),
            visitors=visitors,
        )
    )
    env.cr.execute("SELECT id FROM website_visitor WHERE access_token = %s", (str(first),))
    (visitor,) = env.cr.fetchone()
    env.cr.execute(
        SQL(
            """
            INSERT INTO website_track (visitor_id, url, visit_datetime)
            SELECT CASE WHEN n <= %(heavy)s THEN %(visitor)s
                        ELSE %(visitor)s + floor(%(visitors)s * random())::int END,
                   'https://shop.example.com/shop/product-' || floor(1000 * random()),
                   %(sometime)s
              FROM generate_series(1, %(count)s) n
            """,
            heavy=heavy,
            visitor=visitor,
            visitors=visitors,
            sometime=sometime(),
            count=count,
        )
    )

"""A made-up log of e-mail events, written straight into its table, to be digested for real.

A mail in four is opened by a person, one in ten of those is clicked; half of all are opened by
machines, too. The first contact got far more mails than anybody.
"""

from odoo.tools import SQL

from bench import database, synthetic
from ecrm_dev import databases

NAME = database.PREFIX + "mail_log"
TABLES = (
    "res_partner",
    "ecrm_email_message",
    "ecrm_email_link",
    "ecrm_email_event",
    "ecrm_touchpoint_data",
    "ecrm_touchpoint_key",
    "ecrm_identity",
)
MAILINGS, LINKS, HEAVY = 50, 10, 2000
DAYS = 300
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
NOW = SQL("(now() AT TIME ZONE 'UTC')")


def make():
    """Return a database with our addons and nothing in it, made anew."""
    database.drop(NAME)
    databases.copy(databases.addons_template(), NAME)
    return NAME


def fill(env, events):
    """Write about so many events; return how many, and the id of the busiest contact."""
    database.check_name(env.cr.dbname)
    env.cr.execute("SELECT setseed(%s)", (synthetic.SEED,))
    env.cr.execute("SET LOCAL synchronous_commit = off")
    mails = events // 3  # sent, half by a machine, a quarter and more by people, delivered some
    mailing_ids = (
        env["mailing.mailing"]
        .create(
            [
                {"subject": f"Tea {n}", "mailing_model_id": env["ir.model"]._get_id("res.partner")}
                for n in range(MAILINGS)
            ]
        )
        .ids
    )
    env.flush_all()
    (heavy,) = add_contacts(env, mails // 10)
    add_links(env, mailing_ids)
    add_mails(env, mails, mailing_ids, heavy)
    written = add_events(env)
    env.cr.commit()
    return written, heavy


def add_contacts(env, count):
    (first,) = env["res.partner"].create({"name": "Busy", "email": "busy@customer.example"}).ids
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (name, email, email_normalized, active, type, complete_name,
                                     commercial_partner_id, partner_share, autopost_bills)
            SELECT 'Customer ' || n, 'c' || n || '@customer.example',
                   'c' || n || '@customer.example', true, 'contact', 'Customer ' || n, NULL, true,
                   'ask'
              FROM generate_series(1, %s) n
            """,
            count,
        )
    )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL"
    )
    return (first,)


def add_links(env, mailing_ids):
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_email_link (mailing_id, position, url, label, is_honeypot)
            SELECT mailing_id, n, 'https://shop.example/tea/' || n, 'Tea ' || n, false
              FROM unnest(%s) mailing_id, generate_series(1, %s) n
            """,
            mailing_ids,
            LINKS,
        )
    )


def add_mails(env, count, mailing_ids, heavy):
    """Write mails down, to the busiest contact first."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_email_message
                   (message_id, email_normalized, partner_id, kind, mailing_id, state, subject,
                    is_tracked, link_count, create_date)
            SELECT '<bench' || n || '@shop.example>', partner.email_normalized, partner.id,
                   'mailing', (%(mailings)s)[1 + mod(n, %(number)s)], 'queued',
                   'Tea ' || mod(n, %(number)s), true, %(links)s,
                   %(now)s - make_interval(secs => %(days)s * 86400 * (1 - n::float / %(count)s))
              FROM generate_series(1, %(count)s) n
             CROSS JOIN (SELECT array_agg(id) AS ids FROM res_partner
                          WHERE name LIKE 'Customer %%') customer
              JOIN res_partner partner
                ON partner.id = CASE WHEN mod(n, %(count)s / %(heavy)s + 1) = 0 THEN %(busy)s
                                     ELSE customer.ids[1 + mod(n, cardinality(customer.ids))] END
            """,
            mailings=mailing_ids,
            number=len(mailing_ids),
            links=LINKS,
            now=NOW,
            days=DAYS,
            count=count,
            heavy=HEAVY,
            busy=heavy,
        )
    )


def add_events(env):
    """Write what happened to the mails, as doors and mail server tell it."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO ecrm_email_event (type, source, external_id, occurred_at, received_at,
                   email_message_ref, mailing_ref, link_ref, method, user_agent, ip_cut)
            SELECT what.type, what.source, what.type || ' ' || mail.id || what.key, what.at,
                   what.at, mail.id, mail.mailing_id, what.link, what.method, what.agent,
                   what.network
              FROM (SELECT *, random() AS luck FROM ecrm_email_message) mail
              JOIN (SELECT mailing_id, min(id) AS id FROM ecrm_email_link GROUP BY 1) link
                ON link.mailing_id = mail.mailing_id
             CROSS JOIN LATERAL (VALUES
                ('sent', 'smtp', '', mail.create_date, NULL, NULL, NULL, NULL, true),
                ('delivered', 'webhook', '', mail.create_date + interval '5 seconds',
                 NULL, NULL, NULL, NULL, true),
                ('opened', 'pixel', 'bot', mail.create_date + interval '20 seconds', NULL, 'GET',
                 %(bot)s, '66.249.66.0/24', mod(mail.id, 2) = 0),
                ('opened', 'pixel', '', mail.create_date + interval '1 hour', NULL, 'GET',
                 %(agent)s, '203.0.113.0/24', mail.luck < 0.4),
                ('clicked', 'link', '', mail.create_date + interval '61 minutes',
                 link.id + mod(mail.id, %(links)s), 'GET', %(agent)s, '203.0.113.0/24',
                 mail.luck < 0.1)
             ) what (type, source, key, at, link, method, agent, network, happens)
             WHERE what.happens
             ORDER BY what.at
            """,
            bot=BOT,
            agent=AGENT,
            links=LINKS,
        )
    )
    return env.cr.rowcount

"""A made-up company of 100,000 customers and 1,000,000 touchpoints, two of whom have a login.

One did what customers usually do; the other has 10,000 events, with orders, answers about
consent and moves between tiers to match.
"""

import uuid
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from bench import clientele, database, synthetic, visits

DATABASE = database.PREFIX + "portal"
STOCK = DATABASE + "_stock"
PARTNERS, ORDERS, EVENTS = 100_000, 150_000, 1_000_000
#: Per login: events, orders, answers about consent, moves between tiers.
LIVES = {"usual": (40, 4, 3, 2), "heavy": (10_000, 300, 200, 60)}
#: What they did, one after the other.
KINDS = ("web.page", "web.product", "email.opened", "support.opened", "order.paid")
BATCH = 1_000


def make(scale):
    """Return (a database without our addon, one with it), with the same customers and logins."""
    key = f"{database.read_comment(database.stock())}; portal {PARTNERS} {ORDERS} {scale}"
    if database.read_comment(STOCK) != key:
        database.copy(database.STOCK, STOCK)
        with database.environment(STOCK) as env:
            synthetic.fill(env, partners=int(PARTNERS * scale), orders=int(ORDERS * scale))
            for login in LIVES:
                add_login(env, login)
            database.analyze(env, synthetic.TABLES)
        database.write_comment(STOCK, key)
    database.copy(STOCK, DATABASE)
    database.install(DATABASE, database.OURS)
    with database.environment(DATABASE) as env:
        clientele.act(env, int(EVENTS * scale))
        for login, life in LIVES.items():
            live(env, login, *life)
        env["ecrm.score.run"].score(env.company)
        env["ecrm.pipeline"].run_now()
        env.cr.commit()
        database.analyze(env, (*visits.TABLES, "ecrm_consent", "ecrm_tier_change", "ecrm_profile"))
    return STOCK, DATABASE


def add_login(env, login):
    users = env["res.users"].with_context(no_reset_password=True)
    users.create(
        {
            "name": login.capitalize(),
            "login": login,
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
        }
    )
    partner = users.search([("login", "=", login)]).partner_id
    synthetic_orders(env, partner, LIVES[login][1])
    env.cr.commit()


def synthetic_orders(env, partner, count):
    """Give a customer orders, one a week, so that they stand in Odoo's own pages, too."""
    for number in range(count):
        synthetic.add_orders(env, partner.id, 1, 1)
        env.cr.execute(
            SQL(
                "UPDATE sale_order SET name = %s, access_token = NULL"
                " WHERE id = currval('sale_order_id_seq')",
                f"{partner.name}-{number}",
            )
        )


def live(env, login, events, orders, answers, moves):
    """Write the life of one customer: events through the port, the rest as rows."""
    partner = env["res.users"].search([("login", "=", login)]).partner_id
    orders = env["sale.order"].search([("partner_id", "=", partner.id)], limit=orders)
    now = fields.Datetime.now()
    for start in range(0, events, BATCH):
        env["ecrm.log"].append(
            [
                event(partner, orders, number, now - timedelta(minutes=30 * (number + 1)))
                for number in range(start, min(start + BATCH, events))
            ]
        )
        env.cr.commit()
    identity = env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
    for number in range(answers):
        state = "withdrawn" if number % 2 else "granted"
        purpose = ("measure", "personalise", "profile")[number % 3]
        env["ecrm.consent"].record(identity, state, purpose, source="portal")
    tiers = env["ecrm.tier"].search([])
    env["ecrm.tier.change"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": env.company.id,
                "date": now - timedelta(days=7 * number + 1),
                "from_tier_id": tiers[number % 2].id,
                "to_tier_id": tiers[1 - number % 2].id,
                "move": "down" if number % 2 else "up",
            }
            for number in range(moves)
        ]
    )
    env.cr.commit()


def event(partner, orders, number, at):
    kind = KINDS[number % len(KINDS)]
    about = {"path": f"/shop/product-{number % 500}"}
    if kind == "order.paid":
        about = {"res_model": "sale.order", "res_id": orders[number % len(orders)].id}
    return {
        "uid": str(uuid.uuid4()),
        "kind": kind,
        "occurred_at": fields.Datetime.to_string(at),
        "identity": {"partner_id": partner.id},
        "props": {"title": f"Something {number}"},
        **about,
    }

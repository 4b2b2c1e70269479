"""The made-up databases that the speed benchmarks share."""

from bench import clientele, database, portal, synthetic

# Filled, without our addon; kept between runs as long as what it is made of stays the same.
EVENTS_STOCK = database.PREFIX + "events_stock"
ORDERS_STOCK = database.PREFIX + "orders_stock"
# The same with our addon; made anew by each run, because our code changes.
EVENTS = database.PREFIX + "events"
ORDERS = database.PREFIX + "orders"

# A little more than 1,000,000 touchpoints: an order gives two, an e-mail one to three. The
# first customer alone has more than 100,000.
EVENTS_FILL = {
    "partners": 200_000,
    "orders": 150_000,
    "traces": 240_000,
    "clicks": 60_000,
    "tracks": 300_000,
    "heavy": 100_000,
}
ORDERS_FILL = {"partners": 200_000, "orders": 2_000_000}


def filled(name, fill):
    """Return a database with Odoo's own modules and made-up rows, made if needed."""
    key = f"{database.read_comment(database.stock())}; {fill}"
    if database.read_comment(name) != key:
        database.copy(database.STOCK, name)
        with database.environment(name) as env:
            synthetic.fill(env, **fill)
            database.analyze(env, synthetic.TABLES)
        database.write_comment(name, key)
    return name


def events_stock(scale):
    return filled(EVENTS_STOCK, scaled(EVENTS_FILL, scale))


def events(scale):
    """Return the database of events with our addon, its history not yet read."""
    return with_addon(events_stock(scale), EVENTS)


def orders(scale):
    """Return the database of orders with our addon, its history not yet read."""
    return with_addon(filled(ORDERS_STOCK, scaled(ORDERS_FILL, scale)), ORDERS)


def scaled(fill, scale):
    """Return the rows to make up, scaled down for a quick look."""
    return {what: int(count * scale) for what, count in fill.items()}


def with_addon(source, name):
    """Copy a filled database and install our addon in the copy."""
    database.copy(source, name)
    database.install(name, database.OURS)
    return name


def read_history(env):
    """Let every collector read its source to the end, committing per batch like the cron."""
    for collector in env["ecrm.collector"].search([]):
        while collector._run_batch():
            env.cr.commit()
        env.cr.commit()


def drop(keep_filled):
    """Drop what the benchmarks made, the filled databases only if they need not stay."""
    filled_ones = (EVENTS_STOCK, ORDERS_STOCK, clientele.STOCK, portal.STOCK)
    made = (EVENTS, ORDERS, clientele.DATABASE, portal.DATABASE)
    for name in (*made, *(() if keep_filled else filled_ones)):
        database.drop(name)

"""Reading what Odoo holds already: nothing lost, nothing twice, whatever happens meanwhile."""

import time

import pytest

from tests import harness

ORDERS = 60_000
DEADLINE = 180  # seconds for the whole backfill on a slow machine


@pytest.fixture(scope="module")
def old_database():
    """A database with years of orders, in which the addon was just installed."""
    with harness.fresh_database(harness.stock_template()) as name:
        with harness.Server(name, "--max-cron-threads=0") as server:
            admin = server.login()
            (partner,) = admin.call("res.partner", "create", [[{"name": "Ann"}]])
            (order,) = admin.call("sale.order", "create", [[{"partner_id": partner}]])
        multiply(name, order, ORDERS)
        harness.run_odoo("-d", name, "-i", "ecrm_addon", "--stop-after-init")
        yield name


def multiply(name, order, times):
    """Copy one order many times, confirmed, an hour apart."""
    columns = [
        row[0]
        for row in harness.query(
            name,
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'sale_order'"
            " AND column_name NOT IN ('id', 'state', 'date_order')",
        )
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    harness.query(
        name,
        f"INSERT INTO sale_order ({names}, state, date_order) SELECT {names}, 'sale',"
        " now() AT TIME ZONE 'UTC' - n * interval '1 hour'"
        " FROM sale_order, generate_series(1, %s) n WHERE id = %s",
        [times, order],
    )


def confirmed(name):
    """Return the numbers of rows, of event ids and of orders in the log."""
    (row,) = harness.query(
        name,
        "SELECT count(*), count(DISTINCT uid), count(DISTINCT res_id) FROM ecrm_touchpoint"
        " WHERE kind = 'order.confirmed'",
    )
    return row


def read_orders(name):
    return harness.query(
        name,
        "SELECT state, coalesce(done, 0), total FROM ecrm_collector"
        " WHERE source_model = 'sale.order'",
    )[0]


def wait_for(condition, server, what):
    """Let the server's cron thread work until a condition holds."""
    # it would look by itself within a minute, as it does after any commit of a trigger
    harness.query("postgres", "SELECT pg_notify('cron_trigger', %s)", [server.database])
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"{what} took too long, see {server.log}"
        time.sleep(0.05)


def test_a_killed_backfill_goes_on_where_it_stopped(old_database):
    # a killed server leaves words about lost connections in its log
    with harness.Server(old_database, "--max-cron-threads=1") as server:
        wait_for(lambda: read_orders(old_database)[1] > 0, server, "the first batch")
        server.kill()
        state, done, total = read_orders(old_database)
        assert state == "backfill"
        assert 0 < done < total
        assert confirmed(old_database)[0] == done - 1  # all but the draft that was copied
        server.start()
        wait_for(lambda: read_orders(old_database)[0] == "live", server, "the backfill")
        assert confirmed(old_database) == (ORDERS, ORDERS, ORDERS)


def test_reading_again_stores_nothing_twice(old_database):
    with harness.Server(old_database, "--max-cron-threads=0") as server:
        admin = server.login()
        lines = admin.call("ecrm.collector", "search", [[]])
        admin.call("ecrm.pipeline", "run_now")
        before = confirmed(old_database)
        admin.call("ecrm.collector", "action_read_again", [lines])
        assert admin.call("ecrm.pipeline", "run_now")["stored"] == 0
        assert confirmed(old_database) == before


def test_a_row_committed_late_with_an_old_date_is_not_missed(old_database):
    with harness.Server(old_database, "--max-cron-threads=0") as server:
        admin = server.login()
        admin.call("ecrm.pipeline", "run_now")
        late = harness.connect(old_database)
        with late.cursor() as cursor:
            cursor.execute("SELECT min(id), max(id) FROM sale_order WHERE state = 'sale'")
            oldest, newest = cursor.fetchone()
            cursor.execute(
                "UPDATE sale_order SET state = 'cancel', write_date = '2020-01-01' WHERE id = %s",
                [oldest],
            )
            # meanwhile others commit, and the pipeline passes by
            harness.query(
                old_database, "UPDATE sale_order SET state = 'cancel' WHERE id = %s", [newest]
            )
            admin.call("ecrm.pipeline", "run_now")
            assert cancelled(old_database) == {newest}
            late.commit()
        late.close()
        admin.call("ecrm.pipeline", "run_now")
        assert cancelled(old_database) == {oldest, newest}


def cancelled(name):
    rows = harness.query(name, "SELECT res_id FROM ecrm_touchpoint WHERE kind = 'order.cancelled'")
    return {row[0] for row in rows}

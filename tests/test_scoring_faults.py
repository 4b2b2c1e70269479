"""A scoring that is killed, and several at once: what stands in the profiles is always right.

A lock that the test holds makes certain in what moment things happen.
"""

import contextlib
import subprocess
import threading
import time

import pytest

from ecrm_dev import odoo_log, odoo_process, project
from tests import harness

pytestmark = pytest.mark.alone

CUSTOMERS, ORDERS = 400, 3
PATIENCE = 120  # seconds
#: All that the profiles say, whatever the order of rows and the hour.
HASH = """
SELECT count(*), md5(string_agg(row, '|' ORDER BY row))
  FROM (SELECT (to_jsonb(profile) - ARRAY['id', 'create_date', 'write_date', 'create_uid',
               'write_uid', 'computed_at'])::text AS row
          FROM ecrm_profile profile) told
"""
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
   AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""
#: What a server says when its connection is cut.
CUT = (
    "terminating connection",
    "server closed the connection",
    "connection already closed",
    "Exception during request handling",
    "bad query",
)


@pytest.fixture(scope="module")
def company(server, database):
    """The id of a company whose customers bought on many days, and are scored."""
    admin = server.login()
    partners = admin.call(
        "res.partner", "create", [[{"name": f"Customer {n}"} for n in range(CUSTOMERS)]]
    )
    [first] = admin.call("sale.order", "create", [[{"partner_id": partners[0]}]])
    harness.query(
        database,
        """
        INSERT INTO sale_order
        SELECT (jsonb_populate_record(first, jsonb_build_object(
                   'id', nextval('sale_order_id_seq'), 'state', 'sale',
                   'partner_id', partner, 'amount_untaxed', 10 + partner %% 90,
                   'date_order', now() AT TIME ZONE 'UTC'
                       - make_interval(days => (7 + partner * nth * nth * 13 %% 700)::int)
               ))).*
          FROM sale_order first, unnest(%s) partner, generate_series(1, %s) nth
         WHERE first.id = %s AND (nth = 1 OR partner %% nth = 0)
        """,
        [partners, ORDERS, first],
    )
    admin.call("ecrm.pipeline", "run_now")
    assert profiles(database)[0] == CUSTOMERS
    return admin.call("res.users", "read", [[admin.uid], ["company_id"]])[0]["company_id"][0]


def profiles(database):
    """Return the number of profiles and a hash of all they say."""
    return harness.query(database, HASH)[0]


def change_all(database):
    """Let every order be worth one more, as an import does that nobody hears of."""
    harness.query(
        database,
        "UPDATE sale_order SET amount_untaxed = amount_untaxed + 1 WHERE state = 'sale'",
    )


def rebuilt(database, server):
    """Return what a quiet scoring from nothing says."""
    harness.query(database, "DELETE FROM ecrm_profile")
    server.login().call("ecrm.pipeline", "run_now")
    return profiles(database)


@contextlib.contextmanager
def holding(database, statement, *parameters):
    """Hold a lock in a transaction of its own for as long as the block runs."""
    connection = harness.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            yield
    finally:
        connection.close()


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def press(server):
    """Press the button "Run now" in a thread; the answer or the error is in its ``answers``."""
    admin = server.login()
    answers = []

    def call():
        try:
            answers.append(admin.call("ecrm.pipeline", "run_now"))
        except Exception as error:  # noqa: BLE001  # it is told to the test
            answers.append(error)

    thread = threading.Thread(target=call)
    thread.answers = answers
    thread.start()
    return thread


@contextlib.contextmanager
def stuck(database, server):
    """A scoring in the midst of its writing: it waits for the row of the last customer."""
    last = "SELECT FROM ecrm_profile WHERE id = (SELECT max(id) FROM ecrm_profile) FOR UPDATE"
    with holding(database, last):
        thread = press(server)
        wait_for(lambda: harness.query(database, WAITING)[0][0] == 1, "the scoring to write")
        yield
        thread.join(PATIENCE)
        assert isinstance(thread.answers[0], Exception)


def test_killed_with_its_server(database, company):
    with harness.Server(database, "--max-cron-threads=0") as server:
        before = profiles(database)
        change_all(database)
        with stuck(database, server):
            server.kill()
        wait_for(lambda: not harness.query(database, WAITING)[0][0], "the lost connection")
        assert profiles(database) == before
        server.start()
        server.login().call("ecrm.pipeline", "run_now")
        after = profiles(database)
        assert after != before
        assert rebuilt(database, server) == after


def test_its_connection_is_cut(database, company):
    with harness.Server(database, "--max-cron-threads=0", allow=CUT) as server:
        before = profiles(database)
        change_all(database)
        with stuck(database, server):
            harness.query(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
        assert profiles(database) == before
        server.login().call("ecrm.pipeline", "run_now")
        after = profiles(database)
        assert after != before
        assert rebuilt(database, server) == after


@contextlib.contextmanager
def night(database, number):
    """A process of its own that does what the nightly job does, and must end well."""
    log = project.LOGS / f"night-{database}-{number}.log"
    command = [*odoo_process.ODOO, "shell", "-d", database, "--no-http", "--max-cron-threads=0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
        process.stdin.write(b"env['ecrm.pipeline']._cron_score()\nenv.cr.commit()\n")
        process.stdin.close()
        try:
            yield
            assert process.wait(PATIENCE) == 0, log
        finally:
            odoo_process.stop(process)
    assert not odoo_log.read_log(log.read_text(errors="replace")).unexpected, log


def test_two_nights_and_the_button_at_once(server, database, company):
    """All three wait for the same lock, so that two of them know only what was before."""
    change_all(database)
    lock = "SELECT pg_advisory_xact_lock(hashtext('ecrm.score.run'), %s)"
    with contextlib.ExitStack() as nights:
        with holding(database, lock, company):
            nights.enter_context(night(database, 1))
            nights.enter_context(night(database, 2))
            button = press(server)
            wait_for(lambda: harness.query(database, WAITING)[0][0] == 3, "all three")
    button.join(PATIENCE)
    assert button.answers[0]["profiles"] == CUSTOMERS
    together = profiles(database)
    assert rebuilt(database, server) == together


def test_a_customer_orders_while_the_night_scores(server, database, company):
    """What an order writes in the midst of a scoring does not cost the others their scores."""
    change_all(database)
    with contextlib.ExitStack() as nights:
        connection = harness.connect(database)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ecrm_profile SET order_count = order_count + 1"
                " WHERE id = (SELECT max(id) FROM ecrm_profile)"
            )
            nights.enter_context(night(database, 3))
            wait_for(lambda: harness.query(database, WAITING)[0][0] == 1, "the night")
            connection.commit()
        connection.close()
    after = profiles(database)
    assert rebuilt(database, server) == after


def test_an_order_while_all_are_scored(server, database, company):
    """Who confirms an order waits for nothing, and the score comes after the night."""
    admin = server.login()
    [partner] = admin.call("res.partner", "create", [[{"name": "Night owl"}]])
    [order] = admin.call("sale.order", "create", [[{"partner_id": partner}]])
    domain = [["partner_id", "=", partner]]
    lock = "SELECT pg_advisory_xact_lock(hashtext('ecrm.score.run'), %s)"
    with holding(database, lock, company):
        started = time.monotonic()
        admin.call("sale.order", "action_confirm", [[order]])
        assert time.monotonic() - started < 5
        assert not admin.call("ecrm.profile", "search_count", [domain])
        assert harness.query(
            database,
            "SELECT id FROM ecrm_change WHERE model = 'res.partner' AND res_id = %s",
            [partner],
        )
    admin.call("ecrm.pipeline", "run_now")
    assert admin.call("ecrm.profile", "search_count", [domain]) == 1

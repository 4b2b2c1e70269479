"""What is acknowledged is stored, once, whatever breaks meanwhile."""

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest
import requests

from tests import harness
from tests.faults.conftest import AWAY
from tests.faults.ledger import Browser, Traffic, act, switch_on
from tests.faults.postgres import Cluster

pytestmark = pytest.mark.alone

RETRIES = "tries left, try again in"


def workers_of(server):
    """Return the processes that serve pages."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.split()}
    return [pid for pid, command in commands.items() if b"gevent" not in command.split(b"\0")]


def log_of(server):
    return server.log.read_text(errors="replace")


def retries_of(server):
    return log_of(server).count(RETRIES)


def test_workers_killed_in_the_middle_of_a_batch(database, workers):
    with Traffic(database, [workers.url]) as traffic:
        for _kill in range(5):
            traffic.wait_for(8)
            os.kill(random.choice(workers_of(workers)), signal.SIGKILL)
        traffic.wait_for(20)
    assert traffic.check(workers) > 200
    assert 0 in traffic.statuses()  # some browser had no answer


def test_terminated_backends(database, workers):
    with Traffic(database, [workers.url]) as traffic:
        ended = 0
        deadline = time.monotonic() + 60
        while ended < 24 and time.monotonic() < deadline:
            rows = harness.query(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid() AND state IS NOT NULL"
                " ORDER BY random() LIMIT 1",
                [database],
            )
            ended += len(rows)
            time.sleep(0.1)
        traffic.wait_for(20)
    assert ended == 24
    assert traffic.check(workers) > 200
    assert traffic.statuses() <= {0, 204, 503}
    for status, headers in traffic.answers:
        assert status != 503 or int(headers["Retry-After"]) > 0


def test_a_worker_killed_while_it_unfolds(database, workers):
    """What waits is unfolded whole, or not at all; the next run goes on."""
    admin = workers.login()

    def unfold():
        with contextlib.suppress(requests.RequestException):
            admin.call("ecrm.pipeline", "run_now")

    with Traffic(database, [workers.url]) as traffic:
        for round_ in range(6):
            traffic.wait_for(6)
            thread = threading.Thread(target=unfold)
            thread.start()
            time.sleep(0.05 * (round_ + 1))
            for pid in workers_of(workers):
                os.kill(pid, signal.SIGKILL)
            thread.join()
        traffic.wait_for(6)
    assert traffic.check(workers) > 100


def test_a_reloaded_registry(database, workers):
    before = log_of(workers).count("Reloading the model registry")
    with Traffic(database, [workers.url]) as traffic:
        for _reload in range(3):
            harness.query(database, "INSERT INTO orm_signaling_registry DEFAULT VALUES")
            harness.query(database, "INSERT INTO orm_signaling_default DEFAULT VALUES")
            traffic.wait_for(15)
    assert traffic.check(workers) > 100
    assert traffic.statuses() == {204}
    assert log_of(workers).count("Reloading the model registry") > before


def test_the_same_batch_three_times_at_once(database, workers):
    before = retries_of(workers)
    browser = Browser(workers.url)
    assert browser.collect([act()]).status_code == 204
    sent, statuses = [], []
    for _round in range(12):
        events = [act() for _number in range(20)]
        sent += [event["id"] for event in events]
        orders = [events, events[::-1], random.sample(events, 20)]
        threads = [
            threading.Thread(
                target=lambda batch=batch: statuses.append(browser.collect(batch).status_code)
            )
            for batch in orders
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(statuses) == {204}
    rows = harness.query(
        database, "SELECT uid::text FROM ecrm_touchpoint WHERE uid = ANY(%s)", [sent]
    )
    assert sorted(row[0] for row in rows) == sorted(sent)
    assert retries_of(workers) == before


def test_first_batches_of_one_browser_at_once(database, workers):
    """Eight batches of a browser that nobody knew: one identity, and nobody fails or waits."""
    admin = workers.login()
    key = admin.call(
        "ecrm.site", "create", [{"name": "Blog", "allowed_origins": "https://blog.example"}]
    )
    (site,) = admin.call("ecrm.site", "read", [[key], ["key"]])
    before = retries_of(workers)
    identities = "SELECT count(*) FROM ecrm_identity WHERE kind = 'device'"
    for _round in range(6):
        ((known,),) = harness.query(database, identities)
        batch = {"site": site["key"], "vid": uuid.uuid4().hex[:22], "consent": "granted"}

        def begin(batch=batch):
            return Browser(workers.url).collect([act()], **batch)

        statuses = in_parallel(8, begin)
        assert statuses == [204] * 8
        assert harness.query(database, identities) == [(known + 1,)]
    assert retries_of(workers) == before


def in_parallel(number, call):
    """Call at once as often; return the statuses."""
    statuses = []

    def one():
        statuses.append(call().status_code)

    threads = [threading.Thread(target=one) for _call in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_one_hot_visitor(database, workers):
    browser = Browser(workers.url)
    assert browser.collect([act()]).status_code == 204
    before = retries_of(workers)
    assert in_parallel(16, lambda: browser.collect([act(), act()])) == [204] * 16
    assert in_parallel(16, lambda: browser.collect([act(), act()])) == [204] * 16
    assert retries_of(workers) == before


def test_locked_rows_hold_up_no_batch(database, workers):
    """Somebody edits the visitor, the contact, the website, and goes for lunch."""
    browser = Browser(workers.url)
    assert browser.collect([act()]).status_code == 204
    locks = harness.connect(database)
    with locks.cursor() as cursor:
        for table in ("website_visitor", "website", "res_partner", "res_users", "ecrm_consent"):
            cursor.execute(f"SELECT id FROM {table} FOR NO KEY UPDATE")
        cursor.execute("SELECT id FROM ecrm_identity FOR NO KEY UPDATE")
        with Traffic(database, [workers.url]) as traffic:
            traffic.wait_for(40)
            assert browser.collect([act()]).status_code == 204
        times = sorted(traffic.times)
    locks.rollback()
    locks.close()
    traffic.check(workers)
    assert traffic.statuses() == {204}
    assert times[int(len(times) * 0.95)] < 2


def test_contacts_merged_and_deleted_meanwhile(database, workers):
    admin = workers.login()
    (kept, merged, deleted) = admin.call(
        "res.partner", "create", [[{"name": name, "email": f"{name}@x.org"} for name in "abc"]]
    )
    domain = [["name", "=", "group_portal"]]
    portal = admin.call("ir.model.data", "search_read", [domain, ["res_id"]])
    group = portal[0]["res_id"]
    users = admin.call(
        "res.users",
        "create",
        [
            [
                {"login": f"u{partner}", "password": f"u{partner}-secret", "partner_id": partner,
                 "group_ids": [[6, 0, [group]]]}
                for partner in (merged, deleted)
            ]
        ],
    )  # fmt: skip
    browsers = []
    for partner in (merged, deleted):
        browser = Browser(workers.url)
        session = workers.login(f"u{partner}", f"u{partner}-secret")
        browser.cookies.set("session_id", session.cookies["session_id"])
        browsers.append(browser)
    sent, over = [], threading.Event()

    def browse(browser):
        while not over.is_set():
            events = [act()]
            assert browser.collect(events).status_code == 204
            sent.append(events[0]["id"])

    threads = [
        threading.Thread(target=browse, args=(browser,), daemon=True) for browser in browsers
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    wizard = admin.call(
        "base.partner.merge.automatic.wizard",
        "create",
        [{"partner_ids": [[6, 0, [kept, merged]]], "dst_partner_id": kept}],
    )
    admin.call("base.partner.merge.automatic.wizard", "action_merge", [[wizard]])
    admin.call("ecrm.pipeline", "run_now")
    insist(admin, "res.users", "unlink", [[users[1]]])
    insist(admin, "res.partner", "unlink", [[deleted]])
    admin.call("ecrm.pipeline", "run_now")
    time.sleep(0.5)
    over.set()
    for thread in threads:
        thread.join()
    admin.call("ecrm.pipeline", "run_now")
    rows = harness.query(
        database, "SELECT uid::text FROM ecrm_touchpoint WHERE uid = ANY(%s)", [sent]
    )
    assert len(sent) > 10
    assert sorted(row[0] for row in rows) == sorted(sent)
    # what the merged contact did is the kept one's now
    assert admin.call("ecrm.touchpoint", "search_count", [[["partner_id", "=", kept]]]) > 0


def insist(session, *call):
    """Call again as long as somebody else writes the same rows, such as Odoo's own session log."""
    for _try in range(10):
        try:
            return session.call(*call)
        except harness.RpcError as error:
            if "SerializationFailure" not in error.name:
                raise
            time.sleep(0.3)
    raise AssertionError("somebody else writes all the time")


def test_the_pipeline_runs_beside(database, workers):
    admin = workers.login()
    with Traffic(database, [workers.url]) as traffic:
        for _run in range(3):
            admin.call("ecrm.pipeline", "run_now")
            traffic.wait_for(5)
    accepted = traffic.check(workers)
    assert traffic.statuses() == {204}
    admin.call("ecrm.pipeline", "run_now")
    assert admin.call("ecrm.pipeline", "run_now")["stored"] == 0
    assert accepted > 50


def test_two_servers_and_a_replica(database):
    with (
        harness.Server(database, "--max-cron-threads=0", "--dev=replica") as one,
        harness.Server(database, "--max-cron-threads=0") as two,
        Traffic(database, [one.url, two.url], browsers=6) as traffic,
    ):
        traffic.wait_for(40)
    assert traffic.check() > 150
    assert traffic.statuses() == {204}
    # the door asks for the writing cursor at once, and not after a vain try
    assert "ReadOnlySqlTransaction" not in log_of(one)


@pytest.mark.timeout(900)
def test_postgresql_stops_and_starts(database):
    with Cluster() as cluster:
        cluster.bring(database)
        # threads: the parent of Odoo's worker processes ends when it cannot reach PostgreSQL,
        # to be started again by whatever supervises it
        place = [f"--db_host={cluster.folder}", "--db_port=5432", "--db_user=odoo"]
        with (
            harness.Server(database, "--max-cron-threads=0", *place, allow=AWAY) as server,
            Traffic(
                database, [server.url], query=lambda *call: cluster.query(database, *call)
            ) as traffic,
        ):
            traffic.wait_for(10)
            cluster.stop("immediate")
            time.sleep(2)
            down = Browser(server.url).collect([act()])
            assert down.status_code == 503
            assert int(down.headers["Retry-After"]) > 0
            assert down.json()["reason"] == "unavailable"
            assert "Set-Cookie" not in down.headers
            cluster.start()
            cluster.wait_until_up(database)
            traffic.wait_for(20)
        assert traffic.check() > 100
        # 500: whom the stop met before Odoo knew which route was asked for
        assert traffic.statuses() <= {0, 204, 500, 503}


def test_limits_hold_across_workers(database, workers):
    switch_on(database, visit="20 0.01")
    harness.query(database, "INSERT INTO orm_signaling_default DEFAULT VALUES")
    harness.query(database, "INSERT INTO orm_signaling_stable DEFAULT VALUES")
    one, other = Browser(workers.url), Browser(workers.url)
    statuses = [one.collect([act()]).status_code]
    statuses += in_parallel(59, lambda: one.collect([act()]))
    assert set(statuses) == {204, 429}
    # two workers may forget a request when they write at once
    assert 20 <= statuses.count(204) <= 24
    refused = one.collect([act()])
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert other.collect([act()]).status_code == 204
    switch_on(database)
    harness.query(database, "INSERT INTO orm_signaling_default DEFAULT VALUES")
    harness.query(database, "INSERT INTO orm_signaling_stable DEFAULT VALUES")

"""The API against its own description, against poison, races and slow clients.

A real server is held against the document that it serves: schemathesis makes requests of it,
good and bad ones, and checks each answer. Then what no document says: nothing that was
acknowledged is lost, whatever the events are, however many come at once.
"""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import strategies as st

from tests import harness

pytestmark = pytest.mark.alone

PATH = "/ecrm/api/v1/events"
DOCUMENT = "/ecrm/api/v1/openapi.json"


class Api:
    """A key of a server, and how to use it."""

    def __init__(self, server):
        self.server = server
        admin = server.login()
        admin.call("ir.config_parameter", "set_param", ["ecrm.limit_api", "100000 100000"])
        (wizard,) = admin.call("ecrm.api.key.wizard", "create", [[{"name": "Fuzz"}]])
        shown = admin.call("ecrm.api.key.wizard", "action_generate", [[wizard]])
        self.key = shown["context"]["default_key"]
        self.headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
        }

    def send(self, events):
        body = json.dumps({"events": events}).encode()
        answer = requests.post(self.server.url + PATH, body, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()["results"]

    def known(self, table, uids):
        """Return which of some ids stand in a table."""
        statement = f"SELECT uid::text FROM {table} WHERE uid::text = ANY(%s)"  # noqa: S608
        return {row[0] for row in harness.query(self.server.database, statement, [list(uids)])}


@pytest.fixture(scope="module")
def api(server):
    return Api(server)


def make_event(**values):
    return {
        "uid": str(uuid.uuid4()),
        "kind": "app.opened",
        "occurred_at": "2026-03-01T10:00:00Z",
        "identity": {"external_id": "fuzz"},
        **values,
    }


# ------------------------------------------------------------
# THE DOCUMENT IS TRUE
# ------------------------------------------------------------


@pytest.mark.timeout(600)
def test_every_answer_is_as_described(api, tmp_path):
    config = tmp_path / "schemathesis.toml"
    # a batch that is too large is no bad request, it is one to be split
    config.write_text("checks.negative_data_rejection.expected-statuses = [400, 413, 415, 422]\n")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
        "run",
        api.server.url + DOCUMENT,
        f"--header=Authorization: Bearer {api.key}",
        "--checks=all",
        "--phases=examples,coverage,fuzzing",
        "--max-examples=150",
        "--seed=1",
        "--no-color",
    ]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=380, check=False
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    generated = re.search(r"(\d+) generated", run.stdout)
    assert int(generated[1]) > 150, run.stdout[-2000:]


def test_a_false_document_is_noticed(api):
    """The check above can fail: it finds an answer that the document does not describe."""
    document = requests.get(api.server.url + DOCUMENT, timeout=60).json()
    document["components"]["schemas"]["Result"]["properties"]["status"] = {"enum": ["taken"]}
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=api.server.url)
    case = schema[PATH]["POST"].Case(body={"events": [make_event()]}, media_type="application/json")
    with pytest.raises(schemathesis.core.failures.FailureGroup) as found:
        case.call_and_validate(headers=api.headers)
    assert "taken" in str(found.value.exceptions[0])


# ------------------------------------------------------------
# POISON
# ------------------------------------------------------------

NASTY = ["\x00", "\ud800", "\uffff", "'; DROP TABLE ecrm_identity; --", "%s", "%(x)s", "\\", "{}"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(NASTY),
    st.sampled_from(["order.paid", "app.x", "web.page", "9999-12-31", "0001-01-01T00:00+14:00"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=10) | st.sampled_from(NASTY), inner, max_size=4)
    ),
    max_leaves=8,
)
IDENTITIES = ["email", "external_id", "partner_id"]
NAMES = st.sampled_from(
    ["uid", "kind", "occurred_at", "identity", "value", "currency", "props", "session", "url"]
    + ["referrer", "utm_source", "company_id", "verdict"]
)


@st.composite
def poisoned(draw):
    """Return a good event with something wrong in it, or no event at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    event = make_event(uid=str(draw(st.uuids(version=4))))
    event.update(draw(st.dictionaries(NAMES, VALUES, max_size=2)))
    if draw(st.booleans()):
        event["identity"] = {draw(st.sampled_from(IDENTITIES)): draw(VALUES)}
    for name in draw(st.lists(NAMES, max_size=1)):
        event.pop(name, None)
    return event


@pytest.mark.timeout(600)
def test_what_is_acknowledged_is_kept(api):
    """acknowledged = stored + duplicate + quarantined, and each of them is to be found."""
    ledger = {"stored": set(), "duplicate": set(), "quarantined": set()}
    sent = 0

    @hypothesis.settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.lists(poisoned(), max_size=20))
    def send(events):
        nonlocal sent
        good = make_event()
        results = api.send([*events, good])
        assert len(results) == len(events) + 1
        assert results[-1] == {"uid": good["uid"], "status": "stored", "reason": None}
        sent += len(results)
        for result in results:
            assert (result["reason"] is None) == (result["status"] != "quarantined")
            ledger[result["status"]].add(result["uid"])

    send()
    assert sent > 300
    assert all(ledger.values()), "nothing of one kind came up"
    known = ledger["stored"] | ledger["duplicate"]
    assert api.known("ecrm_touchpoint_key", known) == known
    assert api.known("ecrm_touchpoint_data", known) == known
    assert api.known("ecrm_quarantine", ledger["quarantined"]) == ledger["quarantined"]


# ------------------------------------------------------------
# AT ONCE, AND SLOWLY
# ------------------------------------------------------------


@pytest.mark.timeout(600)
def test_the_same_batch_many_times_at_once(database):
    """One of them stores an event, for the others it is a duplicate; none gets an error."""
    with harness.Server(database, "--workers=4", "--max-cron-threads=0") as server:
        api = Api(server)
        batches = [[make_event(identity={"external_id": f"new {n}"}) for n in range(5)]
                   + [make_event(kind="order.paid")] for _batch in range(4)]  # fmt: skip
        with ThreadPoolExecutor(8) as pool:
            # each batch four times in a row: the workers get it at once
            answers = list(pool.map(api.send, [batch for batch in batches for _time in range(4)]))
        statuses = [[row["status"] for row in answer] for answer in answers]
        for number, batch in enumerate(batches):
            mine = statuses[number * 4 : number * 4 + 4]
            for place in range(5):
                seen = sorted(answer[place] for answer in mine)
                assert seen == ["duplicate"] * 3 + ["stored"]
            assert {answer[5] for answer in mine} == {"quarantined"}
            assert len(api.known("ecrm_quarantine", [batch[5]["uid"]])) == 1
        uids = [event["uid"] for batch in batches for event in batch[:5]]
        people = harness.query(
            database,
            "SELECT count(*), count(identity_id), count(DISTINCT identity_id)"
            " FROM ecrm_touchpoint_data WHERE uid::text = ANY(%s)",
            [uids],
        )
        assert people == [(20, 20, 5)], "one person per number, and no event without one"


def _open(server, headers):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    lines = [f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def _status(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status


def _trickle(connection, seconds):
    """Send one byte now and then; return after how many seconds the server hung up."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        try:
            connection.sendall(b" ")
        except OSError:
            break
        time.sleep(0.2)
    return time.monotonic() - start


@pytest.mark.timeout(600)
def test_slow_clients_do_not_hold_a_worker(database):
    """With one worker, others wait for a slow body: not for long."""
    with harness.Server(database, "--workers=1", "--max-cron-threads=0") as server:
        api = Api(server)
        for authorization, patience in ((api.headers, 15), ({}, 5)):
            headers = {"Content-Type": "application/json", **authorization}
            connection = _open(server, {**headers, "Content-Length": "500000"})
            with connection, ThreadPoolExecutor(1) as pool:
                hung_up = pool.submit(_trickle, connection, 40)
                time.sleep(0.5)
                start = time.monotonic()
                assert api.send([make_event()])[0]["status"] == "stored"
                assert time.monotonic() - start < patience
                assert hung_up.result() < patience + 5


def test_refused_at_once(api):
    """What is too large or has no length is refused before it has come."""
    for headers, status in (
        ({"Content-Length": str(10**9)}, 413),
        ({"Content-Length": "5", "Transfer-Encoding": "chunked"}, 411),
        ({}, 411),
        ({"Content-Length": "10", "Content-Encoding": "gzip"}, 415),
        ({"Content-Length": "10", "Authorization": "Bearer no"}, 401),
    ):
        with _open(api.server, {**api.headers, **headers}) as connection:
            start = time.monotonic()
            assert _status(connection) == status
            assert time.monotonic() - start < 1


def test_the_answer_is_seen_even_if_nobody_reads_the_body(api):
    body = b" " * 8_000_000
    answer = requests.post(api.server.url + PATH, body, headers=api.headers, timeout=60)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_a_revoked_key_stops_at_once_in_every_worker(database):
    with harness.Server(database, "--workers=2", "--max-cron-threads=0") as server:
        api, admin = Api(server), server.login()
        for _time in range(6):
            api.send([])
        (key,) = admin.call("ecrm.api.key", "search", [[["prefix", "=", api.key[:13]]]])
        admin.call("ecrm.api.key", "action_revoke", [[key]])
        statuses = {
            requests.post(server.url + PATH, b"{}", headers=api.headers, timeout=60).status_code
            for _time in range(12)
        }
        assert statuses == {401}

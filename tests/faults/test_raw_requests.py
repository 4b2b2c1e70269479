"""Requests that no browser sends: they are answered, at once, and hold no worker."""

import json
import socket
import threading
import time

import pytest
import requests

from tests.faults.ledger import Browser, act

pytestmark = pytest.mark.alone

BATCH = json.dumps({"v": 1, "sent": 1, "events": []}).encode()
HEAD = "POST /ecrm/collect HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"


def ask(server, head, body=b"", timeout=20):
    """Send bytes as they are; return the status of the answer, 0 for none, and the seconds."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout) as connection:
        head = HEAD.format(host=f"127.0.0.1:{server.port}") + head
        connection.sendall(head.encode("latin-1") + b"\r\n" + body)
        try:
            answer = connection.recv(65536)
        except ConnectionResetError:
            answer = b""
    status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
    return status, time.monotonic() - start


def chunked(*chunks):
    parts = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return b"".join(parts) + b"0\r\n\r\n"


def test_lengths_that_lie(workers):
    length = len(BATCH)
    for head, body, expected in (
        (f"Content-Length: {length}\r\n", BATCH, {204}),
        ("", BATCH, {411, 400, 0}),
        ("Content-Length: -5\r\n", BATCH, {400, 411, 0}),
        ("Content-Length: many\r\n", BATCH, {400, 411, 0}),
        (f"Content-Length: {10**12}\r\n", BATCH, {408, 413, 0}),
        (f"Content-Length: {length}\r\nContent-Length: {length}\r\n", BATCH, {204, 400}),
        (f"Content-Length: 3\r\nContent-Length: {length}\r\n", BATCH, {204, 400, 0}),
        ("Transfer-Encoding: chunked\r\n", chunked(BATCH), {204, 411, 0}),
        (
            f"Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n",
            chunked(BATCH),
            {204, 400, 411, 0},
        ),
        ("Transfer-Encoding: chunked\r\n", b"zzz\r\nnonsense", {400, 411, 0}),
    ):
        status, _seconds = ask(workers, head, body)
        assert status in expected, (head, status)
    assert Browser(workers.url).collect([act()]).status_code == 204


def trickle(server, answers, head="", seconds=60):
    """Send a body of 1,000 bytes, one a second."""
    start = time.monotonic()
    head = HEAD.format(host=f"127.0.0.1:{server.port}").replace(
        "application/json", head or "application/json"
    )
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(head.encode() + b"Content-Length: 1000\r\n\r\n")
        answer = b""
        while not answer and time.monotonic() - start < seconds:
            try:
                connection.sendall(b"x")
                connection.settimeout(1)
                answer = connection.recv(4096) or b"closed"
            except TimeoutError:
                continue
            except OSError:
                answer = b"closed"
    answers.append((answer, time.monotonic() - start))


def test_slow_bodies_free_their_workers(workers):
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answers = []
        arguments = (workers, answers, kind)
        threads = [threading.Thread(target=trickle, args=arguments) for _sender in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        start = time.monotonic()
        # both workers are held; the next request waits no longer than they may be
        assert requests.get(f"{workers.url}/web/health", timeout=60).status_code == 200
        assert time.monotonic() - start < 20
        for thread in threads:
            thread.join()
        for answer, seconds in answers:
            assert answer == b"closed" or answer.split(b" ")[1] in (b"408", b"415")
            assert seconds < 20


def test_a_silent_sender_is_left(workers):
    start = time.monotonic()
    status, _seconds = ask(workers, "Content-Length: 1000\r\n", b"{")
    assert status in (408, 0)
    assert time.monotonic() - start < 15

"""Browsers that keep a ledger: what they sent, what was acknowledged, what must be stored.

with Traffic(database, [server.url]) as traffic:
    ...                      # do harm meanwhile
traffic.check()
"""

import itertools
import json
import random
import threading
import time
import uuid

import requests

from tests import harness

BAR = '{"required":true,"optional":true}'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PATIENCE = 15  # seconds for an answer
DRAIN = 90  # seconds in which everything must be acknowledged once the harm is over
POISON_EVERY = 7  # batches


def switch_on(database, **parameters):
    """Let all websites of a database measure visits of those who agree; nobody is limited."""
    harness.query(database, "UPDATE website SET cookies_bar = true, ecrm_tracking = 'identified'")
    limits = {"visit": "100000 100000", "newcomer": "100000 100000", **parameters}
    for name, value in limits.items():
        harness.query(
            database,
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [f"ecrm.limit_{name}", value],
        )


def act(kind="web.page", **values):
    """Return an event as the tracker writes it."""
    now = int(time.time() * 1000)
    return {"id": str(uuid.uuid4()), "t": now, "k": kind, "u": "/shop", "s": "m3x8k2p9", **values}


class Browser(requests.Session):
    """A browser whose visitor accepted the cookie bar."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.headers.update({"User-Agent": FIREFOX, "Accept-Language": "en"})
        self.cookies.set("website_cookies_bar", BAR)

    def collect(self, events, **batch):
        """Send a batch; return the answer, None if there is none."""
        body = {"v": 1, "sent": int(time.time() * 1000), "events": events, **batch}
        headers = {"Content-Type": "application/json"}
        if "site" in batch:
            headers = {"Content-Type": "text/plain", "Origin": "https://blog.example"}
        try:
            return self.post(
                f"{self.url}/ecrm/collect", json.dumps(body), headers=headers, timeout=PATIENCE
            )
        except requests.RequestException:
            return None


class Traffic:
    """Some browsers that send batch after batch, again and again until it is acknowledged."""

    def __init__(self, database, urls, browsers=4, size=5, query=None):
        self.database = database
        self.query = query or (lambda *arguments: harness.query(database, *arguments))
        self.sent, self.good, self.bad = set(), set(), set()
        self.answers = []  # (status, headers), status 0 for none
        self.times = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self._run, args=(Browser(url), size, number))
            for number, url in zip(range(browsers), itertools.cycle(urls), strict=False)
        ]
        self.lost = []

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for(len(self.threads))
        return self

    def __exit__(self, *_error):
        self.over.set()
        for thread in self.threads:
            thread.join(DRAIN + PATIENCE)

    def wait_for(self, batches, seconds=DRAIN):
        """Wait until so many more batches are acknowledged."""
        goal = self.acknowledged + batches
        deadline = time.monotonic() + seconds
        while self.acknowledged < goal:
            assert time.monotonic() < deadline, f"no answer any more: {self.answers[-5:]}"
            time.sleep(0.02)

    @property
    def acknowledged(self):
        return sum(status == 204 for status, _headers in list(self.answers))

    def statuses(self):
        return {status for status, _headers in self.answers}

    def _run(self, browser, size, number):
        dice = random.Random(number)
        for count in itertools.count(1):
            if self.over.is_set():
                return
            events = [act(dice.choice(["web.page", "web.search"])) for _event in range(size)]
            bad = [act("web.poison")] if count % POISON_EVERY == 0 else []
            with self.lock:
                self.sent |= {event["id"] for event in events + bad}
            if self._deliver(browser, events + bad):
                with self.lock:
                    self.good |= {event["id"] for event in events}
                    self.bad |= {event["id"] for event in bad}
            else:
                self.lost.append(events)
                return

    def _deliver(self, browser, events):
        """Send a batch as the tracker does: again as long as it is not taken or refused."""
        deadline = time.monotonic() + DRAIN
        while time.monotonic() < deadline:
            start = time.monotonic()
            answer = browser.collect(events)
            status = answer.status_code if answer is not None else 0
            with self.lock:
                self.answers.append((status, dict(answer.headers) if answer is not None else {}))
                self.times.append(time.monotonic() - start)
            if status == 204:
                return True
            if status and status not in (408, 429) and status < 500:
                return False  # the tracker would throw it away
            time.sleep(0.1)
        return False

    def check(self, server=None):
        """Compare the ledger with the tables; return the number of acknowledged events.

        :param Server server: also once its pipeline has unfolded what waits
        """
        assert not self.lost, f"given up, after the answers {sorted(self.statuses())}"
        assert self.good
        accepted = self._compare("ecrm_touchpoint")
        if server:
            server.login().call("ecrm.pipeline", "run_now")
            assert self.query("SELECT count(*) FROM ecrm_touchpoint_inbox") == [(0,)]
            assert self._compare("ecrm_touchpoint_data") == accepted
            keys = self.query("SELECT uid::text FROM ecrm_touchpoint_key")
            assert self.good <= {row[0] for row in keys}
        return accepted

    def _compare(self, table):
        rows = [row[0] for row in self.query(f"SELECT uid::text FROM {table}")]
        aside = [row[0] for row in self.query("SELECT uid FROM ecrm_quarantine")]
        stored, refused = set(rows), set(aside)
        assert len(stored) == len(rows), "stored twice"
        assert len(refused) == len(aside), "set aside twice"
        assert not self.good - stored, "acknowledged and not stored"
        assert not self.bad - refused, "acknowledged and not set aside"
        assert not stored & refused
        accepted = self.good | self.bad
        assert len(accepted) == len(accepted & stored) + len(accepted & refused)
        # what was stored although its answer never came is acknowledged by now, too
        assert (stored | refused) & self.sent == accepted
        return len(accepted)

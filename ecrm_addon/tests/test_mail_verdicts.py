import json
import logging
import random
import time
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..lib.email import agents, clients, labelled, verdict

_logger = logging.getLogger(__name__)

DATA = Path(__file__).parent / "data"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
CHROME = f"{WINDOWS}Chrome/126.0.0.0 Safari/537.36"
#: Ordinary browsers by device; one may stand for another of its row.
BROWSERS = (
    [
        CHROME,
        f"{WINDOWS}Chrome/139.0.0.0 Safari/537.36",
        f"{WINDOWS}Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/18.3 Safari/605.1.15",
        f"{WINDOWS}Chrome/136.0.0.0 Safari/537.36 OPR/121.0.0.0",
    ],
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/138.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Android 14; Mobile; rv:138.0) Gecko/138.0 Firefox/138.0",
    ],
)
FOUND, KEPT = 0.95, 0.97
#: Networks for documentation (RFC 5737), which the sequences use for everybody unknown.
NOBODYS = ("192.0.2.", "198.51.100.", "203.0.113.")


def read():
    return json.loads((DATA / "mail_verdicts.json").read_text(encoding="utf-8"))


def hit(seconds, link=None, agent=CHROME, network="203.0.113.0/24", **more):
    kind = "click" if link else "open"
    return verdict.Hit(seconds, kind, link, user_agent=agent, network=network, **more)


def verdicts(hits, links=4):
    return [said.verdict for said in verdict.judge(hits, links)]


def varied(sequence, chance):
    """Return a sequence that tells the same story with other times, browsers and networks."""
    events, now, was, networks, agents_seen = [], 0.0, 0.0, {}, {}
    for event in sequence["events"]:
        now += (event["t"] - was) * chance.uniform(0.85, 1.2)
        was = event["t"]
        row = next((row for row in BROWSERS if is_in(event["ua"], row)), None)
        agent = agents_seen.setdefault(event["ua"], chance.choice(row) if row else event["ua"])
        if event["ip"].startswith(NOBODYS):
            other = f"{chance.choice((79, 91, 178, 185))}.{chance.randrange(8, 120)}"
            other = f"{other}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            address = networks.setdefault(event["ip"].rpartition(".")[0], other)
        else:
            address = event["ip"]
        events.append({**event, "t": now, "ua": agent, "ip": address})
    chance.shuffle(events)
    return {**sequence, "events": events}


def is_in(user_agent, row):
    known = clients.client(user_agent)
    device = "desktop" if row is BROWSERS[0] else "mobile"
    seen = agents.agent(user_agent, None)
    ordinary = known.kind == "browser" and not (seen.is_old_browser or seen.machine_clicks)
    return ordinary and known.device == device and "wv" not in user_agent


@tagged("post_install", "-at_install")
class TestMailVerdicts(BaseCase):
    """Who opened a mail and clicked: its reader, or a machine that checks it."""

    def _assert_good(self, found, what):
        line = "%s: machine events found %d of %d, human events kept %d of %d"
        _logger.info(line, what, *found[:4])
        self.assertGreaterEqual(found.recall(), FOUND, found.mismatches[:20])
        self.assertGreaterEqual(found.kept(), KEPT, found.mismatches[:20])

    def test_labelled_sequences(self):
        sequences = read()
        self.assertGreaterEqual(len(sequences), 60)
        found = labelled.measure(sequences)
        self.assertGreaterEqual(found.machine_all, 100)
        self.assertGreaterEqual(found.human_all, 100)
        self.assertFalse(found.unknown_as_human)
        self._assert_good(found, "labelled")

    def test_same_stories_told_otherwise(self):
        """The rules fit the kind of behaviour, not the figures of the examples."""
        chance = random.Random(4)
        sequences = [varied(sequence, chance) for _round in range(12) for sequence in read()]
        self._assert_good(labelled.measure(sequences), "varied")

    def test_whole_seconds(self):
        """Providers tell of whole seconds."""
        sequences = read()
        for sequence in sequences:
            for event in sequence["events"]:
                event["t"] = round(event["t"])
        self._assert_good(labelled.measure(sequences), "whole seconds")

    def test_order_does_not_matter(self):
        chance = random.Random(5)
        for sequence in read():
            hits = labelled.hits_of(sequence)
            said = dict(zip(hits, verdict.judge(hits, sequence["links"]), strict=True))
            for _round in range(5):
                chance.shuffle(hits)
                again = verdict.judge(hits, sequence["links"])
                self.assertEqual([said[one] for one in hits], again, sequence["id"])

    def test_later_hits_relabel_earlier_ones(self):
        first = hit(40, "L1")
        self.assertEqual(verdicts([first]), ["human"])
        hidden = hit(50, "HP", is_honeypot=True)
        self.assertEqual(verdicts([first, hidden]), ["machine"] * 2)
        others = [hit(40 + second / 2, f"L{second}") for second in (2, 3)]
        self.assertEqual(verdicts([first, *others]), ["machine"] * 3)

    def test_what_is_not_known(self):
        """Without an agent, a network or an instant nothing speaks against a person."""
        bare = verdict.Hit(None, "click", "L1")
        self.assertEqual(verdicts([bare]), ["unknown"])
        self.assertEqual(verdicts([bare._replace(network="203.0.113.0/24")]), ["human"])
        self.assertEqual(verdicts([bare._replace(user_agent="")]), ["machine"])
        self.assertEqual(verdicts([bare._replace(network="40.94.31.0/24")]), ["machine"])
        self.assertEqual(verdicts([bare._replace(is_machine=True)]), ["machine"])
        self.assertEqual(verdicts([hit(-5000, "L1")]), ["human"])  # a wrong clock
        self.assertEqual(verdicts([hit(-3, "L1")]), ["machine"])  # a check before delivery
        self.assertEqual(verdict.judge([], 3), [])

    def test_what_providers_say(self):
        """SendGrid calls Apple's relay a machine: it is no person, but neither a scanner."""
        apple = hit(9, None, "Mozilla/5.0", "17.58.3.0/24", is_machine=True)
        self.assertEqual(verdict.judge([apple])[0], ("proxy", 0, ["apple_relay"]))
        self.assertEqual(verdicts([hit(900, None, is_machine=True)]), ["machine"])

    def test_one_click_unsubscription(self):
        """A provider posts for its reader, with whatever program it likes (RFC 8058)."""
        post = hit(600, "unsub", "Go-http-client/2.0", "209.85.220.0/24", method="POST")
        self.assertEqual(verdicts([post]), ["human"])
        self.assertEqual(verdicts([post._replace(method="GET")]), ["machine"])
        self.assertEqual(verdicts([post._replace(seconds=0.4)]), ["machine"])

    def test_many_hits_take_no_time(self):
        """Whoever hammers at a link cannot make the judgement long."""
        chance = random.Random(6)
        hits = [
            hit(chance.uniform(0, 500), f"L{chance.randrange(9)}", network=f"10.{number % 250}.1.0")
            for number in range(4000)
        ]
        hits += [hit(chance.uniform(0, 500), network=f"10.{n % 250}.2.0") for n in range(4000)]
        start = time.perf_counter()
        verdict.judge(hits, 9)
        self.assertLess(time.perf_counter() - start, 20)

    def test_clients(self):
        for agent, family, kind, device in (
            (CHROME, "Chrome", "browser", "desktop"),
            (f"{CHROME} Edg/126.0", "Edge", "browser", "desktop"),
            (BROWSERS[1][0], "Safari", "browser", "mobile"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0",)
            + ("Thunderbird", "mail", "desktop"),
            ("YahooMailProxy; https://help.yahoo.com/kb/x.html", "Yahoo Mail", "proxy", None),
            ("Mozilla/5.0", "Apple Mail (private)", "proxy", None),
            ("curl/8.5.0", "Other", "other", "desktop"),
            ("", "Unknown", "other", None),
        ):
            with self.subTest(agent):
                self.assertEqual(clients.client(agent), (family, kind, device))

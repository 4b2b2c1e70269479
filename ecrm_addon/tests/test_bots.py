import logging
import time
from pathlib import Path

from werkzeug.datastructures import EnvironHeaders

from odoo.tests import BaseCase, tagged

from odoo.addons.web.models.ir_http import IrHttp

from ..lib.tracking import bots

_logger = logging.getLogger(__name__)

DATA = Path(__file__).parent / "data"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/146.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; %s) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/136.0.7103.127 Mobile Safari/537.36"
)
#: People, although words of crawlers or of apps stand in their agents.
LOOK_LIKE_MACHINES = [
    ANDROID % "CUBOT NOTE 20 Build/RP1A.200720.011",
    ANDROID % "CUBOT_X19",
    ANDROID % "M bot 60 Build/NRD90M; wv",
    ANDROID % "HTC Butterfly 2 Build/LRX22G",
    ANDROID % "CPH2557 Build/AP3A.240617.008; wv",
    ANDROID % "SM-S911B; wv" + " [FB_IAB/FB4A;FBAV/512.0.0.61.90;IABMV/1;]",
    ANDROID % "2201117TY; wv" + " [Pinterest/Android]",
    ANDROID % "SM-A135F; wv" + " WhatsApp/2.24.10.81 A",
    ANDROID % "SM-A546B; wv" + " Viber/25.3.0.0",
    ANDROID % "SM-S918N; wv" + " NAVER(inapp; search; 2000; 12.13.60)",
    ANDROID % "SM-G991B" + " BingSapphire/31.4.2110003555",
    ANDROID % "K" + " (Ecosia android@150.0.0.0)",
    ANDROID % "Pixel 7; wv" + " MicroMessenger/8.0.56 Weixin NetType/WIFI",
    f"{IPHONE} Instagram 382.0.0.27.90 (iPhone14,5; iOS 18_5; de_DE; de; scale=3.00)",
    f"{IPHONE} [FBAN/FBIOS;FBAV/516.0.0.52.98;FBDV/iPhone15,2;FBLC/fr_FR;FBOP/5]",
    f"{IPHONE} [Pinterest/iOS]",
    f"{IPHONE} Safari Line/15.8.0",
    f"{IPHONE} Snapchat/13.42.0.45 (like Safari/8621.2.5.10.10, panda)",
    f"{IPHONE} BytedanceWebview/d8a21c6 trill_39.8.0",
    IPHONE.replace("Mobile", "GSA/370.0.763474811 Mobile") + " Safari/604.1",
    IPHONE.replace("Mobile", "Version/18.0 YaBrowser/25.5.2.383.10 Mobile") + " Safari/604.1",
    CHROME.replace("Safari", "YaBrowser/25.4.0.0 Safari"),
    CHROME.replace("Chrome", "Slack/4.43.52 Chrome").replace(" Safari", " Electron/35.1.5 Safari"),
    CHROME.replace("Safari", "DuckDuckGo/5 Safari"),
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; SLCC2; GWX:DOWNLOADED)",
    "Opera/9.80 (Android; Opera Mini/4.4.39008/37.8625; U; en) Presto/2.12.423 Version/12.16",
]
#: Agents that would make careless patterns run for ages.
HOSTILE = [
    "a" * 10**6,
    "Mozilla/5.0 (" * 50_000,
    "(" * 500,
    " ; bot" * 100,
    "a@a-" * 200,
    "x@" + "a-" * 300,
    "mozilla/5.0 (windows nt; " * 40,
    "Mozilla/5.0 (compatible; " * 40,
    "opera m" * 100,
    "; " + "a" * 600,
    "[fb" * 200,
    "ContextualBo" * 60,
    "Spider Current " * 40,
    "cfnetwor" * 80,
    "\x00\ud800" * 300,
]


def is_machine(agent):
    return bots.judge(agent, {}, "GET")[0] == "machine"


def is_machine_to_odoo(agent):
    """What ``ir.http.is_a_bot`` says, which needs a request."""
    return any(bot in agent.lower() for bot in IrHttp.bots)


def read(name):
    return (DATA / name).read_text(encoding="utf-8").splitlines()


@tagged("post_install", "-at_install")
class TestBots(BaseCase):
    """Machines are told from people, far better than Odoo does."""

    def _shares(self, name, agents):
        """Return the shares of agents that we, and that Odoo, take for machines."""
        ours = sum(map(is_machine, agents)) / len(agents)
        odoo = sum(map(is_machine_to_odoo, agents)) / len(agents)
        line = "%s: %d agents, machines to us %.2f %%, to Odoo's list %.2f %%"
        _logger.info(line, name, len(agents), ours * 100, odoo * 100)
        return ours, odoo

    def _share_of_people(self, agents):
        verdicts = [bots.judge(agent, {}, "GET")[0] for agent in agents]
        return verdicts.count("human") / len(agents)

    def test_examples_of_the_list(self):
        agents = read("crawler_instances.txt")
        self.assertGreater(len(agents), 2000)
        ours, odoo = self._shares("crawler-user-agents", agents)
        self.assertGreaterEqual(ours, 0.99)
        self.assertGreater(ours, odoo)

    def test_machines_that_the_list_does_not_show(self):
        agents = read("crawlerdetect_crawlers.txt")
        self.assertGreater(len(agents), 1400)
        self.assertFalse(set(agents) & set(read("crawler_instances.txt")))
        ours, odoo = self._shares("crawlerdetect, machines", agents)
        self.assertGreaterEqual(ours, 0.95)
        self.assertGreater(ours, odoo)

    def test_browsers_of_today(self):
        agents = [line.split("\t")[1] for line in read("user_agents.tsv")]
        self.assertGreater(len(agents), 900)
        ours, _odoo = self._shares("user-agents, people", agents)
        self.assertLessEqual(ours, 0.001)
        self.assertGreaterEqual(self._share_of_people(agents), 0.999)

    def test_browsers_of_old(self):
        agents = read("crawlerdetect_devices.txt")
        self.assertGreater(len(agents), 600)
        ours, _odoo = self._shares("crawlerdetect, people", agents)
        self.assertLessEqual(ours, 0.01)
        self.assertGreaterEqual(self._share_of_people(agents), 0.99)  # neither "unknown"

    def test_people_who_look_like_machines(self):
        for agent in LOOK_LIKE_MACHINES:
            with self.subTest(agent):
                self.assertEqual(bots.judge(agent, {}, "GET"), ("human", ""))
        self._shares("people who look like machines", LOOK_LIKE_MACHINES)

    def test_reasons(self):
        expected = {
            "": "no_agent",
            "   ": "no_agent",
            "Mozilla/5.0": "too_little",
            "Mozilla/5.0 (compatible; Something/1.0)": "compatible",
            "Surprise/3": "no_browser",
            "curl/8.5.0": "http_library:curl",
            "python-requests/2.32.3": "http_library:python",
            "Go-http-client/2.0": "http_library:go_http",
            "axios/1.7.2": "http_library:axios",
            CHROME.replace("Chrome", "HeadlessChrome"): "headless",
            CHROME.replace("Safari", "Chrome-Lighthouse Safari"): "automation",
            f"{CHROME} (compatible; GPTBot/1.2; +https://openai.com/gptbot)": "known_bot:gptbot",
            "Mozilla/5.0 (compatible; bingbot/2.0)": "known_bot:bingbot",
            "Mozilla/5.0 (compatible; Claudebot/1.0)": "known_bot:claudebot",
            "Mozilla/5.0 (compatible; ContextualBot/1 stranger's words; outcomes.net)": (
                "known_bot:contextualbot_outcomes_net"
            ),
            "WhatsApp/2.23.20.0 A": "known_bot:whatsapp",
            f"{CHROME} brand-new-crawler/0.1": "job:crawl",
            f"{CHROME} (+https://example.com/why)": "contact",
        }
        for agent, reason in expected.items():
            with self.subTest(agent):
                self.assertEqual(bots.judge(agent, {}, "GET"), ("machine", reason))
        for agent in ("okhttp/4.12.0", "Dalvik/2.1.0 (Linux; U; Android 13)", "Shop/7 CFNetwork/1"):
            with self.subTest(agent):
                self.assertEqual(bots.judge(agent, {}, "GET"), ("unknown", "app"))

    def test_pages_that_nobody_looks_at(self):
        for name, value, reason in (
            ("Sec-Purpose", "prefetch;prerender", "prefetch"),
            ("Purpose", "prefetch", "prefetch"),
            ("X-Purpose", "preview", "prefetch"),
            ("X-Moz", "prefetch", "prefetch"),
            ("Sec-CH-UA", '"Chromium";v="128", "HeadlessChrome";v="128"', "headless"),
            ("From", "googlebot(at)googlebot.com", "contact"),
        ):
            environ = {f"HTTP_{name.upper().replace('-', '_')}": value}
            for headers in ({name: value}, EnvironHeaders(environ)):
                with self.subTest(name):
                    self.assertEqual(bots.judge(CHROME, headers, "GET"), ("machine", reason))
        self.assertEqual(bots.judge(CHROME, {}, "HEAD"), ("machine", "head"))
        both = bots.judge("curl/8.5.0", {"Purpose": "prefetch", "X-Moz": "prefetch"}, "HEAD")
        self.assertEqual(both, ("machine", "http_library:curl,prefetch,head"))
        harmless = {"Sec-CH-UA": '"Google Chrome";v="146"', "Accept": "*/*", "Purpose": ""}
        self.assertEqual(bots.judge(CHROME, harmless, "POST"), ("human", ""))

    def test_hostile_agents_take_no_time(self):
        bots._crawlers()
        for agent in HOSTILE:
            durations = []
            for _attempt in range(3):
                bots._judge_agent.cache_clear()
                bots._device_of.cache_clear()
                start = time.perf_counter()
                verdict, _reason = bots.judge(agent, {}, "GET")
                bots.device_class(agent, {})
                durations.append(time.perf_counter() - start)
            with self.subTest(agent[:30]):
                self.assertEqual(verdict, "machine")
                self.assertLess(min(durations), 0.02)  # measured: 1 ms

    def test_memory_is_bounded(self):
        bots._judge_agent.cache_clear()
        for number in range(3):
            bots.judge(f"{CHROME} {'x' * bots.LONGEST_AGENT}{number}", {}, "GET")
        self.assertEqual(bots._judge_agent.cache_info().currsize, 1)
        self.assertEqual(bots._judge_agent.cache_info().maxsize, bots.REMEMBERED_AGENTS)

    def test_time_of_a_judgement(self):
        agents = [line.split("\t")[1] for line in read("user_agents.tsv")]
        bots._crawlers()
        bots._judge_agent.cache_clear()
        cold = self._microseconds(agents)
        cached = self._microseconds(agents)
        _logger.info("a judgement takes %.1f us, of a known agent %.1f us", cold, cached)
        self.assertLess(cold, 2000)
        self.assertLess(cached, cold)

    def _microseconds(self, agents):
        start = time.perf_counter()
        for agent in agents:
            bots.judge(agent, {}, "GET")
        return (time.perf_counter() - start) / len(agents) * 1e6

    def test_devices(self):
        for line in read("user_agents.tsv"):
            device, agent = line.split("\t")
            self.assertEqual(bots.device_class(agent, {}), device, agent)
        for device, agent, headers in (
            ("tablet", CHROME, {"Sec-CH-UA-Mobile": "?0", "Sec-CH-UA-Platform": '"Android"'}),
            ("desktop", CHROME, {"Sec-CH-UA-Mobile": "?0", "Sec-CH-UA-Platform": '"Windows"'}),
            ("mobile", CHROME, {"Sec-CH-UA-Mobile": "?1"}),
            ("tablet", "Mozilla/5.0 (Android 14; Tablet; rv:139.0) Gecko/139.0", {}),
            ("desktop", None, {}),
        ):
            self.assertEqual(bots.device_class(agent, headers), device, headers)

    def test_pace_of_people(self):
        for name, instants in {
            "nothing": [],
            "30 tabs opened again at once": [5.0] * 30,
            "a tab a second for 40 seconds": [view + view % 3 * 0.3 for view in range(40)],
            "every 10 seconds or so for an hour": [view * 10 + view % 3 for view in range(360)],
            "the same minute, 20 times": [view * 60 for view in range(20)],
        }.items():
            with self.subTest(name):
                self.assertEqual(bots.rate_verdict(instants), ("human", ""))

    def test_pace_of_machines(self):
        for reason, instants in {
            "rate:41_in_10s": [5.0] * 41,
            "rate:61_in_60s": [view * 0.9 for view in range(100)],
            "rate:451_in_1800s": [view * 3 + view % 2 for view in range(500)],
            "clockwork": [900 + view * 60 + view % 2 / 2 for view in range(21)],
        }.items():
            with self.subTest(reason):
                self.assertEqual(bots.rate_verdict(reversed(instants)), ("machine", reason))

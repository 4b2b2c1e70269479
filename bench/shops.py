"""A server with two shops for the benchmarks of tracking, its visitors, and its CPU time."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from bench import database
from bench.data import CHECKOUT
from ecrm_dev import databases, odoo_process

NAME = database.PREFIX + "shops"
ADDONS = CHECKOUT / "bench" / "addons"
DOOR = "ecrm_bench_door"
FOLDERS = [f"--addons-path={CHECKOUT},{ADDONS}"]
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BAR = '{"required":true,"optional":true}'
#: The same shop under three names: measured by eCRM, the same not measured, as Odoo does it.
OURS, OFF, STOCK = "ours.example", "off.example", "stock.example"
VISITORS = 64
LUA = {name: CHECKOUT / "bench" / f"{name}.lua" for name in ("collect", "pages")}


def prepare():
    """Make the database; return the path of the product's page and the product's id."""
    database.drop(NAME)
    databases.copy(databases.addons_template(), NAME)
    with database.environment(NAME) as env:
        product = fill(env)
        env.cr.commit()
        answer = product.website_url, product.product_variant_id.id
    # last: this process does not have the folder on its addons path
    command = [sys.executable, "-m", "odoo", "-d", NAME, "-i", DOOR, *FOLDERS]
    options = ["--stop-after-init", "--no-http", "--log-level=error", "--max-cron-threads=0"]
    subprocess.run([*command, *options], check=True)
    return answer


def fill(env):
    """Make the two shops; return the product that both sell."""
    site = env["website"].search([], limit=1)
    if "channel_id" in site:
        site.channel_id = False  # the others have no live chat, which costs each page time
    env["website"].search([("id", "!=", site.id)]).unlink()
    site.write({"domain": f"http://{OURS}", "cookies_bar": True})
    off = env["website"].create({"name": "Off", "domain": f"http://{OFF}"})
    off.write({"cookies_bar": True, "ecrm_tracking": "off"})
    stock = env["website"].create({"name": "Stock", "domain": f"http://{STOCK}"})
    stock.write({"cookies_bar": False, "ecrm_tracking": "off"})
    for name in ("visit", "newcomer"):
        env["ir.config_parameter"].set_param(f"ecrm.limit_{name}", "100000000 1000000")
    env.cr.execute(
        "CREATE TABLE ecrm_bench_door"
        " (id uuid PRIMARY KEY, t bigint, k varchar, u varchar, r varchar, s varchar, p jsonb)"
    )
    return env["product.template"].create(
        {"name": "Tea", "list_price": 5, "website_published": True, "sale_ok": True}
    )


class Shop:
    """The running server; ``run`` puts wrk on it."""

    def __init__(self):
        self.path, self.product = prepare()
        self.port = odoo_process.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="ecrm-bench-"))

    def __enter__(self):
        if not shutil.which("wrk"):
            raise SystemExit("wrk is missing: apt-get install wrk")
        arguments = [
            *("-d", NAME, "--workers=2", "--max-cron-threads=0", "--log-level=info"),
            *(*FOLDERS, f"--gevent-port={odoo_process.free_port()}"),
        ]
        self.log = self.folder / "server.log"
        self.process = odoo_process.serve(arguments, self.log, self.port)
        odoo_process.wait_until_up(self.process, self.port, self.log)
        self.visitors = {
            OURS: self._cookies(OURS, consent=True),
            STOCK: self._cookies(STOCK, consent=False),
        }
        self.visitors[OFF] = self.visitors[OURS]
        return self

    def __exit__(self, *_error):
        odoo_process.stop(self.process)
        shutil.rmtree(self.folder)

    def _cookies(self, site, consent):
        """Write the cookies of visitors as real ones have them; return the file."""
        lines = []
        for number in range(VISITORS):
            browser = Browser(self, site)
            browser.get("/")
            cookies = {"session_id": browser.cookies["session_id"]}
            if consent:
                cookies |= browser.agree() | {"ecrm_sid": f"m3x8k2p{number:04d}"}
            lines.append("; ".join(f"{name}={value}" for name, value in cookies.items()))
        file = self.folder / f"{site}.txt"
        file.write_text("\n".join(lines) + "\n")
        return file

    def run(self, script, site, path, seconds=5, clients=4, **settings):
        """Let wrk knock; return requests a second and the median of their milliseconds."""
        env = {
            **os.environ,
            **{"SITE": site, "TARGET": path, "COOKIES": str(self.visitors[site]), "AGENT": AGENT},
            **{name: str(value) for name, value in settings.items()},
        }
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout=30s"]
        answer = subprocess.run(
            [*command, "-s", LUA[script], self.url],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if "Non-2xx" in answer or "Socket errors" in answer:
            raise RuntimeError(f"{path}: {answer}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", answer)[1])
        number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", answer).groups()
        return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    def retries(self):
        """Return how often a transaction was repeated so far."""
        return self.log.read_text(errors="replace").count("tries left, try again in")

    @contextmanager
    def cpu(self, spent):
        """Append to ``spent`` the milliseconds of CPU of Odoo's workers and their backends."""
        before = self._cpu()
        yield
        after = self._cpu()
        spent.append(sum(after[pid] - before.get(pid, 0) for pid in after))

    def _cpu(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        with database.maintenance() as cr:
            cr.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", (NAME,))
            backends = [pid for (pid,) in cr.fetchall()]
        return {pid: cpu_of(pid) for pid in [*map(int, children.split()), *backends]}


def cpu_of(pid):
    """Return the milliseconds of CPU, user and system, of a process with all its threads."""
    # nanoseconds on a processor; /proc/PID/stat counts in hundredths of a second
    spent = 0
    # a worker of Odoo serves in a thread, which its main thread waits for
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            spent += int(thread.read_text().split()[0])
    return spent / 1e6


class Browser(requests.Session):
    """A visitor of one of the two shops."""

    def __init__(self, shop, site):
        super().__init__()
        self.shop = shop
        self.headers.update({"Host": site, "User-Agent": AGENT, "Accept-Language": "en"})

    def get(self, path, **options):
        answer = super().get(self.shop.url + path, timeout=60, **options)
        answer.raise_for_status()
        return answer

    def post_json(self, path, body):
        data = json.dumps(body)
        headers = {"Content-Type": "application/json"}
        answer = self.post(self.shop.url + path, data=data, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer

    def agree(self):
        """Accept the cookie bar; return the cookies."""
        self.cookies.set("website_cookies_bar", BAR)
        self.post_json("/ecrm/consent", {"state": "granted"})
        return {"website_cookies_bar": BAR, "ecrm_vid": self.cookies["ecrm_vid"]}

    def beacon(self, count):
        """Send a batch of events."""
        now = int(time.time() * 1000)
        events = [
            {
                **{"id": str(uuid.uuid4()), "t": now - 500 * number, "k": "web.product"},
                **{"u": self.shop.path, "s": "m3x8k2p9", "p": {"product": self.shop.product}},
            }
            for number in range(count)
        ]
        self.post_json("/ecrm/collect", {"v": 1, "sent": now, "events": events})

"""A server with mails that were sent, for the benchmarks of pixels and links."""

import http.client
import os
import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from odoo.tools import SQL

from bench import database
from bench.data import CHECKOUT
from bench.shops import AGENT
from ecrm_dev import databases, odoo_process

NAME = database.PREFIX + "mail_doors"
MAILS, LINKS = 4000, 200
#: Odoo's server of two workers keeps sixteen connections waiting.
AT_A_TIME = 16


class Doors:
    """The running server; ``run`` puts wrk on it, ``at_once`` many people."""

    def __init__(self):
        databases.copy(databases.addons_template(), NAME)
        with database.environment(NAME) as env:
            self.pixels, self.clicks = fill(env)
        self.port = odoo_process.free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="ecrm-bench-"))
        self.paths = {
            "health": self._file("health", ["/web/health"]),
            "pixel": self._file("pixel", self.pixels),
            "click": self._file("click", [self.clicks[n][n % LINKS] for n in range(MAILS)]),
        }

    def __enter__(self):
        if not shutil.which("wrk"):
            raise SystemExit("wrk is missing: apt-get install wrk")
        gevent_port = odoo_process.free_port()
        options = ["--workers=2", "--max-cron-threads=0", f"--gevent-port={gevent_port}"]
        self.log = self.folder / "server.log"
        self.process = odoo_process.serve(["-d", NAME, *options], self.log, self.port)
        odoo_process.wait_until_up(self.process, self.port, self.log)
        return self

    def __exit__(self, *_error):
        odoo_process.stop(self.process)
        shutil.rmtree(self.folder)
        database.drop(NAME)

    def _file(self, name, paths):
        file = self.folder / f"{name}.txt"
        file.write_text("\n".join(paths) + "\n")
        return file

    def run(self, name, seconds, clients=1):
        """Let wrk knock, one after the other; return the median of the milliseconds."""
        env = {**os.environ, "PATHS": str(self.paths[name]), "AGENT": AGENT}
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout=30s"]
        script = CHECKOUT / "bench" / "paths.lua"
        answer = subprocess.run(
            [*command, "-s", script, f"http://127.0.0.1:{self.port}"],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if "Non-2xx" in answer or "Socket errors" in answer:
            raise RuntimeError(f"{name}: {answer}")
        number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", answer).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    def at_once(self, paths, status=302):
        """Let so many people follow a link each; return the seconds until the last answer.

        As many at a time as the server lets wait: others would only measure how long the
        network takes to try again.
        """

        def follow(path):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            connection.request("GET", path, headers={"User-Agent": AGENT})
            answer = connection.getresponse().status
            connection.close()
            return answer

        with ThreadPoolExecutor(AT_A_TIME) as people:
            begin = time.perf_counter()
            answers = list(people.map(follow, paths))
            took = time.perf_counter() - begin
        if set(answers) != {status}:
            raise RuntimeError(f"answers: {sorted(answers)}")
        return took

    def retries(self):
        """Return how often a transaction was repeated so far."""
        return self.log.read_text(errors="replace").count("tries left, try again in")


def fill(env):
    """Write down mails with links; return the paths of pixels, and of links by mail."""
    # the addon can be imported only while Odoo runs
    from odoo.addons.ecrm_addon.lib.email import reference
    from odoo.addons.ecrm_addon.models.ecrm_email_door import PURPOSE

    links = env.execute_query(
        SQL(
            """
            INSERT INTO ecrm_email_link (url, position, is_honeypot)
            SELECT 'https://shop.example/tea/' || n, n, false FROM generate_series(1, %s) n
            RETURNING id
            """,
            LINKS,
        )
    )
    mails = env.execute_query(
        SQL(
            """
            INSERT INTO ecrm_email_message
                   (message_id, email_normalized, kind, state, is_tracked, link_count, create_date)
            SELECT '<bench' || n || '@shop.example>', 'customer' || n || '@customer.example',
                   'message', 'queued', true, %s, now() AT TIME ZONE 'UTC'
              FROM generate_series(1, %s) n
            RETURNING id
            """,
            LINKS,
            MAILS,
        )
    )
    secret = env["ecrm.log"]._uid_secret()
    env.cr.commit()
    pixels = [f"/ecrm/o/{reference.write(secret, PURPOSE, mail, 0)}.gif" for (mail,) in mails]
    clicks = [
        [f"/ecrm/c/{reference.write(secret, PURPOSE, mail, link)}" for (link,) in links]
        for (mail,) in mails
    ]
    return pixels, clicks


def click_often(path, number):
    """Write down so many earlier clicks of the link of a path, by all recipients."""
    from odoo.addons.ecrm_addon.lib.email import reference
    from odoo.addons.ecrm_addon.models.ecrm_email_door import PURPOSE

    with database.environment(NAME) as env:
        secret = env["ecrm.log"]._uid_secret()
        _mail, link = reference.read(secret, PURPOSE, path.rpartition("/")[2])
        env.cr.execute(
            SQL(
                """
                INSERT INTO ecrm_email_event (type, source, occurred_at, received_at, link_ref,
                                              email_message_ref, method)
                SELECT 'clicked', 'link', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                       %(link)s, mail.ids[1 + mod(n, array_length(mail.ids, 1))], 'GET'
                  FROM generate_series(1, %(number)s) n
                 CROSS JOIN (SELECT array_agg(id) AS ids FROM ecrm_email_message) mail
                """,
                link=link,
                number=number,
            )
        )
        env.cr.commit()
        env.cr.execute("ANALYZE ecrm_email_event")
        env.cr.commit()

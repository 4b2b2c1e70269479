"""What process-level tests stand on: fresh databases and real Odoo servers on the loopback.

with fresh_database() as name, Server(name) as server:
    admin = server.login()
    admin.call("res.partner", "search_count", [[]])
"""

import contextlib
import itertools
import os
import re
import signal

import requests

from ecrm_dev import databases, odoo_log, odoo_process, project

_numbers = itertools.count(1)

connect = databases.connect  # connect(name) -> a psycopg2 connection


@contextlib.contextmanager
def fresh_database(template=None):
    """The name of a copy of ``template``, by default one with all addons of this checkout."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    databases.copy(template or databases.addons_template(), name)
    try:
        yield name
    finally:
        databases.drop(name)


def stock_template():
    """The name of the template without our addons; copy it, never write to it."""
    return databases.stock_template()


def query(name, statement, parameters=None):
    """The rows that a statement returns from the database ``name``; its changes are committed."""
    connection = connect(name)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def run_odoo(*arguments, check=True):
    """Run the Odoo command line to its end; return its log."""
    log = project.LOGS / f"process-{os.getpid()}-{next(_numbers)}.log"
    odoo_process.run_odoo(arguments, log=log, check=check)
    return log.read_text(errors="replace")


class Server:
    """An Odoo server as a process of its own, on a free port of the loopback interface.

    Leaving its ``with`` block stops it, and fails if its log holds a warning or an error that
    neither checklog-odoo.cfg nor ``allow`` (regular expressions) expects.
    """

    def __init__(self, database, *arguments, allow=()):
        self.database = database
        self.arguments = arguments
        self.allow = [re.compile(pattern, re.MULTILINE) for pattern in allow]
        self.port = odoo_process.free_port()
        self.gevent_port = odoo_process.free_port()  # in use only with --workers
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = project.LOGS / f"server-{database}-{next(_numbers)}.log"
        self.process = None
        self._log_text = ""  # of the times it was meant to run
        self._read_to = 0

    def __enter__(self):
        self.log.unlink(missing_ok=True)
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        self.stop()
        if kind is None:
            unexpected = self.unexpected()
            assert not unexpected, "in the server's log:\n" + "\n".join(unexpected)

    def start(self):
        arguments = ["-d", self.database, f"--gevent-port={self.gevent_port}", *self.arguments]
        self.process = odoo_process.serve(arguments, self.log, self.port)
        odoo_process.wait_until_up(self.process, self.port, self.log)

    def stop(self):
        """End it as an administrator would."""
        self._read_log()
        odoo_process.stop(self.process)
        # Odoo closes the connections of cron jobs that still run, and logs their complaints.
        self._read_to = self.log.stat().st_size

    def kill(self):
        """End it as a power cut would."""
        odoo_process.stop(self.process, signal.SIGKILL)
        self._read_log()

    def unexpected(self):
        """The warnings and errors of its log that nobody expects."""
        allowed = [*odoo_log.allowed_patterns(), *self.allow]
        self._read_log()
        return list(odoo_log.read_log(self._log_text, allowed).unexpected.values())

    def _read_log(self):
        with self.log.open("rb") as log:
            log.seek(self._read_to)
            text = log.read()
        self._read_to += len(text)
        self._log_text += text.decode(errors="replace")

    def login(self, login="admin", password="admin"):
        return Session(self, login, password)


class Session(requests.Session):
    """A logged-in user: get() and post() of pages, call() of model methods."""

    def __init__(self, server, login, password):
        super().__init__()
        self.server = server
        self.info = self.jsonrpc(
            "/web/session/authenticate", db=server.database, login=login, password=password
        )
        self.uid = self.info["uid"]
        if not self.uid:
            raise PermissionError(f"{login} cannot log in")

    def request(self, method, url, **options):
        if url.startswith("/"):
            url = self.server.url + url
        options.setdefault("timeout", 60)
        return super().request(method, url, **options)

    def jsonrpc(self, url, **parameters):
        body = {"jsonrpc": "2.0", "method": "call", "params": parameters}
        answer = self.post(url, json=body).json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")  # a method that returns None answers without one

    def call(self, model, method, args=(), **kwargs):
        """Call a public method of a model as this user."""
        return self.jsonrpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )


class RpcError(Exception):
    """The server answered with an error; ``name`` is its exception."""

    def __init__(self, error):
        super().__init__(f"{error['data']['name']}: {error['data']['message']}")
        self.name = error["data"]["name"]

"""A PostgreSQL of our own, to be stopped and started as it pleases a test."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2

from ecrm_dev import project

SETTINGS = "-c listen_addresses= -c timezone=UTC -c shared_buffers=128MB -c max_connections=60"


def programs():
    """Return the folder of initdb and pg_ctl, the newest there is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: str(path))
    path = found[-1] if found else shutil.which("initdb")
    assert path, "initdb is missing"
    return Path(path).parent


class Cluster:
    """A cluster in a temporary folder; root runs it as the system's user postgres."""

    def __enter__(self):
        self.bin = programs()
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="ecrm-pg-", dir="/var/tmp"))
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        options = ["-U", "odoo", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", "data", *options)
        self.start()
        return self

    def __exit__(self, *_error):
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program, *arguments):
        subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.folder,
            check=True,
            user=self.user and self.user.pw_uid,
            group=self.user and self.user.pw_gid,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=(project.LOGS / "private-postgres.log").open("ab"),
            stderr=subprocess.STDOUT,
            timeout=120,
        )

    def start(self):
        options = f"{SETTINGS} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", "data", "-l", "server.log", "-o", options, "-w", "start")

    def stop(self, mode="immediate"):
        """Stop it; ``immediate`` is as a power cut would, a recovery follows."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def bring(self, database):
        """Copy a database of the usual server to this one."""
        self.query("postgres", f'CREATE DATABASE "{database}"')
        dump = subprocess.Popen(
            [self.bin / "pg_dump", "-Fp", "--no-owner", database], stdout=subprocess.PIPE
        )
        options = ["-qX", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "odoo"]
        subprocess.run(
            [self.bin / "psql", *options, database],
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        assert dump.wait() == 0

    def query(self, database, statement, parameters=None):
        connection = psycopg2.connect(dbname=database, host=str(self.folder), user="odoo")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wait_until_up(self, database):
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.query(database, "SELECT 1")
            except psycopg2.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.1)

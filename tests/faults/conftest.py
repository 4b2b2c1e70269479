"""One database and one server of two workers for all faults of a module."""

import pytest

from tests import harness
from tests.faults import ledger

#: What Odoo itself writes when its database goes away under it.
AWAY = (
    "Database or registry unusable, trying without",
    "server closed the connection unexpectedly",
    "terminating connection due to",
    "connection already closed",
    "odoo.sql_db: bad query",
    "could not serialize access",  # another's call that Odoo repeated in vain
    "WorkerHTTP|Worker \\(\\d+\\)|Thread .* virtual real time limit",
)


@pytest.fixture(scope="module")
def database():
    with harness.fresh_database() as name:
        ledger.switch_on(name)
        yield name


@pytest.fixture(scope="module")
def workers(database):
    """A server as companies run it."""
    with harness.Server(database, "--workers=2", "--max-cron-threads=0", allow=AWAY) as running:
        yield running

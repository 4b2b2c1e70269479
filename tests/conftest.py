"""Process-level tests: a real Odoo server on a real PostgreSQL. Run them with script/test."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "script" / "lib"))

if "ODOO_RC" not in os.environ:
    pytest.exit('run "script/test tests", which sets up Odoo and PostgreSQL first', returncode=2)

from tests import browser, harness  # noqa: E402  # after the path above


@pytest.fixture(scope="module")
def database():
    """A fresh database with all our addons, for one test module."""
    with harness.fresh_database() as name:
        yield name


@pytest.fixture(scope="module")
def server(database):
    """A server on the module's database, without cron threads."""
    with harness.Server(database, "--max-cron-threads=0") as running:
        yield running


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as running:
        yield running


@pytest.fixture
def stored(admin):
    """Returns the touchpoints of the web that came in since the test began, the oldest first."""
    newest = admin.call("ecrm.touchpoint", "search", [[]], order="id desc", limit=1)
    since = newest[0] if newest else 0

    def read():
        return admin.call(
            "ecrm.touchpoint",
            "search_read",
            [[["id", ">", since], ["kind", "like", "web."]]],
            fields=["kind", "path", "props", "session_key", "identity_id", "uid"],
            order="occurred_at, id",
        )

    return read

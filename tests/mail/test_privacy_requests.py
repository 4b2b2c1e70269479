"""A person without an account gets her data and is forgotten, by mails that really leave.

Afterwards the whole database is searched for the addresses.
"""

import io
import json
import re
import zipfile
from email import message_from_bytes, policy

import psycopg2.sql
import pytest
import requests

from tests import harness

KNOWN = "sentinel.known@customer.example"
STRANGER = "sentinel.stranger@customer.example"
PAGE = "/ecrm/privacy"


class Guest(requests.Session):
    """Somebody without a login, who fills in the forms of pages."""

    def __init__(self, server):
        super().__init__()
        self.server = server

    def open(self, path):
        return self.get(self.server.url + path, timeout=60)

    def fill_in(self, page, path, **values):
        token = re.search(r'name="csrf_token" value="([0-9a-fo]+)"', self.open(page).text)[1]
        data = {"csrf_token": token, **values}
        return self.post(self.server.url + path, data=data, timeout=60)


@pytest.fixture(scope="module")
def guest(server):
    return Guest(server)


@pytest.fixture(scope="module")
def run(admin, sink):
    """Let the background job work and the mails leave; return the mails."""

    def run():
        with sink.catch() as caught:
            for name in ("ecrm_addon.ir_cron_privacy", "mail.ir_cron_mail_scheduler_action"):
                _model, cron_id = admin.call(
                    "ir.model.data", "check_object_reference", name.split(".")
                )
                admin.call("ir.cron", "method_direct_trigger", [[cron_id]])
        return {to[0]: message_from_bytes(raw, policy=policy.default) for to, raw in caught}

    return run


def link_of(mail, kind=""):
    body = mail.get_body(("html",)).get_content()
    return re.search(rf"{PAGE}/{kind}[0-9a-f]+", body)[0]


def grep(database, text):
    """The tables in which a text stands."""
    tables = harness.query(
        database,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = current_schema::regnamespace",
    )
    statement = "SELECT EXISTS(SELECT FROM {} row WHERE strpos(lower(row::text), %s) > 0)"
    return [
        table
        for (table,) in tables
        if harness.query(
            database, psycopg2.sql.SQL(statement).format(psycopg2.sql.Identifier(table)), [text]
        )[0][0]
    ]


def test_the_whole_way(admin, database, guest, run):
    admin.call("res.partner", "create", [[{"name": "Gone", "email": KNOWN}]])
    before = set(grep(database, KNOWN))
    answers = {guest.fill_in(PAGE, PAGE, email=email).text for email in (KNOWN, STRANGER)}
    assert len({re.sub(r'csrf_token: "[0-9a-fo]+"', "", text) for text in answers}) == 1
    mails = run()
    assert set(mails) == {KNOWN, STRANGER}
    assert "hold nothing" in mails[STRANGER].get_body(("html",)).get_content()
    assert not grep(database, STRANGER)

    page = link_of(mails[KNOWN])
    assert "being made" in guest.fill_in(page, f"{page}/download").text
    assert "ready" in run()[KNOWN]["Subject"]
    file = re.search(rf"{PAGE}/file/[0-9a-f]+", guest.open(page).text)[0]
    with zipfile.ZipFile(io.BytesIO(guest.open(file).content)) as archive:
        told = json.loads(archive.read("data.json"))
    assert told["contact"]["email"] == KNOWN

    guest.fill_in(f"{page}/erase", f"{page}/erase")
    confirm = link_of(run()[KNOWN], "confirm/")
    assert "is being erased" in guest.fill_in(confirm, confirm).text
    last = run()[KNOWN]
    (certificate,) = last.iter_attachments()
    number = re.search(r"PR/\d{4}/\d+", certificate.get_content())[0]
    shown = guest.open(link_of(last, "certificate/")).text
    assert number in shown and KNOWN not in shown
    after = set(grep(database, KNOWN))
    assert after <= before, after - before
    assert not [table for table in after if table.startswith("ecrm_")]
    assert not {"mail_mail", "ir_attachment"} & after

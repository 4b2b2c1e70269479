"""Who visits leaves nothing behind that leads back to her: looked for in the whole database."""

import hashlib
import itertools
import json
import time
import uuid

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests import harness

#: An address that nobody else in these tests has; all of 127.0.0.0/8 is this machine.
ADDRESS = "127.0.0.77"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.7171.99 Safari/537.36"
#: Rows that Odoo itself writes while it serves pages, none of them about visitors.
ODOOS_OWN = {"ir_attachment", "ir_logging", "ir_config_parameter", "orm_signaling_assets"}


class Visitor(requests.Session):
    """A browser at an address of its own."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.headers["User-Agent"] = AGENT
        adapter = HTTPAdapter()
        adapter.init_poolmanager(1, 1, source_address=(ADDRESS, 0))
        self.mount("http://", adapter)

    def page(self, path="/", **headers):
        answer = self.get(self.url + path, headers=headers, timeout=60)
        assert answer.status_code == 200
        return answer

    def answer_bar(self, accepted):
        at = int(time.time() * 1000)
        value = json.dumps({"required": True, "optional": accepted, "ts": at})
        self.cookies.set("website_cookies_bar", value, domain="127.0.0.1")

    def collect(self, events, **headers):
        now = int(time.time() * 1000)
        batch = [
            {"id": str(uuid.uuid4()), "t": now, "s": "sentinelvisit77", **event} for event in events
        ]
        body = {"v": 1, "sent": now, "events": batch}
        answer = self.post(f"{self.url}/ecrm/collect", json=body, headers=headers, timeout=60)
        assert answer.status_code == 204, answer.text


def view(path, **more):
    return {"k": "web.page", "u": f"https://shop.example{path}", "p": {"title": "A page"}, **more}


def tables(database):
    statement = """
        SELECT relname FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    """
    return [name for (name,) in harness.query(database, statement)]


def grep(database, texts):
    """The tables in which one of some texts stands, and which."""
    found = []
    connection = harness.connect(database)
    try:
        for table in tables(database):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT wanted FROM unnest(%s) wanted WHERE EXISTS ("
                    f'SELECT FROM "{table}" line WHERE strpos(line::text, wanted) > 0)',
                    [list(texts)],
                )
                found += [(table, text) for (text,) in cursor.fetchall()]
    finally:
        connection.close()
    return found


def counts(database):
    """Rows of each table, but of those which Odoo fills itself."""
    names = [table for table in tables(database) if table not in ODOOS_OWN]
    parts = [f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names]
    return dict(harness.query(database, " UNION ALL ".join(parts)))


def hashes(*parts):
    """What a table could hold instead of what it must not hold."""
    texts = [
        joint.join(order) for order in itertools.permutations(parts) for joint in ("", ":", "|")
    ]
    texts += [repr(tuple(parts)), *parts]
    algorithms = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.blake2b)
    return {algorithm(text.encode()).hexdigest()[:24] for text in texts for algorithm in algorithms}


@pytest.fixture
def site(request):
    """A database in a mode, its server, and the administrator."""
    with harness.fresh_database() as name:
        with harness.Server(name, "--max-cron-threads=0") as server:
            admin = server.login()
            (website,) = admin.call("website", "search", [[]], limit=1)
            admin.call("website", "write", [[website], {"ecrm_tracking": request.param}])
            warm = requests.Session()
            for path in ("/", "/contactus"):
                warm.get(server.url + path, timeout=120)
            yield name, server, admin


@pytest.mark.parametrize("site", ["anonymous"], indirect=True)
def test_counts_without_anybody(site):
    database, server, admin = site
    visitor = Visitor(server.url)
    visitor.page()
    visitor.page("/contactus")
    visitor.answer_bar(True)  # an answer makes no difference here
    for _number in range(3):
        visitor.collect([view("/contactus?gclid=sentinelclick77"), view("/"), view("/")])
    visitor.collect([{"k": "web.search", "u": "/shop", "p": {"term": "green tea", "results": 0}}])
    other = Visitor(server.url)
    other.collect([view("/")])
    for signal in ("Sec-GPC", "DNT"):
        other.collect([view("/signal")], **{signal: "1"})
    admin.call("ecrm.pipeline", "run_now")
    days = admin.call("ecrm.web.daily", "search_read", [[]], fields=["kind", "label", "count"])
    assert sorted((day["kind"], day["label"], day["count"]) for day in days) == [
        ("web.page", "/", 7),
        ("web.page", "/contactus", 3),
        ("web.search", "green tea", 1),
    ]
    assert set(visitor.cookies.keys()) <= {"website_cookies_bar", "session_id", "frontend_lang"}
    session = visitor.cookies.get("session_id", "no-session-77")
    traces = {ADDRESS, "127.0.0.0/24", AGENT, session, "sentinelvisit77", "sentinelclick77"}
    traces |= hashes(ADDRESS, AGENT) | hashes(ADDRESS, AGENT, session)
    assert grep(database, traces) == []
    for table in ("ecrm_identity", "ecrm_consent", "ecrm_session", "website_visitor"):
        assert harness.query(database, f"SELECT count(*) FROM {table}") == [(0,)], table


@pytest.mark.parametrize("site", ["identified"], indirect=True)
def test_nothing_before_a_yes(site):
    """Cases 71, 72 and 74."""
    database, server, _admin = site
    before = counts(database)
    visitor = Visitor(server.url)
    visitor.page()
    visitor.collect([view("/")])
    visitor.answer_bar(False)
    visitor.page("/contactus")
    visitor.collect([view("/contactus")])
    visitor.answer_bar(True)
    for signal in ("Sec-GPC", "DNT"):
        visitor.page("/", **{signal: "1"})
        visitor.collect([view("/")], **{signal: "1"})
    assert counts(database) == before
    assert not {"ecrm_vid", "ecrm_sid", "visitor_uuid"} & set(visitor.cookies.keys())
    # and of who agreed, still no address and no agent
    visitor.page("/contactus")
    visitor.collect([view("/contactus")])
    assert "ecrm_vid" in visitor.cookies
    assert harness.query(database, "SELECT count(*) FROM ecrm_touchpoint") == [(1,)]
    vid = visitor.cookies["ecrm_vid"].partition(".")[0]
    traces = {ADDRESS, "127.0.0.0/24", AGENT, vid, visitor.cookies["ecrm_vid"]}
    assert grep(database, traces | hashes(ADDRESS, AGENT)) == []


@pytest.mark.parametrize("site", ["identified"], indirect=True)
def test_no_secret_and_no_campaign_record(site):
    """Cases 41 and 66: whatever strangers write into addresses and texts."""
    database, server, _admin = site
    secret, address = "S3NTINELTOKEN", "sentinel@secret.example"
    quoted = address.replace("@", "%40")
    visitor = Visitor(server.url)
    visitor.answer_bar(True)
    before = {
        table: harness.query(database, f"SELECT count(*) FROM {table}")
        for table in ("utm_source", "utm_medium", "utm_campaign")
    }
    query = f"access_token={secret}&email={quoted}&q={address}&utm_term={quoted}&%74oken={secret}"
    visitor.collect(
        [
            view(f"/my?{query}#token={secret}", r=f"https://x.example/{address}?{query}"),
            view(f"/reset/{quoted}/{address}"),
            view(f"/?utm_source={quoted}&utm_medium={address}&utm_campaign=token%3D{secret}"),
            view("/", p={"title": f"password={secret}, {address}"}),
            {"k": "web.search", "u": "/shop", "p": {"term": f"{address} {quoted} key={secret}"}},
            {"k": "web.custom", "p": {"name": "x", "api_key": secret, "a": f"token={secret}"}},
            {"k": "web.outbound", "p": {"url": f"https://a:{secret}@x.example/?token={secret}"}},
            {"k": "web.custom", "p": {"name": "x", "mail": f"mailto:{address}"}, "x": address},
            {"k": "no.such", "u": f"/?{query}", "p": {"login": secret, "b": address}},
        ]
    )
    assert grep(database, {secret, address, quoted}) == []
    for _batch in range(10):
        visitor.collect(
            [view(f"/?utm_source=s{uuid.uuid4()}&utm_campaign={uuid.uuid4()}") for _n in range(100)]
        )
    after = {table: harness.query(database, f"SELECT count(*) FROM {table}") for table in before}
    assert after == before
    stored = harness.query(database, "SELECT count(*) FROM ecrm_touchpoint")[0][0]
    assert stored > 1000

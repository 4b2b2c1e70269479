"""A mailing on its whole way: sent for real, read by people, machines and who forges hits.

Odoo alone told of five opens and three clicks where two people opened it and one clicked.
"""

import functools

import pytest

from tests import harness
from tests.browser import Visitor
from tests.mail import people
from tests.mail.letter import by_recipient
from tests.mail.people import Reader

#: Who gets the mailing; what each does with it.
READERS = ("opener", "clicker", "head", "bot", "scanner", "victim", "relay")
OTHERS = ("blocked", "invalid", "rejected")
PATHS = ("/shop", "/contactus", "/")


def address_of(name):
    return "nobody at all" if name == "invalid" else f"{name}@customer.example"


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


@pytest.fixture(scope="module")
def partners(admin):
    """The eleven: seven who can be reached, four who cannot."""
    found = {}
    for name in (*READERS, *OTHERS):
        email = "reject@customer.example" if name == "rejected" else address_of(name)
        (found[name],) = admin.call("res.partner", "create", [[{"name": name, "email": email}]])
    twin = {"name": "opener again", "email": address_of("opener")}
    (found["twin"],) = admin.call("res.partner", "create", [[twin]])
    admin.call("mail.blacklist", "create", [[{"email": address_of("blocked")}]])
    return found


@pytest.fixture(scope="module")
def mailing(admin, server, partners):
    model = admin.call("ir.model", "search", [[["model", "=", "res.partner"]]])
    links = " ".join(f'<a href="{server.url}{path}">See {path}</a>' for path in PATHS)
    values = {
        "subject": "New teas",
        "mailing_model_id": model[0],
        "mailing_domain": [["id", "in", list(partners.values())]],
        "body_html": f"<p>Dear customer, {links}</p>",
        "keep_archives": True,
        "reply_to_mode": "new",
        "reply_to": "shop@shop.example",
        "email_from": "shop@shop.example",
    }
    (mailing_id,) = admin.call("mailing.mailing", "create", [[values]])
    return mailing_id


@pytest.fixture(scope="module")
def letters(admin, sink, mailing):
    """The mails as they came, by the name of the recipient."""
    with sink.catch() as mails:
        admin.call("mailing.mailing", "action_send_mail", [[mailing]])
    found = {address.partition("@")[0]: mail for address, mail in by_recipient(mails).items()}
    assert set(found) == set(READERS)
    return found


@pytest.fixture(scope="module")
def told(admin, server, query, letters, chromium, tmp_path_factory, mailing):
    """What is known after everybody did what they do, and the digest."""
    admin.call("ecrm.pipeline", "run_now", [])
    people.let_pass(query, minutes=10)
    saved = tmp_path_factory.mktemp("mail") / "clicker.html"
    saved.write_text(letters["clicker"].html)

    assert Reader(server, "203.0.113.5").get(letters["opener"].pixel).status_code == 200
    with Visitor(chromium, server.url) as visitor:
        click(visitor, saved)
    heads = Reader(server, "203.0.114.5")
    for url in (letters["head"].pixel, *letters["head"].links):
        heads.head(url)
    bot = Reader(server, "66.249.66.1", people.GOOGLEBOT)
    for url in (letters["bot"].pixel, letters["bot"].links[0]):
        bot.get(url)
    scanner = Reader(server, "198.51.100.9")
    for url in (letters["scanner"].pixel, letters["scanner"].bait, *letters["scanner"].links):
        scanner.get(url)
    Reader(server, "17.58.1.2", people.APPLE_RELAY).get(letters["relay"].pixel)
    forge(admin, server, letters, mailing)
    admin.call("ecrm.pipeline", "run_now", [])
    rows = query(
        "SELECT split_part(email_normalized, '@', 1), human_open_count, human_click_count,"
        " open_count, click_count, state FROM ecrm_email_message WHERE mailing_id = %s",
        [mailing],
    )
    return {name: tuple(rest) for name, *rest in rows}


def click(visitor, saved):
    """Open a mail as a mail program shows it, read, and follow its first link."""
    page = visitor.context.new_page()
    page.goto(saved.as_uri())
    assert page.evaluate(
        "() => [...document.images].every((image) => image.complete && image.naturalWidth === 1)"
    )
    page.wait_for_timeout(2500)
    page.get_by_role("link", name="See /shop").click()
    page.wait_for_url("**/shop**")


def forge(admin, server, letters, mailing):
    """Count up the numbers in links of Odoo, and make up tokens of ours."""
    forger = Reader(server, "192.0.2.66")
    traces = admin.call("mailing.trace", "search", [[["mass_mailing_id", "=", mailing]]])
    (code,) = admin.call(
        "link.tracker.code", "search_read", [[]], fields=["code"], limit=1, order="id"
    )
    for trace in traces:
        assert forger.get(f"{server.url}/r/{code['code']}/m/{trace}").status_code == 302
    link, pixel = letters["victim"].links[0], letters["victim"].pixel
    for url in (
        link[:-2] + "AA",
        link[:-24] + "A" * 24,
        link.replace("/c/", "/o/") + ".gif",
        pixel.replace("/o/", "/c/").removesuffix(".gif"),
        pixel.replace(".gif", "A.gif"),
    ):
        assert forger.get(url).status_code == 404, url


def test_every_recipient_is_written_down(told):
    assert set(told) == {*READERS, "reject"}


def test_two_people_opened_and_one_clicked(told):
    human = {name: row[:2] for name, row in told.items() if any(row[:2])}
    assert human == {"opener": (1, 0), "clicker": (1, 1)}


def test_what_machines_did_is_kept_apart(told):
    """Raw figures know of all but HEAD and the hidden link."""
    raw = {name: row[2:4] for name, row in told.items()}
    assert raw["head"] == (0, 0)
    assert raw["victim"] == (0, 0)
    assert raw["bot"] == (1, 1)
    assert raw["scanner"] == (1, len(PATHS))
    assert raw["relay"] == (1, 0)


def test_states(told):
    states = {name: row[4] for name, row in told.items()}
    assert states == {
        **dict.fromkeys(READERS, "sent"),
        "opener": "opened",
        "clicker": "clicked",
        "reject": "bounced",
    }


def test_the_log_tells_the_same(query, told):
    rows = query(
        "SELECT kind, count(DISTINCT props->>'mail') FROM ecrm_touchpoint"
        " WHERE kind IN ('email.opened', 'email.clicked') AND verdict = 'human' GROUP BY kind"
    )
    assert dict(rows) == {"email.opened": 2, "email.clicked": 1}


def test_a_privacy_relay_is_no_reader(query, told):
    rows = query(
        "SELECT verdict FROM ecrm_touchpoint"
        " WHERE kind = 'email.opened' AND props->>'recipient' = 'relay@customer.example'"
    )
    assert rows == [("proxy",)]


def test_odoo_says_the_same_of_its_mailing(admin, mailing, told):
    fields = ["sent", "delivered", "opened", "clicked", "canceled", "opened_ratio", "clicks_ratio"]
    (figures,) = admin.call("mailing.mailing", "read", [[mailing], fields])
    assert (figures["opened"], figures["clicked"]) == (2, 1)
    assert figures["canceled"] == 3
    clicks = admin.call("link.tracker", "search_read", [[]], fields=["count"])
    assert sum(link["count"] for link in clicks) == 1


def test_a_refusal_by_the_mail_server_is_a_bounce_for_good(query, told):
    rows = query(
        "SELECT message.bounce_kind, message.bounce_reason, event.smtp_status"
        "  FROM ecrm_email_message message"
        "  JOIN ecrm_email_event event ON event.email_message_ref = message.id"
        " WHERE message.email_normalized = 'reject@customer.example' AND event.type = 'bounced'"
    )
    assert rows == [("hard", "invalid", "5.1.1")]


def test_nothing_is_measured_before_anybody_reads(letters):
    for letter in letters.values():
        assert len(letter.links) == len(PATHS)
        assert "/ecrm/o/" not in letter.text
        assert "/ecrm/c/" not in letter.text
        assert "/ecrm/u/" in letter.text  # the way out
        assert "/mail/track/" not in letter.html

"""Many at once: a newsletter's link on a television show, a pixel in a loop, a digest beside.

Odoo alone answered eighty clicks on one link with 43 repeated transactions.
"""

import functools
import threading
import time

import pytest

from tests import harness
from tests.mail import people
from tests.mail.letter import by_recipient
from tests.mail.people import Reader

pytestmark = pytest.mark.alone

CLICKS, PIXELS, ROUNDS = 80, 1000, 5
READING = 3600  # seconds in which the same pixel shown again is the same reading
REPEATED = ("could not serialize", "tries left, try again in")


@pytest.fixture(scope="module")
def options():
    return ["--workers=2", "--max-cron-threads=0"]


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


@pytest.fixture(scope="module")
def letters(admin, server, sink):
    names = ("popular", "open", "meanwhile")
    people_ids = [
        admin.call(
            "res.partner", "create", [[{"name": name, "email": f"{name}@customer.example"}]]
        )[0]
        for name in names
    ]
    model = admin.call("ir.model", "search", [[["model", "=", "res.partner"]]])
    values = {
        "subject": "New teas",
        "mailing_model_id": model[0],
        "mailing_domain": [["id", "in", people_ids]],
        "body_html": f'<p><a href="{server.url}/shop">Tea</a> <a href="{server.url}/">Us</a></p>',
        "keep_archives": True,
        "email_from": "shop@shop.example",
    }
    (mailing,) = admin.call("mailing.mailing", "create", [[values]])
    with sink.catch() as mails:
        admin.call("mailing.mailing", "action_send_mail", [[mailing]])
    return {address.partition("@")[0]: mail for address, mail in by_recipient(mails).items()}


@pytest.fixture
def calm(server):
    """Checks that meanwhile the server repeated no transaction and answered nobody by an error."""
    yield
    log = server.log.read_text(errors="replace")
    assert not [text for text in REPEATED if text in log]
    assert '" 500 ' not in log


def at_once(number, call):
    """Call as often at once; return what the calls returned."""
    answers, start = [], threading.Barrier(number)

    def wait_and_call(turn):
        start.wait()
        answers.append(call(turn))

    threads = [threading.Thread(target=wait_and_call, args=(turn,)) for turn in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def counted(query, letter):
    return query(
        "SELECT open_count, click_count FROM ecrm_email_message WHERE message_id = %s",
        [letter.message_id],
    )[0]


def digest(admin):
    admin.call("ecrm.pipeline", "run_now", [])


def test_eighty_clicks_on_one_link(admin, server, query, letters, calm):
    link = letters["popular"].links[0]

    def click(turn):
        return Reader(server, f"203.0.113.{turn}").get(link)

    answers = at_once(CLICKS, click)
    assert [answer.status_code for answer in answers] == [302] * CLICKS
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    digest(admin)
    assert counted(query, letters["popular"]) == (0, CLICKS)


def test_a_pixel_in_a_loop_is_one_open(admin, server, query, letters, calm):
    wait_for_a_whole_hour(120)
    threads = 8

    def look(_turn):
        reader = Reader(server, "203.0.113.7")
        url = letters["open"].pixel
        return {reader.get(url).status_code for _hit in range(PIXELS // threads)}

    assert at_once(threads, look) == [{200}] * threads
    digest(admin)
    assert counted(query, letters["open"]) == (1, 0)


def wait_for_a_whole_hour(seconds):
    """Wait where the hour is about to end: what is the same reading begins anew."""
    left = READING - time.time() % READING
    if left < seconds:
        time.sleep(left + 1)


def test_hits_while_a_digest_runs(admin, server, query, letters, calm):
    letter = letters["meanwhile"]
    done = threading.Event()
    digests = []

    def keep_digesting():
        session = server.login()
        while not done.is_set():
            began = time.monotonic()
            session.call("ecrm.pipeline", "run_now", [])
            digests.append((began, time.monotonic()))

    def click(turn):
        reader = Reader(server, f"203.0.113.{turn}")
        answers = [reader.get(letter.links[turn % 2]) for _hit in range(ROUNDS)]
        return [*answers, reader.get(letter.pixel)]

    digester = threading.Thread(target=keep_digesting)
    digester.start()
    while not digests:
        time.sleep(0.1)
    first = time.monotonic()
    answers = [answer for row in at_once(8, click) for answer in row]
    last = time.monotonic()
    done.set()
    digester.join()
    assert [began for began, ended in digests if began < last and ended > first]
    assert {answer.status_code for answer in answers} == {200, 302}
    digest(admin)
    # one network and one program read it, within an hour, however many people they are
    assert counted(query, letter) == (1, 8 * ROUNDS)
    people.let_pass(query, minutes=10)

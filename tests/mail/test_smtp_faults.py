"""The mail server goes away while mails are sent: each recipient gets one mail, told of once."""

import functools

import pytest

from tests import harness
from tests.mail import conftest
from tests.mail.letter import by_recipient

pytestmark = pytest.mark.alone

RECIPIENTS, TAKEN = 12, 5
#: What Odoo writes when its mail server goes away.
ALLOWED = (
    *conftest.REFUSED,
    "Exception while processing mail with ID",
    "Failed processing mail queue",
    "DeprecationWarning: Since 19.0, use _commit_progress",
)


@pytest.fixture(scope="module")
def server(database, sink):
    arguments = [*sink.options, "--max-cron-threads=0"]
    with harness.Server(database, *arguments, allow=ALLOWED) as running:
        yield running


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


def make_mailing(admin, server, prefix, number):
    """Return a mailing to so many new contacts, and their addresses."""
    emails = [f"{prefix}{turn:02}@customer.example" for turn in range(number)]
    partners = [
        admin.call("res.partner", "create", [[{"name": email, "email": email}]])[0]
        for email in emails
    ]
    model = admin.call("ir.model", "search", [[["model", "=", "res.partner"]]])
    values = {
        "subject": prefix,
        "mailing_model_id": model[0],
        "mailing_domain": [["id", "in", partners]],
        "body_html": f'<p><a href="{server.url}/shop">Tea</a></p>',
        "keep_archives": True,
        "email_from": conftest.FROM,
    }
    return admin.call("mailing.mailing", "create", [[values]])[0], emails


def queue(admin, mailing):
    """Let mails be made and wait in the queue."""
    admin.call("ir.config_parameter", "set_param", ["mail.mail.force.send.limit", "1"])
    admin.call("mailing.mailing", "action_send_mail", [[mailing]])


def process(admin):
    admin.call("mail.mail", "process_email_queue", [])


def rows(query, mailing):
    return query(
        "SELECT email_normalized, state, is_tracked, sent_at IS NOT NULL"
        " FROM ecrm_email_message WHERE mailing_id = %s ORDER BY email_normalized",
        [mailing],
    )


def sent_events(query, mailing):
    return query(
        "SELECT count(*), count(DISTINCT email_message_ref) FROM ecrm_email_event"
        " WHERE type = 'sent' AND mailing_ref = %s",
        [mailing],
    )[0]


def told(query, mailing):
    """How many were told in the log that a mail left."""
    return query(
        "SELECT count(*), count(DISTINCT props->>'recipient') FROM ecrm_touchpoint"
        " WHERE kind = 'email.sent' AND res_model = 'mailing.mailing' AND res_id = %s",
        [mailing],
    )[0]


def test_it_goes_away_in_the_middle_of_a_batch(admin, server, sink, query):
    mailing, emails = make_mailing(admin, server, "batch", RECIPIENTS)
    queue(admin, mailing)
    with sink.catch() as mails:
        sink.break_after(TAKEN)
        process(admin)
        admin.call("ecrm.pipeline", "run_now", [])
        assert len(by_recipient(sink.mails)) == TAKEN
        # while it is away
        process(admin)
        admin.call("ecrm.pipeline", "run_now", [])
        assert sent_events(query, mailing) == (TAKEN, TAKEN)
        sink.stop()
        sink.start()
        retry(admin, mailing)
    letters = by_recipient(mails)
    assert sorted(letters) == emails
    assert all(letter.pixel and letter.links for letter in letters.values())
    admin.call("ecrm.pipeline", "run_now", [])
    assert rows(query, mailing) == [(email, "sent", True, True) for email in emails]
    assert sent_events(query, mailing) == (RECIPIENTS, RECIPIENTS)
    assert told(query, mailing) == (RECIPIENTS, RECIPIENTS)


def retry(admin, mailing):
    """Send again what failed, one by one, as the button in the list of mails does."""
    domain = [["mailing_id", "=", mailing], ["state", "=", "exception"]]
    failed = admin.call("mail.mail", "search", [domain])
    assert failed
    admin.call("mail.mail", "mark_outgoing", [failed])
    process(admin)


def test_a_mailing_is_tried_again(admin, server, sink, query):
    """By the button of the mailing, which throws the failed mails away and makes new ones."""
    mailing, emails = make_mailing(admin, server, "again", 4)
    queue(admin, mailing)
    with sink.catch() as mails:
        sink.break_after(2)
        process(admin)
        process(admin)
        admin.call("ecrm.pipeline", "run_now", [])
        sink.stop()
        sink.start()
        admin.call("mailing.mailing", "action_retry_failed", [[mailing]])
        admin.call("mailing.mailing", "action_send_mail", [[mailing]])
        process(admin)
    letters = by_recipient(mails)
    assert sorted(letters) == emails
    admin.call("ecrm.pipeline", "run_now", [])
    assert rows(query, mailing) == [(email, "sent", True, True) for email in emails]
    assert sent_events(query, mailing) == (4, 4)
    assert told(query, mailing) == (4, 4)
    ids = {letter.message_id for letter in letters.values()}
    stored = query("SELECT message_id FROM ecrm_email_message WHERE mailing_id = %s", [mailing])
    assert {message_id for (message_id,) in stored} == ids


def test_a_refused_recipient_is_a_bounce_for_good(admin, server, sink, query):
    partner = {"name": "Nobody", "email": "reject@customer.example"}
    (partner,) = admin.call("res.partner", "create", [[partner]])
    (mail,) = admin.call(
        "mail.mail",
        "create",
        [
            [
                {
                    "subject": "Tea",
                    "body_html": f'<p><a href="{server.url}/shop">Tea</a></p>',
                    "recipient_ids": [[6, 0, [partner]]],
                    "email_from": conftest.FROM,
                }
            ]
        ],
    )
    admin.call("mail.mail", "send", [[mail]])
    admin.call("ecrm.pipeline", "run_now", [])
    found = query(
        "SELECT message.state, message.bounce_kind, message.bounce_reason, event.smtp_status"
        "  FROM ecrm_email_message message"
        "  JOIN ecrm_email_event event ON event.email_message_ref = message.id"
        " WHERE message.partner_id = %s",
        [partner],
    )
    assert found == [("bounced", "hard", "invalid", "5.1.1")]
    kinds = query("SELECT kind FROM ecrm_touchpoint WHERE partner_id = %s", [partner])
    assert ("email.bounced",) in kinds
    assert ("email.sent",) not in kinds

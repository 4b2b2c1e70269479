"""E-mails: what sending costs beside Odoo's own, what the doors answer, what a million cost."""

from contextlib import ExitStack

from bench import database, mailings
from bench.measure import Result, median, spread, timed
from bench.speed_tracking import in_turn, ratio

RECIPIENTS, LINKS = 500, 10
SEND_AT_MOST = 1.15
SEND_ROUNDS = 5


def run(scale):
    """Return the results; ``scale`` below 1 sends fewer mails."""
    return [*sending(max(20, int(RECIPIENTS * scale)))]


def sending(recipients):
    """Send mailings through the queue, without our addons and with them, in turn."""
    try:
        with mailings.sink(), ExitStack() as stack:
            envs = {
                name: stack.enter_context(database.environment(mailings.make(name, recipients)))
                for name in (mailings.STOCK, mailings.OURS)
            }
            for env in envs.values():
                mailings.settle(env)
                compose(env)
                send(env)
            composed, sent = send_in_turn(envs)
    finally:
        for name in (mailings.STOCK, mailings.OURS):
            database.drop(name)
    what = f"{recipients} mails with {LINKS} links"
    return [
        Result(
            f"composing {what}",
            ratio(composed[mailings.OURS], composed[mailings.STOCK]),
            "x Odoo's",
            note=f"{spread(composed[mailings.OURS])}; Odoo {spread(composed[mailings.STOCK])}",
        ),
        Result(
            f"sending {what}",
            ratio(sent[mailings.OURS], sent[mailings.STOCK]),
            "x Odoo's",
            SEND_AT_MOST,
            note=f"{spread(sent[mailings.OURS])}; Odoo {spread(sent[mailings.STOCK])};"
            f" {recipients / median(sent[mailings.OURS]):.0f} mails/s",
        ),
    ]


def send_in_turn(envs):
    """Return the seconds of composing, and of sending, by database."""
    composed = {name: [] for name in envs}

    def both(name):
        def call():
            composed[name].append(timed(compose, envs[name])[1])
            return timed(send, envs[name])[1]

        return call

    return composed, in_turn({name: both(name) for name in envs}, SEND_ROUNDS)


def compose(env):
    """Let a mailing become mails that wait in the queue."""
    mailings.mailing(env, LINKS).action_send_mail()
    env.cr.commit()


def send(env):
    """Send what waits, as the cron does: committing after each mail."""
    waiting = env["mail.mail"].search_count([("state", "=", "outgoing")])
    env["mail.mail"].process_email_queue()
    env.cr.commit()
    left = env["mail.mail"].search_count([("state", "in", ("outgoing", "exception"))])
    if not waiting or left:
        raise RuntimeError(f"{left} of {waiting} mails were not sent")

"""E-mails: what sending costs beside Odoo's own, what the doors answer, what a million cost."""

from contextlib import ExitStack

from bench import database, mail_doors, mail_log, mailings
from bench.measure import Result, median, timed
from bench.speed_tracking import in_turn, ratio

RECIPIENTS, LINKS = 500, 10
SEND_AT_MOST = 1.15
#: Small and many: what else the machine does comes and goes by the second.
SEND_ROUNDS = 20
PIXEL_AT_MOST, CLICK_AT_MOST = 1.3, 1.6
DOOR_ROUNDS = 15
CROWD, CROWD_AT_MOST, CROWD_ROUNDS = 100, 1.3, 9
CLICKED_BEFORE = 100_000
EVENTS, PURGED = 1_000_000, 100_000
TIMELINE_MAX_MS, PAGE_MAX_MS, PURGE_MAX_S = 100.0, 500.0, 10.0
ROUNDS = 9


def run(scale):
    """Return the results; ``scale`` below 1 sends fewer mails."""
    return [
        *doors(max(1, round(2 * scale))),
        *sending(max(20, int(RECIPIENTS * scale))),
        *large(scale),
    ]


def doors(seconds):
    """Let people load pixels and follow links of a server of two workers."""
    with mail_doors.Doors() as running:
        for name in running.paths:
            running.run(name, 2)
        return [*door_results(running, seconds), *crowd_results(running)]


def door_results(running, seconds):
    found = in_turn(
        {name: lambda name=name: running.run(name, seconds) for name in running.paths}, DOOR_ROUNDS
    )
    health = found["health"]
    bounds = {"pixel": PIXEL_AT_MOST, "click": CLICK_AT_MOST}
    return [
        Result(
            f"{name}: p50",
            ratio(found[name], health),
            "x /web/health",
            bound,
            note=f"{median(found[name]):.1f} ms; /web/health {median(health):.1f} ms",
        )
        for name, bound in bounds.items()
    ]


def crowd_results(running):
    """A hundred people click at once: on one link, on one of another each, on a famous one."""
    before = running.retries()
    one = [running.clicks[n][0] for n in range(CROWD)]
    mail_doors.click_often(running.clicks[0][1], CLICKED_BEFORE)
    crowds = {
        "links": [running.clicks[n][2 + n] for n in range(CROWD)],
        "link": one,
        "mail": one[:1] * CROWD,
        "famous": [running.clicks[n][1] for n in range(CROWD)],
    }
    running.at_once(crowds["links"])
    found = in_turn(
        {name: lambda paths=paths: running.at_once(paths) for name, paths in crowds.items()},
        CROWD_ROUNDS,
    )
    base = found.pop("links")
    what = {
        "link": "on one link",
        "mail": "on one link of one recipient",
        "famous": f"on a link with {CLICKED_BEFORE:,} clicks",
    }
    return [
        *(
            Result(
                f"{CROWD} clicks at once {what[name]}",
                ratio(seconds, base),
                f"x {CROWD} links",
                CROWD_AT_MOST,
                note=f"{1000 * median(seconds):.0f} ms; on {CROWD} links"
                f" {1000 * median(base):.0f} ms",
            )
            for name, seconds in found.items()
        ),
        Result("clicks at once: repeated transactions", running.retries() - before, "", 0),
    ]


def sending(recipients):
    """Send mailings through the queue, without our addons and with them, in turn."""
    names = (mailings.STOCK, mailings.OURS)
    try:
        with mailings.sink(), ExitStack() as stack:
            envs = {
                name: stack.enter_context(
                    database.environment(mailings.make(name, max(2, recipients // SEND_ROUNDS)))
                )
                for name in names
            }
            for env in envs.values():
                mailings.settle(env)
                compose(env)
                send(env)
            composed, sent = send_in_turn(envs)
    finally:
        for name in names:
            database.drop(name)
    what = f"{recipients} mails with {LINKS} links"
    return [
        send_result(f"composing {what}", composed, recipients),
        send_result(f"sending {what}", sent, recipients, SEND_AT_MOST),
    ]


def send_result(what, seconds, mails, bound=None):
    """Return the ratio of the sums: each mail counts, also one that took long."""
    ours, stock = sum(seconds[mailings.OURS]), sum(seconds[mailings.STOCK])
    rounds = ratio(seconds[mailings.OURS], seconds[mailings.STOCK])
    note = (
        f"{1000 * ours / mails:.1f} ms a mail, Odoo {1000 * stock / mails:.1f};"
        f" median of {SEND_ROUNDS} rounds {rounds:.2f}; {mails / ours:.0f} mails/s"
    )
    return Result(what, ours / stock, "x Odoo's", bound, note=note)


def send_in_turn(envs):
    """Return the seconds of composing, and of sending, by database."""
    composed = {name: [] for name in envs}

    def both(name):
        def call():
            composed[name].append(timed(compose, envs[name])[1])
            return timed(send, envs[name])[1]

        return call

    sent = in_turn({name: both(name) for name in envs}, SEND_ROUNDS)
    return composed, sent


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


def large(scale):
    """Digest a million events, and read and purge them."""
    try:
        with database.environment(mail_log.make()) as env:
            events, busy = mail_log.fill(env, int(EVENTS * scale))
            database.analyze(env, mail_log.TABLES)
            _answer, digesting = timed(digest, env)
            database.analyze(env, mail_log.TABLES)
            count = f"{events:,} events"
            return [
                Result("digest of e-mail events", events / digesting, "events/s", note=count),
                timeline_result(env, busy, count),
                page_result(env, count),
                purge_result(env, count, int(PURGED * scale)),
            ]
    finally:
        database.drop(mail_log.NAME)


def digest(env):
    """Digest until nothing is left, committing like the cron."""
    while env["ecrm.email.digest"].run():
        env.cr.commit()
    env["ecrm.pipeline"]._digest(recompute=False)
    env.cr.commit()


def timeline_result(env, busy, count):
    """Time what the customer's screen asks for, with empty record caches."""
    partner = env["res.partner"].browse(busy)
    mails = env["ecrm.email.message"].search_count([("partner_id", "=", busy)])

    def page():
        env.invalidate_all()
        found = env["ecrm.timeline"].page(partner)
        if len(found["rows"]) < 2:
            raise RuntimeError("the timeline is empty")

    page()
    seconds = [timed(page)[1] for _round in range(ROUNDS)]
    note = f"{count}, {mails:,} mails to the customer"
    return Result(
        "timeline of a customer", 1000 * median(seconds), "ms", TIMELINE_MAX_MS, note=note
    )


def page_result(env, count):
    """Time what the report of a mailing reads, with empty record caches."""
    mailing_id = env["mailing.mailing"].search([], limit=1).id

    def page():
        env.invalidate_all()
        if not env["ecrm.email.report"].get_mailing(mailing_id):
            raise RuntimeError("the report is empty")

    page()
    seconds = [timed(page)[1] for _round in range(ROUNDS)]
    mails = env["ecrm.email.message"].search_count([("mailing_id", "=", mailing_id)])
    note = f"{count}, {mails:,} mails of the mailing"
    return Result("page of a mailing", 1000 * median(seconds), "ms", PAGE_MAX_MS, note=note)


def purge_result(env, count, number):
    """Time the nightly removal of the oldest events."""
    # as old as nothing may grow
    env.cr.execute(
        "UPDATE ecrm_email_event SET received_at = received_at - interval '10 years'"
        " WHERE id IN (SELECT id FROM ecrm_email_event ORDER BY id LIMIT %s)",
        (number,),
    )
    env.cr.commit()
    before = env["ecrm.email.event"].search_count([])

    def purge():
        env["ecrm.retention"]._drop_evidence()
        env.cr.commit()

    _answer, took = timed(purge)
    gone = before - env["ecrm.email.event"].search_count([])
    if gone != number:
        raise RuntimeError(f"{gone} of {number} events are gone")
    return Result(f"purge of {number:,} events", took, "s", PURGE_MAX_S, note=f"of {count}")

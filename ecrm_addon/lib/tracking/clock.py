"""The instant of an event, whatever the visitor's clock says."""

from datetime import datetime, timedelta, timezone

#: Longer than this an event has not waited in any browser.
MAX_WAIT = timedelta(days=31)
#: A batch that comes in so late may have been on its way, rather than told by a slow clock.
ON_THE_WAY = timedelta(seconds=30)
EPOCH = datetime(1970, 1, 1)


def now():
    """Return the current instant in UTC, with its fractions of a second.

    What happens within one second has an order, too, which Odoo's own clock would lose.
    """
    return datetime.now(timezone.utc).replace(tzinfo=None)


def milliseconds(instant):
    """Return an instant (UTC, without time zone) in milliseconds since 1970.

    >>> milliseconds(datetime(1970, 1, 1, 0, 0, 1))
    1000
    """
    return int(instant.replace(tzinfo=timezone.utc).timestamp() * 1000)


def occurred_at(happened, sent, received):
    """Return when an event happened by the server's clock, UTC, or None if that is absurd.

    The clock of the browser may be wrong, but how long the event waited in the browser is
    right: it is taken off the instant at which the server received it. Snowplow calls this
    the derived time stamp. Without ``sent`` the clock is believed as far as it can be. So it
    is where it is right but for the time a batch is on its way: two batches of a visit are not
    equally long on their way, and would change the order of what happened.

    :param int happened: by the browser's clock, in milliseconds since 1970
    :param int | None sent: when the batch was sent, by the same clock
    :param datetime received: by the server's clock, UTC

    >>> received = datetime(2026, 3, 1, 12)
    >>> occurred_at(0, 5000, received)  # a clock that is decades slow
    datetime.datetime(2026, 3, 1, 11, 59, 55)
    >>> sent = milliseconds(received) - 2000  # two seconds on its way
    >>> occurred_at(sent - 1000, sent, received), occurred_at(sent, sent, received)
    (datetime.datetime(2026, 3, 1, 11, 59, 57), datetime.datetime(2026, 3, 1, 11, 59, 58))
    >>> occurred_at(milliseconds(received) + 9000, None, received)  # nobody knows the future
    datetime.datetime(2026, 3, 1, 12, 0)
    >>> occurred_at(0, milliseconds(received), received) is None
    True
    """
    if sent is None:
        sent = max(happened, milliseconds(received))
    waited = max(sent - happened, 0)
    if waited > MAX_WAIT.total_seconds() * 1000:
        return None
    way = received - EPOCH - timedelta(milliseconds=sent)
    if timedelta() <= way <= ON_THE_WAY:
        received -= way
    return received - timedelta(milliseconds=waited)

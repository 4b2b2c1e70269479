"""How often somebody buys a thing, and when it is due again.

The median of the days between purchases: one long holiday or one order that was placed twice
moves it little. Two purchases make one interval, which is no habit yet.
"""

from collections import namedtuple
from datetime import timedelta
from statistics import median

#: Fewer days of purchase tell no rhythm.
LEAST_PURCHASES = 3
#: Only the newest ones count: habits change.
MOST_PURCHASES = 13
#: Whoever is overdue by so many intervals has given the habit up.
GIVEN_UP = 2

#: ``every``: days between purchases; ``due``: the day of the next one; ``days_left`` until then,
#: less than 0 when it is overdue.
Rhythm = namedtuple("Rhythm", "every due days_left")


def rhythm(days, today):
    """Return in which rhythm somebody buys; None where there is none, or none any more.

    :param list[date] days: on which it was bought, in any order; a day counts once
    :param date today: in the time zone of the days
    :return Rhythm | None:

    >>> from datetime import date
    >>> march = lambda day: date(2026, 3, day)
    >>> rhythm([march(1), march(11), march(21)], march(26))
    Rhythm(every=10, due=datetime.date(2026, 3, 31), days_left=5)

    The order of the days does not matter, nor does a day that comes twice:

    >>> rhythm([march(21), march(1), march(11), march(11)], march(31)).days_left
    0

    A single long pause moves nothing, an even number of intervals takes the middle of two:

    >>> rhythm([date(2025, 6, 1), march(1), march(8), march(15)], march(24))
    Rhythm(every=7, due=datetime.date(2026, 3, 22), days_left=-2)
    >>> rhythm([march(1), march(5), march(11)], march(12)).every
    5

    Too few purchases, or a habit that was given up:

    >>> rhythm([march(1), march(11)], march(12)), rhythm([], march(12))
    (None, None)
    >>> rhythm([march(1), march(8), march(15)], date(2026, 4, 5)).days_left
    -14
    >>> rhythm([march(1), march(8), march(15)], date(2026, 4, 6)) is None
    True
    """
    days = sorted(set(days))[-MOST_PURCHASES:]
    if len(days) < LEAST_PURCHASES:
        return None
    pairs = zip(days, days[1:], strict=False)
    every = round(median((later - sooner).days for sooner, later in pairs))
    due = days[-1] + timedelta(days=every)
    days_left = (due - today).days
    if days_left < -GIVEN_UP * every:
        return None
    return Rhythm(every, due, days_left)


def soonest_first(found):
    """Return a sort key: what is due first, then what was bought last.

    :param tuple found: of a ``Rhythm`` or None, and the day of the last purchase

    >>> from datetime import date
    >>> day, soon = date(2026, 3, 1), Rhythm(7, date(2026, 3, 8), 2)
    >>> late = Rhythm(7, date(2026, 3, 2), -4)
    >>> sorted([(None, day), (soon, day), (None, date(2026, 3, 2)), (late, day)],
    ...     key=soonest_first) == [(late, day), (soon, day), (None, date(2026, 3, 2)), (None, day)]
    True
    """
    known, last = found
    return (known is None, known.due.toordinal() if known else 0, -last.toordinal())

"""How warm somebody is towards our mail: what they did with it, each act fading by half.

``score(t) = sum of weight * 2 ** (-(t - act) / half-life)``. It is kept as a value and the
instant for which it holds. As every act fades by the same factor, an act can be added at any
time and in any order, and nobody has to write a row because time goes by. The statement in
``queries/upsert_email_profiles.py`` does the same in SQL.
"""

from datetime import datetime
from typing import NamedTuple

#: Days after which an act counts half.
HALF_LIFE = 30
#: What an act is worth. Opens and clicks count if a person's; what a privacy relay fetched,
#: and what nobody can tell, is worth nothing.
WEIGHTS = {
    "opened": 0.5,
    "clicked": 3,
    "replied": 5,
    "ordered": 8,
    "unsubscribed": -8,
    "complained": -20,
    "bounced": -10,
}
#: An order is a mail's if it follows a person's click on it within so many days.
ORDER_DAYS = 5
#: 2 to this power is nothing, and still a number that PostgreSQL accepts.
SMALLEST_POWER = -1000

#: Whose first mail is not older than this many days has had no time yet.
NEW_DAYS = 30
#: From how much on: a click (3) is engaged for 17 days, lukewarm for 77, dormant for 177;
#: an open (0.5) is lukewarm on its day and dormant for 100.
BANDS = (("engaged", 2.0), ("lukewarm", 0.5), ("dormant", 0.05), ("lost", float("-inf")))

DAY = 86400


class State(NamedTuple):
    """What somebody's acts are worth, and the instant (naive UTC) for which that holds."""

    value: float
    as_of: datetime


def power(age, half_life=HALF_LIFE):
    """Return what is left of 1 after so many days; before its time it is more than 1.

    >>> power(0), power(30), power(60), power(10**9)
    (1.0, 0.5, 0.25, 9.332636185032189e-302)
    """
    return 2.0 ** max(-age / half_life, SMALLEST_POWER)


def add(state, weight, at, half_life=HALF_LIFE):
    """Return the state after one more act, whether it was before or after the others.

    :param State | None state: None if there was no act yet
    :param float weight: see ``WEIGHTS``
    :param datetime at: naive UTC
    :param float half_life: in days

    >>> first, later = datetime(2026, 1, 1), datetime(2026, 1, 31)
    >>> add(add(None, 3, first), 8, later)
    State(value=9.5, as_of=datetime.datetime(2026, 1, 31, 0, 0))
    >>> add(add(None, 8, later), 3, first) == add(add(None, 3, first), 8, later)
    True
    """
    if state is None:
        return State(float(weight), at)
    if at >= state.as_of:
        return State(value_at(state, at, half_life) + weight, at)
    return State(state.value + weight * power(_days(at, state.as_of), half_life), state.as_of)


def value_at(state, at, half_life=HALF_LIFE):
    """Return what the acts are worth at an instant.

    :param State | None state: None if there was no act
    :return float | None: None if there was no act

    >>> value_at(State(8.0, datetime(2026, 1, 1)), datetime(2026, 1, 31))
    4.0
    """
    return state and state.value * power(_days(state.as_of, at), half_life)


def closed_form(acts, at, half_life=HALF_LIFE):
    """Return the same from all acts at once.

    :param Iterable[tuple[float, datetime]] acts: weight and instant (naive UTC)

    >>> closed_form([(3, datetime(2026, 1, 1)), (8, datetime(2026, 1, 31))], datetime(2026, 3, 2))
    4.75
    """
    return sum(weight * power(_days(then, at), half_life) for weight, then in acts)


def band(value, first_mail_days, suppressed=False):
    """Return how warm somebody is.

    :param float | None value: the score now, None if there was no act
    :param float | None first_mail_days: days since the first mail; None if there was none
    :param bool suppressed: whether they must not be mailed, or not be mailed any more
    :return str | None: None of whom nothing is known

    >>> band(3, 400), band(0.6, 400), band(0.1, 400), band(0.01, 400), band(None, 400)
    ('engaged', 'lukewarm', 'dormant', 'lost', 'lost')
    >>> band(None, 3), band(0.5, 3), band(3, 3), band(-10, 3), band(3, 3, suppressed=True)
    ('new', 'new', 'engaged', 'lost', 'suppressed')
    >>> band(None, None) is None
    True
    """
    if suppressed:
        return "suppressed"
    if first_mail_days is None and value is None:
        return None
    value = value or 0
    if 0 <= value < BANDS[0][1] and first_mail_days is not None and first_mail_days <= NEW_DAYS:
        return "new"
    return next(name for name, least in BANDS if value >= least)


def _days(begin, end):
    return (end - begin).total_seconds() / DAY

"""Engagement: what somebody did lately, each act fading by half in a fixed time.

``engagement(at) = sum of weight * 2 ** (-age / half_life)``, age at that instant. The order
of customers does not change as time goes by, and half a life later everybody has half.
The statement in ``queries/sum_engagement.py`` does the same in SQL.
"""

#: Days after which an act counts half, where a company sets nothing else.
HALF_LIFE = 30

#: 2 to this power is nothing, and still a number that PostgreSQL accepts.
SMALLEST_POWER = -1000

#: Somebody whose first act is not older than this many days is new.
NEW_DAYS = 30

#: From how much engagement on; an order just made is worth 8, half a year ago 0.1.
BANDS = (("engaged", 5.0), ("lukewarm", 1.0), ("dormant", 0.1), ("lost", float("-inf")))


def engagement(acts, half_life=HALF_LIFE):
    """Return the engagement of somebody.

    :param list[tuple[float, float]] acts: weight and age in days of each act
    :param float half_life: in days

    >>> engagement([(8, 0), (8, 30), (3, 60)])
    12.75
    >>> engagement([(8, 30), (8, 60), (3, 90)])
    6.375
    >>> engagement([])
    0
    """
    return sum(weight * 2 ** max(-age / half_life, SMALLEST_POWER) for weight, age in acts)


def band(points, first_age):
    """Return how warm somebody is, or None of whom no act is known.

    :param float points: engagement, None if no act is known
    :param float first_age: days since the first act or order

    >>> band(12.75, 400), band(2, 400), band(2, 3), band(0.01, 400), band(None, 400)
    ('engaged', 'lukewarm', 'new', 'lost', None)
    >>> band(-10, 3)  # a mail that could not be delivered makes nobody new
    'lost'
    """
    if points is None:
        return None
    if points > 0 and first_age <= NEW_DAYS:
        return "new"
    return next(name for name, least in BANDS if points >= least)

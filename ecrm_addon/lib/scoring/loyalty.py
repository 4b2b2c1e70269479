"""The loyalty score: 0 to 100, the sum of four parts that one can name.

=========== ====== ==============================================
part        at most from
=========== ====== ==============================================
recency     25     R score: 0 at 1, all at 5
frequency   30     F score
money       30     M score
engagement  15     15 * e / (e + 10): half of it at 10 points
=========== ====== ==============================================

Our own composition, no published one: it orders customers and says why.
"""

#: What a score of 5 gives.
MOST = {"r": 25.0, "f": 30.0, "m": 30.0}
MOST_ENGAGEMENT = 15.0
#: Engagement that gives half of its part.
HALF_ENGAGEMENT = 10.0


def parts(r, f, m, engagement):
    """Return the parts of the score, rounded so that they add up to it; {} if unknown.

    :param int r: R score, falsy if unknown; likewise f and m
    :param float engagement: None or False counts as nothing

    >>> parts(5, 4, 4, 10)
    {'r': 25.0, 'f': 22.5, 'm': 22.5, 'engagement': 7.5}
    >>> sum(parts(5, 4, 4, 10).values())
    77.5
    >>> parts(1, 1, 1, -3)
    {'r': 0.0, 'f': 0.0, 'm': 0.0, 'engagement': 0.0}
    >>> parts(None, None, None, 3)
    {}
    """
    if not (r and f and m):
        return {}
    found = {
        letter: MOST[letter] * (score - 1) / 4 for letter, score in (("r", r), ("f", f), ("m", m))
    }
    points = max(engagement or 0.0, 0.0)
    found["engagement"] = round(MOST_ENGAGEMENT * points / (points + HALF_ENGAGEMENT), 2)
    return found

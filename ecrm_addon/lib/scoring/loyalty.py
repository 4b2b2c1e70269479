"""The loyalty score: 0 to 100, the sum of four parts that one can name.

=========== ====== ==============================================
part        at most from
=========== ====== ==============================================
recency     25     R score: 0 at 1, all at 5
frequency   30     F score
money       30     M score
engagement  15     15 * e / (e + 10): half of it at 10 points
=========== ====== ==============================================

What each part gives at most is a rule that a company may change. Our own composition, no
published one: it orders customers and says why.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """What each part gives at most, and the engagement that gives half of its part.

    Whole points: quarters of them have no digits that would have to be rounded, so that
    the parts add up to the score.
    """

    recency: int = 25
    frequency: int = 30
    money: int = 30
    engagement: int = 15
    half: float = 10.0

    @property
    def most(self):
        """What the scores of R, F and M give at most, by letter."""
        return {"r": self.recency, "f": self.frequency, "m": self.money}


def parts(r, f, m, engagement, weights=None):
    """Return the parts of the score, rounded so that they add up to it; {} if unknown.

    :param int r: R score, falsy if unknown; likewise f and m
    :param float engagement: None or False counts as nothing
    :param Weights weights: of the parts, None for those above

    >>> parts(5, 4, 4, 10)
    {'r': 25.0, 'f': 22.5, 'm': 22.5, 'engagement': 7.5}
    >>> sum(parts(5, 4, 4, 10).values())
    77.5
    >>> parts(1, 1, 1, -3)
    {'r': 0.0, 'f': 0.0, 'm': 0.0, 'engagement': 0.0}
    >>> parts(None, None, None, 3)
    {}
    >>> parts(5, 4, 2, 10, Weights(10, 31, 19, 40, half=30))
    {'r': 10.0, 'f': 23.25, 'm': 4.75, 'engagement': 10.0}
    """
    if not (r and f and m):
        return {}
    weights = weights or Weights()
    scores = {"r": r, "f": f, "m": m}
    found = {letter: most * (scores[letter] - 1) / 4 for letter, most in weights.most.items()}
    points = max(engagement or 0.0, 0.0)
    found["engagement"] = round(weights.engagement * points / (points + weights.half), 2)
    return found

"""How sure one can be of a score that some customers gave: intervals of 95 %.

**NPS** is the mean of +1 (promoters), 0 (passives) and -1 (detractors), times 100. With shares
p and d its standard error is that of a trinomial distribution, ``sqrt((p + d - (p - d)^2) / n)``
(B. Rocks, "Interval Estimation for the Net Promoter Score", The American Statistician 70(4),
2016, 365-372; A. Engelhardt, "Net Promoter Score Confidence Intervals 2: Maths and Stats", 2016).
Where everybody says the same it is 0, which would pretend to know: then three answers are added
as the same paper does for its "adjusted Wald", 3/4 promoters, 3/4 detractors.

**CSAT** is the share of who is satisfied, with the interval of E. B. Wilson ("Probable Inference,
the Law of Succession, and Statistical Inference", Journal of the American Statistical Association
22, 1927, 209-212), which holds for few answers and for shares near 0 and 1, too (R. G. Newcombe,
"Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
857-872, method 3).
"""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

#: Standard deviations to both sides of a normal distribution that hold 95 % of it.
Z = NormalDist().inv_cdf(0.975)
#: Fewer answers tell nothing: with so many an NPS is still unsure by 50 points to each side.
FEWEST = 10


class Figure(NamedTuple):
    """A figure of some answers: NPS from -100 to 100, CSAT from 0 to 100 (percent).

    ``value``, ``low``, ``high`` and ``error`` (the standard error) are None of too few.
    """

    answers: int
    value: float
    low: float
    high: float
    error: float


def figure(kind, good, neutral, bad):
    """Return what answers of one kind say together.

    :param str kind: ``csat`` or ``nps``
    :param int good: answers of this band, see ``lib.feedback.scale``; likewise the others

    >>> figure("csat", 8, 1, 1)
    Figure(answers=10, value=80.0, low=49.0, high=94.3, error=12.6)
    >>> figure("nps", 50, 30, 20)
    Figure(answers=100, value=30.0, low=14.7, high=45.3, error=7.8)
    >>> figure("nps", 5, 2, 2)
    Figure(answers=9, value=None, low=None, high=None, error=None)
    """
    count = good + neutral + bad
    if count < FEWEST:
        return Figure(count, None, None, None, None)
    if kind == "nps":
        value, error = nps(good, neutral, bad), nps_error(good, neutral, bad)
        low, high = nps_interval(good, neutral, bad)
    else:
        value = good / count
        error = sqrt(value * (1 - value) / count)
        low, high = wilson(good, count)
    return Figure(count, *(round(100 * number, 1) for number in (value, low, high, error)))


def nps(promoters, passives, detractors):
    """Return the net promoter score, from -1 to 1.

    >>> nps(50, 30, 20), nps(0, 0, 4)
    (0.3, -1.0)
    """
    return (promoters - detractors) / (promoters + passives + detractors)


def nps_error(promoters, passives, detractors):
    """Return the standard error of the net promoter score.

    The mean of thirds each has a variance of 2/3:

    >>> round(nps_error(400, 400, 400) ** 2 * 1200, 10)
    0.6666666667
    """
    count = promoters + passives + detractors
    mean = (promoters - detractors) / count
    return sqrt(max((promoters + detractors) / count - mean**2, 0) / count)


def nps_interval(promoters, passives, detractors):
    """Return the lower and the upper end of the net promoter score, from -1 to 1.

    Engelhardt's rule of thumb: of thirds each it is 320 / sqrt(n) points wide, so that 1,024
    answers are needed for 10 points:

    >>> low, high = nps_interval(1024 / 3, 1024 / 3, 1024 / 3)
    >>> round(100 * (high - low), 1)
    10.0

    Who all say the same leave it open what others would say:

    >>> [round(100 * end) for end in nps_interval(20, 0, 0)]
    [70, 100]
    """
    if max(promoters, passives, detractors) == promoters + passives + detractors:
        promoters, passives, detractors = promoters + 0.75, passives + 1.5, detractors + 0.75
    middle = nps(promoters, passives, detractors)
    reach = Z * nps_error(promoters, passives, detractors)
    return max(middle - reach, -1.0), min(middle + reach, 1.0)


def wilson(successes, count):
    """Return the lower and the upper end of a share, from 0 to 1.

    As printed by Newcombe (1998), table I:

    >>> cases = [(81, 263), (15, 148), (0, 20), (1, 29)]
    >>> [tuple(round(end, 4) for end in wilson(*case)) for case in cases]
    [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]
    """
    share, square = successes / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = Z * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)

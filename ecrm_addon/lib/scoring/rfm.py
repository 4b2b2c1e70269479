"""Recency, frequency and money as scores from 1 to 5, by percentile thresholds.

The customers' values are cut at the 20th, 40th, 60th and 80th percentile (interpolated, as
PostgreSQL's ``percentile_cont``). Equal values get equal scores, which cutting a sorted list
into five parts (``ntile``) does not give. The statement in ``queries/upsert_profiles.py``
does the same in SQL; what stands here defines it and is what the tests compare with.

Checked against the published table of the R package ``rfm`` (``rfm_data_orders``: 995
customers, 4,906 orders): frequency there is the number of orders, not of days with orders.
"""

PERCENTILES = (0.2, 0.4, 0.6, 0.8)

#: Fewer customers than this cannot be cut into five parts: then nobody is scored.
MIN_CUSTOMERS = 5

#: By how much a value must lie above a threshold to be in the next part: a difference of
#: less than a day, or of less than one unit of currency, is none. The published table is
#: made that way. An order more is always an order more.
MARGINS = {"r": 1, "f": 0, "m": 1}


def percentile(values, part):
    """Return the interpolated percentile of numbers.

    :param list[float] values: in any order, at least one
    :param float part: between 0 and 1

    >>> [percentile([10, 20, 30, 40, 50], part) for part in PERCENTILES]
    [18.0, 26.0, 34.0, 42.0]
    >>> percentile([7], 0.4)
    7.0
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def thresholds(values):
    """Return the four thresholds of numbers, or None where they are too few.

    >>> thresholds([1, 2, 3]) is None
    True
    >>> thresholds([3, 3, 3, 3, 3, 9])
    [3.0, 3.0, 3.0, 3.0]
    """
    if len(values) < MIN_CUSTOMERS:
        return None
    return [percentile(values, part) for part in PERCENTILES]


def score(letter, value, cuts):
    """Return the score of one value: 5 is best.

    :param str letter: ``r`` (days since the last order), ``f`` (orders) or ``m`` (money)
    :param list[float] cuts: what ``thresholds`` gave

    One customer of the published table, with its published thresholds:

    >>> score("r", 98, [114, 180, 296.4, 481])
    5
    >>> score("f", 7, [3, 4, 5, 7])
    4
    >>> score("m", 596, [254.8, 381, 505.4, 665])
    4
    """
    margin = MARGINS[letter]
    passed = sum(value >= cut + margin if margin else value > cut for cut in cuts)
    return 5 - passed if letter == "r" else 1 + passed

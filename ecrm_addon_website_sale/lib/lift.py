"""Comparing two groups of customers: what differs, and whether it may be chance."""

from collections import namedtuple
from math import sqrt

#: Standard errors on both sides of a difference that hold the true one in 95 of 100 cases.
Z95 = 1.959964
#: Below so many customers in a group its mean says nothing of the next customer.
MIN_CUSTOMERS = 100
#: Below so many buyers in a group one big order more or less decides.
MIN_BUYERS = 10

# count: customers; buyers: those above zero; total and squares: sums of x and of x * x
Group = namedtuple("Group", "count buyers total squares")
# difference of the means with its bounds; lift: difference in parts of the second mean, or None
Lift = namedtuple("Lift", "difference low high lift verdict")


def mean(group):
    """Return the mean of a group, None of nobody.

    >>> mean(Group(4, 2, 10.0, 50.0)), mean(Group(0, 0, 0.0, 0.0))
    (2.5, None)
    """
    return group.total / group.count if group.count else None


def variance(group):
    """Return the variance of what the group stands for (by n - 1); 0 of less than two.

    >>> variance(Group(3, 3, 6.0, 14.0))  # 1, 2, 3
    1.0
    >>> variance(Group(1, 1, 5.0, 25.0))
    0.0
    """
    if group.count < 2:
        return 0.0
    return max(group.squares - group.total**2 / group.count, 0.0) / (group.count - 1)


def compare(treated, control, rare=True):
    """Return by how much the mean of a group is above another's, with a 95 % interval.

    Welch's standard error, normal quantile: groups are either large or not compared at all.

    :param Group treated: who saw it
    :param Group control: who did not
    :param bool rare: whether few are above zero, so that buyers are counted, too
    :return Lift: verdict is one of ``too_little``, ``better``, ``worse``, ``open`` (zero is
        within the interval); no figures with ``too_little``

    A thousand customers who spend 12 or 8 in turn, against a thousand who spend 11 or 7:

    >>> ones = Group(1000, 1000, 10_000.0, 104_000.0)
    >>> others = Group(1000, 1000, 9_000.0, 85_000.0)
    >>> found = compare(ones, others)
    >>> found.difference, round(found.low, 3), round(found.high, 3), round(found.lift, 3)
    (1.0, 0.825, 1.175, 0.111)
    >>> found.verdict, compare(others, ones).verdict, compare(ones, ones).verdict
    ('better', 'worse', 'open')

    Of few customers, or few buyers, nothing is said:

    >>> compare(ones, Group(99, 99, 891.0, 8_415.0))
    Lift(difference=None, low=None, high=None, lift=None, verdict='too_little')
    >>> compare(Group(1000, 9, 90.0, 900.0), others).verdict
    'too_little'
    """
    enough = min(treated.count, control.count) >= MIN_CUSTOMERS
    if not enough or (rare and min(treated.buyers, control.buyers) < MIN_BUYERS):
        return Lift(None, None, None, None, "too_little")
    base = mean(control)
    difference = mean(treated) - base
    error = sqrt(variance(treated) / treated.count + variance(control) / control.count)
    low, high = difference - Z95 * error, difference + Z95 * error
    lift = difference / base if base > 0 else None
    verdict = "better" if low > 0 else "worse" if high < 0 else "open"
    return Lift(difference, low, high, lift, verdict)

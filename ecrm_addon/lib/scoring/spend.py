"""What a customer spends per order: the Gamma-Gamma model.

A customer's amounts are Gamma(p, nu), his nu is Gamma(q, v); how much somebody spends must not
depend on how often. Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013
(www.brucehardie.com/notes/025). Of the 946 CDNOW customers who came back it prints p 6.25,
q 3.74, v 15.44 (log likelihood -4055.92).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .minimize import minimize
from .sampling import SAMPLE, sample
from .special import digamma

#: With fewer customers who came back nothing is fitted (our judgement).
MIN_SPENDERS = 50

#: Where the search starts: p, q, v as a part of the mean amount.
START = (4.0, 3.0, 0.5)

#: The search stops at 1e-4 and at 1e4 times these units: no maximum lies out there.
BOX = math.log(1e4)


class SpendGroup(NamedTuple):
    """Customers with equal statistics.

    x: days with an order that is worth something, after the first
    m: mean amount of such a day
    n: how many customers
    """

    x: int
    m: float
    n: int


@dataclass(frozen=True)
class Spend:
    """How customers spend; v is an amount of money.

    The note's means of the first customers, with its parameters:

    >>> cdnow = Spend(6.25, 3.74, 15.44)
    >>> first = [(2, 22.345), (1, 11.77), (0, 0.0), (0, 0.0), (0, 0.0), (7, 73.74), (1, 11.77)]
    >>> [round(cdnow.mean(x, m), 1) for x, m in first]
    [24.7, 18.9, 35.2, 35.2, 35.2, 71.5, 18.9]
    """

    p: float
    q: float
    v: float

    def mean(self, x: int, m: float) -> float:
        """Return the amount to expect of a customer's next order: formula (5) of the note.

        Of somebody without repeat orders it is the mean of all customers.

        :param x: as in ``SpendGroup``; m counts only where x is above 0
        """
        total = x * m if x else 0.0
        return self.p * (self.v + total) / (self.p * x + self.q - 1.0)

    def log_likelihood(self, groups: Iterable[SpendGroup]) -> float:
        """Return how well the parameters describe customers; more is better: (1a) of the note.

        >>> one = Spend(2.0, 3.0, 4.0)  # G(5) / G(2) / G(3) * 4^3 * 6 / 10^5 = 12 * .00384
        >>> round(math.exp(one.log_likelihood([SpendGroup(1, 6.0, 1)])), 9)
        0.04608
        """
        return _Likelihood(groups).at(self.p, self.q, self.v)[0]


class FittedSpend(NamedTuple):
    """What a fit found.

    spend: the model with its parameters; None if there is none
    customers: how many with repeat orders and money were looked at
    problem: why there is no model: customers (too few), degenerate (all amounts alike),
        no_mean (q of 1 or less: a few are so large that no mean exists), not_converged
    """

    spend: Spend | None
    log_likelihood: float | None
    customers: int
    problem: str | None


def fit_spend(groups: Iterable[SpendGroup], most: int = SAMPLE) -> FittedSpend:
    """Return the parameters of the greatest likelihood, of at most so many customers.

    Customers without repeat orders or without money tell nothing and are left out.

    >>> import random
    >>> chance = random.Random(7)
    >>> def spender(x):
    ...     nu = chance.gammavariate(3.7, 1 / 15.4)
    ...     return SpendGroup(x, chance.gammavariate(6.2 * x, 1 / nu) / x, 1)
    >>> groups = [spender(1 + i % 4) for i in range(4000)]
    >>> found = fit_spend(groups)
    >>> abs(found.spend.p / 6.2 - 1) < 0.15, abs(found.spend.q / 3.7 - 1) < 0.1, found.problem
    (True, True, None)
    >>> [fit_spend(few).problem for few in ([], groups[:49], [SpendGroup(0, 0.0, 900)])]
    ['customers', 'customers', 'customers']
    >>> fit_spend([SpendGroup(x, 9.99, 40) for x in (1, 2, 3)]).problem
    'degenerate'
    >>> def heavy():
    ...     return chance.gammavariate(2, 1 / chance.gammavariate(0.7, 1))
    >>> fit_spend([SpendGroup(1, heavy(), 1) for i in range(900)]).problem
    'no_mean'
    >>> fit_spend([SpendGroup(2000, 1e9 + i, 1) for i in range(99)]).spend
    """
    chosen = sample((group for group in groups if group.x > 0 and group.m > 0), most)
    customers = sum(group.n for group in chosen)
    if customers < MIN_SPENDERS:
        return FittedSpend(None, None, customers, "customers")
    if len({group.m for group in chosen}) < 2:
        return FittedSpend(None, None, customers, "degenerate")
    likelihood = _Likelihood(chosen)
    units = [1.0, 1.0, likelihood.mean]

    def loss(point):
        """Minus the mean logarithm, and its slopes in the logarithms of the parameters."""
        parameters = [unit * math.exp(each) for unit, each in zip(units, point, strict=True)]
        value, slopes = likelihood.at(*parameters)
        return -value / customers, [
            -slope * parameter / customers
            for slope, parameter in zip(slopes, parameters, strict=True)
        ]

    found = minimize(loss, [math.log(each) for each in START], BOX)
    p, q, v = (unit * math.exp(each) for unit, each in zip(units, found.point, strict=True))
    problem = _problem(found, q)
    spend = None if problem else Spend(p, q, v)
    return FittedSpend(spend, None if problem else -found.value * customers, customers, problem)


def _problem(found, q):
    # a q that ran to nothing is a heavy tail, whatever else ran away
    if q <= 1.0:
        return "no_mean"
    if found.escaped:
        return "degenerate"
    return None if found.converged else "not_converged"


class _Likelihood:
    """The amounts of customers, prepared so that the likelihood can be taken many times."""

    def __init__(self, groups):
        self.customers = 0
        self.log_sums = total = 0.0
        blocks = {}
        for x, m, n in groups:
            if x <= 0 or m <= 0 or n <= 0:
                continue
            self.customers += n
            self.log_sums -= n * math.log(m)
            total += n * m
            sums, numbers, totals = blocks.setdefault(x, ([], [], [0, 0.0]))
            sums.append(x * m)
            numbers.append(n)
            totals[0] += n
            totals[1] += n * math.log(x * m)
        self.mean = total / self.customers if self.customers else 0.0
        self.blocks = sorted(blocks.items())

    def at(self, p, q, v):
        """Return the logarithm of the likelihood, and its slopes in p, q and v.

        >>> likelihood = _Likelihood([SpendGroup(1, 6.0, 2), SpendGroup(3, 40.0, 1)])
        >>> point = [6.0, 3.0, 15.0]
        >>> for i, slope in enumerate(likelihood.at(*point)[1]):
        ...     more = [each + (i == j) * 1e-6 for j, each in enumerate(point)]
        ...     less = [each - (i == j) * 1e-6 for j, each in enumerate(point)]
        ...     steep = (likelihood.at(*more)[0] - likelihood.at(*less)[0]) / 2e-6
        ...     assert abs(steep / slope - 1) < 1e-6, (i, steep, slope)
        """
        log = math.log
        value, slope_p, slope_q, slope_v = self.log_sums, 0.0, 0.0, 0.0
        of_q = math.lgamma(q) - q * log(v)
        slope_of_q = digamma(q) - log(v)
        for x, (sums, numbers, (n, logs)) in self.blocks:
            shape = p * x + q
            sum_log = sum_inverse = 0.0
            for total, number in zip(sums, numbers, strict=True):
                sum_log += number * log(v + total)
                sum_inverse += number / (v + total)
            gamma, gamma_x = digamma(shape), digamma(p * x)
            value += n * (math.lgamma(shape) - math.lgamma(p * x) - of_q)
            value += p * x * logs - shape * sum_log
            slope_p += x * (n * (gamma - gamma_x) + logs - sum_log)
            slope_q += n * (gamma - slope_of_q) - sum_log
            slope_v += n * q / v - shape * sum_inverse
        return value, (slope_p, slope_q, slope_v)

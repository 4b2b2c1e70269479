"""The likelihood of orders under MBG/NBD, BG/NBD and NBD, and its slopes.

With s = r + x and k = x (BG/NBD) or x + 1 (MBG/NBD), a customer's likelihood is

    G(s) / G(r) * alpha^r / (alpha + T)^s * B(a, b + k) / B(a, b) * (1 + exp(w)),
    w = ln(a / (b + k - 1)) + s * ln((alpha + T) / (alpha + t_x))

(G: Gamma function; without ``exp(w)`` where k is 0, without B and ``exp(w)`` for NBD). It is
formula (6) of Fader, Hardie and Lee (2005) and (A1) of Batislam et al. (2007), rearranged so
that nothing overflows; P(alive) is 1 / (1 + exp(w)). All but w depends on x or on T alone.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from .special import digamma

#: Beyond it exp(w) + 1 is exp(w).
LARGE = 36.0

#: Up to this many factors are multiplied; more are the quotient of two Gamma functions.
FEW_FACTORS = 64


class Group(NamedTuple):
    """Customers with equal statistics. Times are in weeks, counted from the first order.

    x: days with an order after the first
    t_x: the last of them (0 when x is 0)
    T: the day on which one looks
    n: how many customers
    """

    x: int
    t_x: float
    T: float
    n: int


class Likelihood:
    """The orders of customers, prepared so that the likelihood can be taken many times.

    :param groups: equal statistics may come in several groups
    :param model: mbgnbd, bgnbd or nbd
    """

    def __init__(self, groups: Iterable[Group], model: str):
        self.model = model
        self.first = model == "mbgnbd"  # k - x: can one leave after the first order?
        self.customers = self.orders = 0
        self.weeks = 0.0
        self.by_x: dict[int, int] = {}
        self.times: list[float] = []
        self._places: dict[float, int] = {}
        self._until: dict[int, list[int]] = {}
        blocks: dict[int, tuple[list, list, list]] = {}
        for x, t_x, T, n in groups:
            if n > 0:
                self._add(x, t_x, T, n, blocks)
        self.blocks = sorted(blocks.items())
        self.by_x = dict(sorted(self.by_x.items()))

    def _add(self, x, t_x, T, n, blocks):
        self.customers += n
        self.orders += n * x
        self.weeks += n * T
        self.by_x[x] = self.by_x.get(x, 0) + n
        until = self._place(T)
        sums = self._until.setdefault(until, [0, 0])
        sums[0] += n
        sums[1] += n * x
        if self.model == "nbd" or not x + self.first:
            return
        untils, lasts, numbers = blocks.setdefault(x, ([], [], []))
        untils.append(until)
        lasts.append(self._place(t_x))
        numbers.append(n)

    def _place(self, time):
        place = self._places.setdefault(time, len(self.times))
        if place == len(self.times):
            self.times.append(time)
        return place

    def at(self, r: float, alpha: float, a=None, b=None) -> tuple[float, list[float]]:
        """Return the logarithm of the likelihood, and its slopes in each parameter.

        >>> groups = [Group(0, 0.0, 5.0, 7), Group(2, 3.0, 5.0, 1), Group(40, 4.0, 9.0, 2)]
        >>> for model in ("mbgnbd", "bgnbd"):
        ...     likelihood, point = Likelihood(groups, model), [0.3, 4.0, 0.8, 2.4]
        ...     slopes = likelihood.at(*point)[1]
        ...     for i in range(4):
        ...         more = [each + (i == j) * 1e-6 for j, each in enumerate(point)]
        ...         less = [each - (i == j) * 1e-6 for j, each in enumerate(point)]
        ...         steep = (likelihood.at(*more)[0] - likelihood.at(*less)[0]) / 2e-6
        ...         assert abs(steep / slopes[i] - 1) < 1e-6, (model, i, steep, slopes[i])
        """
        logs = [math.log(alpha + time) for time in self.times]
        value, slope_r, slope_alpha = self._counts(r, alpha, logs)
        if a is None:
            return value, [slope_r, slope_alpha]
        leaving, slope_a, slope_b = self._leaving(a, b)
        inverse = [1.0 / (alpha + time) for time in self.times]
        inner, *slopes = self._inner(r, a, b, logs, inverse)
        return value + leaving + inner, [
            slope_r + slopes[0],
            slope_alpha + slopes[1],
            slope_a + slopes[2],
            slope_b + slopes[3],
        ]

    def _counts(self, r, alpha, logs):
        """The part that NBD has alone: value, slopes in r and alpha."""
        log_alpha = math.log(alpha)
        value = self.customers * r * log_alpha
        slope_r = self.customers * log_alpha
        slope_alpha = self.customers * r / alpha
        for n, (log_factors, slope) in zip(self.by_x.values(), rising(r, self.by_x), strict=True):
            value += n * log_factors
            slope_r += n * slope
        for place, (n, orders) in self._until.items():
            weight = n * r + orders
            value -= weight * logs[place]
            slope_r -= n * logs[place]
            slope_alpha -= weight / (alpha + self.times[place])
        return value, slope_r, slope_alpha

    def _leaving(self, a, b):
        """The logarithm of B(a, b + k) / B(a, b), and its slopes in a and b."""
        value = slope_a = slope_b = 0.0
        ks = [x + self.first for x in self.by_x]
        for n, (stays, slope), (all_, all_slope) in zip(
            self.by_x.values(), rising(b, ks), rising(a + b, ks), strict=True
        ):
            value += n * (stays - all_)
            slope_a -= n * all_slope
            slope_b += n * (slope - all_slope)
        return value, slope_a, slope_b

    def _inner(self, r, a, b, logs, inverse):
        """The sum of ln(1 + exp(w)) and its slopes: the only loop over all groups."""
        exp, log = math.exp, math.log
        value = slope_r = slope_alpha = slope_a = slope_b = 0.0
        for x, (untils, lasts, numbers) in self.blocks:
            s = r + x
            left = b + x + self.first - 1
            log_odds = log(a / left)
            sum_p = sum_r = sum_alpha = 0.0
            for until, last, n in zip(untils, lasts, numbers, strict=True):
                since = logs[until] - logs[last]
                w = log_odds + s * since
                if w > LARGE:
                    value += n * w
                else:
                    odds = exp(w)
                    value += n * log(1.0 + odds)
                    n *= odds / (1.0 + odds)
                sum_p += n
                sum_r += n * since
                sum_alpha += n * (inverse[until] - inverse[last])
            slope_r += sum_r
            slope_alpha += s * sum_alpha
            slope_a += sum_p / a
            slope_b -= sum_p / left
        return value, slope_r, slope_alpha, slope_a, slope_b


def rising(base: float, counts: Iterable[int]):
    """Yield ln(base (base + 1) ... (base + count - 1)) and its slope, for ascending counts.

    >>> [round(math.exp(value)) for value, slope in rising(3.0, [0, 1, 3])]  # 3 * 4 * 5
    [1, 3, 60]
    >>> (few, slope), (many, slope2) = rising(0.5, [60, 2000])
    >>> abs(many - math.lgamma(2000.5) + math.lgamma(0.5)) < 1e-9
    True
    """
    value = slope = 0.0
    done = 0
    for count in counts:
        if count - done <= FEW_FACTORS:
            for i in range(done, count):
                value += math.log(base + i)
                slope += 1.0 / (base + i)
        else:
            value += math.lgamma(base + count) - math.lgamma(base + done)
            slope += digamma(base + count) - digamma(base + done)
        done = count
        yield value, slope

"""What the models of buying say about a customer, once their parameters are known.

All figures depend on three things: x, the days with an order after the first; t_x, the last of
them; T, today. Times are in weeks since the first order. Sources: Fader, Hardie and Lee,
"Counting Your Customers the Easy Way", Marketing Science 24(2), 2005 (BG/NBD); Batislam,
Denizel and Filiztekin, Int. J. of Research in Marketing 24(3), 2007 (MBG/NBD).

The numbers in the examples are printed in the vignette and manual of the R package BTYD, and in
Hardie's spreadsheet of the paper, for the CDNOW customers.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .purchase_forecast import orders_if_alive
from .purchase_likelihood import Group, Likelihood

MODELS = ("mbgnbd", "bgnbd", "nbd")


@dataclass(frozen=True)
class Purchases:
    """How customers buy: each at a rate of his own, until he leaves.

    The rate is Gamma distributed (shape r, alpha in weeks). After an order a customer leaves
    with a probability of his own, which is Beta(a, b): after the first order too (mbgnbd), only
    after later ones (bgnbd: whoever ordered once counts as alive for ever, so that its P(alive)
    is no measure of churn), or never (nbd: a and b are None).

    >>> cdnow = Purchases("bgnbd", 0.2425967, 4.413659, 0.7929869, 2.426164)
    >>> [round(cdnow.expected_new(weeks), 4) for weeks in (1 / 7, 1, 3, 31 + 6 / 7, 32)]
    [0.0078, 0.0532, 0.1506, 1.0405, 1.0437]
    >>> round(cdnow.expected_new(52), 6), abs(cdnow.expected_new(78) - 1.8576) < 4e-4
    (1.444004, True)
    >>> round(cdnow.expected(2, 30.43, 38.86, 39), 3)
    1.226
    >>> round(cdnow.expected(26, 216 / 7, 31, 52), 5), round(cdnow.p_alive(26, 216 / 7, 31), 7)
    (25.75659, 0.9688523)
    >>> [round(cdnow.expected(x, 20, 39, 52), 8) for x in (10, 15, 20, 25)]  # more is less
    [0.34746063, 0.04283391, 0.00415897, 0.00035837]
    >>> cdnow = Purchases("bgnbd", 0.243, 4.414, 0.793, 2.426)
    >>> [f"{cdnow.pmf(n, weeks):.6g}" for n, weeks in ((0, 39), (10, 2))]
    ['0.573786', '1.07869e-07']
    """

    model: str
    r: float
    alpha: float
    a: float | None = None
    b: float | None = None

    def log_likelihood(self, groups: Iterable[Group]) -> float:
        """Return how well the parameters describe customers; more is better.

        >>> one = Purchases("nbd", 1.0, 10.0)  # r alpha^r / (alpha + T)^(r + 1) = 10 / 400
        >>> round(math.exp(one.log_likelihood([Group(1, 3.0, 10.0, 1)])), 9)
        0.025
        """
        return Likelihood(groups, self.model).at(*self._parameters())[0]

    def p_alive(self, x: int, t_x: float, T: float) -> float:
        """Return the probability that a customer will ever order again.

        >>> Purchases("mbgnbd", 0.5, 6.0, 0.9, 1.6).p_alive(0, 0, 0)  # b / (a + b)
        0.64
        >>> Purchases("mbgnbd", 0.5, 6.0, 0.9, 1.6).p_alive(2000, 1, 5000)
        0.0
        >>> Purchases("nbd", 0.5, 6.0).p_alive(5, 1, 5000)
        1.0
        """
        k = self._chances_to_leave(x)
        if not k:
            return 1.0
        since = math.log((self.alpha + T) / (self.alpha + t_x))
        w = math.log(self.a / (self.b + k - 1)) + (self.r + x) * since
        if w > 0:
            odds = math.exp(-w)
            return odds / (1.0 + odds)
        return 1.0 / (1.0 + math.exp(w))

    def p_buy(self, x: int, t_x: float, T: float, weeks: float) -> float:
        """Return the probability of at least one order within some weeks.

        >>> model = Purchases("mbgnbd", 0.5, 6.0, 0.9, 1.6)
        >>> round(model.p_buy(0, 0, 0, 6), 6)  # .64 * (1 - (6 / 12) ** .5)
        0.187452
        """
        none = -(self.r + x) * math.log1p(weeks / (self.alpha + T))
        return self.p_alive(x, t_x, T) * -math.expm1(none)

    def expected(self, x: int, t_x: float, T: float, weeks: float) -> float:
        """Return how many orders are to be expected within some weeks."""
        return self.p_alive(x, t_x, T) * self.expected_if_alive(x, T, weeks)

    def expected_if_alive(self, x: int, T: float, weeks: float) -> float:
        """Return how many orders are to be expected of a customer who has not left.

        >>> Purchases("nbd", 0.5, 6.0).expected_if_alive(1, 4.0, 5)  # (r + x) / (alpha + T) * t
        0.75
        >>> model = Purchases("mbgnbd", 0.5, 6.0, 1.0, 1.6)
        >>> 0 < model.expected_if_alive(2000, 100, 1e-6) < model.expected_if_alive(2000, 100, 1e6)
        True
        """
        s, tau = self.r + x, weeks / (self.alpha + T)
        if self.model == "nbd":
            return s * tau
        return orders_if_alive(s, self.a, self.b + self._chances_to_leave(x), tau)

    def expected_new(self, weeks: float) -> float:
        """Return how many orders after the first a new customer makes within some weeks."""
        return self.expected(0, 0.0, 0.0, weeks)

    def pmf(self, n: int, weeks: float) -> float:
        """Return the probability of exactly n orders after the first within some weeks.

        Formula (8) of the BG/NBD paper, and the same thought for MBG/NBD: either all n orders
        came and the customer stays, or the nth was the last though time was left for more.

        >>> for name, *rest in (("mbgnbd", 0.9, 1.6), ("bgnbd", 0.9, 1.6), ("nbd",)):
        ...     model = Purchases(name, 0.5, 6.0, *rest)
        ...     chances = [model.pmf(n, 20) for n in range(300)]
        ...     mean = sum(n * chance for n, chance in enumerate(chances))
        ...     print(round(sum(chances), 9), round(mean / model.expected_new(20), 9))
        1.0 1.0
        1.0 1.0
        1.0 1.0
        """
        ratio = self.alpha / (self.alpha + weeks)
        chance = _negative_binomial(n, self.r, ratio)
        if self.model == "nbd":
            return chance
        a, b, k = self.a, self.b, self._chances_to_leave(n)
        stays = math.exp(_log_beta(a, b + k) - _log_beta(a, b))
        if not k:
            return stays * chance
        leaves = stays * a / (b + k - 1)
        return stays * chance + leaves * _at_least(n, self.r, ratio, chance)

    def _chances_to_leave(self, x):
        """After how many of his orders somebody could have left."""
        if self.model == "nbd":
            return 0
        return x + 1 if self.model == "mbgnbd" else x

    def _parameters(self):
        if self.model == "nbd":
            return self.r, self.alpha
        return self.r, self.alpha, self.a, self.b


def _log_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _negative_binomial(n, r, ratio):
    """Return P(n) where the share of the first, ratio, is alpha / (alpha + t)."""
    if ratio >= 1:
        return float(n == 0)
    ways = math.lgamma(r + n) - math.lgamma(r) - math.lgamma(n + 1)
    return math.exp(ways + r * math.log(ratio) + n * math.log1p(-ratio))


def _at_least(n, r, ratio, chance):
    """Return P(n or more), chance being P(n): the smaller side is summed."""
    more = 1.0 - ratio
    if (r + n) * more < n + 1:  # the terms fall from here on
        total = term = chance
        j = n
        while term > total * 1e-17:
            term *= (r + j) / (j + 1) * more
            total += term
            j += 1
        return total
    term, total = ratio**r, 0.0
    for j in range(n):
        total += term
        term *= (r + j) / (j + 1) * more
    return max(1.0 - total, 0.0)

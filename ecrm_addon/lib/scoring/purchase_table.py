"""What to expect of customers who are alive, tabulated by (x, T) for SQL to join."""

import math
from collections.abc import Iterable

from .purchase_model import Purchases

#: Fewer values of T for one x are computed one by one.
FEW = 24

#: Points at which the smooth function of T is computed, and the last of its coefficients
#: (of the logarithm, so relative) with which it is good enough.
POINTS = (16, 32)
GOOD = 1e-8


def tabulate(
    purchases: Purchases,
    pairs: Iterable[tuple[int, float]],
    year_weeks: float,
    steps: int,
    step_weeks: float,
    discount: float,
) -> dict[tuple[int, float], tuple[float, float]]:
    """Return for each (x, T): (orders within a year, orders discounted), both if alive.

    Discounted are sum (E_i - E_(i-1)) / (1 + discount)^i, E_i being the orders expected within
    the first i steps. For one x both are smooth in T: many T are read off an interpolation
    (Chebyshev points in ln(alpha + T)), to about 1e-8.

    :param discount: per step, 0.01 is 1 %

    >>> cdnow = Purchases("mbgnbd", 0.525, 6.183, 0.891, 1.614)
    >>> pairs = [(x, days / 7) for x in (0, 1, 30) for days in range(1200)]
    >>> table = tabulate(cdnow, pairs, 52, 12, 4.345, 0.01)
    >>> max(abs(table[pair][0] / cdnow.expected_if_alive(*pair, 52) - 1) for pair in pairs[::50]
    ...     ) < 1e-7
    True
    >>> table[30, 100.0] == tabulate(cdnow, [(30, 100.0)], 52, 12, 4.345, 0.01)[30, 100.0]
    False
    >>> tabulate(cdnow, [], 52, 12, 4.345, 0.01)
    {}
    """
    weights = [(1.0 + discount) ** -i for i in range(1, steps + 1)]

    def exact(x, T):
        total = before = 0.0
        for i, weight in enumerate(weights, 1):
            orders = purchases.expected_if_alive(x, T, i * step_weeks)
            total += (orders - before) * weight
            before = orders
        if abs(year_weeks - steps * step_weeks) > 1e-9 * year_weeks:
            before = purchases.expected_if_alive(x, T, year_weeks)
        return before, total

    times: dict[int, set[float]] = {}
    for x, T in pairs:
        times.setdefault(x, set()).add(T)
    table = {}
    for x, ts in times.items():
        found = _interpolate(exact, x, ts, purchases.alpha) if len(ts) > FEW else None
        table.update(found or {(x, T): exact(x, T) for T in ts})
    return table


def _interpolate(exact, x, ts, alpha):
    """Return {(x, T): (year, discounted)}, or None where the points do not suffice."""
    low, high = math.log(alpha + min(ts)), math.log(alpha + max(ts))
    half, middle = (high - low) / 2, (high + low) / 2
    for count in POINTS:
        if count >= len(ts):
            break
        nodes = [math.cos(math.pi * (i + 0.5) / count) for i in range(count)]
        values = [exact(x, math.exp(middle + half * node) - alpha) for node in nodes]
        if min(map(min, values)) <= 0:
            break
        year, discounted = (
            _coefficients([math.log(value) for value in column])
            for column in zip(*values, strict=True)
        )
        if max(map(abs, year[-2:] + discounted[-2:])) < GOOD:
            return {
                (x, T): (math.exp(_chebyshev(year, at)), math.exp(_chebyshev(discounted, at)))
                for T, at in ((T, (math.log(alpha + T) - middle) / half) for T in ts)
            }
    return None


def _coefficients(values):
    """Return the Chebyshev coefficients of values at the Chebyshev points."""
    count = len(values)
    found = [
        2 / count * sum(v * math.cos(math.pi * j * (i + 0.5) / count) for i, v in enumerate(values))
        for j in range(count)
    ]
    found[0] /= 2
    return found


def _chebyshev(coefficients, at):
    """Return the sum of coefficients times Chebyshev polynomials (Clenshaw).

    >>> _chebyshev([1.0, 2.0, 3.0], 0.5)  # 1 + 2 x + 3 (2 x^2 - 1)
    0.5
    """
    one = two = 0.0
    twice = 2.0 * at
    for coefficient in coefficients[:0:-1]:
        one, two = twice * one - two + coefficient, one
    return at * one - two + coefficients[0]

"""How many orders a customer who is alive will make: the one hard integral of these models.

While alive, a customer orders at the rate ``lambda`` and leaves with probability ``p`` after
each order, so that ``(1 - exp(-lambda p t)) / p`` orders follow within ``t``. What is known of
such a customer is that ``lambda`` is Gamma(r + x, alpha + T) and ``p`` is Beta(a, b + k), where
k = x in the BG/NBD model (Fader, Hardie and Lee, "Counting Your Customers the Easy Way",
Marketing Science 24(2), 2005) and k = x + 1 in the MBG/NBD model (Batislam, Denizel and
Filiztekin, Int. J. of Research in Marketing 24(3), 2007). Averaged over ``lambda``, with
s = r + x and tau = t / (alpha + T), that is the mean of ``(1 - (1 + p tau)^-s) / p`` over p.
"""

import math

from .special import hyp2f1_rise

#: Nearer to 1 the series needs hundreds of terms; the integral does not care.
SERIES_UP_TO = 0.95

#: How much larger than the result the terms of the series may be: 1e-16 * 1e4 is left.
CANCELS = 1e4

#: From this far out an integrand is a plain exponential (relative).
NEGLIGIBLE = 1e-14

#: exp of minus this is nothing.
LEAST_LOG = 45.0


def orders_if_alive(s: float, a: float, beta: float, tau: float) -> float:
    """Return the mean of (1 - (1 + p tau)^-s) / p, p being Beta(a, beta).

    Good to 1e-10 relative for s and beta up to 10,000.

    :param s: r + x
    :param beta: b + x (BG) or b + x + 1 (MBG)
    :param tau: time ahead / (alpha + T)

    Both ways agree, at and around a = 1 too, where the published formula is 0 / 0:

    >>> cases = [(s, a, beta, tau) for s in (0.2, 3, 2000) for a in (0.01, 1 - 1e-9, 1, 7)
    ...     for beta in (0.7, 20, 2000) for tau in (1e-6, 0.3, 10)]
    >>> len(cases), all(abs(by_series(*case) / by_integral(*case) - 1) < 1e-10 for case in cases
    ...     if by_series(*case))
    (108, True)
    >>> orders_if_alive(2000.0, 1.0, 2000.0, 1e9) < 2000 * 1e9
    True
    >>> 0 < orders_if_alive(9000.5, 0.01, 9000.0, 1000.0) < 9000 * 1000
    True
    """
    if tau <= 0:
        return 0.0
    found = by_series(s, a, beta, tau)
    return by_integral(s, a, beta, tau) if found is None else found


def by_series(s: float, a: float, beta: float, tau: float) -> float | None:
    """Return what ``orders_if_alive`` does, or None where the series is slow or cancels.

    Formula (10) of the BG/NBD paper, after Euler's transformation (Abramowitz and Stegun,
    15.3.3) so that large x makes it converge faster instead of overflow: with C = a + beta - 1
    and z = tau / (1 + tau), C / (a - 1) * [1 - (1 - z)^(a - 1) * 2F1(C - s, a - 1; C; z)].
    """
    z = tau / (1.0 + tau)
    c = a + beta - 1.0
    if z > SERIES_UP_TO or c < 0.1:
        return None
    log_rest = -math.log1p(tau)
    power = (a - 1.0) * log_rest
    first = -math.expm1(power) / (a - 1.0) if a != 1.0 else -log_rest
    rise, largest = hyp2f1_rise(c - s, a - 1.0, c, z)
    rest = math.exp(power)
    found = first - rest * rise
    if not max(first, rest * largest) <= CANCELS * found:
        return None
    return c * found


def by_integral(s: float, a: float, beta: float, tau: float) -> float:
    """Return what ``orders_if_alive`` does, by the trapezoidal rule over y = ln(p / (1 - p)).

    The integrand is positive and analytic around the whole line, so that the rule converges
    exponentially (Trefethen and Weideman, SIAM Review 56(3), 2014). Towards both ends it is
    a plain exponential: what lies there is a geometric series.
    """
    spread = 1.0 / a + 1.0 / beta  # the variance of y where a and beta are large
    step = min(0.25, 0.6 * math.sqrt(spread))
    log_norm = math.lgamma(a + beta) - math.lgamma(a) - math.lgamma(beta)
    left = math.log(NEGLIGIBLE / (1.0 + beta + (s + 1.0) * tau))
    right = math.log((1.0 + a) / NEGLIGIBLE)
    # a narrow density is nothing further than this from its centre
    reach = LEAST_LOG * spread / 2
    reach += math.sqrt(reach * reach + 2 * LEAST_LOG * spread)
    centre = math.log(a / beta)
    left, right = max(left, centre - reach), min(right, centre + reach)
    count = math.ceil((right - left) / step)
    total = last = 0.0
    for i in range(count + 1):
        last = _integrand(left + i * step, s, a, beta, tau, log_norm)
        total += last
        if not i:
            total += last * _beyond(a * step)
    return step * (total + last * _beyond(beta * step))


def _beyond(rate):
    """Return exp(-rate) + exp(-2 rate) + ..."""
    return -math.exp(-rate) / math.expm1(-rate)


def _integrand(y, s, a, beta, tau, log_norm):
    """Return density * (1 - (1 + p tau)^-s) / p * dp/dy."""
    # neither p nor 1 - p may lose its digits
    if y < 0:
        log_rest = -math.log1p(math.exp(y))
        log_p = y + log_rest
    else:
        log_p = -math.log1p(math.exp(-y))
        log_rest = log_p - y
    bought = -math.expm1(-s * math.log1p(math.exp(log_p) * tau))
    return bought and math.exp(log_norm + (a - 1.0) * log_p + beta * log_rest + math.log(bought))

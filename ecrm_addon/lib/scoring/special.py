"""Functions that Python's ``math`` lacks."""

import math

#: From here on the asymptotic series of the digamma function has 15 digits.
ASYMPTOTIC = 10.0
ASYMPTOTIC_SERIES = (691 / 32760, 1 / 132, 1 / 240, 1 / 252, 1 / 120, 1 / 12)

#: A series stops when what is left is smaller than this part of its sum.
PRECISION = 1e-16

#: No series has more terms; at z = 0.95 about 800 are needed.
MOST_TERMS = 5000


def digamma(x: float) -> float:
    """Return the derivative of ``lgamma``, to about 1e-14 relative.

    Recurrence and asymptotic series: Abramowitz and Stegun, 6.3.5 and 6.3.18.

    :param x: above 0

    >>> digamma(1.0)  # minus Euler's constant
    -0.577215664901...
    >>> abs(digamma(0.5) + math.log(4) - digamma(1.0)) < 1e-14  # 6.3.3
    True
    >>> digamma(1e-9), digamma(1e9)
    (-1000000000.577..., 20.723265836...)
    """
    shift = 0.0
    while x < ASYMPTOTIC:
        shift -= 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    tail = 0.0
    for coefficient in ASYMPTOTIC_SERIES:
        tail = square * (coefficient - tail)
    return shift + math.log(x) - 0.5 / x - tail


def hyp2f1(a: float, b: float, c: float, z: float) -> float:
    """Return Gauss' hypergeometric function by its series (Abramowitz and Stegun, 15.1.1).

    Good to 1e-13 as long as terms do not cancel (``hyp2f1_rise`` tells by how much they do).

    :param c: neither 0 nor a negative whole number
    :param z: from 0 to below 1; slow near 1

    >>> hyp2f1(1, 1, 2, 0.5)  # -ln(1 - z) / z
    1.38629436111...
    >>> hyp2f1(0.3, -2, 0.7, 0.5)  # ends: 1 - 2 * 3/7 * 1/2 + (.3 * 1.3) / (.7 * 1.7) / 4
    0.653361344537...
    """
    return 1.0 + b * hyp2f1_rise(a, b, c, z)[0]


def hyp2f1_rise(a: float, b: float, c: float, z: float) -> tuple[float, float]:
    """Return (2F1(a, b; c; z) - 1) / b, and its largest term: what cancels at most.

    Smooth where b is 0, which 2F1 - 1 divided by b is not.

    >>> hyp2f1_rise(1, 0, 1, 0.5)  # the sum of z^n / n: -ln(1 - z)
    (0.69314718055..., 0.5)
    """
    term = total = a / c * z
    largest = abs(term)
    left = z / (1.0 - z)
    for n in range(1, MOST_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z
        total += term
        size = abs(term)
        if size > largest:
            largest = size
        elif size * left <= PRECISION * abs(total):
            break
    return total, largest

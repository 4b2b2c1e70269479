"""The minimum of a smooth function of few variables (BFGS: Nocedal and Wright, chapter 6)."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

#: Longest step in one variable. The variables here are logarithms of parameters: a factor of 4.
LONGEST_STEP = 1.4

#: An accepted step lowers the value by at least this part of what the slope promises.
ENOUGH = 1e-4
#: ... and leaves at most this part of the slope along the line (weak Wolfe conditions).
FLAT = 0.9

#: What is left of a value's digits when it is a sum over very many customers.
ROUNDING = 1e-14


class Minimum(NamedTuple):
    """Where the search ended.

    converged: the slope in each variable is below the tolerance
    escaped: it ran out of the box in which a minimum makes sense
    """

    point: tuple[float, ...]
    value: float
    converged: bool
    escaped: bool


Slopes = Sequence[float]
Function = Callable[[Sequence[float]], tuple[float, Slopes]]


def minimize(
    function: Function,
    start: Sequence[float],
    box: float = 12.0,
    tolerance: float = 1e-8,
    most_steps: int = 200,
) -> Minimum:
    """Return the minimum nearest to a start. It always ends, and takes the same way each time.

    :param function: point -> (value, slopes)
    :param box: how far a variable may go from 0
    :param tolerance: of each slope

    >>> def valley(point):  # Rosenbrock (1960): 0 at (1, 1)
    ...     x, y = point
    ...     slopes = (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))
    ...     return (1 - x) ** 2 + 100 * (y - x * x) ** 2, slopes
    >>> found = minimize(valley, (-1.2, 1.0))
    >>> [round(each, 6) for each in found.point], found.converged, found.escaped
    ([1.0, 1.0], True, False)
    >>> found = minimize(lambda point: (-point[0], (-1.0,)), (0.0,))  # there is none
    >>> found.point[0] > 12, found.converged, found.escaped
    (True, False, True)
    """
    point = tuple(start)
    value, slopes = function(point)
    inverse = _identity(len(point))
    first = True
    for _step in range(most_steps):
        if max(map(abs, slopes)) <= tolerance:
            return Minimum(point, value, True, False)
        if max(map(abs, point)) > box:
            return Minimum(point, value, False, True)
        direction = [-_dot(row, slopes) for row in inverse]
        if _dot(direction, slopes) >= 0:
            inverse, first = _identity(len(point)), True
            direction = [-slope for slope in slopes]
        found = _search_line(function, point, value, slopes, direction)
        if found is None:
            if first:
                break
            inverse, first = _identity(len(point)), True
            continue
        moved, value, new_slopes = found
        step = [new - old for new, old in zip(moved, point, strict=True)]
        change = [new - old for new, old in zip(new_slopes, slopes, strict=True)]
        inverse = _update(inverse, step, change, first)
        point, slopes, first = moved, new_slopes, False
    # the digits of the value can end before the slope is quite zero
    converged = max(map(abs, slopes)) <= 100 * tolerance
    return Minimum(point, value, converged, max(map(abs, point)) > box)


def _search_line(function, point, value, slopes, direction):
    """Return (point, value, slopes) that fulfil the weak Wolfe conditions, or None."""
    slope = _dot(direction, slopes)
    low, high = 0.0, math.inf
    step = min(1.0, LONGEST_STEP / max(map(abs, direction)))
    longest = step * 4
    best = None
    for _try in range(40):
        moved = tuple(x + step * d for x, d in zip(point, direction, strict=True))
        new_value, new_slopes = function(moved)
        # rounding may hide a gain that the slope proves
        if not new_value <= value + ENOUGH * step * slope + ROUNDING * abs(value):
            high = step
        elif _dot(direction, new_slopes) < FLAT * slope:
            best = moved, new_value, new_slopes
            low = step
            if step >= longest:
                return best
        else:
            return moved, new_value, new_slopes
        step = (low + high) / 2 if high < math.inf else min(2 * step, longest)
        if step * max(map(abs, direction)) < 1e-13:
            break
    return best


def _update(inverse, step, change, first):
    """Return the inverse second derivatives, corrected by what one step showed (6.17)."""
    curve = _dot(step, change)
    if curve <= 1e-300:
        return inverse
    if first:  # the size of the first step tells the scale (6.20)
        scale = curve / _dot(change, change)
        inverse = [[scale * cell for cell in row] for row in _identity(len(step))]
    through = [_dot(row, change) for row in inverse]
    whole = (1.0 + _dot(change, through) / curve) / curve
    return [
        [
            cell + whole * step[i] * step[j] - (through[i] * step[j] + step[i] * through[j]) / curve
            for j, cell in enumerate(row)
        ]
        for i, row in enumerate(inverse)
    ]


def _identity(size):
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _dot(left, right):
    return sum(one * other for one, other in zip(left, right, strict=True))

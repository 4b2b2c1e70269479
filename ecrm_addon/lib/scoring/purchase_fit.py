"""Find the parameters that describe a company's customers best, and say when to trust them."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from .minimize import minimize
from .purchase_likelihood import Group, Likelihood
from .purchase_model import Purchases

#: With fewer customers or fewer who came back (our judgement) nothing is fitted.
MIN_CUSTOMERS = 200
MIN_REPEATERS = 50

#: Less churn than this per order, or a larger b, is no churn that one can estimate.
LEAST_CHURN = 0.001
LARGEST_B = 1000.0

#: Where the search starts: r, alpha as a part of the mean time between orders, a, b.
STARTS = ((0.5, 0.5, 0.8, 2.0), (1.0, 1.0, 0.1, 4.0))

#: The search stops at 1e-4 and at 1e4 times these units: no maximum lies out there.
BOX = math.log(1e4)


class Fitted(NamedTuple):
    """What a fit found.

    purchases: the model with its parameters; None if there is none
    log_likelihood: None if there is no model
    customers: how many were looked at
    problem: why the model is not to be trusted, or not the one asked for: no_churn,
        not_converged, degenerate (no orders, or all customers alike); None if it is fine
    """

    purchases: Purchases | None
    log_likelihood: float | None
    customers: int
    converged: bool
    problem: str | None


def fit(groups: Iterable[Group], model: str = "mbgnbd") -> Fitted:
    """Return the parameters of the greatest likelihood. Takes whatever customers there are.

    :param model: mbgnbd, bgnbd or nbd

    >>> weekly = [Group(20, 20.0, 20.0, 300)]
    >>> seen = [Group(0, 0.0, 30.0, 60), Group(1, 4.0, 30.0, 20), Group(3, 9.0, 30.0, 9),
    ...     Group(9, 28.0, 30.0, 6), Group(30, 30.0, 30.0, 5)]
    >>> extremes = [[], [Group(0, 0.0, 9.0, 9)], [Group(0, 0.0, 0.0, 5)], weekly,
    ...     [Group(2000, 99.0, 100.0, 1)], [Group(1, 0.0, 0.0, 1)], seen]
    >>> for groups in extremes:
    ...     print([fit(groups, model).problem for model in ("mbgnbd", "bgnbd", "nbd")])
    ['degenerate', 'degenerate', 'degenerate']
    ['degenerate', 'degenerate', 'degenerate']
    ['degenerate', 'degenerate', 'degenerate']
    ['no_churn', 'no_churn', 'degenerate']
    ['no_churn', 'no_churn', 'degenerate']
    ['degenerate', 'degenerate', 'degenerate']
    [None, None, None]
    """
    likelihood = Likelihood(groups, model)
    if not likelihood.orders or not likelihood.weeks:
        return Fitted(None, None, likelihood.customers, False, "degenerate")
    best = None
    for start in STARTS:
        found = _search(likelihood, start)
        if best is None or not found.problem or found.log_likelihood > best.log_likelihood:
            best = found
        if not found.problem:
            break
    return best


def choose(groups: Iterable[Group], model: str = "mbgnbd") -> Fitted:
    """Return the model asked for, or NBD where that one cannot be estimated, or none.

    >>> calm = [Group(x, 90.0, 100.0, n) for x, n in ((2, 50), (5, 90), (9, 60), (20, 20))]
    >>> found = choose(calm + [Group(0, 0.0, 100.0, 9)], "mbgnbd")
    >>> found.purchases.model, found.problem, found.converged
    ('nbd', 'no_churn', True)
    >>> choose([Group(0, 0.0, 9.0, 9)])[::4]
    (None, 'degenerate')
    """
    groups = list(groups)
    found = fit(groups, model)
    if not found.problem:
        return found
    if model != "nbd" and found.purchases:
        without = fit(groups, "nbd")
        if not without.problem:
            return without._replace(problem=found.problem)
        found = without
    return found._replace(purchases=None, log_likelihood=None)


def too_little(
    customers: int, repeaters: int, history_weeks: float, mean_gap_weeks: float | None
) -> str | None:
    """Return what there is too little of for a model to be fitted, or None.

    :param repeaters: customers with orders on more than one day
    :param history_weeks: from the first order of all to today
    :param mean_gap_weeks: mean time between two orders of a customer, if any came back

    >>> too_little(199, 90, 99, 5), too_little(200, 49, 99, 5), too_little(200, 50, 4, 5)
    ('customers', 'repeaters', 'history')
    >>> too_little(200, 50, 5, 5)
    """
    if customers < MIN_CUSTOMERS:
        return "customers"
    if repeaters < MIN_REPEATERS:
        return "repeaters"
    if mean_gap_weeks is not None and history_weeks < mean_gap_weeks:
        return "history"
    return None


def _search(likelihood, start):
    """Return the best parameters that the search finds from a start."""
    customers = likelihood.customers
    units = [1.0, likelihood.weeks / likelihood.orders, 1.0, 1.0]
    if likelihood.model == "nbd":
        start, units = start[:2], units[:2]

    def loss(point):
        """Minus the mean logarithm, and its slopes in the logarithms of the parameters."""
        parameters = [unit * math.exp(each) for unit, each in zip(units, point, strict=True)]
        value, slopes = likelihood.at(*parameters)
        return -value / customers, [
            -slope * parameter / customers
            for slope, parameter in zip(slopes, parameters, strict=True)
        ]

    found = minimize(loss, [math.log(each) for each in start], BOX)
    parameters = [unit * math.exp(each) for unit, each in zip(units, found.point, strict=True)]
    return Fitted(
        Purchases(likelihood.model, *parameters),
        -found.value * customers,
        customers,
        found.converged,
        _problem(found, *parameters),
    )


def _problem(found, r, alpha, a=None, b=None):
    if a is not None and (found.escaped or b > LARGEST_B or a / (a + b) < LEAST_CHURN):
        return "no_churn"
    if found.escaped:
        return "degenerate"
    return None if found.converged else "not_converged"

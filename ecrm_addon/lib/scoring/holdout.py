"""How well a forecast came true: customers as known on a past day, against what they did since.

Every measure stands beside that of the naive forecast: as many orders as at the same rate
before. Measures that do not exist (nobody there, all bought, nobody bought) are None.
"""

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from operator import mul, ne, sub
from typing import NamedTuple

PARTS = 10


class Row(NamedTuple):
    """Customers with an equal forecast and an equal outcome.

    expected: orders forecast
    p_buy: probability forecast that any comes
    naive: orders that the naive forecast says
    actual: orders that came
    n: how many customers
    """

    expected: float
    p_buy: float
    naive: float
    actual: float
    n: int = 1


@dataclass(frozen=True)
class Holdout:
    """What a forecast was worth.

    actual, expected, naive: orders in total
    mae, naive_mae, rmse, naive_rmse: mean and root mean square error, in orders per customer
    auc, auc_expected, naive_auc: how often a buyer ranked above one who did not buy, by
        P(buy), by the orders expected and by the naive forecast; ties count half
    brier, base_brier: mean square error of P(buy), and of always saying the share of buyers
    gini: of the orders made, over customers ranked by the orders expected: 0 is no better
        than chance, near 1 is that the few ranked first made all orders
    deciles: customers by P(buy), least first, in at most ten parts of about equal size. Of
        each: from and to (P(buy)), customers, predicted (mean P(buy)), bought (share of
        buyers), expected and actual (mean orders)
    """

    customers: int
    buyers: int
    actual: float
    expected: float
    naive: float
    mae: float | None
    naive_mae: float | None
    rmse: float | None
    naive_rmse: float | None
    auc: float | None
    auc_expected: float | None
    naive_auc: float | None
    brier: float | None
    base_brier: float | None
    gini: float | None
    deciles: list[dict]


def report(rows: Iterable[tuple]) -> Holdout:
    """Return what a forecast was worth.

    :param rows: as ``Row``; equal rows may come in several

    >>> rows = [Row(0.2, 0.1, 0.5, 0, 6), Row(0.9, 0.5, 0.5, 0, 2), Row(0.9, 0.5, 2.0, 1, 2)]
    >>> found = report(rows)
    >>> found.customers, found.buyers, found.actual, round(found.expected, 9), found.naive
    (10, 2, 2.0, 4.8, 8.0)
    >>> round(found.mae, 9), round(found.naive_mae, 9), found.auc, found.naive_auc
    (0.32, 0.6, 0.875, 1.0)
    >>> round(found.brier, 9), round(found.base_brier, 9)  # (6 * .01 + 4 * .25) / 10, .2 * .8
    (0.106, 0.16)
    >>> [(part["customers"], part["to"], part["bought"]) for part in found.deciles]
    [(6, 0.1, 0.0), (4, 0.5, 0.5)]
    >>> report([]).mae is None, report([]).deciles, report(rows[2:]).auc is None
    (True, [], True)
    >>> found == report(row for row in reversed(rows))
    True
    """
    rows = [row for row in rows if row[4] > 0]
    # arrays keep the numbers side by side: what follows reads them in many orders
    expected, p_buy, naive, actual = (array("d", [row[i] for row in rows]) for i in range(4))
    numbers = array("q", [row[4] for row in rows])
    bought = array("q", map(mul, map((0.0).__lt__, actual), numbers))
    orders = array("d", map(mul, actual, numbers))
    by_expected = _Blocks(expected, numbers, bought, orders)
    by_p = _Blocks(p_buy, numbers, bought, orders, array("d", map(mul, expected, numbers)))
    by_naive = _Blocks(naive, numbers, bought)
    customers, buyers = sum(numbers), sum(bought)
    share = buyers / customers if customers else 0.0
    misses = array("d", map(sub, expected, actual))
    naive_misses = array("d", map(sub, naive, actual))

    def mean(terms):
        # exact sums: the order of the rows changes no digit
        return math.fsum(map(mul, terms, numbers)) / customers if customers else None

    def root(terms):
        return math.sqrt(mean(terms)) if customers else None

    return Holdout(
        customers=customers,
        buyers=buyers,
        actual=math.fsum(orders),
        expected=math.fsum(map(mul, expected, numbers)),
        naive=math.fsum(map(mul, naive, numbers)),
        mae=mean(map(abs, misses)),
        naive_mae=mean(map(abs, naive_misses)),
        rmse=root(map(mul, misses, misses)),
        naive_rmse=root(map(mul, naive_misses, naive_misses)),
        auc=_auc(by_p),
        auc_expected=_auc(by_expected),
        naive_auc=_auc(by_naive),
        brier=mean((p - (came > 0)) ** 2 for p, came in zip(p_buy, actual, strict=True)),
        base_brier=share * (1 - share) if customers else None,
        gini=_gini(by_expected),
        deciles=_deciles(by_p),
    )


class _Blocks:
    """Customers of whom a forecast says the same, in lists with one place for each block.

    forecasts: the different values, least first
    n, bought, orders, expected: sums of each, as far as they are wanted
    """

    def __init__(self, forecast, numbers, bought, orders=(), expected=()):
        order = sorted(range(len(forecast)), key=forecast.__getitem__)
        ranked = [forecast[i] for i in order]
        places = list(accumulate(map(ne, ranked[1:], ranked), initial=0))
        tied = bool(ranked) and places[-1] + 1 < len(ranked)
        self.forecasts = list(dict.fromkeys(ranked)) if tied else ranked

        def sums(column):
            if not column:
                return []
            if not tied:
                return [column[i] for i in order]
            found = [0] * len(self.forecasts)
            for place, i in zip(places, order, strict=True):
                found[place] += column[i]
            return found

        self.n, self.bought = sums(numbers), sums(bought)
        self.orders, self.expected = sums(orders), sums(expected)


def _auc(blocks):
    """Return the area under the ROC curve: the Mann-Whitney statistic, ties half.

    >>> _auc(_Blocks([0.1, 0.5, 0.5], [6, 2, 2], [0, 0, 2]))  # of 16 pairs 12 are right and 4 tied
    0.875
    """
    buyers = others = 0
    pairs = 0.0
    for n, bought in zip(blocks.n, blocks.bought, strict=True):
        pairs += bought * (others + (n - bought) / 2)
        buyers += bought
        others += n - bought
    return pairs / (buyers * others) if buyers and others else None


def _gini(blocks):
    """Return twice the area between the diagonal and the curve of orders over customers.

    >>> _gini(_Blocks([0.1, 0.5], [5, 5], [0, 5], [0, 5]))
    0.5
    """
    area = passed = 0.0
    for n, orders in zip(blocks.n, blocks.orders, strict=True):
        area += n * (2 * passed + orders)
        passed += orders
    return 1.0 - area / (sum(blocks.n) * passed) if passed else None


def _deciles(blocks):
    """Return parts of about equal size; customers with equal forecasts stay together.

    A block belongs to the tenth in which its middle lies; a part nobody falls into is left out.
    """
    customers = sum(blocks.n)
    starts, passed, last = [], 0, None
    for place, n in enumerate(blocks.n):
        tenth = int(PARTS * (passed + n / 2) / customers)
        if tenth != last:
            starts.append(place)
            last = tenth
        passed += n
    ends = [*starts[1:], len(blocks.n)]
    return [_summary(blocks, slice(*part)) for part in zip(starts, ends, strict=bool(starts))]


def _summary(blocks, part):
    forecasts, numbers = blocks.forecasts[part], blocks.n[part]
    n = sum(numbers)
    return {
        "from": forecasts[0],
        "to": forecasts[-1],
        "customers": n,
        "predicted": math.fsum(map(mul, forecasts, numbers)) / n,
        "bought": sum(blocks.bought[part]) / n,
        "expected": math.fsum(blocks.expected[part]) / n,
        "actual": sum(blocks.orders[part]) / n,
    }

"""The hour of the day at which somebody follows links in mail, for when to send it.

Only people's clicks count: machines click when mail arrives, and pictures are loaded by
relays. An hour is the customer's own, in their time zone. Hours beside each other say the
same, also across midnight, so that counts are smoothed in a circle.
"""

HOURS = 24
#: What a click says of its hour, and of those one and two hours away.
KERNEL = (3, 2, 1)
#: Fewer clicks tell nothing; then it is the company's hour.
LEAST_CLICKS = 5
#: A company's hour is that of so many customers at least whose own is known.
LEAST_CUSTOMERS = 5


def smooth(counts):
    """Return the counts of 24 hours, each with a part of its neighbours'.

    >>> smooth([1] + [0] * 23)
    [3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    """
    reach = range(1 - len(KERNEL), len(KERNEL))
    return [
        sum(KERNEL[abs(step)] * counts[(hour + step) % HOURS] for step in reach)
        for hour in range(HOURS)
    ]


def best_hour(counts, company=None, least=LEAST_CLICKS):
    """Return the hour in which somebody clicks most.

    :param list[int] counts: people's clicks in each of the 24 hours of their day
    :param int | None company: the company's hour, for those who clicked too little
    :param int least: clicks that are needed
    :return int | None: 0 to 23, the earliest of equals; None if neither is known

    >>> clicks = [0] * 24
    >>> clicks[23], clicks[0], clicks[1], clicks[9] = 2, 2, 2, 3
    >>> best_hour(clicks), best_hour([0] * 24, company=9), best_hour([0] * 24)
    (0, 9, None)
    """
    if sum(counts) < least:
        return company
    smoothed = smooth(counts)
    return smoothed.index(max(smoothed))

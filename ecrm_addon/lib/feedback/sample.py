"""Who is asked: a share of the customers, drawn by lot, and always the same ones.

Asking again the same question of who was not drawn would ask everybody in the end. So the lot
of a customer or an order is fixed by its id and a secret.
"""

import hmac


def lot(secret, purpose, *numbers):
    """Return the lot of something, evenly spread from 0 to less than 1.

    :param str secret: of the database, so that nobody can choose who is drawn
    :param str purpose: another purpose gives other lots
    :param int numbers: which thing it is

    >>> lot("s", "nps", 7, 1) == lot("s", "nps", 7, 1) != lot("s", "nps", 7, 2)
    True
    >>> drawn = sum(lot("s", "nps", number) < 0.2 for number in range(10_000))
    >>> 1_900 < drawn < 2_100
    True
    """
    text = f"{purpose}:{','.join(map(str, numbers))}"
    digest = hmac.digest(secret.encode(), text.encode(), "sha256")
    return int.from_bytes(digest[:7], "big") / 2**56


def first_day(drawn, share, days):
    """Return on which day of a period somebody is asked, None who is not.

    They are spread over the period, so that each month has answers.

    :param float drawn: the person's lot of the period
    :param float share: of the people who are asked, from 0 to 1
    :param int days: of the period

    >>> [first_day(drawn, 0.5, 90) for drawn in (0, 0.25, 0.49, 0.5, 0.9)]
    [0, 45, 88, None, None]
    """
    return int(drawn / share * days) if drawn < share else None

"""How healthy a mailing list is, from 0 to 100, each part with its share of the whole.

============ ====== ============================== ==========================================
part         points full                           none
============ ====== ============================== ==========================================
engaged      40     half of those mailed in 90     nobody of them
                    days opened or clicked in them
recent       10     a quarter did in 30 days       nobody
bounces      20     nothing bounced for good       5 % of what was sent (90 days)
complaints   20     nobody reported spam           0.3 % of what was delivered (90 days)
growth       10     the list grew by 5 %           it shrank by 5 % (90 days)
============ ====== ============================== ==========================================

0.1 % and 0.3 % of spam reports are the limits of Google's guidelines for senders of mail
(support.google.com/a/answer/81126); the others are ours. What is not known yet is left out,
and the score is that of the other parts.
"""

from typing import NamedTuple

#: Part -> (points, value that gets all of them, value that gets none).
PARTS = {
    "engaged": (40, 0.5, 0.0),
    "recent": (10, 0.25, 0.0),
    "bounces": (20, 0.0, 0.05),
    "complaints": (20, 0.0, 0.003),
    "growth": (10, 0.05, -0.05),
}
#: Fewer mails in 90 days tell nothing.
FEWEST = 20


class Part(NamedTuple):
    """One part of the score: its name, the value it rests on (a share), points of how many."""

    name: str
    value: float
    points: float
    most: int


def health(shares, sent):
    """Return the score of a list and its parts.

    :param dict shares: part -> its value; None where it is not known
    :param int sent: mails in 90 days
    :return tuple: score from 0 to 100, None if too little is known, and a list of ``Part``

    >>> shares = {"engaged": 0.25, "recent": 0.25, "bounces": 0.0, "complaints": 0.003}
    >>> score, parts = health({**shares, "growth": None}, 100)
    >>> score, [(part.name, part.points) for part in parts]
    (56, [('engaged', 20.0), ('recent', 10.0), ('bounces', 20.0), ('complaints', 0.0)])
    >>> health({**shares, "growth": 0.2}, 100)[0]
    60
    >>> health(shares, 19)
    (None, [])
    """
    if sent < FEWEST:
        return None, []
    parts = [
        Part(name, shares[name], _points(shares[name], *PARTS[name]), PARTS[name][0])
        for name in PARTS
        if shares.get(name) is not None
    ]
    most = sum(part.most for part in parts)
    if not most:
        return None, []
    return round(100 * sum(part.points for part in parts) / most), parts


def _points(value, points, full, none):
    reached = (value - none) / (full - none)
    return round(points * min(1.0, max(0.0, reached)), 1)

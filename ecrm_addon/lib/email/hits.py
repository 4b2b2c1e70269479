"""Hits in a row: groups, runs and windows; who is who among them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

from .agents import agent


def is_open(hit):
    return hit.kind == "open"


def agent_of(hit):
    return agent(hit.user_agent, hit.network)


def place_of(hit):
    return hit.network or ("agent", hit.user_agent)


def client_of(hit):
    return place_of(hit), hit.user_agent


def grouped(key, hits):
    """Return lists of hits by a key, each in the order of the hits."""
    groups = defaultdict(list)
    for hit in hits:
        groups[key(hit)].append(hit)
    return groups


def windows(hits, seconds):
    """Yield (first, last + 1) of the longest runs of hits within so many seconds.

    >>> from collections import namedtuple
    >>> Hit = namedtuple("Hit", "seconds")
    >>> list(windows([Hit(0), Hit(1), Hit(2), Hit(9)], 2))
    [(0, 3), (3, 4)]
    """
    first = 0
    for last, hit in enumerate(hits):
        moved = first
        while hit.seconds - hits[moved].seconds > seconds:
            moved += 1
        if moved > first:
            yield first, last
            first = moved
    if hits:
        yield first, len(hits)


def rows(hits, gap):
    """Yield runs of hits that follow each other within so many seconds."""
    row = []
    for hit in hits:
        if row and hit.seconds - row[-1].seconds > gap:
            yield row
            row = []
        row.append(hit)
    if row:
        yield row


def around(hits, at, seconds):
    """Return those of the sorted hits that are not farther than so many seconds."""
    if not hits:
        return []
    first = bisect_left(hits, at - seconds, key=lambda hit: hit.seconds)
    return hits[first : bisect_right(hits, at + seconds, key=lambda hit: hit.seconds)]


def any_between(hits, begin, end):
    return bool(around(hits, (begin + end) / 2, (end - begin) / 2))

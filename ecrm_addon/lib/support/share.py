"""Who gets the next piece of work."""

from heapq import heapify, heapreplace


def share_out(loads, count):
    """Give so many pieces of work to who has the least, one after the other.

    :param dict loads: who -> (how much they have, when they got the last one)
    :param int count: how many pieces there are
    :return list: to whom each goes, in their order; empty, if there is nobody

    >>> share_out({"ann": (3, 7), "bob": (1, 9), "eve": (1, 4)}, 6)
    ['eve', 'bob', 'eve', 'bob', 'ann', 'eve']
    >>> share_out({"ann": (0, 0)}, 2)
    ['ann', 'ann']
    >>> share_out({}, 2)
    []
    """
    heap = [(load, last, who) for who, (load, last) in loads.items()]
    if not heap:
        return []
    heapify(heap)
    newest = max(last for _load, last, _who in heap)
    chosen = []
    for number in range(1, count + 1):
        load, _last, who = heap[0]
        chosen.append(who)
        heapreplace(heap, (load + 1, newest + number, who))
    return chosen

"""Named parts of the 5 x 5 x 5 cube of RFM scores."""

SCORES = range(1, 6)


def cells(segments):
    """Return which segment each of the 125 combinations belongs to: the first that fits.

    :param list[tuple] segments: id and the ranges of r, f and m, as ``(id, (r_min, r_max),
        (f_min, f_max), (m_min, m_max))``, in order of preference
    :return list: 125 ids or None, r slowest and m fastest

    >>> champions, rest = (7, (4, 5), (4, 5), (4, 5)), (8, (1, 5), (1, 5), (1, 5))
    >>> found = cells([champions, rest])
    >>> len(found), found.count(7), found[cell(5, 4, 4)], found[cell(3, 5, 5)]
    (125, 8, 7, 8)
    >>> set(cells([]))
    {None}
    """
    return [
        next(
            (
                ident
                for ident, *ranges in segments
                if all(
                    low <= score <= high
                    for score, (low, high) in zip((r, f, m), ranges, strict=True)
                )
            ),
            None,
        )
        for r in SCORES
        for f in SCORES
        for m in SCORES
    ]


def cell(r, f, m):
    """Return the place of a combination in what ``cells`` gives.

    >>> cell(1, 1, 1), cell(5, 5, 5)
    (0, 124)
    """
    return (r - 1) * 25 + (f - 1) * 5 + m - 1

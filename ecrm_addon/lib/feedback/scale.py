"""What the numbers mean that customers give.

==== ====== ======== ======= =========
kind scale  good     neutral bad
==== ====== ======== ======= =========
csat 1-5    4, 5     3       1, 2
nps  0-10   9, 10    7, 8    0 to 6
==== ====== ======== ======= =========

Of NPS those are promoters, passives and detractors (F. Reichheld, "The One Number You Need to
Grow", Harvard Business Review, December 2003). Of CSAT the two highest are who is satisfied
("top two box"), as is usual.
"""

#: Kind -> the lowest score and the highest.
SCALES = {"csat": (1, 5), "nps": (0, 10)}
#: Kind -> the highest score that is bad, and the lowest that is good.
LIMITS = {"csat": (2, 4), "nps": (6, 9)}


def scores(kind):
    """Return the scores of a scale, the lowest first.

    >>> list(scores("csat"))
    [1, 2, 3, 4, 5]
    """
    lowest, highest = SCALES[kind]
    return range(lowest, highest + 1)


def read(kind, text):
    """Return the score that somebody chose, None where it is none of the scale.

    >>> read("nps", "0"), read("nps", "10"), read("csat", "5")
    (0, 10, 5)
    >>> [read("csat", text) for text in ("0", "6", "-1", "4.5", "", None, "²", "1" * 400)]
    [None, None, None, None, None, None, None, None]
    """
    if not (text and text.isascii() and text.isdecimal() and len(text) < 3):
        return None
    return int(text) if int(text) in scores(kind) else None


def band(kind, score):
    """Return what a score means: ``good``, ``neutral`` or ``bad``.

    >>> "".join(band("nps", score)[0] for score in scores("nps"))
    'bbbbbbbnngg'
    >>> "".join(band("csat", score)[0] for score in scores("csat"))
    'bbngg'
    """
    bad, good = LIMITS[kind]
    return "bad" if score <= bad else "good" if score >= good else "neutral"

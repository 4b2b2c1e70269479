"""Whose a browser is: which evidence counts, and which counts more.

The rules are those of docs/identity.md. Nothing here logs anybody in: it only says in whose
history a browser's events are shown.
"""

from typing import NamedTuple

#: Evidence that a forwarded mail or a borrowed computer is enough for.
WEAK = frozenset({"click"})


class Owner(NamedTuple):
    """Whose a browser is, and on what evidence."""

    partner_id: int | None = None
    evidence: str | None = None
    #: somebody took the browser off its contact by hand
    is_refused: bool = False


def judge(owner, partner_id, evidence):
    """Return what new evidence makes of a browser: link, confirm, replace, or None.

    :param Owner owner: whose the browser is until now
    :param int partner_id: whose it would be
    :param str evidence: login, checkout, form (with a confirmed address) or click

    >>> judge(Owner(), 1, "click"), judge(Owner(is_refused=True), 1, "click")
    ('link', None)
    >>> judge(Owner(), 1, "login"), judge(Owner(is_refused=True), 1, "login")
    ('link', 'link')
    >>> judge(Owner(1, "click"), 1, "login"), judge(Owner(2, "click"), 1, "login")
    ('confirm', 'replace')
    >>> judge(Owner(2, "login"), 1, "login"), judge(Owner(2, "click"), 1, "click")
    (None, None)
    """
    if evidence in WEAK:
        return None if owner.partner_id or owner.is_refused else "link"
    if not owner.partner_id:
        return "link"
    if owner.evidence not in WEAK:
        return None
    return "confirm" if owner.partner_id == partner_id else "replace"


def write_key(key, at, about=""):
    """Return the key of a note: the browser, when it happened, and an address.

    :param float at: seconds since 1970

    >>> write_key("5f", 1767225600.7, "ann@x.org")
    '5f|1767225600|ann@x.org'
    """
    return f"{key}|{int(at)}|{about}"


def read_key(text):
    """Return browser, seconds since 1970 (None where it was not noted) and address.

    >>> read_key("5f|1767225600|ann@x.org"), read_key("5f")
    (('5f', 1767225600, 'ann@x.org'), ('5f', None, ''))
    """
    key, _bar, rest = (text or "").partition("|")
    at, _bar, about = rest.partition("|")
    return key, int(at) if at.isdigit() else None, about

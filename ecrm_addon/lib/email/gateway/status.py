"""What a status says (RFC 3463, codes of RFC 5248): for good or for now, and why.

The class decides, but for codes that senders use for what passes, and for what is no fault of
the address::

    2.x.x  delivered
    4.x.x  soft     for now
    5.x.x  hard     for good, but soft for
             x.2.1  mailbox disabled where the text says for now
             x.2.2  mailbox full           x.3.x  their system      x.4.x  network, routing
             x.2.3  message too long       x.5.x  protocol          x.6.x  content
             x.7.x  policy, spam, block     x.1.7, x.1.8  our own sender's address
"""

import re

#: Subject and detail whose failures say nothing about the address: the next mail may arrive.
SOFT = ("2.2", "2.3", "2.4")
SOFT_SUBJECTS = ("3.", "4.", "5.", "6.", "7.")
#: ... and those about our own sender.
OURS = ("1.7", "1.8")
#: ... and those among them that do: no such system, no such list of people, closed for good.
HARD = ("4.4", "7.13", "7.17", "7.18")

#: A diagnostic says what it has to say at its beginning.
_MAX_DIAGNOSTIC = 2000

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.\-:/])([45])[0-5]\d(?=[ \-.,;:)\]#]|$)", re.M)
_INVALID = re.compile(
    r"(?:user|mailbox|account|recipient|address|alias|destinat\w+|empf\S+nger|benutzer)"
    r"[^\n]{0,60}?(?:unknown|not found|invalid|does ?n[o']t exist|not exist|disabled|"
    r"discontinued|inactive|deactivated|no longer|not listed|unbekannt|existiert nicht|suspended)|"
    r"(?:no such|unknown|invalid|illegal|bad|nonexistent|non-existent|no)[ \w-]{0,20} "
    r"(?:user|mailbox|account|recipient|address|alias|here)|user unknown|"
    r"doesn't have a[ \w.]{0,60}account|not a (?:known|valid) (?:user|recipient)|"
    r"(?:host|domain|dns)[ \w.-]{0,60} not (?:found|exist)|unrouteable|"
    r"address[^\n]{0,30}(?:couldn't|could not|wasn't|was not) (?:be )?found|wasn't found at|"
    r"n'existe pas|no existe|desconocid|inconnu|non esiste|sconosciut",
    re.I,
)
#: Microsoft says so of users whom it does not know (under 5.4.1 and 5.5.0).
_MICROSOFT = re.compile(
    r"recipient address rejected: access denied|action not taken: mailbox unavailable", re.I
)
_FULL = re.compile(
    r"quota|mailbox(?: is| was)? full|(?:mail)?folder is full|full mailbox|over ?quota|"
    r"insufficient (?:disk|storage|system)|too much mail|out of storage|speicherplatz|"
    r"space not enough|bo[iî]te[^.\n]{0,30}pleine|buz[oó]n[^.\n]{0,30}lleno",
    re.I,
)
_SPAM = re.compile(r"\bspam\b|unsolicited|\bjunk\b|content[ \w]{0,20}reject|\bvirus\b", re.I)
_SENDER = re.compile(
    r"sender (?:address )?(?:rejected|denied|refused|verif)|(?:bad|invalid) sender", re.I
)
_BLOCKED = re.compile(
    r"block(?:ed|list)|black ?list|\bpolicy\b|\brbl\b|reputation|not accepting mail|relay(?:ing)? "
    r"(?:access )?(?:denied|prohibited|not (?:permitted|allowed))|not permitted to relay|"
    r"access denied|unable to relay|\bdmarc\b|\bspf\b|\bdkim\b|authenticat|"
    r"not authori[sz]ed|"
    r"permission denied|restricted|refused by|rate limit",
    re.I,
)
_TIMED_OUT = re.compile(
    r"timed? ?out|time-?out|too long|expired|not respond|did not respond|unreachable|"
    r"not reachable|connection refused|\bretry\b|in the queue|queue period|try again|"
    r"establish an? smtp connection|connect(?:ion)?[ \w]{0,20}fail|not been collected|"
    r"unavailable or busy|delivery attempts",
    re.I,
)


def find_status(text):
    """Return the RFC 3463 status in a text, or what its SMTP reply code amounts to, or None.

    >>> find_status("550 5.1.1 User unknown"), find_status("552 full"), find_status("[10.5.1.1]")
    ('5.1.1', '5.0.0', None)
    """
    found = _ENHANCED.search(text or "")
    if found:
        return ".".join(found.groups())
    found = _BASIC.search(text or "")
    return f"{found[1]}.0.0" if found else None


def bounce_kind(status, text="", final=True):
    """Return ``hard`` for an address that will not work tomorrow, else ``soft``.

    :param str status: RFC 3463, may be None
    :param str text: the diagnostic, asked where the status says nothing
    :param bool final: whether the server has given up

    >>> bounce_kind("5.1.1"), bounce_kind("5.2.2"), bounce_kind("4.4.7"), bounce_kind("5.7.1")
    ('hard', 'soft', 'soft', 'soft')
    >>> bounce_kind(None, "User unknown"), bounce_kind("5.0.0", "mailbox is full")
    ('hard', 'soft')
    >>> bounce_kind("5.7.1", "550 5.7.1 User unknown"), bounce_kind("5.1.1", final=False)
    ('hard', 'soft')
    >>> bounce_kind("5.1.8", "Sender address rejected: Domain not found"), bounce_kind("5.7.133")
    ('soft', 'soft')
    >>> bounce_kind("5.4.1", "Recipient address rejected: Access denied")
    'hard'
    """
    if not final:
        return "soft"
    text = (text or "")[:_MAX_DIAGNOSTIC]
    class_, _dot, detail = (status or "").partition(".")
    if class_ in ("2", "4"):
        return "soft"
    if _FULL.search(text) or detail in OURS or _SENDER.search(text):
        return "soft"
    if _INVALID.search(text) or _MICROSOFT.search(text) or detail in HARD:
        return "hard"
    if detail in SOFT or detail.startswith(SOFT_SUBJECTS):
        return "soft"
    if detail.startswith(("1.", "2.")):
        return "hard"
    # 5.0.0 or nothing: the text decides; what it does not explain may be the address
    doubtful = (_SPAM, _BLOCKED, _TIMED_OUT)
    return "soft" if any(pattern.search(text) for pattern in doubtful) else "hard"


def reject_reason(status, text=""):
    """Return invalid, blocked, spam, timed_out, bounced or other.

    ``bounced`` is what came back without saying more, a full mailbox is ``other``.

    >>> reject_reason("5.1.1"), reject_reason("5.7.1", "blocked for spam"), reject_reason("4.4.7")
    ('invalid', 'spam', 'timed_out')
    >>> reject_reason("5.0.0"), reject_reason("5.2.2"), reject_reason(None, "No such user here")
    ('bounced', 'other', 'invalid')
    """
    text = (text or "")[:_MAX_DIAGNOSTIC]
    detail = (status or "").partition(".")[2]
    if detail in OURS or _SENDER.search(text):
        return "blocked"
    if _FULL.search(text):
        return "spam" if _SPAM.search(text) else "other"
    if _MICROSOFT.search(text):
        return "invalid"
    if detail in ("2.2", "2.3") or detail.startswith(("3.", "5.", "6.")):
        return "spam" if _SPAM.search(text) else "other"
    if detail.startswith("1.") or _INVALID.search(text) and not detail.startswith("7.1."):
        return "invalid"
    for reason, pattern in (("spam", _SPAM), ("blocked", _BLOCKED), ("timed_out", _TIMED_OUT)):
        if pattern.search(text):
            return reason
    if detail.startswith("7."):
        return "blocked"
    if detail.startswith("4."):
        return "timed_out"
    if detail.startswith("2."):
        return "invalid"
    return "bounced"

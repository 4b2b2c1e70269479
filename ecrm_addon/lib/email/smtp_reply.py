"""What a mail server answered when it did not take a mail."""

import re
from typing import NamedTuple

#: A reply code and perhaps an enhanced status, as Python's smtplib and servers write them.
_REPLY = re.compile(
    r"(?<![\d.])([45]\d\d)(?:[ -]|, b?['\"])\s*#?(?:([245]\.\d{1,3}\.\d{1,3})\b)?(.{0,200})",
    re.DOTALL,
)
_POLICY = re.compile(r"spam|block|blacklist|denylist|policy|reputation|\bSPF\b|DKIM|DMARC", re.I)


class Reply(NamedTuple):
    """A refusal: whether for good, its status (RFC 3463) and why."""

    is_permanent: bool
    status: str | None
    reason: str


def read_reply(text):
    """Return what a server's refusal says, None where a text holds none.

    A code that begins with 5 is for good, with 4 for now (RFC 5321, 4.2.1).

    :param str text: of the exception or of the log

    >>> read_reply("{'a@x.org': (550, b'5.1.1 No such user')}")
    Reply(is_permanent=True, status='5.1.1', reason='invalid')
    >>> read_reply("452 4.2.2 Mailbox full").is_permanent, read_reply("no answer after 30 s")
    (False, None)
    >>> read_reply("554 5.7.1 Message blocked as spam").reason
    'spam'
    """
    found = _REPLY.search(text or "")
    if not found:
        return None
    code, status, rest = found.groups()
    return Reply(code[0] == "5", status, _reason(code, status, rest))


def _reason(code, status, rest):
    if _POLICY.search(rest) or (status or "").split(".")[1:2] == ["7"]:
        return "spam" if "spam" in rest.lower() else "blocked"
    if status in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"} or (code == "550" and not status):
        return "invalid"
    return "bounced" if code[0] == "5" else "other"

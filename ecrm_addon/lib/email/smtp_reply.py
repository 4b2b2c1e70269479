"""What a mail server answered when it did not take a mail."""

import re
from typing import NamedTuple

from .gateway.status import bounce_kind, find_status, reject_reason

#: A reply code and perhaps an enhanced status, as Python's smtplib and servers write them.
_REPLY = re.compile(
    r"(?<![\d.])([45]\d\d)(?:[ -]|, b?['\"])\s*#?(?:([245]\.\d{1,3}\.\d{1,3})\b)?(.{0,200})",
    re.DOTALL,
)
#: Steps of smtplib at which a server refuses us, whoever the recipient is.
_OF_US = re.compile(
    r"SMTP(?:SenderRefused|HeloError|AuthenticationError|ConnectError|NotSupported)"
)
#: ... and the one at which it refuses the content, unless it says that it is the recipient.
_OF_CONTENT = re.compile(r"SMTPDataError")


class Reply(NamedTuple):
    """A refusal: its status (RFC 3463), why, and what it means to the address.

    ``bounce_kind`` is hard or soft, None where the refusal is for now or of us.
    """

    bounce_kind: str | None
    status: str | None
    reason: str


def read_reply(text):
    """Return what a server's refusal says, None where a text holds none.

    A code that begins with 5 is for good, with 4 for now (RFC 5321, 4.2.1); whether the address
    will not work tomorrow either is told as in reports, see ``gateway.status``.

    :param str text: of the exception or of the log

    >>> read_reply("{'a@x.org': (550, b'5.1.1 No such user')}")
    Reply(bounce_kind='hard', status='5.1.1', reason='invalid')
    >>> read_reply("452 4.2.2 Mailbox full").bounce_kind, read_reply("no answer after 30 s")
    (None, None)
    >>> read_reply("554 5.7.1 Message blocked as spam")
    Reply(bounce_kind='soft', status='5.7.1', reason='spam')
    >>> read_reply("SMTPDataError: (554, b'message refused')").bounce_kind
    'soft'
    >>> read_reply("SMTPSenderRefused: (550, b'5.1.8 bad sender')").bounce_kind is None
    True
    """
    found = _REPLY.search(text or "")
    if not found:
        return None
    code, status, rest = found.groups()
    is_of_content = bool(_OF_CONTENT.search(text))
    known = status or find_status(f"{code} {rest}")
    if is_of_content and known == "5.0.0":
        known = "5.6.0"
    kind = None
    if code[0] == "5" and not _OF_US.search(text):
        kind = bounce_kind(known, rest)
    return Reply(kind, status, _reason(code, status, known, rest))


def _reason(code, status, known, rest):
    """Return the reason; a bare 550 is what servers say of users whom they do not know."""
    reason = reject_reason(known, rest)
    if reason == "bounced" and code == "550" and not status:
        return "invalid"
    return "other" if reason == "bounced" and code[0] == "4" else reason

"""Whom a report in plain words is about (what servers write that know no RFC 3464).

The report's own text is what stands before the mail that it returns. In it, addresses are
looked for by how surely they are the one that failed, and the surest kind found counts:

1. **listed**: the address begins a line, alone or with what went wrong behind it, such as
   ``<ann@x.org>: unknown user`` (Exim, Postfix, qmail, Exchange, Yahoo ...), or it is named as
   the one that an address was made of;
2. **named**: words before it or behind it say that it failed (``Unknown user: ann@x.org``,
   ``ann@x.org is unavailable``), or it stands beside an SMTP reply;
3. **hinted**: a word that may say as much stands before it (``the mail for ann@x.org``);
4. **meant**: the ``To:`` of the mail that the report speaks of;
5. **only**: the one address that is left.

Addresses of the report's own sender and recipient, of mail systems, and of those whom one may
ask for help are none of them.
"""

import re
from bisect import bisect_right

from . import addresses, mime
from .dsn import DELAYED, FAILED, Recipient
from .phrases import DELAY, FAILURE, GAVE_UP, HEADER_BLOCK, ORIGINAL_FOLLOWS
from .status import find_status

MAX_LINES = 2000
MAX_LINE = 1000
MAX_RECIPIENTS = 200
#: How much of the text before and behind an address tells what it is.
_NEAR = 120

#: ... where a pattern tells what stands before it.
_ADDR = addresses.ADDRESS.pattern.partition(")")[2]
_LISTED = re.compile(
    rf"^[\s>*\-\u2022\u00b7]{{0,40}}(?:\"[^\"\n]{{0,120}}\"\s{{0,3}}(?=<))?"
    rf"(?:c=[^\n@]{{0,200}}?SMTP=|"
    rf"\[?SMTP[:\s])?[<\[\"'(]{{0,2}}(?:mailto:)?(?P<addr>{_ADDR})[>\]\"')]{{0,2}}"
    rf"(?P<rest>[ \t]*(?:$|:|\.\.\.|;|-\s|\(|\son\s|,?\s*$|,\s|\s{{2,}}|\t).*|\s\W*[45]\d\d.*)",
    re.I,
)
_MADE_OF = re.compile(
    rf"\((?:generated|expanded|forwarded|redirected|"
    rf"ultimately generated)[ -]from:?\s{{1,9}}<?(?P<addr>{_ADDR})",
    re.I,
)
_BEFORE = re.compile(
    r"(?:recipients?|address(?:es|ed)?(?: to)?|error-for|rcpt to|undeliverable\s{1,3}to|"
    r"users?|userid|"
    r"attempts|(?:is|was|mailbox)? ?(?:over|full)|deliver(?:ed|y)?(?: \w{1,12}){0,4} to|"
    r"delivered|"
    r"(?:message|mail|e-?mail) to|reach(?: the following recipients?)?|reached|sent to|"
    r"mailbox|account|"
    r"empf\S{1,8}nger|adresse|destinataire|destinatario)"
    r"[\s:,.]{0,12}(?:\[?smtp[:;]|rfc822;)?[\s<\[(\"']{0,4}$",
    re.I,
)
_HINT = re.compile(r"\b(?:for|an|to)[\s:,.]{0,12}[\s<\[(\"']{0,4}$", re.I)
#: Another address of the one that failed, or of somebody else.
_ELSEWHERE = re.compile(
    r"(?:forward|redirect|weiterge?leitet)\w{0,3}\s{1,3}(?:\w{1,12}\s{1,3}){0,3}(?:to|an)\W{0,6}$|"
    r"\b(?:write|reply|writing) to\W{0,6}$",
    re.I,
)
#: The address that is asked for help stands on the next line.
_ASKS = re.compile(r"\b(?:to|at|or|with|via|an|contact|e-?mail)\s{0,3}:?\s{0,3}$", re.I)
_BEHIND = re.compile(
    r"^[>\])\"',.:\s]{0,6}(?:\S{1,20}\s{1,3}){0,3}?(?:does|did|is|was|has|had|could|couldn|"
    r"can(?:no|')|because|unknown|not|rejected|"
    r"failed|undeliver|konnte|wurde|existiert|n'|no existe|doesn|wasn|isn|hasn|over|exceed)",
    re.I,
)
#: Between addresses of a list.
_AND = re.compile(
    r"[>\])'\"]{0,2}\s{0,3}(?:[,;&]|,?\s{1,3}(?:and|or|und|et|y|e|en))\s{1,3}[<\[('\"]{0,2}", re.I
)
_REPLY = re.compile(r"(?<![\d.])(?:[45]\d\d[ \-]|[45]\.\d{1,3}\.\d{1,3}(?!\.))")
_BY_OTHERS = re.compile(
    r"^\W{0,6}(?:from|sender|reply-to|cc|bcc|subject|date|sent|return-path|received|"
    r"message-id|x-[\w-]{1,30}|"
    r"reporting-mta|von|de|betreff|gesendet|absender|system contact)\s{0,3}:|"
    r"contact|assistance|help desk|support|question|please (?:reply|write|forward|send|call)|"
    r"try (?:emailing|sending)"
    r"|e\.g\.|for example|mts-id|message-?id|https?://|not accepting mail from|standard form|"
    r"(?:mail|message|email) (?:was )?from|wenden sie sich|contactez|administrator|"
    r"on behalf of|sent by|"
    r"helpdesk|your message from|\bticket|believe|think this|forward th(?:is|e)\b|\babuse\b",
    re.I,
)
_MEANT = re.compile(
    rf"^\W{{0,6}}(?:to|an|para|a|pour|\u00e0)\s{{0,3}}:[^\n@]{{0,80}}?<?(?P<addr>{_ADDR})", re.I
)
_WORD = re.compile(r"^\s{1,20}([A-Za-z][\w.-]{2,40})(?:\s{2,20}\S.{0,80})?\s*$")
_LOCAL_LIST = re.compile(r"(?:following|these) (?:recipient|address|user)|to the following\W", re.I)


def own_text(message):
    """Return what a report itself says: without the mail that it returns."""
    return "\n".join(_own_texts(message))


def _own_texts(message):
    return [_before_original(text) for text in mime.report_texts(message)]


def _before_original(text):
    begins = (ORIGINAL_FOLLOWS.search(text), HEADER_BLOCK.search(text))
    return text[: min((found.start() for found in begins if found), default=len(text))]


def is_delay(text, subject=""):
    """Tell whether a report says that the server goes on trying.

    >>> is_delay("It has not yet been delivered. No action is required on your part.")
    True
    >>> is_delay("could not be delivered after 30 attempts. Please try again later")
    False
    """
    return bool(DELAY.search(text) or DELAY.search(subject)) and not GAVE_UP.search(text)


def recipients(message, own=(), surely=False):
    """Return the recipients whom a report's text names.

    :param own: addresses that are ours, and so no recipients of a mail to a customer
    :param surely: whether only those count that are listed, as people do not write

    >>> from email import message_from_string
    >>> found = recipients(message_from_string('''From: MAILER-DAEMON@mx.example.org
    ... To: bounce@shop.example
    ...
    ... I'm sorry to have to inform you that your message could not be delivered.
    ... For further assistance, please send mail to <postmaster@mx.example.org>
    ...
    ... <ann@x.org>: host mx.x.org said: 550 5.1.1
    ...     <ann@x.org>... User unknown
    ...
    ... ---- Returned message ----
    ... From: shop@shop.example
    ... To: ann@x.org
    ... '''))
    >>> [(r.address, r.status, r.permanent, r.bounce_kind, r.reason) for r in found]
    [('ann@x.org', '5.1.1', True, 'hard', 'invalid')]
    """
    texts = _own_texts(message)
    parts = [[line[:MAX_LINE] for line in text.split("\n")[:MAX_LINES]] for text in texts]
    ours = {address.lower() for address in own}
    senders = ours | _in_header(message, "from", "sender", "reply-to")
    others = senders | _in_header(message, "to", "return-path", "delivered-to", "cc")
    sure = [(_listed, others)]
    # a report may come to the address that it is about, if that one wrote the mail
    unsure = [(find, others) for find in (_named, _hinted, _meant, _only)]
    unsure += [(_listed, senders), (_named, senders)]
    found, lines = _first_found(sure if surely else sure + unsure, parts)
    if not found and not surely:
        found, lines = _first_found([(_local_users(message), ours)], parts)
    is_late = is_delay("\n".join(texts), mime.header(message, "subject"))
    return _as_recipients(found, lines, DELAYED if is_late else FAILED)


def _first_found(finders, parts):
    """Return what the surest way of looking finds in the first part in which it finds any.

    A part behind it may be the mail that is returned.
    """
    for find, not_them in finders:
        for lines in parts:
            told = [(addr, line) for addr, line in find(lines) if _is_recipient(addr, not_them)]
            if told:
                return told, lines
    return [], []


def _in_header(message, *names):
    """Return the addresses in some fields of the report's own header."""
    values = [value for name in names for value in mime.headers(message, name)]
    return {address for value in values for address in addresses.all_in(value)}


def _is_recipient(address, not_them):
    return (
        addresses.is_address(address)
        and address.lower() not in not_them
        and not addresses.is_system(address)
    )


def _listed(lines):
    found = []
    for number, line in enumerate(lines):
        match = _MADE_OF.search(line) or _LISTED.match(line)
        if not match or _BY_OTHERS.search(line[: match.start("addr")]) or _is_quoted(line):
            continue
        if not _is_asked(lines[number - 1] if number else ""):
            found.append((match["addr"], number))
    return found


def _is_asked(line):
    """Tell whether a line ends with asking to write to the address that follows."""
    return bool(_ASKS.search(line) and _by_others(line) and "@" not in line)


def _by_others(line):
    """Tell whether a line speaks of others than who failed; an address itself may say anything."""
    return bool(_BY_OTHERS.search(addresses.ADDRESS.sub("", line)))


def _is_quoted(line):
    """Tell whether a line is one of a quoted mail rather than an entry of a list."""
    return line.startswith(">") and len(line.split()) > 4


def _named(lines):
    """Return addresses beside words that say that they failed, or beside an SMTP reply."""
    found = []
    text, starts = _joined(lines)
    tells_of_failure = bool(FAILURE.search(text))
    last = None  # where the one before ended, if it was named
    for match in addresses.ADDRESS.finditer(text):
        number = _line_at(starts, match.start())
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if _by_others(lines[number]) or _ELSEWHERE.search(before):
            continue
        behind = text[match.end() : match.end() + _NEAR]
        near = lines[number] if number == 0 else f"{lines[number - 1]} {lines[number]}"
        is_named = tells_of_failure and _BEFORE.search(before)
        is_next = last is not None and _AND.fullmatch(text, last, match.start())
        last = None
        if is_named or is_next or _BEHIND.search(behind) or _REPLY.search(near):
            found.append((match[0], number))
            last = match.end()
    return found


def _hinted(lines):
    text, starts = _joined(lines)
    if not FAILURE.search(text):
        return []
    return [
        (match[0], number)
        for match in addresses.ADDRESS.finditer(text)
        if _HINT.search(text[max(0, match.start() - _NEAR) : match.start()])
        and not _by_others(lines[number := _line_at(starts, match.start())])
    ]


def _meant(lines):
    return [(m["addr"], number) for number, line in enumerate(lines) if (m := _MEANT.match(line))]


def _only(lines):
    found = {
        address.lower(): (address, number)
        for number, line in enumerate(lines)
        if not _by_others(line)
        for address in addresses.ADDRESS.findall(line)
        if not addresses.is_system(address)
    }
    return list(found.values()) if len(found) == 1 else []


def _local_users(message):
    """Return a finder of users of the reporting domain, listed by names only (AOL, Yale)."""
    sender = mime.header(message, "from")
    domain = (addresses.first(sender) or "").rpartition("@")[2].lower()
    is_system = addresses.is_system(sender.rpartition("<")[2])

    def find(lines):
        found, listing = [], False
        for number, line in enumerate(lines if is_system else ()):
            word = _WORD.match(line) if listing else None
            if word and addresses.is_address(f"{word[1]}@{domain}"):
                found.append((f"{word[1]}@{domain}", number))
            elif found and line.strip():
                break
            listing = listing or bool(_LOCAL_LIST.search(line))
        return found

    return find


def _joined(lines):
    """Return the lines as one text, and where in it each begins."""
    starts, position = [], 0
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    return "\n".join(lines), starts


def _line_at(starts, position):
    return bisect_right(starts, position) - 1


def _as_recipients(found, lines, action):
    """Return each address once, with what the lines from it to the next one say."""
    if not found:
        return []
    begins = sorted({number for _address, number in found})
    ends = dict(zip(begins, [*begins[1:], len(lines)], strict=False))
    spelled, told = {}, {}
    for address, number in found[:MAX_RECIPIENTS]:
        key = spelled.setdefault(address.lower(), address).lower()
        told.setdefault(key, []).extend(lines[number : min(ends[number], number + 12)])
    result = []
    for key, about in told.items():
        # of a report on one recipient each line is about that one
        said = _one_line(about if len(told) > 1 or find_status(_one_line(about)) else lines[-60:])
        result.append(Recipient(spelled[key], action, find_status(said), said))
    return result


def _one_line(lines):
    return " ".join(" ".join(lines).split())[:1000]

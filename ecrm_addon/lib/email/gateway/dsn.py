"""What a server's delivery report says in its structured part (RFC 3464)."""

import binascii
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from . import addresses, mime
from .status import bounce_kind, find_status, reject_reason

FAILED, DELAYED, DELIVERED = "failed", "delayed", "delivered"
#: First letters of ``Action``; some servers add a comment, some say ``error`` or ``failure``.
ACTIONS = (
    ("fail", FAILED),
    ("error", FAILED),
    ("delay", DELAYED),
    ("deliver", DELIVERED),
    ("relay", DELIVERED),
    ("expand", DELIVERED),
)
MAX_RECIPIENTS = 500
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
#: Of fields of a report that stand in a text, because its parts were not marked as such.
_FIELD = re.compile(
    r"^((?:original|final)-recipient|action|status|diagnostic-code)[ \t]*:[ \t]*"
    r"(\S[^\n]{0,990}(?:\n[ \t]+\S[^\n]{0,990}){0,9})",
    re.I | re.M,
)
_TYPE = _STATUS_PARTS[0].encode()
_NEW_BLOCK = ("original-recipient", "final-recipient")


@dataclass(frozen=True)
class Recipient:
    """What became of a mail to one address.

    ``address`` is the one we wrote to as far as the report tells, in its own spelling;
    ``final`` the one at which it failed, if that is another (after forwarding).
    """

    address: str
    action: str = FAILED
    status: str | None = None
    description: str = ""
    final: str | None = None

    @property
    def permanent(self):
        """Whether the server has given up."""
        return self.action == FAILED

    @property
    def bounce_kind(self):
        return bounce_kind(self.status, self.description, self.permanent)

    @property
    def reason(self):
        return reject_reason(self.status, self.description)


def blocks(message):
    """Return the fields of each recipient in a mail's delivery reports.

    A report on a mail that was a report itself tells of its own recipients only. Fields that
    stand in a text are asked last.
    """
    for into_originals in (False, True):
        found = [
            block
            for _depth, part in mime.walk(message, into_originals)
            if mime.content_type(part) in _STATUS_PARTS
            for fields in _decoded(part)
            for block in _blocks(fields)
        ]
        if found:
            return found[:MAX_RECIPIENTS]
    found = [
        block for text in mime.report_texts(message) for block in _blocks(_FIELD.findall(text))
    ]
    return found[:MAX_RECIPIENTS]


def _decoded(part):
    """Return the fields in a report's part, block by block; it must not be encoded, but may be."""
    children = mime.children(part)
    if mime.header(part, "content-transfer-encoding").lower() == "base64":
        text = "".join(child.get_payload() for child in children if not child.is_multipart())
        try:
            raw = binascii.a2b_base64(text.encode("ascii", "ignore"))
        except binascii.Error:
            return []
        children = mime.children(message_from_bytes(b"Content-Type: %s\n\n%s" % (_TYPE, raw)))
    return [mime.items(child) for child in children]


def _blocks(fields):
    """Return the recipients' blocks of fields: one each, be there an empty line between or not."""
    found = [Message()]
    for name, value in fields:
        if name.lower() in _NEW_BLOCK and name in found[-1]:
            found.append(Message())
        found[-1][name] = value
    return [block for block in found if mime.header(block, "action")]


def has_report(message):
    """Tell whether a mail has a delivery report, be it an empty one."""
    return any(mime.content_type(part) in _STATUS_PARTS for _depth, part in mime.walk(message))


def recipients(message):
    """Return the recipients that a mail's delivery reports tell of, each once.

    >>> from email import message_from_string
    >>> found = recipients(message_from_string('''Content-Type: multipart/report; boundary=b
    ...
    ... --b
    ... Content-Type: message/delivery-status
    ...
    ... Reporting-MTA: dns; mx.example.org
    ...
    ... Original-Recipient: rfc822;ann@example.com
    ... Final-Recipient: rfc822;box7@mx.example.com
    ... Action: failed
    ... Status: 5.2.2 (mailbox full)
    ...
    ... --b--
    ... '''))
    >>> [(r.address, r.final, r.status, r.bounce_kind) for r in found]
    [('ann@example.com', 'box7@mx.example.com', '5.2.2', 'soft')]
    """
    found = {}
    for block in blocks(message):
        action = action_of(block)
        original = address_field(mime.header(block, "original-recipient"))
        final = address_field(mime.header(block, "final-recipient"))
        address = original or final
        if not action or not address:
            continue
        diagnostic = _diagnostic(block)
        found.setdefault(
            (address.lower(), action),
            Recipient(
                address,
                action,
                find_status(mime.header(block, "status")) or find_status(diagnostic),
                diagnostic,
                final if final and final.lower() != address.lower() else None,
            ),
        )
    return list(found.values())


def address_field(value):
    """Return the address in ``rfc822; <ann@x.org>``; None for other kinds of address.

    >>> address_field("rfc822;ann@x.org"), address_field("<ann@x.org>"), address_field("RFC822; A")
    ('ann@x.org', 'ann@x.org', None)
    >>> address_field("x400; /S=ann/OU=x/ADMD= /C=GB/"), address_field("rfc822;a...@x.org")
    (None, None)
    """
    kind, separator, rest = value.partition(";")
    if separator and kind.strip().lower() not in ("rfc822", "utf-8", "smtp"):
        return None
    text = (rest if separator else kind).strip()
    address = addresses.first(text) or ""
    # the whole of it: "a...@x.org" hides an address
    given = text.strip("<> ").rpartition("<")[2]
    return address if addresses.is_address(address) and given.startswith(address) else None


def action_of(block):
    """Return what became of a recipient: failed, delayed or delivered; None for else."""
    value = mime.header(block, "action").strip().lower()
    return next((action for start, action in ACTIONS if value.startswith(start)), None)


def _diagnostic(block):
    said = mime.header(block, "diagnostic-code")
    said = re.sub(r"^(?:smtp|x-[\w-]{1,30}|dns)\s*;\s*", "", said, flags=re.I)
    comment = mime.header(block, "status").partition(" ")[2].strip("() ")
    return said or comment or mime.header(block, "x400-supplementary-info").strip('"')

"""What a server's delivery report says in its structured part (RFC 3464)."""

import re
from dataclasses import dataclass

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

    A report on a mail that was a report itself tells of its own recipients only.
    """
    for into_originals in (False, True):
        found = []
        for _depth, part in mime.walk(message, into_originals):
            if mime.content_type(part) in _STATUS_PARTS:
                found += [block for block in mime.children(part) if mime.header(block, "action")]
        if found:
            return found[:MAX_RECIPIENTS]
    return []


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

"""Complaints (ARF, RFC 5965) and receipts (MDN, RFC 8098): what their machine part says."""

import re
from dataclasses import dataclass

from . import addresses, mime, originals
from .dsn import Recipient, address_field

#: Feedback types that are somebody's complaint; the others are reports of machines.
COMPLAINTS = ("abuse", "fraud", "virus", "opt-out", "opt-out-list", "miscategorized", "other")
COMPLAINED = "complained"
JMRP_FIELD = "x-hmxmroriginalrecipient"
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient", "x-original-rcpt-to")
_DISPOSITION = re.compile(r"([\w-]{1,60})\s*/\s*([\w-]{1,60})\s*;\s*([\w-]{1,40})")


@dataclass(frozen=True)
class Disposition:
    """What a receipt says was done: ``displayed``, ``deleted``, ``dispatched`` ..."""

    type: str
    is_automatic: bool

    @property
    def is_read(self):
        """Whether a person has seen the mail, as the receipt tells."""
        return self.type == "displayed"

    @property
    def is_refusal(self):
        """Whether a filter has refused the mail (RFC 5429 section 2.2 does it so)."""
        return self.is_automatic and self.type in ("deleted", "denied", "failed")


def fields(message, kind):
    """Return the block of fields of a report of a kind (``feedback-report`` ...), or None."""
    for _depth, part in mime.walk(message):
        if mime.content_type(part) == f"message/{kind}":
            return next(iter(mime.children(part)), part)
    return None


def feedback_type(message):
    """Return the type of a complaint or report in lower case; None where it is none.

    >>> from email import message_from_string
    >>> feedback_type(message_from_string('''Content-Type: multipart/report; boundary=b
    ...
    ... --b
    ... Content-Type: message/feedback-report
    ...
    ... Feedback-Type: Abuse
    ... --b--
    ... '''))
    'abuse'
    """
    block = fields(message, "feedback-report")
    if block is not None:
        return mime.header(block, "feedback-type").lower() or "other"
    return "other" if mime.parameter(message, "report-type") == "feedback-report" else None


def is_unmarked(message):
    """Tell whether a mail is a complaint without a part that says so (Microsoft's JMRP).

    It encloses our mail with a header field that only that program adds.
    """
    return any(
        mime.content_type(part) in mime.ORIGINALS
        and any(mime.header(child, JMRP_FIELD) for child in mime.children(part))
        for _depth, part in mime.walk(message)
    )


def complainers(message):
    """Return who complained: told by the report, or else the one the mail was for."""
    block = fields(message, "feedback-report")
    told = (
        []
        if block is None
        else [
            addresses.first(value)
            for name in _RECIPIENT_FIELDS
            for value in mime.headers(block, name)
        ]
    )
    named = [address for address in told if address and addresses.is_address(address)]
    found = named or originals.recipients(message)
    said = feedback_type(message) or ""
    return [Recipient(address, COMPLAINED, None, said) for address in dict.fromkeys(found)]


def disposition(message):
    """Return what a receipt says; None where the mail is no receipt.

    >>> from email import message_from_string
    >>> disposition(message_from_string('''Content-Type: multipart/report; boundary=b
    ...
    ... --b
    ... Content-Type: message/disposition-notification
    ...
    ... Disposition: manual-action/MDN-sent-manually; displayed/error
    ... --b--
    ... '''))
    Disposition(type='displayed', is_automatic=False)
    """
    block = fields(message, "disposition-notification")
    if block is None:
        is_one = mime.parameter(message, "report-type") == "disposition-notification"
        return Disposition("unknown", True) if is_one else None
    found = _DISPOSITION.search(mime.header(block, "disposition"))
    if not found:
        return Disposition("unknown", True)
    # RFC 8098 3.2.6: how it was done, how the receipt was sent, what was done
    return Disposition(found[3].lower(), found[1].lower() == "automatic-action")


def readers(message, action, description=""):
    """Return whom a receipt is from, as the address that we wrote to."""
    block = fields(message, "disposition-notification")
    if block is None:
        return []
    for name in ("original-recipient", "final-recipient"):
        address = address_field(mime.header(block, name))
        if address:
            return [Recipient(address, action, None, description)]
    return []

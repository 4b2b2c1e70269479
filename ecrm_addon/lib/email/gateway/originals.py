"""The mail that a report is about: its Message-Id and whom it was for.

It is enclosed as a mail (``message/rfc822``), as its header (``text/rfc822-headers``), or
stands in the report's own text, after a line that says so.
"""

import re

from . import addresses, mime
from .phrases import ORIGINAL_FOLLOWS

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
_FIELD = re.compile(
    r"^[> ]{0,4}(Message-ID|X-Microsoft-Original-Message-ID|To):[ \t]*(.{1,500})", re.M | re.I
)
_ID_NAMES = ("message-id", "x-microsoft-original-message-id", "original-message-id")
#: Where the one that a complaint is about stands, if it was not taken out.
_RECIPIENT_NAMES = ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to")
_STATUS_ID_NAMES = ("original-message-id", "x-original-message-id")


def message_ids(message):
    """Return the Message-Ids of the mails that a report is about, the surest first.

    >>> from email import message_from_string
    >>> message_ids(message_from_string("From: x\\n\\nThis is a copy of your message:\\n"
    ...     "Message-ID: <1@x.org>\\n"))
    ['<1@x.org>']
    """
    found = []
    for _depth, part in mime.walk(message, into_originals=True):
        kind = mime.content_type(part)
        if kind in mime.ORIGINALS:
            for fields in _enclosed(part):
                found += _ids(value for name, value in fields if name in _ID_NAMES)
        elif kind in ("message/disposition-notification", "message/feedback-report"):
            for block in mime.children(part):
                found += _ids(mime.header(block, name) for name in _STATUS_ID_NAMES)
    for text in mime.report_texts(message):
        found += _ids(value for name, value in _quoted(text) if name != "to")
    return list(dict.fromkeys(found))


def recipients(message):
    """Return the addresses to which an enclosed mail was, the surest header's only."""
    for _depth, part in mime.walk(message, into_originals=True):
        if mime.content_type(part) not in mime.ORIGINALS:
            continue
        fields = [field for fields in _enclosed(part) for field in fields]
        for wanted in _RECIPIENT_NAMES:
            values = [value for name, value in fields if name == wanted]
            found = [address for value in values for address in addresses.ADDRESS.findall(value)]
            if found:
                return list(dict.fromkeys(filter(addresses.is_address, found)))
    return []


def _enclosed(part):
    """Return the header fields of the mails in a part, as (name in lower case, value)."""
    within = [
        [(name.lower(), mime.decoded(value)) for name, value in mime.items(child)]
        for child in mime.children(part)
    ]
    if within:
        return within
    text = mime.text_of(part)
    return [[(name.lower(), value) for name, value in _FIELD.findall(text)]]


def _quoted(text):
    marker = ORIGINAL_FOLLOWS.search(text)
    rest = text[marker.start() :] if marker else text
    return [(name.lower(), value) for name, value in _FIELD.findall(rest)[:20]]


def _ids(values):
    return [found for value in values for found in _MESSAGE_ID.findall(value)[:10]]

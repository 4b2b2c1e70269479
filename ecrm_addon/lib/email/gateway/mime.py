"""A mail of strangers, read without trusting it: no header, part or charset can raise.

The reading is bounded (``MAX_*``): time grows with the size of what is read, never with how
deeply or oddly it is nested.
"""

import re
from email.header import decode_header
from email.message import Message
from html import unescape

#: Nothing about a delivery is told deeper, later or in more words than this.
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_TEXT = 200_000
MAX_HEADER = 4_000
#: Parts that hold the mail that is reported on, not the report.
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")

_BREAK = re.compile(r"<\s*/?\s*(?:br|p|div|tr|li|h[1-6]|table|pre|blockquote)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"<(?![^<>\s@]+@)[!/a-zA-Z?][^<>]{0,2000}>")
_INVISIBLE = re.compile(r"<(style|script|head)\b", re.I)
_SPACE = re.compile(r"[ \t\r\xa0\u200b]+")


def header(message, name):
    """Return a header decoded and on one line; an empty text where there is none.

    The raw items are read, because a policy parses on access and may raise on broken ones.

    >>> from email import message_from_string
    >>> header(message_from_string("Subject: =?utf-8?q?Zur=C3=BCck?=\\n  x\\n\\n"), "subject")
    'Zurück x'
    >>> header(message_from_string("Subject: =?no-such-charset?q?x?=\\n\\n"), "subject")
    'x'
    """
    return next(iter(headers(message, name)), "")


def headers(message, name):
    """Return the values of all headers of a name, decoded."""
    name = name.lower()
    return [decoded(value) for key, value in items(message) if key.lower() == name]


def items(message):
    """Return (name, raw value) of all headers."""
    return [(str(name), value) for name, value in message.raw_items()]


def decoded(value):
    """Return a header's value as one line of text, whatever it is encoded in."""
    # encoding first: bytes that were no ASCII are kept as surrogates
    raw = str(value)[:MAX_HEADER].encode("utf-8", "surrogateescape")
    text = to_text(raw, "utf-8")
    if "=?" in text:
        try:
            chunks = decode_header(text)
        except Exception:  # noqa: BLE001 - the library raises several things on broken words
            chunks = [(text, None)]
        text = " ".join(
            chunk if isinstance(chunk, str) else to_text(chunk, charset or "utf-8")
            for chunk, charset in chunks
        )
    return " ".join(text.replace("\x00", "").split())


def to_text(raw, charset):
    """Return bytes as text: in the charset told, else in UTF-8, else byte by byte.

    >>> to_text(b"caf\\xe9", "no-such-charset"), to_text("Grüße".encode(), None)
    ('café', 'Grüße')
    """
    for name in (charset, "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeError, ValueError, TypeError):
            continue
    return raw.decode("latin-1")


def content_type(part):
    """Return the type of a part in lower case, ``text/plain`` where it says nothing usable."""
    value = header(part, "content-type").partition(";")[0].strip().lower()
    return value if value.count("/") == 1 else "text/plain"


def parameter(part, name):
    """Return a parameter of the content type in lower case, or an empty text."""
    value = header(part, "content-type")
    found = re.search(rf";\s*{name}\s*=\s*\"?([^\";]{{1,200}})", value, re.I)
    return found[1].strip().lower() if found else ""


def children(part):
    """Return the parts in a part; none where it only claims to have some."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)]


def walk(message, into_originals=False):
    """Return (depth, part) in the order of the mail, without recursion.

    :param bool into_originals: whether to look into mails that are enclosed
    """
    found, stack = [], [(0, message)]
    while stack and len(found) < MAX_PARTS:
        depth, part = stack.pop()
        found.append((depth, part))
        closed = depth and not into_originals and content_type(part) in ORIGINALS
        if depth < MAX_DEPTH and not closed:
            stack += [(depth + 1, child) for child in reversed(children(part))]
    return found


def text_of(part):
    """Return the text of a part that is no container, decoded, with unix line ends.

    >>> from email import message_from_bytes
    >>> text_of(message_from_bytes(b"Content-Type: text/plain; charset=oops\\n\\ncaf\\xe9\\x00\\n"))
    'café\\n'
    """
    if part.is_multipart():
        return ""
    raw = _payload(part)[: 2 * MAX_TEXT]
    text = to_text(raw, parameter(part, "charset") or "utf-8")[:MAX_TEXT]
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return html_to_text(text) if content_type(part) == "text/html" else text


def _payload(part):
    """Return the bytes of a part; as they were sent, where they cannot be decoded."""
    for options in ({"decode": True}, {}):
        try:
            payload = part.get_payload(**options)
        except Exception:  # noqa: BLE001 - a policy may raise anything on a broken header
            continue
        if isinstance(payload, str):
            payload = payload.encode("utf-8", "surrogateescape")
        if isinstance(payload, bytes):
            return payload
    return b""


def html_to_text(html):
    """Return the words of a page, line by line; an address in angle brackets stays one.

    >>> html_to_text("<p>Your&nbsp;message<br>&lt;a@b.c&gt;: <b>unknown</b></p>").split("\\n")
    ['', 'Your message', '<a@b.c>: unknown', '']
    """
    html = _without_invisible(html.replace("\n", " "))
    text = unescape(_TAG.sub("", _BREAK.sub("\n", html)))
    return "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n"))


def _without_invisible(html):
    """Return a page without styles and scripts; each character is looked at a few times only."""
    kept, position, lower = [], 0, html.lower()
    while start := _INVISIBLE.search(html, position):
        end = lower.find(f"</{start[1].lower()}", start.end())
        if end < 0:
            break
        kept.append(html[position : start.start()])
        position = html.find(">", end) + 1 or len(html)
    return "".join([*kept, html[position:]])


def report_texts(message):
    """Return the readable texts of a mail without the mails enclosed in it, in order."""
    texts, left = [], MAX_TEXT
    for _depth, part in walk(message):
        kind = content_type(part)
        # what claims to have parts and has none is the text of them all
        is_broken = kind.startswith("multipart/") and not part.is_multipart()
        if left > 0 and (is_broken or kind in ("text/plain", "text/html")):
            text = text_of(part)[:left]
            left -= len(text)
            texts.append(text)
    return texts

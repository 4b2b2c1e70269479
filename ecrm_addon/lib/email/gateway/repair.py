"""A broken mail made readable for programs that trust it, Odoo's gateway for one.

Only what would raise is touched: a charset that nobody knows, a container without parts, a
header that the library cannot parse, NUL characters (which PostgreSQL cannot store).
"""

import re
from email.message import EmailMessage

from . import mime

#: Main types whose content ``EmailMessage.get_content`` can give; a font, say, makes it raise.
_KINDS = ("text", "multipart", "message", "application", "audio", "image", "video")


def repair(message):
    """Mend a mail in place.

    >>> from email import message_from_bytes, policy
    >>> mail = message_from_bytes(b"Content-Type: text/plain; charset=ansi_x\\n\\ntendr\\xe1s",
    ...     policy=policy.SMTP)
    >>> repair(mail)
    >>> mail.get_content()
    'tendrás'
    >>> mail = message_from_bytes(b"Content-Type: font/ttf; name=a.ttf\\n\\nx", policy=policy.SMTP)
    >>> repair(mail)
    >>> mail.get_content(), mail.get_filename()
    (b'x', 'a.ttf')
    >>> mail = message_from_bytes(b"Content-Type: multipart/report\\n\\nhello", policy=policy.SMTP)
    >>> repair(mail)
    >>> [part.get_content_type() for part in mail.walk()]
    ['multipart/report', 'text/plain']
    """
    for _depth, part in mime.walk(message, into_originals=True):
        _mend_headers(part)
        _mend_type(part)
        _mend_container(part)
        if not part.is_multipart():
            _mend_text(part)


def _mend_headers(part):
    for name in {name for name, _value in mime.items(part)}:
        values = mime.headers(part, name)
        if _is_readable(part, name) and not any(
            "\x00" in str(value) for key, value in mime.items(part) if key == name
        ):
            continue
        del part[name]
        for value in values:
            _add(part, name, value)


def _is_readable(part, name):
    try:
        part.get_all(name)
        part.get_content_type()
        part.get_content_disposition()
    except Exception:  # noqa: BLE001 - the library's parser raises several things
        return False
    return True


def _add(part, name, value):
    """Add a header if the library can make something of it; leave it out otherwise."""
    try:
        part.add_header(name, value.encode("ascii", "replace").decode())
        part.get_all(name)
    except Exception:  # noqa: BLE001 - as above
        del part[name]


def _mend_type(part):
    """Take a part of a kind that the library cannot give the content of for plain data."""
    if part.get_content_maintype() in _KINDS or part.is_multipart():
        return
    name = part.get_filename() or "attachment"
    del part["Content-Type"]
    part["Content-Type"] = "application/octet-stream"
    part.set_param("name", name.encode("ascii", "replace").decode())


def _mend_container(part):
    """Give a container that has no parts one, which holds what it has."""
    kind = part.get_content_type()
    if part.is_multipart() or not kind.startswith(("multipart/", "message/")):
        return
    text = mime.text_of(part)
    child = EmailMessage()
    child.set_content(text.encode("utf-8", "replace").decode())
    del part["Content-Transfer-Encoding"]
    part.set_payload([child])


def _mend_text(part):
    if part.get_content_maintype() != "text":
        return
    # as the library reads it, which takes an empty one for the name of a charset
    charset = part.get_param("charset")
    raw = part.get_payload(decode=True) or b""
    if charset is not None and not _is_known(charset):
        # iso-8859-8-i, -e: what follows is the direction of Hebrew (RFC 1556)
        base = re.sub(r"-[ie]$", "", str(charset), flags=re.I)
        guess = "utf-8" if _is_utf8(raw) else "iso-8859-1"
        part.del_param("charset")  # an empty one would stay
        part.set_param("charset", base if _is_known(base) else guess)
    if b"\x00" in raw:
        kind = part.get_content_subtype()
        part.set_content(mime.to_text(raw, charset).replace("\x00", ""), subtype=kind)


def _is_known(charset):
    try:
        # some codecs are none of texts, or know of no replacements
        b"a".decode(charset, "replace")
    except (LookupError, ValueError, TypeError):
        return False
    return True


def _is_utf8(raw):
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

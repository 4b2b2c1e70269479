"""Header fields that must leave as they are written (RFC 2369, RFC 2919, RFC 8058).

Python's ``email`` folds a long value at any place and, where it finds none, writes it as
encoded words of RFC 2047. A mail program does not decode those in a ``List-Unsubscribe`` - they
are not allowed there - and shows no button.
"""

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from urllib.parse import quote

#: Names, in lower case, of the fields whose values are addresses and keys, no prose.
PLAIN = frozenset(
    {
        "list-archive",
        "list-help",
        "list-id",
        "list-owner",
        "list-post",
        "list-subscribe",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "feedback-id",
    }
)
#: A line may be so long without its line end (RFC 5322 section 2.1.1).
MAX_LINE = 998
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class PlainHeader(UnstructuredHeader):
    """A value that is folded between its parts or not at all, and never encoded."""

    def fold(self, *, policy):
        line = f"{self.name}: {self}"
        if len(line) > MAX_LINE:
            line = line.replace(", ", f",{policy.linesep} ")
        return line + policy.linesep


_registry = HeaderRegistry(default_class=PlainHeader, use_default_map=False)


def plain(name, value):
    """Return a header's value that a message of any policy writes as it is.

    :param str value: what is no ASCII of a URL is percent-encoded; other fields may hold a
        name, which has to be encoded as usual: None is returned then

    >>> from email.message import EmailMessage
    >>> from email import policy
    >>> url = f"<https://shop.example/{'x' * 200}>"
    >>> mail = EmailMessage(policy.SMTP)
    >>> mail["List-Unsubscribe"] = plain("List-Unsubscribe", url)
    >>> mail.as_bytes() == f"List-Unsubscribe: {url}\\r\\n\\r\\n".encode()
    True
    >>> str(plain("List-Unsubscribe", "<https://shop.example/ä>"))
    '<https://shop.example/%C3%A4>'
    >>> plain("List-Id", "Müller <news.example.com>") is None
    True
    """
    value = " ".join(str(value).split())
    if not value.isascii():
        if name.lower() in ("list-id", "feedback-id"):
            return None
        value = quote(value, safe=_PRINTABLE)
    return _registry(name, value)


def keep_plain(message):
    """Make the fields of an outgoing mail that have to be plain so; the others stay."""
    for name in {name for name in message.keys() if name.lower() in PLAIN}:  # noqa: SIM118
        for value in message.get_all(name)[:1]:
            header = plain(name, value)
            if header is not None:
                del message[name]
                message[name] = header

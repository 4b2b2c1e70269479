"""Addresses in the text of strangers."""

import re

#: Any address, wherever it stands; bounded, so that a long line costs no more than its length.
ADDRESS = re.compile(
    r"(?<![\w.!#$%&*+/=?^`{|}~@-])[\w.!#$%&*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]+(?:[-.]{1,2}[A-Za-z0-9]+)*\.[A-Za-z0-9-]{2,}")
_TAGGED = re.compile(r"^([^@+]+)\+([^@]*)@(.+)$")
#: Local parts behind which no customer is.
_SYSTEM = re.compile(
    r"^(?:mailer|mail)[-._]?(?:daemon|delivery|admin)|^mdaemon|^postmaster|^e?mail[-._]?"
    r"(?:system|delivery)|^ndr$|^abuse$|^hostmaster$|^double-?bounce|"
    r"smtp[-_]mail[-_]service|antivirus|^imss$|^microsoftexchange[0-9a-f]{8}",
    re.I,
)


def first(text):
    """Return the first address in a text, or None.

    >>> first('"A, B" <a.b@x.org>'), first("nobody"), first("rfc822;<c@x.org>")
    ('a.b@x.org', None, 'c@x.org')
    >>> first("for 'o'neil@x.org'")
    "o'neil@x.org"
    """
    found = ADDRESS.search(text or "")
    return found[0] if found else None


def all_in(text):
    """Return the addresses in a text, in lower case."""
    return {address.lower() for address in ADDRESS.findall(text or "")}


def is_address(text):
    """Tell whether a text could be an address of a mailbox.

    >>> is_address("a.b@x.org"), is_address("david...@gmail.com"), is_address("a@localhost")
    (True, False, False)
    """
    local, _at, domain = text.rpartition("@")
    return (
        len(text) <= 320
        and bool(_LOCAL.fullmatch(local))
        and len(domain) < 254
        and bool(_DOMAIN.fullmatch(domain))
    )


def is_system(address):
    """Tell whether an address belongs to a mail system, not to a person.

    >>> is_system("MAILER-DAEMON@x.org"), is_system("postmaster"), is_system("ann@x.org")
    (True, True, False)
    """
    return bool(_SYSTEM.search((address or "").partition("@")[0].strip("\"'<\\ ")))


def untagged(address):
    """Return an address without its ``+token``, as VERP and tagged addresses have one.

    >>> untagged("bounce+42-ann=x.org@shop.example"), untagged("bounce@shop.example")
    ('bounce@shop.example', 'bounce@shop.example')
    """
    found = _TAGGED.match(address or "")
    return f"{found[1]}@{found[3]}" if found else address


def verp_recipient(address):
    """Return whom a mail was for, where its return path tells (``bounce+ann=x.org@...``).

    >>> verp_recipient("list-bounces+ann=x.org@example.com"), verp_recipient("b+9@x.org")
    ('ann@x.org', None)
    """
    found = _TAGGED.match(address or "")
    local, equals, domain = (found[2] if found else "").rpartition("=")
    local = re.sub(r"^\d+-(?:\d+-)?", "", local)
    whole = f"{local}@{domain}"
    return whole if equals and is_address(whole) else None

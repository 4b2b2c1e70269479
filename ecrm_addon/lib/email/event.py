"""An e-mail event as a door, a provider or the gateway tells it, made fit for the log."""

import ipaddress
import re
from datetime import datetime, timezone

from ..tracking.event import UNSTORABLE
from ..tracking.urls import has_secret, mask_secrets, page_of, shorten

#: What may become of a mail; most names are those that senders' libraries agree on.
TYPES = (
    "queued",
    "sent",
    "delivered",
    "deferred",
    "bounced",
    "rejected",
    "failed",
    "opened",
    "clicked",
    "complained",
    "unsubscribed",
    "subscribed",
    "replied",
    "autoreplied",
    "unknown",
)
#: Names under which others tell the same.
SYNONYMS = {"autoresponded": "autoreplied"}
BOUNCE_KINDS = ("hard", "soft")
#: Longest text of each column that holds one.
LIMITS = {
    "source": 64,
    "external_id": 200,
    "event_id": 200,
    "message_id": 500,
    "recipient": 320,
    "user_agent": 300,
    "method": 8,
    "ip_cut": 64,
    "purpose": 32,
    "reject_reason": 32,
    "smtp_status": 16,
    "description": 1000,
    "provider": 32,
}
NUMBERS = ("email_message_ref", "link_ref", "company_ref")
_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>|([^<>\s,;\"]+@[^<>\s,;\"]+)")


def clean(row, now):
    """Return an event as a row of ``ecrm_email_event``; what is odd in it is left out.

    :param dict row: see ``ecrm.email.event.record``
    :param datetime now: naive UTC
    :return dict: all columns, or None where it tells of nothing

    >>> row = clean({"type": "clicked", "source": "x", "recipient": "Ann <ANN@X.org>",
    ...     "message_id": "abc@mx", "url": "https://x.org/a?token=S&b=1"}, datetime(2026, 1, 1))
    >>> row["recipient"], row["message_id"], row["url"], row["occurred_at"]
    ('ann@x.org', 'abc@mx', 'https://x.org/a?b=1', '2026-01-01T00:00:00')
    >>> clean({"type": "danced"}, datetime(2026, 1, 1)) is None
    True
    """
    type_ = SYNONYMS.get(row.get("type"), row.get("type"))
    if type_ not in TYPES:
        return None
    kept = {name: _text(row.get(name), limit) for name, limit in LIMITS.items()}
    kept |= {name: row.get(name) or None for name in NUMBERS}
    return {
        **kept,
        "type": type_,
        "occurred_at": _instant(row.get("occurred_at"), now).isoformat(),
        "recipient": address_of(kept["recipient"]),
        "description": kept["description"] and mask_secrets(kept["description"]),
        "url": masked(row["url"]) if row.get("url") else None,
        "bounce_kind": row.get("bounce_kind") if row.get("bounce_kind") in BOUNCE_KINDS else None,
        "is_machine": bool(row.get("is_machine")),
    }


def _instant(value, now):
    """Return an instant in naive UTC; what lies ahead of us is now."""
    if not isinstance(value, datetime):
        return now
    if value.tzinfo:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return min(value, now)


def _text(value, limit):
    if not isinstance(value, str) or not value:
        return None
    return UNSTORABLE.sub("", value)[:limit] or None


def address_of(text):
    """Return the address in a text, in lower case; None where there is none.

    >>> address_of('"Ann, the first" <Ann@X.org>'), address_of("ann@x.org"), address_of("Ann")
    ('ann@x.org', 'ann@x.org', None)
    """
    found = _ADDRESS.search(text or "")
    return (found[1] or found[2]).lower() if found else None


def masked(url):
    """Return a URL as it may be kept: with its host, without its secrets.

    >>> masked("https://shop.example/my/orders/5?access_token=S3CRET&page=2#top")
    'https://shop.example/my/orders/5?page=2'
    >>> masked("https://shop.example#top")
    'https://shop.example#top'
    """
    if not has_secret(url):
        return shorten(UNSTORABLE.sub("", url))
    scheme, separator, _rest = url.partition("://")
    page = page_of(url)
    return f"{scheme}://{page.host}{page.path}" if separator else page.path


def cut_address(address):
    """Return the network of an IP address, so that it names no person; None where it is none.

    IPv4 is cut to /24, IPv6 to /48.

    >>> cut_address("203.0.113.77"), cut_address("2001:db8:1:2::3"), cut_address("x")
    ('203.0.113.0/24', '2001:db8:1::/48', None)
    >>> cut_address("::ffff:203.0.113.77")
    '203.0.113.0/24'
    """
    try:
        parsed = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return None
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    prefix = 24 if parsed.version == 4 else 48
    host_bits = parsed.max_prefixlen - prefix
    # by its number: a network made of text costs five times as much, and each hit has one
    return f"{parsed.__class__(int(parsed) >> host_bits << host_bits)}/{prefix}"

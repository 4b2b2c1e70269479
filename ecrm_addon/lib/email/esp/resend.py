"""Resend (resend.com/docs/webhooks), signed as Svix does (docs.svix.com, "Verifying Webhooks
Manually"): HMAC-SHA256 over id, timestamp and body, several signatures at once."""

import base64
import binascii
import math
from itertools import product

from .address import single_address
from .base import Event, Provider, at, iso, mapping, seconds, text
from .signature import check_age, check_mac, mac, unauthorized, wrong_signature

TYPES = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.delivery_delayed": "deferred",
    "email.complained": "complained",
    "email.bounced": "bounced",
    "email.opened": "opened",
    "email.clicked": "clicked",
    "email.failed": "failed",
    "email.scheduled": "queued",
    "email.suppressed": "rejected",
}
BOUNCE_KINDS = {"Permanent": "hard", "Transient": "soft"}
PREFIX = "whsec_"


class Resend(Provider):
    code = "resend"
    name = "Resend"

    def check_signature(self, request, account, now):
        number, timestamp = request.header("svix-id"), request.header("svix-timestamp")
        signed = [
            b".".join((number.encode(), stamp.encode(), request.body))
            for stamp in _stamps(timestamp)
        ]
        expected = [
            base64.b64encode(mac(_secret(key), message)).decode()
            for key, message in product(account.keys, signed)
        ]
        shown = [part[3:] for part in request.header("svix-signature").split() if part[:3] == "v1,"]
        if not number or not shown:
            raise wrong_signature()
        self._check_any(shown[:20], expected)
        check_age(seconds(timestamp), now)

    def _check_any(self, shown, expected):
        for each in shown[:-1]:
            try:
                return check_mac(each, expected)
            except ValueError:
                continue
        return check_mac(shown[-1], expected)

    def events(self, item, request):
        data = mapping(item.get("data"))
        bounce = mapping(data.get("bounce"))
        message = text(bounce.get("message"))
        tags, metadata = _attached(data.get("headers"))
        return [
            Event(
                TYPES.get(item["type"], "unknown"),
                # one event per recipient, but none says whose it is: the first one stands for all
                recipient=single_address(at(data, "to", 0)),
                timestamp=iso(item.get("created_at")),
                message_id=text(data.get("email_id")),
                event_id=request.header("svix-id") or None,
                reject_reason=_reason(message),
                url=text(at(data, "click", "link")),
                user_agent=text(at(data, "click", "userAgent")),
                description=message,
                tags=tags,
                metadata=metadata,
                bounce_kind=BOUNCE_KINDS.get(text(bounce.get("type"))),
                header_message_id=text(data.get("message_id")),
            )
        ]


def _stamps(timestamp):
    """Return how a timestamp may have been signed: as it stands there, or in whole seconds.

    Svix's own libraries sign whole seconds, whatever the header says.

    >>> _stamps("1700000000"), _stamps("1700000000.5"), _stamps("soon")
    (['1700000000'], ['1700000000.5', '1700000000'], ['soon'])
    """
    instant = seconds(timestamp)
    whole = str(math.floor(instant.timestamp())) if instant else timestamp
    return list(dict.fromkeys((timestamp, whole)))


def _secret(key):
    """Return the bytes of a key as Resend shows it: base64, with or without its padding.

    As Svix's libraries do, what is no character of base64 is passed over.

    >>> _secret("whsec_YWJj"), _secret("YWJjZA")
    (b'abc', b'abcd')
    """
    try:
        secret = base64.b64decode(key.removeprefix(PREFIX) + "==")
    except (binascii.Error, ValueError):
        secret = b""
    if not secret:
        raise unauthorized("key", "The key of this account is not one of Resend.")
    return secret


def _reason(message):
    """Return the reason that the sentence about a bounce tells; there is no code for it.

    >>> _reason("Resend has suppressed sending to this address."), _reason(None)
    ('blocked', None)
    >>> _reason("The provider sent a hard bounce message."), _reason("It is Monday.")
    ('bounced', 'other')
    """
    if message is None:
        return None
    if "suppressed sending" in message:
        return "blocked"
    return "bounced" if "bounce message" in message else "other"


def _attached(headers):
    """Return tags and metadata that the sender put into headers as JSON."""
    tags, metadata = [], {}
    for header in headers if isinstance(headers, list) else []:
        name = (text(at(header, "name")) or "").lower()
        if name == "x-tags":
            tags = mapping(f'{{"tags": {at(header, "value")}}}').get("tags") or []
        elif name == "x-metadata":
            metadata = mapping(at(header, "value"))
    return tags, metadata

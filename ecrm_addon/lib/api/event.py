"""One event of the API, checked and put into the words of the log.

What it says of who did it is taken only as far as the sender may know: a contact, an
address, a number of the sender's own. Neither a browser nor another company's customer can
be named, and what Odoo itself is the source of cannot be claimed.
"""

import hashlib
import json
import re
import uuid
from datetime import datetime, timezone

from ..tracking.event import (
    LARGEST_ID,
    UNSTORABLE,
    amount_of,
    derive_uid,
    instant_of,
    jsonable,
    props_of,
)
from ..tracking.urls import host_of, page_of

#: Channels that a key may be allowed to report.
CHANNELS = ("app", "social", "web", "chat", "forum", "support", "feedback")
#: Odoo's own orders, mailings, loyalty moves and consents say what happened there. If a key
#: could say it too, revenue, proofs and tiers would be as true as the key is secret.
SERVER_CHANNELS = ("order", "email", "loyalty", "consent")
IDENTITIES = ("partner_id", "email", "external_id")
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")
FIELDS = frozenset(
    ("uid", "kind", "occurred_at", "identity", "value", "currency", "props")
    + ("session", "url", "referrer")
    + CAMPAIGN
)
#: Characters of one event, as JSON.
MAX_EVENT = 16_000
MAX_EXTERNAL_ID = 200
#: The log has a table for each month: a key must not be able to make hundreds at once.
MAX_AGE_YEARS = 10

_EMAIL = re.compile(r"[^\x00-\x20@,;<>\"()]{1,64}@[^\x00-\x20@,;<>\"()]{1,255}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SESSION = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def read(event, company_id, channels):
    """Return an event in the words of the log, but for its currency.

    :param event: as it came
    :param int company_id: of the key
    :param Collection[str] channels: those of ``CHANNELS`` that the key may report
    :return dict: what ``ecrm.log`` takes, and ``currency`` (code or None)
    :raise ValueError: why the event is set aside

    >>> event = {"uid": "5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11", "kind": "app.paid",
    ...     "occurred_at": "2026-03-01T10:00:00Z", "identity": {"external_id": 7}, "value": 3}
    >>> row = read(event, 1, CHANNELS)
    >>> row["identity"], row["value"], row["company_id"]
    ({'external_id': '1:7'}, '3', 1)
    >>> read({**event, "company_id": 2}, 1, CHANNELS)
    Traceback (most recent call last):
    ValueError: unknown field: company_id
    >>> read({**event, "kind": "order.paid"}, 1, CHANNELS)
    Traceback (most recent call last):
    ValueError: this kind comes from the server
    """
    if not isinstance(event, dict):
        raise ValueError("not an object")
    if event.keys() - FIELDS:
        raise ValueError(f"unknown field: {_storable(min(event.keys() - FIELDS))[:40]}")
    if is_large(event):
        raise ValueError("event too large")
    _check_kind(event.get("kind"), channels)
    url = _text(event, "url")
    page = page_of(url) if url else None
    return {
        "uid": event.get("uid"),
        "kind": event["kind"],
        "occurred_at": _occurred_at(event.get("occurred_at")),
        "identity": _identity(event.get("identity"), company_id),
        "company_id": company_id,
        "value": amount_of(event.get("value")),
        "currency": _currency(event.get("currency")),
        "props": props_of(event.get("props")),
        "session_key": _session_key(event.get("session"), company_id),
        "path": page and page.path,
        "referrer_host": host_of(_text(event, "referrer") or "") or None,
        **{
            name: _text(event, name) or (page and getattr(page, name.partition("_")[2]))
            for name in CAMPAIGN
        },
    }


def uid_of(event):
    """Return the id of an event, or one derived from its body where it brings none.

    >>> uid_of({"uid": "5F0C8A52-0D9B-4C5E-8D43-0A3C5F4F6B11"})
    '5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11'
    >>> uid_of({"uid": "7"}) == uid_of({"uid": "7"})
    True
    """
    try:
        return str(uuid.UUID(str(event["uid"])))
    except (KeyError, TypeError, ValueError):
        return derive_uid(event)


def kept(event):
    """Return what is kept of an event that is set aside: nothing secret, nothing endless.

    >>> kept({"uid": "x", "url": "/a?token=S3", "props": {"much": "." * 20_000}})
    {'uid': 'x', 'url': '/a', 'cut': True}
    >>> kept(["." * 20_000])
    {'cut': True}
    """
    if is_large(event):
        event = event if isinstance(event, dict) else {}
        short = {
            name: event[name]
            for name in sorted(event.keys() & FIELDS)
            if len(json.dumps(event[name])) < 1000
        }
        event = {**short, "cut": True}
    if isinstance(event, dict):
        cleaners = {"url": lambda url: page_of(url).path, "referrer": host_of}
        event = {
            name: cleaners[name](value) if name in cleaners and isinstance(value, str) else value
            for name, value in event.items()
        }
    return jsonable(event)


def is_large(event):
    """Return whether an event is larger than any honest one."""
    return len(json.dumps(event)) > MAX_EVENT


def _check_kind(kind, channels):
    # what is allowed is named, so that no odd character slips a kind past what is not
    channel = kind.partition(".")[0] if isinstance(kind, str) else None
    if channel in SERVER_CHANNELS:
        raise ValueError("this kind comes from the server")
    if channel not in CHANNELS:
        raise ValueError("unknown kind" if kind else "no kind")
    if channel not in channels:
        raise ValueError("this key may not report this kind")


def _occurred_at(value):
    instant = instant_of(value)
    oldest = datetime.now(timezone.utc).year - MAX_AGE_YEARS
    if int(instant[:4]) < oldest:
        raise ValueError("date too old")
    return instant


def _identity(identity, company_id):
    if identity is None:
        raise ValueError("no identity")
    if not isinstance(identity, dict) or len(identity) != 1 or not identity.keys() <= {*IDENTITIES}:
        raise ValueError(f"identity is not one of {', '.join(IDENTITIES)}")
    ((name, key),) = identity.items()
    if name == "partner_id":
        if type(key) is not int or not 0 < key <= LARGEST_ID:
            raise ValueError("unknown contact")
    elif name == "email":
        key = key.strip() if isinstance(key, str) else ""
        if not _EMAIL.fullmatch(key) or UNSTORABLE.search(key):
            raise ValueError("invalid e-mail address")
    else:
        key = _external_key(key, company_id)
    return {name: key}


def _external_key(key, company_id):
    """Return the key of somebody else's id; the same id in two companies is two people."""
    if type(key) is int:
        key = str(key)
    key = _storable(key).strip() if isinstance(key, str) else ""
    if not 0 < len(key) <= MAX_EXTERNAL_ID:
        raise ValueError("invalid external_id")
    return f"{company_id}:{key}"


def _session_key(session, company_id):
    """Return the stored key of a visit: nobody can write into one that is not the company's."""
    if session is None:
        return None
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise ValueError("invalid session")
    return hashlib.sha256(f"api:{company_id}:{session}".encode()).hexdigest()[:32]


def _currency(code):
    if code is None:
        return None
    if not isinstance(code, str) or not _CURRENCY.fullmatch(code):
        raise ValueError("unknown currency")
    return code


def _text(event, name):
    value = event.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value and _storable(value)


def _storable(text):
    return UNSTORABLE.sub("", text)

"""An event as a door hands it over, made fit for the log."""

import hashlib
import json
import math
import re
import uuid
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

TEXTS = (
    "kind",
    "session_key",
    "res_model",
    "path",
    "referrer_host",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "verdict",
    "verdict_reasons",
)
NUMBERS = ("company_id", "website_id", "res_id", "consent_id", "partner_id")
VERDICTS = {"human", "machine", "proxy", "unknown"}
LARGEST_ID = 2**31 - 1
#: A lone surrogate or a NUL is valid in JSON but not in PostgreSQL's text.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(event):
    """Return an event as a row of the log, and why it cannot be one.

    Keys: ``uid``, ``kind``, ``occurred_at`` (datetime in UTC or ISO 8601), ``value`` (in
    company currency), ``props``, ``identity`` (one of ``partner_id``, ``email``,
    ``external_id``, ``device``) and the texts and numbers named above.

    :param dict event: as it came in
    :return tuple[dict, str | None]: the row, always with a ``uid``; the reason or None

    >>> row, reason = clean({"uid": "5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11", "kind": "web.page",
    ...     "occurred_at": "2026-03-01T10:00:00+01:00", "identity": {"email": " Ann@X.org "}})
    >>> row["occurred_at"], row["identity_kind"], row["identity_key"], reason
    ('2026-03-01T09:00:00', 'email', 'ann@x.org', None)
    >>> clean({"kind": "web.page"})[1]
    'invalid uid'
    >>> clean({"uid": "5f0c8a52-0d9b-4c5e-8d43-0a3c5f4f6b11", "occurred_at": "1 May"})[1]
    'invalid date'
    >>> clean("not an event")[1]
    'not an object'
    """
    if not isinstance(event, dict):
        return {"uid": derive_uid(event)}, "not an object"
    row = {"uid": derive_uid(event)}
    try:
        row["uid"] = str(uuid.UUID(str(event.get("uid"))))
    except ValueError:
        return row, "invalid uid"
    try:
        row.update((name, _text(event, name)) for name in TEXTS)
        row.update((name, _number(event, name)) for name in NUMBERS)
        row["occurred_at"] = instant_of(event.get("occurred_at"))
        row["value"] = amount_of(event.get("value"))
        row["props"] = props_of(event.get("props"))
        row.update(_identity(event))
    except ValueError as error:
        return row, str(error)
    return row, None


def derive_uid(event):
    """Return an id for an event that brings none: the same body gives the same id.

    >>> derive_uid({"a": 1}) == derive_uid({"a": 1})
    True
    """
    body = json.dumps(jsonable(event), sort_keys=True).encode()
    return str(uuid.UUID(bytes=hashlib.sha256(body).digest()[:16]))


def jsonable(value):
    """Return a value that JSON and PostgreSQL can both hold.

    >>> jsonable({"when": datetime(2026, 1, 1), 1: float("nan"), "nul": "a" + chr(0)})
    {'when': '2026-01-01T00:00:00', '1': 'nan', 'nul': 'a'}
    """
    if isinstance(value, dict):
        return {UNSTORABLE.sub("", str(key)): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value)


def identity_of(kind, key):
    """Return the kind and key under which an identity is kept.

    Addresses are compared without case; a browser's id is kept only as its hash, so that
    a leaked table opens no session.

    >>> identity_of("email", " Ann@X.org ")
    ('email', 'ann@x.org')
    >>> identity_of("device", "abc")[1][:8]
    'ba7816bf'
    """
    key = str(key).strip()
    if kind == "email":
        key = key.lower()
    elif kind == "device":
        key = hashlib.sha256(key.encode()).hexdigest()
    return kind, key


def instant_of(value):
    """Return an instant as ISO 8601 in UTC; what names no time zone is taken as UTC.

    :param value: a text or a datetime
    :raise ValueError: why it is none

    >>> instant_of("2026-03-01T00:30:00+02:00")
    '2026-02-28T22:30:00'
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            raise ValueError("invalid date") from None
    if value is None:
        raise ValueError("no date")
    if not isinstance(value, datetime):
        raise ValueError("invalid date")
    try:
        if value.tzinfo:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("invalid date") from None
    return value.isoformat()


def amount_of(value):
    """Return an amount as a decimal text, None where there is none.

    >>> amount_of(12.5), amount_of("3"), amount_of(None)
    ('12.5', '3', None)
    """
    if value is None or value is False:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        raise ValueError("value is not a number")
    return str(amount)


def props_of(value):
    """Return properties that the log can hold, None where there are none."""
    if not value:
        return None
    if not isinstance(value, dict):
        raise ValueError("props is not an object")
    return jsonable(value)


def _text(event, name):
    value = event.get(name)
    if value is None or value is False or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    if name == "verdict" and value not in VERDICTS:
        raise ValueError("unknown verdict")
    return UNSTORABLE.sub("", value)


def _number(event, name):
    value = event.get(name)
    if value is None or value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise ValueError(f"{name} is not an id")
    return value


def _identity(event):
    """Return how the event names its person: nothing, one way, or as a stored row does."""
    identity = event.get("identity")
    if not identity:
        kind, key = event.get("identity_kind"), event.get("identity_key")
        return {"identity_kind": kind, "identity_key": key} if kind and key else {}
    if not isinstance(identity, dict):
        raise ValueError("identity is not an object")
    for name, kind in (
        ("partner_id", "partner"),
        ("email", "email"),
        ("external_id", "external"),
        ("device", "device"),
    ):
        if identity.get(name):
            kind, key = identity_of(kind, identity[name])
            found = {"identity_kind": kind, "identity_key": UNSTORABLE.sub("", key)[:320]}
            if kind == "partner":
                found["partner_id"] = _number(identity, "partner_id")
            return found
    raise ValueError("identity without a key")

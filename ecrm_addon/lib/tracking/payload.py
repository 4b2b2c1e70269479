"""A batch of a browser: read, checked and cleaned, event by event.

A batch that is no batch is refused as a whole; in a good batch each event stands for itself.
"""

import json
import re
from dataclasses import dataclass, field

from .clock import occurred_at
from .event import UNSTORABLE, derive_uid, jsonable
from .urls import host_of, is_secret_name, mask_secrets, page_of
from .visit import is_visit

VERSION = 1
#: ``navigator.sendBeacon`` carries at most 64 KiB; twice that leaves room for retries.
MAX_BYTES = 128 * 1024
MAX_EVENTS = 100
MAX_DEPTH = 8
MAX_TEXT = 300
#: What the vocabulary knows, and what an event of each kind may tell of itself.
PROPS = {
    "web.page": frozenset({"title"}),
    "web.product": frozenset({"title", "product", "template", "name"}),
    "web.category": frozenset({"title", "category", "name"}),
    "web.search": frozenset({"term", "results"}),
    "web.cart_add": frozenset({"product", "quantity", "name"}),
    "web.cart_remove": frozenset({"product", "quantity", "name"}),
    "web.cart_update": frozenset({"product", "quantity", "name"}),
    "web.checkout": frozenset({"step"}),
    "web.form": frozenset({"form", "model"}),
    "web.download": frozenset({"file"}),
    "web.outbound": frozenset({"host", "url"}),
    "web.leave": frozenset({"view", "seconds", "scroll"}),
}
#: The site itself names what happened, and says what it wants.
CUSTOM = "web.custom"
MAX_CUSTOM = 20
#: These are views: they carry what the visitor came from, and the kind of device.
VIEWS = frozenset({"web.page", "web.product", "web.category"})
#: Which record an event is about: property -> model; the first one found counts.
RECORDS = (
    ("product", "product.product"),
    ("template", "product.template"),
    ("category", "product.public.category"),
)
IDS = frozenset(name for name, _model in RECORDS)
KEYS = frozenset({"id", "t", "k", "u", "r", "s", "p"})
#: What a browser must not say. It is passed over, so that nobody learns anything by trying.
IGNORED = frozenset({"partner_id", "score", "value", "verdict", "company_id", "identity"})
LARGEST_ID = 2**31 - 1

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_KIND = re.compile(r"[a-z]{1,20}\.[a-z0-9_]{1,40}")


class Refused(ValueError):
    """The batch cannot be taken: HTTP status, a stable code, a sentence that says why."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass
class Batch:
    """What came of a batch: rows for the log, and events set aside with their reasons."""

    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)  # (what is kept, reason)


def parse(body):
    """Return the batch in a request's body.

    :param bytes body: UTF-8 JSON, of a length that was checked before
    :raise Refused: 400 for no JSON, 422 for JSON that is no batch

    >>> parse(b'{"v": 1, "sent": 1, "events": []}')["sent"]
    1
    >>> parse(b'{"v": 1, "events": [NaN]}')  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: The body is not JSON.
    """
    try:
        batch = json.loads(body.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        raise Refused(422, "too_deep", "The body is nested too deeply.") from None
    except ValueError:
        raise Refused(400, "not_json", "The body is not JSON.") from None
    if not isinstance(batch, dict) or not isinstance(batch.get("events"), list):
        raise Refused(422, "no_batch", "The body is no batch of events.")
    if batch.get("v") != VERSION:
        raise Refused(422, "version", "This version of the protocol is not known.")
    if "site" in batch and not is_visit(batch["site"]):
        raise Refused(422, "site", "The key of the site is no key.")
    if len(batch["events"]) > MAX_EVENTS:
        raise Refused(413, "too_many", f"A batch holds at most {MAX_EVENTS} events. Split it.")
    sent = batch.get("sent")
    if sent is not None and not _is_instant(sent):
        raise Refused(422, "sent", "When the batch was sent is not a number.")
    return batch


def clean(batch, received, visit_key, own_host=""):
    """Return the rows of a batch, ready for the log, and what had to be set aside.

    :param dict batch: as ``parse`` returns it
    :param datetime received: by the server's clock, UTC
    :param Callable visit_key: from the visit named by the browser to the stored key
    :param str own_host: of the site, to tell visitors who came from elsewhere
    :return Batch: of the same event coming twice only the first
    """
    result, seen, keys = Batch(), set(), {}
    sent = batch.get("sent")
    for event in batch["events"]:
        try:
            row = _row(event, sent, received, own_host)
        except ValueError as error:
            result.refused.append(_set_aside(event, str(error), sent, received))
            continue
        if row["uid"] in seen:
            continue
        seen.add(row["uid"])
        visit = row.pop("visit")
        if visit not in keys:
            keys[visit] = visit_key(visit) if visit else None
        row["session_key"] = keys[visit]
        result.rows.append(row)
    return result


def _row(event, sent, received, own_host):
    """Return one event as a row: only what the vocabulary knows, nothing that is secret.

    :raise ValueError: why the event is to be set aside
    """
    uid, kind, happened = _head(event)
    instant = occurred_at(happened, sent, received) if _is_instant(happened) else None
    if instant is None:
        raise ValueError("invalid date")
    url, referrer, visit = event.get("u") or "", event.get("r") or "", event.get("s")
    if type(url) is not str or type(referrer) is not str:
        raise ValueError("url is not a text")
    if visit is not None and not is_visit(visit):
        raise ValueError("invalid visit")
    # what is not told is left out: each key costs PostgreSQL time
    row = {
        "uid": uid.lower(),
        "kind": kind,
        "occurred_at": instant.isoformat(),
        "visit": visit,
        "props": (props := _props(kind, event.get("p"))),
    }
    row.update(_where(url))
    came_from = host_of(referrer) if referrer else ""
    if came_from and came_from not in (host_of(f"https://{page_of(url).host}"), own_host):
        row["referrer_host"] = _storable(came_from)
    for name, model in RECORDS:
        if name in props:
            row["res_model"], row["res_id"] = model, props[name]
            break
    return row


def _head(event):
    """Return id, kind and the browser's instant of an event that is one."""
    if type(event) is not dict:
        raise ValueError("not an object")
    if not event.keys() <= KEYS and event.keys() - KEYS - IGNORED:
        raise ValueError("unknown key")
    uid, kind = event.get("id"), event.get("k")
    if type(uid) is not str or not _UUID.fullmatch(uid):
        raise ValueError("invalid uid")
    if type(kind) is not str or (kind not in PROPS and kind != CUSTOM):
        raise ValueError("unknown kind")
    return uid, kind, event.get("t")


def _where(url):
    """Return the path and the campaign of a page, as far as there are any."""
    if not url:
        return {}
    page = page_of(url)
    told = {
        "path": page.path,
        "utm_source": page.source,
        "utm_medium": page.medium,
        "utm_campaign": page.campaign,
    }
    return {name: _storable(value) for name, value in told.items() if value}


def _props(kind, props):
    if props is None:
        return {}
    if type(props) is not dict:
        raise ValueError("properties are not an object")
    if kind == CUSTOM:
        if len(props) > MAX_CUSTOM + 1:
            raise ValueError("too many properties")
        if not props.get("name"):
            raise ValueError("a custom event has a name")
        props = {_word(name): props[name] for name in props if not is_secret_name(name)}
    elif not props.keys() <= PROPS[kind]:
        raise ValueError("unknown property")
    return {name: _scalar(name, value) for name, value in props.items() if value is not None}


def _word(name):
    if len(name) < 41 and name.isidentifier() and name.isascii():
        return name
    return mask_secrets(_storable(name[:40]))


def _scalar(name, value):
    """Return a property's value: a text without secrets, a number or a truth value."""
    kind = type(value)
    if name in IDS and (kind is not int or not 0 < value <= LARGEST_ID):
        raise ValueError(f"{name} is not an id")
    if kind is str:
        if name == "url":
            page = page_of(value)
            value = page.host + page.path
        return mask_secrets(_storable(value[:MAX_TEXT]))
    if kind is bool:
        return value
    if kind is int or kind is float:
        if not -(10**15) < value < 10**15:
            raise ValueError("a number is too large")
        return value
    raise ValueError("a property is no text and no number")


def _storable(text):
    return text if text.isascii() and "\x00" not in text else UNSTORABLE.sub("", text)


def _is_instant(value):
    # a negative number or the year 9999 says nothing about now
    return type(value) in (int, float) and 0 <= value < 2**53


def _set_aside(event, reason, sent, received):
    """Return what is kept of a refused event, as the log's port would take it, and why.

    It is kept to be mended and retried, but no more of it than of a good one: addresses of
    pages are cleaned, texts are cut, what is nested deeply is left out.
    """
    told = event if type(event) is dict and _is_shallow(event) else {}
    uid, kind, happened, url = (told.get(name) for name in ("id", "k", "t", "u"))
    instant = occurred_at(happened, sent, received) if _is_instant(happened) else None
    kept = {
        "kind": kind if type(kind) is str and _KIND.fullmatch(kind) else None,
        "occurred_at": (instant or received).isoformat(),
        "path": _storable(page_of(url).path) if type(url) is str else None,
        "props": _trim(jsonable(told.get("p"))),
        "other": _trim(jsonable({key: told[key] for key in told.keys() - KEYS - IGNORED})),
    }
    good_uid = type(uid) is str and _UUID.fullmatch(uid)
    return {"uid": uid.lower() if good_uid else derive_uid(kept), **kept}, reason


def _is_shallow(value, depth=0):
    if depth > MAX_DEPTH:
        return False
    if type(value) is dict:
        value = list(value.values())
    return type(value) is not list or all(_is_shallow(item, depth + 1) for item in value)


def _trim(value):
    if isinstance(value, dict):
        items = list(value.items())[:MAX_CUSTOM]
        return {
            mask_secrets(name[:40]): _trim(item) for name, item in items if not is_secret_name(name)
        }
    if isinstance(value, list):
        return [_trim(item) for item in value[:MAX_CUSTOM]]
    if isinstance(value, str):
        if "://" in value or "?" in value:
            page = page_of(value)
            value = page.host + page.path
        return mask_secrets(value[:MAX_TEXT])
    return value


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def parse_decision(body):
    """Return what a visitor said in the cookie bar: state, and whether to erase.

    >>> parse_decision(b'{"state": "withdrawn", "erase": true}')
    ('withdrawn', True)
    """
    try:
        decision = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body is not JSON.") from None
    state = decision.get("state") if isinstance(decision, dict) else None
    if state not in ("granted", "refused", "withdrawn"):
        raise Refused(422, "state", "Say granted, refused or withdrawn.")
    return state, decision.get("erase") is True

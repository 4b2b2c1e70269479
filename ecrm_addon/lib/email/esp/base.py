"""What all providers of e-mail share: a request, an event in common words, how a batch is read.

The words for types and reasons are those of django-anymail (documentation, "Normalized
status events"), on which senders' libraries agree. The parsers are ours, written from the
providers' documentation.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from io import BytesIO
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from ...tracking.payload import Refused
from . import signature

#: Bytes of a request; the batches of most providers (SendGrid, SparkPost) are smaller.
MAX_BYTES = 1024 * 1024
MAX_FIELDS = 1000
#: Events of one request; more of them are no batch of any provider.
MAX_EVENTS = 10_000
#: What a raw item may do to a parser that expects another shape.
ODD = (AttributeError, KeyError, IndexError, OverflowError, TypeError, ValueError)

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))? ?(Z|[+-]\d\d(?::?\d\d)?)?"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass
class Request:
    """One request of a provider, as it came in."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    #: How the account wants it read, where there is a choice (``sparkpost.INITIAL_OPENS``).
    options: frozenset = frozenset()

    def __post_init__(self):
        self.headers = {name.lower(): value for name, value in self.headers.items()}

    def header(self, name):
        """Return a header's value, '' where there is none."""
        return self.headers.get(name.lower(), "")

    @cached_property
    def mimetype(self):
        return parse_options_header(self.header("Content-Type"))[0].lower()

    @cached_property
    def json(self):
        """The body as JSON.

        :raise Refused: 400 where it is none
        """
        return read_json(self.body)

    @cached_property
    def form(self):
        """The fields of a form, url-encoded or multipart: name -> values in their order.

        >>> request = Request("POST", "", {"content-type": "application/x-www-form-urlencoded"},
        ...     b"a=1&b=2&a=3")
        >>> request.form
        {'a': ['1', '3'], 'b': ['2']}
        """
        mimetype, options = parse_options_header(self.header("Content-Type"))
        # the length of the body is limited where it is received
        parser = FormDataParser(max_form_memory_size=len(self.body), max_form_parts=MAX_FIELDS)
        try:
            _stream, form, _files = parser.parse(
                BytesIO(self.body), mimetype, len(self.body), options
            )
        except (HTTPException, ValueError, LookupError):
            raise Refused(400, "not_a_form", "The body is not a form.") from None
        # a part of a multipart body may be without a name
        return {name: list(values) for name, values in form.lists() if name is not None}


@dataclass
class Event:
    """What a provider tells of one mail and one recipient."""

    event_type: str
    recipient: str | None = None
    timestamp: datetime | None = None  # aware
    message_id: str | None = None
    event_id: str | None = None
    reject_reason: str | None = None
    url: str | None = None
    user_agent: str | None = None
    mta_response: str | None = None
    description: str | None = None
    #: What the provider says besides in words, for people; no other library hands it on.
    note: str | None = None
    tags: list = field(default_factory=list)
    metadata: dict = field(default_factory=dict)
    is_machine: bool = False
    smtp_status: str | None = None  # RFC 3463
    bounce_kind: str | None = None  # hard, soft
    #: Message-Id in the mail's own header, where the provider tells it beside its own id.
    header_message_id: str | None = None
    #: Tells the event from all others of the provider, where ``event_id`` does not.
    key: str | None = None

    def __post_init__(self):
        self.smtp_status = self.smtp_status or status_in(self.mta_response)


@dataclass
class Account:
    """What is known of one account at a provider. Several secrets are good at once."""

    keys: tuple[str, ...] = ()  # that sign
    logins: tuple[str, ...] = ()  # digests of "user:password", see signature.login_digest
    topics: tuple[str, ...] = ()  # SNS topics (ARN) that may report
    url: str | None = None  # under which the provider knows us, where it signs that
    certificate: Callable[[str], bytes] | None = None  # URL -> PEM, for SNS


@dataclass
class Parsed:
    """What a request tells: events, items that could not be read, a URL to confirm."""

    events: list[Event] = field(default_factory=list)
    refused: list[tuple[Any, str]] = field(default_factory=list)
    confirm: str | None = None


class Provider:
    """One provider: how its requests are checked and read."""

    code = ""
    name = ""
    #: Whether requests without a signature are refused even if no key is set up.
    needs_key = False
    #: Whether its signature needs no secret of ours.
    always_signs = False
    #: Methods with which the provider tries out the address before it sends anything.
    probes = frozenset({"HEAD"})
    #: Bytes that a request may have.
    max_bytes = MAX_BYTES

    def check(self, request, account, now):
        """Let only the provider in: each kind of secret that is set up has to be shown.

        :param Request request:
        :param Account account:
        :param datetime now: aware
        :raise Refused: 401
        """
        if account.logins:
            signature.check_login(request.header("Authorization"), account.logins)
        if account.keys or self.always_signs:
            self.check_signature(request, account, now)
        elif self.needs_key:
            raise signature.unauthorized("no_key", "No key is set up for this account.")

    def check_signature(self, request, account, now):
        """Check what the provider signed; for those that sign."""

    def parse(self, request):
        """Return what a request tells; a bad item of a batch costs no other.

        :param Request request: already checked
        :return Parsed:
        :raise Refused: 400 where it is nothing of this provider, 422 where it is no report
            on mails that were sent
        """
        items = self.items(request)
        if not isinstance(items, list):
            raise Refused(400, "no_events", "The body holds no events.")
        if len(items) > MAX_EVENTS:
            raise Refused(413, "too_many_events", f"Send at most {MAX_EVENTS} events at once.")
        return self.parse_items(items, request)

    def parse_items(self, items, request):
        parsed = Parsed()
        for item in items:
            try:
                events = self.events(item, request)
            except ODD as error:
                if isinstance(error, Refused):
                    raise
                parsed.refused.append((item, type(error).__name__))
                continue
            for event in events:
                event.key = event.key or event.event_id or signature.digest_of(item)
            parsed.events += events
        if len(items) == len(parsed.refused) == 1:
            raise Refused(400, "malformed", "This is no event as the provider describes it.")
        return parsed

    def items(self, request):
        """Return the raw events of a request: by default the body is one of them."""
        if not isinstance(request.json, dict):
            raise Refused(400, "no_event", "The body holds no event.")
        return [request.json]

    def events(self, item, request):
        """Return the events of one raw item, several where it tells of several recipients."""
        raise NotImplementedError


def read_json(body):
    """Return the value of a JSON text.

    :param bytes | str body:
    :raise Refused: 400 where it is none
    """
    try:
        body = body.decode() if isinstance(body, bytes) else body
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body is not JSON.") from None


def misplaced():
    """Return the refusal of a webhook for received mails that was pointed here."""
    return Refused(422, "inbound", "This address takes reports on mails sent, not mails received.")


def at(source, *path):
    """Return what lies at a path in nested objects and arrays, None where nothing does.

    >>> at({"a": [{"b": 1}]}, "a", 0, "b"), at({"a": None}, "a", "b")
    (1, None)
    """
    for name in path:
        try:
            source = source[name]
        except (KeyError, IndexError, TypeError):
            return None
    return source


def text(value):
    """Return a text or a number as text, None for what is neither.

    >>> text("a"), text(12), text(""), text({}), text(True)
    ('a', '12', '', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def texts(value):
    """Return a list of texts out of one text or a list.

    >>> texts("a"), texts(["a", 1, None]), texts(None)
    (['a'], ['a', '1'], [])
    """
    values = value if isinstance(value, list) else [value]
    return [text(each) for each in values if text(each)]


def mapping(value):
    """Return an object, read from JSON text if need be; {} where it is none.

    >>> mapping('{"a": 1}'), mapping({"b": 2}), mapping("a"), mapping(None)
    ({'a': 1}, {'b': 2}, {}, {})
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def seconds(value):
    """Return the instant of a Unix time in seconds, None where it is none.

    >>> seconds("1500000000.5"), seconds(None), seconds("soon"), seconds(1e300)
    (datetime.datetime(2017, 7, 14, 2, 40, 0, 500000, tzinfo=datetime.timezone.utc), None, None,
    None)
    """
    try:
        return datetime.fromtimestamp(float(value), tz=timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def whole_seconds(value):
    """Return the instant of a Unix time, its fraction cut off.

    >>> whole_seconds(1477945177.9), whole_seconds("soon")
    (datetime.datetime(2016, 10, 31, 20, 19, 37, tzinfo=datetime.timezone.utc), None)
    """
    instant = seconds(value)
    return instant and instant.replace(microsecond=0)


def iso(value):
    """Return the instant of an ISO 8601 text; without a zone it is UTC. None where it is none.

    >>> iso("2014-08-01T13:28:10.2735393-04:00")
    datetime.datetime(2014, 8, 1, 17, 28, 10, 273539, tzinfo=datetime.timezone.utc)
    >>> iso("2020-01-02 03:04:05Z"), iso("soon"), iso(5)
    (datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), None, None)
    """
    found = _ISO.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    day, time, fraction, zone = found.groups()
    zone = "+00:00" if zone in (None, "Z") else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    try:
        instant = datetime.fromisoformat(f"{day}T{time}{zone}")
        instant = instant.replace(microsecond=int((fraction or "0").ljust(6, "0")[:6]))
        return instant.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def status_in(reply):
    """Return the enhanced status code (RFC 3463) in a server's reply.

    >>> status_in("smtp; 550-5.1.1 no such user"), status_in("see 10.5.1.1"), status_in(None)
    ('5.1.1', None, None)
    """
    found = _STATUS.search(reply or "")
    return found[1] if found else None


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")

"""The body of a request: read, and refused as a whole where it is no batch of events.

What is wrong with one event is no matter for here: it costs only that event, see ``event``.
"""

import json

from ..tracking import payload

#: Bytes of a body, as it comes over the wire.
MAX_BYTES = 1024 * 1024
MAX_EVENTS = 1000
#: Objects and lists within each other, the body itself counted.
MAX_DEPTH = 20


class Refused(payload.Refused):
    """A request that is refused as a whole: status, code, sentence and headers."""

    def __init__(self, status, code, message, **headers):
        super().__init__(status, code, message)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def read_events(body):
    """Return the events in a body.

    :param bytes body: at most ``MAX_BYTES``
    :return list: whatever stands in ``events``
    :raise Refused: 400 where it is not JSON, 422 where it is no batch, 413 where it is too
        large a batch

    >>> read_events(b'{"events": [{"uid": "1"}, 2]}')
    [{'uid': '1'}, 2]
    >>> _refusal(b'{"events": [NaN]}'), _refusal(b'"\\xff"'), _refusal(b'{"events": {}}')
    ((400, 'not_json'), (400, 'not_utf8'), (422, 'no_events'))
    >>> _refusal(b'[' * 100_000), _refusal(b'{"events": [' + b'[' * 30 + b']' * 30 + b']}')
    ((400, 'too_deep'), (400, 'too_deep'))
    """
    batch = _parse(body)
    if not isinstance(batch, dict) or not isinstance(batch.get("events"), list):
        raise Refused(422, "no_events", 'The body must be an object with a list "events".')
    unknown = sorted(batch.keys() - {"events"})
    if unknown:
        name = unknown[0][:40]
        raise Refused(422, "unknown_field", f'Beside "events" the body must not have {name!a}.')
    if len(batch["events"]) > MAX_EVENTS:
        raise Refused(
            413, "too_many_events", f"A batch holds at most {MAX_EVENTS} events. Split it."
        )
    return batch["events"]


def _parse(body):
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Refused(400, "not_utf8", "The body is not UTF-8.") from None
    except RecursionError:
        value = body
    except ValueError:
        raise Refused(400, "not_json", "The body is not JSON.") from None
    if value is body or _is_deeper(value, MAX_DEPTH):
        raise Refused(400, "too_deep", f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def _is_deeper(value, levels):
    """Return whether a value nests deeper; it looks no deeper than that."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return False
    return levels == 0 or any(
        _is_deeper(item, levels - 1) for item in value if isinstance(item, dict | list)
    )


def _refusal(body):
    try:
        return read_events(body)
    except Refused as refused:
        return refused.status, refused.code

"""The description of the API for programs (OpenAPI 3.1), made from the limits in force.

What is not described here does not happen: ``tests/test_api_fuzz.py`` holds a real server
against it.
"""

from functools import lru_cache

from . import event, payload
from .examples import BATCH, RESULTS

VERSION = "1.0.0"
EVENTS_PATH = "/ecrm/api/v1/events"
DOCUMENT_PATH = "/ecrm/api/v1/openapi.json"
#: Status -> what it means, and the codes that say so.
ERRORS = {
    "400": (
        "The body is no JSON, or there is a query",
        ["not_json", "not_utf8", "too_deep", "cut_off", "query"],
    ),
    "401": ("No key, or one that is not valid (any more)", ["unauthorized"]),
    "405": ("Another method than the one described here", ["method_not_allowed"]),
    "408": ("The body took too long to come", ["too_slow"]),
    "411": ("No Content-Length", ["no_length"]),
    "413": ("Too large; split the batch", ["too_large", "too_many_events"]),
    "415": (
        "Another type, character set or encoding than plain UTF-8 JSON",
        ["unsupported_type", "unsupported_charset", "unsupported_encoding"],
    ),
    "422": ("JSON, but no batch of events", ["no_events", "unknown_field"]),
    "429": ("Too many requests by this key; wait for Retry-After", ["too_many_requests"]),
    "503": ("The database is not there; send the same batch again later", ["unavailable"]),
}


@lru_cache
def document():
    """Return the document.

    >>> document()["openapi"]
    '3.1.0'
    >>> sorted(document()["paths"])
    ['/ecrm/api/v1/events', '/ecrm/api/v1/openapi.json']
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "eCRM events",
            "version": VERSION,
            "description": "Tell Odoo what customers did in your app, at your till or on a "
            "social channel. Send batches; each event is answered for itself, and sending it "
            "again is safe.",
            "license": {"name": "LGPL-3.0", "identifier": "LGPL-3.0-only"},
        },
        "servers": [{"url": "/"}],
        "paths": {EVENTS_PATH: {"post": _receive()}, DOCUMENT_PATH: {"get": _describe()}},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _receive():
    return {
        "operationId": "receiveEvents",
        "summary": "Report what customers did",
        "description": "Durable once it is answered. After a broken connection, a 408, 429 or "
        "503 send the same batch again: an event whose uid is known is a duplicate, not a "
        "second event. The results stand in the order of the events.",
        "security": [{"key": []}],
        "requestBody": {
            "required": True,
            "description": f"At most {payload.MAX_BYTES} bytes, nested at most "
            f"{payload.MAX_DEPTH} levels deep, not compressed.",
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Batch"},
                    "examples": {"purchase": {"value": BATCH}},
                }
            },
        },
        "responses": {
            "200": {
                "description": "Every event was judged; one that is set aside costs no other",
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Results"},
                        "examples": {"purchase": {"value": RESULTS}},
                    }
                },
            },
            **{status: _error(status) for status in ERRORS},
        },
    }


def _describe():
    return {
        "operationId": "describe",
        "summary": "This document",
        "security": [],
        "responses": {
            "200": {
                "description": "The document",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "400": _error("400"),
            "405": _error("405"),
        },
    }


def _error(status):
    meaning, codes = ERRORS[status]
    headers = {
        "401": ("WWW-Authenticate", {"type": "string"}),
        "405": ("Allow", {"type": "string"}),
        "429": ("Retry-After", {"type": "integer", "minimum": 0}),
        "503": ("Retry-After", {"type": "integer", "minimum": 0}),
    }
    found = {
        "description": meaning,
        "content": {
            "application/json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Error"},
                        {"properties": {"error": {"properties": {"code": {"enum": codes}}}}},
                    ]
                }
            }
        },
    }
    if status in headers:
        name, schema = headers[status]
        found["headers"] = {name: {"required": True, "schema": schema}}
    return found


def _schemas():
    return {
        "Batch": {
            "type": "object",
            "required": ["events"],
            "additionalProperties": False,
            "properties": {
                "events": {
                    "type": "array",
                    "maxItems": payload.MAX_EVENTS,
                    "items": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/Event"},
                            {"$ref": "#/components/schemas/AnythingElse"},
                        ]
                    },
                }
            },
        },
        "Event": _event(),
        "AnythingElse": {
            "description": "What is no event, or not one that is allowed, is set aside and "
            "answered with a reason. It costs neither the batch nor any other event."
        },
        "Results": {
            "type": "object",
            "required": ["results"],
            "additionalProperties": False,
            "properties": {
                "results": {
                    "type": "array",
                    "maxItems": payload.MAX_EVENTS,
                    "items": {"$ref": "#/components/schemas/Result"},
                }
            },
        },
        "Result": _result(),
        "Error": {
            "type": "object",
            "required": ["error"],
            "additionalProperties": False,
            "properties": {
                "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "additionalProperties": False,
                    "properties": {
                        "code": {"type": "string", "description": "For programs; stays as it is"},
                        "message": {"type": "string", "description": "For people; may change"},
                    },
                }
            },
        },
    }


def _event():
    text = {"type": ["string", "null"]}
    return {
        "type": "object",
        "required": ["uid", "kind", "occurred_at", "identity"],
        "additionalProperties": False,
        "properties": {
            "uid": {
                "type": "string",
                "format": "uuid",
                "description": "Made by you at random (version 4 or 7), once per event, and "
                "kept until it is acknowledged. It is one id for the whole database: an id "
                "that somebody else used already is a duplicate.",
            },
            "kind": {
                "type": "string",
                "pattern": _kinds(),
                "description": "app.* and social.* may be followed by any word; of the other "
                "channels only the kinds that eCRM knows. "
                + ", ".join(f"{channel}.*" for channel in event.SERVER_CHANNELS)
                + " come from Odoo itself and are set aside. A key may be allowed less.",
            },
            "occurred_at": {
                "type": "string",
                "description": "ISO 8601 with a time zone; without one it is taken as UTC. "
                f"At most {event.MAX_AGE_YEARS} years ago and at most a day ahead.",
                "anyOf": [{"format": "date-time"}, {"format": "date"}],
            },
            "identity": {"$ref": "#/components/schemas/Event/$defs/Identity"},
            "value": {
                "type": ["number", "string", "null"],
                "exclusiveMinimum": -(10**15),
                "exclusiveMaximum": 10**15,
                "pattern": r"^-?[0-9]{1,14}([.][0-9]{1,6})?$",
                "description": "An amount; negative for money given back.",
            },
            "currency": {
                "type": ["string", "null"],
                "pattern": "^[A-Z]{3}$",
                "description": "ISO 4217, by default the company's. Another one is converted "
                "at Odoo's rate of that day (UTC); what you sent is kept in props as "
                "original_value and original_currency.",
            },
            "props": {
                "type": ["object", "null"],
                "description": "Whatever else is worth knowing, at most 8,000 characters. "
                "title or name is shown as what the event is about.",
            },
            "session": {
                "type": ["string", "null"],
                "pattern": "^[A-Za-z0-9_.:-]{1,64}$",
                "description": "The same for all events of one visit.",
            },
            "url": {**text, "description": "The page or screen. Tokens and addresses in it "
                    "are taken out before it is stored."},
            "referrer": {**text, "description": "Where the visit came from; only the host "
                         "is kept."},
            "utm_source": text,
            "utm_medium": text,
            "utm_campaign": text,
        },
        "$defs": {"Identity": _identity()},
    }  # fmt: skip


def _kinds():
    known = "|".join(event.CHANNELS[2:])
    return rf"^(({'|'.join(event.CHANNELS[:2])})[.][a-z0-9_]{{1,40}}|({known})[.][a-z_]+)$"


def _identity():
    options = {
        "email": {"type": "string", "format": "email", "maxLength": 320},
        "external_id": {
            "type": ["string", "integer"],
            "minLength": 1,
            "maxLength": event.MAX_EXTERNAL_ID,
            "description": "Your own number of the customer. It belongs to the key's company: "
            "the same number in another company is somebody else.",
        },
        "partner_id": {
            "type": "integer",
            "minimum": 1,
            "maximum": event.LARGEST_ID,
            "description": "The id of a contact of the key's company, or of a shared one.",
        },
    }
    return {
        "description": "Whose act it was: exactly one of the three.",
        "oneOf": [
            {
                "type": "object",
                "required": [name],
                "additionalProperties": False,
                "properties": {name: schema},
            }
            for name, schema in options.items()
        ],
    }


def _result():
    return {
        "type": "object",
        "required": ["uid", "status", "reason"],
        "additionalProperties": False,
        "properties": {
            "uid": {
                "type": "string",
                "format": "uuid",
                "description": "Of the event, in lower case; of one that brought no UUID the "
                "id under which it was set aside.",
            },
            "status": {
                "enum": ["stored", "duplicate", "quarantined"],
                "description": "quarantined: it can be mended and retried in Odoo, under "
                "Configuration > Refused Events.",
            },
            "reason": {
                "type": ["string", "null"],
                "description": "Why it was quarantined; null for the others.",
            },
        },
    }

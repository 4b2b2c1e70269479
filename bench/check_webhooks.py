"""Recorded webhooks through our parsers: what is refused, and what the events come out as.

A file holds one JSON object per line, as django-anymail's own tests were recorded: ``id``,
``esp``, ``category`` (event, ack_only, auth_reject, config_error), ``request`` (method, path,
headers, body), ``settings`` (django-anymail's names) and ``expect`` (events). The clock is that
of each request: what was signed then is not too old. Envelopes of Amazon SNS in such records
carry no real signature; they are read unchecked, and counted as such.
"""

import json
from collections import Counter
from datetime import datetime, timezone

HOST = "http://testserver"
#: What is compared; instants as such.
COMPARED = (
    "event_type",
    "recipient",
    "timestamp",
    "message_id",
    "reject_reason",
    "url",
    "user_agent",
)
TIMESTAMPS = ("svix-timestamp", "x-twilio-email-event-webhook-timestamp")
#: Names of settings that hold what signs, the first one found counts.
KEYS = (
    "WEBHOOK_SIGNING_KEY",
    "TRACKING_WEBHOOK_VERIFICATION_KEY",
    "SIGNING_SECRET",
    "WEBHOOK_KEY",
    "API_KEY",
)


def run(path):
    """Print how many rows of a file agree, per provider; return 1 if one does not.

    :param str path: of the JSON Lines file
    """
    from odoo.addons.ecrm_addon.lib.email import esp

    agreed, seen, differing = Counter(), Counter(), []
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        difference = compare(row, esp)
        for what in (row["category"], "all"):
            seen[row["esp"], what] += 1
            agreed[row["esp"], what] += not difference
        if difference:
            differing.append(f"  {row['id']}: {difference}")
    print("check-webhooks")
    for (provider, what), count in sorted(seen.items()):
        print(f"  {provider:<16}{what:<16}{agreed[provider, what]:>5} of {count}")
    print(f"  {'all':<32}{len(rows) - len(differing):>5} of {len(rows)}")
    print("\n".join(differing))
    return int(bool(differing))


def compare(row, esp):
    """Return how a row differs from what is expected of it, None where it does not."""
    provider = esp.PROVIDERS[row["esp"]]
    raw, account = row["request"], account_of(row, esp)
    request = esp.Request(
        raw["method"], HOST + raw["path"], raw["headers"], raw.get("body", "").encode()
    )
    try:
        if not provider.always_signs:
            provider.check(request, account, clock(request))
        elif account.logins:
            esp.signature.check_login(request.header("Authorization"), account.logins)
        parsed = provider.parse(request)
    except esp.Refused as refused:
        if row["category"] in ("auth_reject", "config_error") and 400 <= refused.status < 500:
            return None
        return f"refused: {refused}"
    if row["category"] in ("auth_reject", "config_error"):
        return "let in"
    return compare_events(row["expect"]["events"], parsed)


def compare_events(expected, parsed):
    """Return how the events of a request differ from those expected."""
    if parsed.refused:
        return f"set aside: {parsed.refused}"
    if len(expected) != len(parsed.events):
        return f"{len(parsed.events)} events instead of {len(expected)}"
    for wanted, event in zip(expected, parsed.events, strict=True):
        for name in COMPARED:
            value, found = wanted[name], getattr(event, name)
            if value is not None:
                # some ids are numbers there, and texts to us
                value = datetime.fromisoformat(value) if name == "timestamp" else str(value)
            if value != found:
                return f"{name} is {found!r} instead of {value!r}"
    return None


def account_of(row, esp):
    """Return the account that a row's settings describe."""
    settings = row["settings"]
    logins = settings.get("WEBHOOK_SECRET", [])
    logins = [logins] if isinstance(logins, str) else logins
    prefix = row["esp"].upper()
    found = (settings.get(f"{prefix}_{name}") for name in KEYS)
    key = next((value for value in found if value), None)
    return esp.Account(
        keys=(key,) if key and row["esp"] in esp.SIGNING else (),
        logins=tuple(esp.signature.login_digest(login) for login in logins),
        url=settings.get(f"{prefix}_WEBHOOK_URL"),
    )


def clock(request):
    """Return the instant at which a request was signed, else now."""
    told = next((request.header(name) for name in TIMESTAMPS if request.header(name)), None)
    if not told:
        told = signed_in_body(request)
    try:
        return datetime.fromtimestamp(float(told), tz=timezone.utc)
    except (TypeError, ValueError):
        return datetime.now(timezone.utc)


def signed_in_body(request):
    """Return the instant that stands in the body beside a signature (Mailgun)."""
    try:
        if request.mimetype == "application/json":
            return request.json["signature"]["timestamp"]
        return request.form["timestamp"][-1]
    except (KeyError, TypeError, ValueError):
        return None

"""Recorded webhooks through our parsers: what is refused, and what the events come out as.

A file holds one JSON object per line, as django-anymail's own tests were recorded: ``id``,
``esp``, ``category`` (event, ack_only, auth_reject, config_error), ``request`` (method, path,
headers, body), ``settings`` (django-anymail's names) and ``expect`` (events). The clock is that
of each request: what was signed then is not too old. Envelopes of Amazon SNS in such records
carry no real signature: of them the password, the headers and the topic are checked.
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
    "event_id",
    "description",
)
TIMESTAMPS = ("svix-timestamp", "x-twilio-email-event-webhook-timestamp")
#: Names of settings that hold what signs, the first one found counts.
KEYS = (
    "WEBHOOK_SIGNING_KEY",
    "TRACKING_WEBHOOK_VERIFICATION_KEY",
    "SIGNING_SECRET",
    "WEBHOOK_KEY",
)
#: These sign with the key by which one sends, if with no other.
BY_API_KEY = ("mailgun", "unisender_go")
INITIAL_OPENS = "SPARKPOST_TRACK_INITIAL_OPEN_AS_OPENED"
AUTO_CONFIRM = "AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS"
#: Parts of the name of an SNS topic.
ARN_PARTS = 6


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
    body = (raw.get("body") or "").encode()
    options = frozenset({esp.INITIAL_OPENS} if row["settings"].get(INITIAL_OPENS) else ())
    request = esp.Request(raw["method"], HOST + raw["path"], raw["headers"], body, options)
    try:
        parsed = answer(provider, request, account, esp)
    except esp.Refused as refused:
        if row["category"] in ("auth_reject", "config_error") and 400 <= refused.status < 500:
            return None
        return f"refused: {refused}"
    if row["category"] in ("auth_reject", "config_error"):
        return "let in"
    return compare_events(row["expect"]["events"], parsed)


def answer(provider, request, account, esp):
    """Return what comes of a request, as the door does it.

    :raise Refused: where it is not let in, or cannot be read
    """
    if request.method in provider.probes:
        return esp.Parsed()
    if provider.always_signs:
        check_unsigned(provider, request, account, esp)
    else:
        provider.check(request, account, clock(request))
    return provider.parse(request)


def check_unsigned(provider, request, account, esp):
    """Check of an envelope of Amazon SNS what needs no key of Amazon."""
    if account.logins:
        esp.signature.check_login(request.header("Authorization"), account.logins)
    message = provider.envelope(request)
    if message.get("Type") == esp.SUBSCRIBE and message.get("TopicArn") not in account.topics:
        raise esp.signature.unauthorized("topic", "This topic is not in the list of the account.")


def topics_of(row):
    """Return the topics that may be subscribed: that of the record.

    django-anymail has no list of them. It confirms where a password is set, and leaves it to
    somebody else where it is told so.
    """
    settings = row["settings"]
    try:
        topic = json.loads(row["request"]["body"])["TopicArn"]
    except (KeyError, TypeError, ValueError):
        return ()
    is_expected = settings.get("WEBHOOK_SECRET") and topic.count(":") == ARN_PARTS - 1
    return (topic,) if is_expected or settings.get(AUTO_CONFIRM) is False else ()


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
    names = (*KEYS, "API_KEY") if row["esp"] in BY_API_KEY else KEYS
    found = (settings.get(f"{prefix}_{name}") for name in names)
    key = next((value for value in found if value), None)
    return esp.Account(
        keys=(key,) if key and row["esp"] in esp.SIGNING else (),
        logins=tuple(esp.signature.login_digest(login) for login in logins),
        topics=topics_of(row) if row["esp"] == "amazon_ses" else (),
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

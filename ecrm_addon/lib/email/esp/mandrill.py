"""Mandrill, or Mailchimp Transactional (mailchimp.com/developer/transactional, "Webhooks").

A form whose field ``mandrill_events`` holds a batch as JSON. Signed by HMAC-SHA1 over the URL as
it stands in Mandrill, followed by the fields sorted by name.
"""

import base64
from itertools import product
from urllib.parse import urlsplit, urlunsplit

from .base import (
    MAX_BYTES,
    Event,
    Provider,
    at,
    mapping,
    misplaced,
    read_json,
    seconds,
    text,
    texts,
)
from .signature import basic_login, check_mac, mac

TYPES = {
    "send": ("sent", None),
    "deferral": ("deferred", "soft"),
    "hard_bounce": ("bounced", "hard"),
    "soft_bounce": ("bounced", "soft"),
    "delivered": ("delivered", None),
    "open": ("opened", None),
    "click": ("clicked", None),
    "spam": ("complained", None),
    "unsub": ("unsubscribed", None),
    "reject": ("rejected", None),
}


class Mandrill(Provider):
    code = "mandrill"
    name = "Mandrill"
    needs_key = True
    # up to 1,000 events at once, with the marks of a form; what it refuses, comes again as it is
    max_bytes = 5 * MAX_BYTES

    def check_signature(self, request, account, now):
        fields = "".join(name + values[-1] for name, values in sorted(request.form.items()))
        expected = [
            base64.b64encode(mac(key, url + fields, "sha1")).decode()
            for key, url in product(account.keys, _urls(request, account))
        ]
        check_mac(request.header("X-Mandrill-Signature"), expected)

    def items(self, request):
        return read_json(at(request.form, "mandrill_events", -1) or "")

    def events(self, item, request):
        name = item["event"] if "event" in item else item.get("type")
        if name == "inbound":
            raise misplaced()
        kind, bounce_kind = TYPES.get(name, ("unknown", None))
        message = mapping(item.get("msg"))
        # a change of Mandrill's list of addresses tells of no mail
        reject = mapping(item.get("reject"))
        return [
            Event(
                kind,
                recipient=text(message.get("email")) or text(reject.get("email")),
                timestamp=seconds(item.get("ts")),
                message_id=text(item.get("_id")),
                url=text(item.get("url")),
                user_agent=text(item.get("user_agent")),
                mta_response=text(message.get("diag")),
                description=text(reject["detail"] if "detail" in reject else at(reject, "reason")),
                tags=texts(message.get("tags")),
                metadata=mapping(message.get("metadata")),
                bounce_kind=bounce_kind,
            )
        ]


def _urls(request, account):
    """Return the URLs that Mandrill may have signed: with the user and password in it, too."""
    login = basic_login(request.header("Authorization"))
    for url in filter(None, (account.url, request.url)):
        yield url
        if login:
            parts = urlsplit(url)
            yield urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))

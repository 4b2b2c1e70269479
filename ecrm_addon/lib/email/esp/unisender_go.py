"""Unisender Go (godocs.unisender.ru, "Callback format").

Signed by MD5: of the body in which the field ``auth`` holds the API key instead. That is weak by
today's measure, and all that there is.
"""

import hashlib

from .base import Event, Provider, Refused, at, iso, mapping, text
from .signature import check_mac, digest_of, wrong_signature

#: Status -> type, kind of bounce.
TYPES = {
    "sent": ("sent", None),
    "delivered": ("delivered", None),
    "opened": ("opened", None),
    "clicked": ("clicked", None),
    "unsubscribed": ("unsubscribed", None),
    "subscribed": ("subscribed", None),
    "spam": ("complained", None),
    "soft_bounced": ("deferred", "soft"),
    "hard_bounced": ("bounced", "hard"),
}
#: How a delivery failed -> reason.
REASONS = {
    "err_user_unknown": "bounced",
    "err_user_inactive": "bounced",
    "err_will_retry": None,
    "err_mailbox_discarded": "bounced",
    "err_mailbox_full": "bounced",
    "err_spam_rejected": "spam",
    "err_blacklisted": "blocked",
    "err_too_large": "bounced",
    "err_unsubscribed": "unsubscribed",
    "err_unreachable": "bounced",
    "err_skip_letter": "bounced",
    "err_domain_inactive": "bounced",
    "err_destination_misconfigured": "bounced",
    "err_spam_skipped": "spam",
}
MAIL = "transactional_email_status"
#: Hexadecimal digits of an MD5 digest.
LENGTH = 32


class UnisenderGo(Provider):
    code = "unisender_go"
    name = "Unisender Go"
    needs_key = True
    probes = frozenset({"HEAD", "GET"})

    def check_signature(self, request, account, now):
        shown = text(at(request.json, "auth")) or ""
        if len(shown) != LENGTH:
            raise wrong_signature()  # or a short one would be replaced all over the body
        expected = [
            hashlib.md5(
                request.body.replace(shown.encode(), key.encode()), usedforsecurity=False
            ).hexdigest()
            for key in account.keys
        ]
        check_mac(shown, expected)

    def items(self, request):
        (body,) = super().items(request)
        if "events_by_user" not in body:
            # set up as "single event": its data beside its name
            return [body] if body.get("event_name") == MAIL else []
        users = body["events_by_user"]
        lists = [at(user, "events") for user in users] if isinstance(users, list) else [None]
        if not all(isinstance(events, list) for events in lists):
            raise Refused(400, "no_events", "The body holds no events.")
        return [at(event, "event_data") for events in lists for event in events if _is_mail(event)]

    def events(self, item, request):
        kind, bounce_kind = TYPES.get(item["status"], ("unknown", None))
        delivery, metadata = mapping(item.get("delivery_info")), mapping(item.get("metadata"))
        status = text(delivery.get("delivery_status")) or ""
        return [
            Event(
                kind,
                recipient=text(item["email"]),
                # UTC, as the documentation says; the text does not
                timestamp=iso(item.get("event_time")),
                # an id that the sender attached counts more, as one job has many recipients
                message_id=text(metadata.get("anymail_id")) or text(item.get("job_id")),
                reject_reason=REASONS.get(status, "other") if status[:3] == "err" else None,
                url=text(item.get("url")),
                user_agent=text(delivery.get("user_agent")),
                mta_response=text(delivery.get("destination_response")),
                description=status or text(item.get("comment")),
                metadata={name: metadata[name] for name in metadata if name != "anymail_id"},
                bounce_kind=bounce_kind,
                # the field "auth" stands beside a single event and is another at each try
                key=_key(item),
            )
        ]


def _is_mail(event):
    return at(event, "event_name") == MAIL


def _key(item):
    return digest_of({name: value for name, value in item.items() if name != "auth"})

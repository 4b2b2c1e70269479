"""Mailtrap (docs.mailtrap.io, "Email Sending webhooks"). Basic auth; batches.

Its webhooks are JSON or JSON Lines; set up JSON.
"""

from .base import Event, Provider, at, mapping, seconds, text, texts

#: Event of Mailtrap -> type, reason, kind of bounce.
TYPES = {
    "delivery": ("delivered", None, None),
    "open": ("opened", None, None),
    "click": ("clicked", None, None),
    "bounce": ("bounced", "bounced", "hard"),
    "soft bounce": ("deferred", "other", "soft"),
    "spam": ("complained", "spam", None),
    "unsubscribe": ("unsubscribed", "unsubscribed", None),
    "reject": ("rejected", "blocked", None),
    # Mailtrap holds the account's mails back for a while
    "suspension": ("deferred", "other", None),
    "blocked": ("unknown", "blocked", None),
}


class Mailtrap(Provider):
    code = "mailtrap"
    name = "Mailtrap"

    def items(self, request):
        (body,) = super().items(request)
        return body.get("events", [])

    def events(self, item, request):
        kind, reason, bounce_kind = TYPES.get(item["event"], ("unknown", None, None))
        return [
            Event(
                kind,
                recipient=text(item.get("email")),
                timestamp=seconds(item.get("timestamp")),
                message_id=text(item.get("message_id")),
                event_id=text(item.get("event_id")),
                reject_reason=reason,
                url=text(item.get("url")),
                user_agent=text(item.get("user_agent")),
                mta_response=text(item.get("response")),
                note=text(item.get("reason")),
                tags=texts(at(item, "category")),
                metadata=mapping(item.get("custom_variables")),
                bounce_kind=bounce_kind,
            )
        ]

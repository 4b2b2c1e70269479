"""Brevo, formerly Sendinblue (developers.brevo.com, "Transactional webhooks").

Basic auth; one event, or a batch if it is so set up ("Batched webhooks")."""

from .base import Event, Provider, at, mapping, misplaced, seconds, text, texts

#: Event of Brevo -> type, reason, kind of bounce.
TYPES = {
    # also told of mails that are blocked a moment later
    "request": ("queued", None, None),
    "delivered": ("delivered", None, None),
    "hard_bounce": ("bounced", "bounced", "hard"),
    "soft_bounce": ("bounced", "bounced", "soft"),
    "blocked": ("rejected", "blocked", None),
    "spam": ("complained", "spam", None),
    "complaint": ("complained", "spam", None),
    "invalid_email": ("bounced", "invalid", "hard"),
    "deferred": ("deferred", None, None),
    "unique_opened": ("opened", None, None),
    "opened": ("opened", None, None),
    "unique_proxy_open": ("opened", None, None),
    "proxy_open": ("opened", None, None),
    "click": ("clicked", None, None),
    "unsubscribe": ("unsubscribed", None, None),
    "error": ("failed", None, None),
    "list_addition": ("subscribed", None, None),
}
#: Loaded by a mail program's proxy: nobody knows whether a person looked at it.
PROXY = frozenset({"unique_proxy_open", "proxy_open"})


class Brevo(Provider):
    code = "brevo"
    name = "Brevo"

    def items(self, request):
        return request.json if isinstance(request.json, list) else super().items(request)

    def events(self, item, request):
        if "items" in item:
            raise misplaced()
        name = item.get("event")
        kind, reason, bounce_kind = TYPES.get(name, ("unknown", None, None))
        # ts and ts_event are in the account's own time zone, ts_epoch is not: milliseconds
        epoch = item.get("ts_epoch")
        return [
            Event(
                kind,
                recipient=text(item.get("email")),
                timestamp=seconds(epoch / 1000) if isinstance(epoch, int | float) else None,
                message_id=text(item.get("message-id")),
                reject_reason=reason,
                url=text(item.get("link")),
                user_agent=text(item.get("user_agent")),
                mta_response=text(item.get("reason")),
                tags=texts(item["tags"] if "tags" in item else at(item, "tag")),
                metadata=mapping(item.get("X-Mailin-custom")),
                is_machine=name in PROXY,
                bounce_kind=bounce_kind,
            )
        ]

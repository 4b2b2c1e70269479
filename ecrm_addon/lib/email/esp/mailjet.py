"""Mailjet (dev.mailjet.com, "Webhooks"). Basic auth; one event, or a batch if it is so set up."""

from .base import Event, Provider, mapping, seconds, text, texts

TYPES = {
    "sent": "delivered",  # the recipient's server took it
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "blocked": "rejected",
    "spam": "complained",
    "unsub": "unsubscribed",
}
#: Error of Mailjet -> reason.
REASONS = {
    # about the recipient
    "user unknown": "bounced",
    "mailbox inactive": "bounced",
    "quota exceeded": "bounced",
    "blacklisted": "blocked",
    "spam reporter": "spam",
    # about its domain
    "invalid domain": "bounced",
    "no mail host": "bounced",
    "relay/access denied": "bounced",
    "typofix": "invalid",
    # about the content
    "sender blocked": "blocked",
    "content blocked": "blocked",
    "policy issue": "blocked",
    # by Mailjet
    "preblocked": "blocked",
}


class Mailjet(Provider):
    code = "mailjet"
    name = "Mailjet"

    def items(self, request):
        return [request.json] if isinstance(request.json, dict) else request.json

    def events(self, item, request):
        name, is_hard = item["event"], bool(item.get("hard_bounce"))
        kind = TYPES.get(name, "unknown")
        if item.get("error") == "greylisted" and not is_hard:
            kind = "deferred"  # Mailjet comes again
        bounce_kind = None
        if kind in ("bounced", "deferred"):
            bounce_kind = "hard" if is_hard else "soft"
        return [
            Event(
                kind,
                recipient=text(item.get("email")),
                timestamp=seconds(item.get("time")),
                message_id=text(item.get("MessageID")),
                reject_reason=REASONS.get(item["error"], "other") if "error" in item else None,
                url=text(item.get("url")),
                user_agent=text(item.get("agent")),
                mta_response=text(item.get("smtp_reply")),
                note=text(item.get("comment")),
                tags=texts(item.get("customcampaign")),
                metadata=mapping(item.get("Payload")),
                bounce_kind=bounce_kind,
            )
        ]

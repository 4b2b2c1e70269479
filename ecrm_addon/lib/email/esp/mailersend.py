"""MailerSend (developers.mailersend.com, "Webhooks"). Signed by HMAC-SHA256 over the body."""

from .base import Event, Provider, iso, mapping, misplaced, text, texts
from .signature import check_mac, mac

#: Activity -> type, kind of bounce.
TYPES = {
    "sent": ("sent", None),
    "delivered": ("delivered", None),
    "deferred": ("deferred", "soft"),
    "soft_bounced": ("bounced", "soft"),
    "hard_bounced": ("bounced", "hard"),
    "opened": ("opened", None),
    "opened_unique": ("unknown", None),  # of one opening both are told
    "clicked": ("clicked", None),
    "clicked_unique": ("unknown", None),
    "unsubscribed": ("unsubscribed", None),
    "spam_complaint": ("complained", None),
}
#: Kind of the record beside an activity -> reason.
REASONS = {
    "recipient_bounce": "bounced",
    "spam_complaint": "spam",
    "recipient_unsubscribe": "unsubscribed",
}


class MailerSend(Provider):
    code = "mailersend"
    name = "MailerSend"
    needs_key = True

    def check_signature(self, request, account, now):
        expected = [mac(key, request.body).hex() for key in account.keys]
        check_mac(request.header("Signature"), expected)

    def events(self, item, request):
        if item.get("type") == "inbound.message":
            raise misplaced()
        data = mapping(item.get("data"))
        mail, beside = mapping(data.get("email")), mapping(data.get("morph"))
        kind, bounce_kind = TYPES.get(data["type"], ("unknown", None))
        return [
            Event(
                kind,
                recipient=text(mapping(mail.get("recipient")).get("email")),
                timestamp=iso(data.get("created_at")),
                message_id=text(mapping(mail.get("message")).get("id")),
                event_id=text(data.get("id")),
                reject_reason=REASONS.get(text(beside.get("object"))),
                url=text(beside.get("url")),
                user_agent=text(beside.get("user_agent")),
                description=text(beside.get("readable_reason")) or text(beside.get("reason")),
                tags=texts(mail.get("tags")),
                bounce_kind=bounce_kind,
            )
        ]

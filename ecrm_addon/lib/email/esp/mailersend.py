"""MailerSend (developers.mailersend.com, "Webhooks"). Signed by HMAC-SHA256 over the body.

What it sends comes in two versions: in 1.0 an activity nests its mail, in 2.0 (since 2025) it is
flat and names the address and the id of the message itself.
"""

from dataclasses import replace

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
#: Kind of the record beside an activity (1.0), or activity (2.0) -> reason.
REASONS = {
    "recipient_bounce": "bounced",
    "spam_complaint": "spam",
    "recipient_unsubscribe": "unsubscribed",
    "soft_bounced": "bounced",
    "hard_bounced": "bounced",
    "unsubscribed": "unsubscribed",
}
#: Tries out the address before a webhook is saved, which its own key follows only.
PING = "webhook.test"
#: Signs that and nothing else; MailerSend's documentation names it.
PING_KEY = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G"
#: Beginnings of what tells of no mail: nothing to record, and no error either, as MailerSend
#: switches off what answers with errors.
OTHERS = (
    PING,
    "bulk_email.",
    "email_list.",
    "email_single.",
    "inbound_",
    "maintenance.",
    "recipient.",
    "sender_identity.",
    "sms.",
)


class MailerSend(Provider):
    code = "mailersend"
    name = "MailerSend"
    needs_key = True

    def check(self, request, account, now):
        # what is cheap comes first: nobody has proven anything yet
        if PING.encode() in request.body and mapping(request.json).get("type") == PING:
            account = replace(account, keys=(*account.keys, PING_KEY))
        return super().check(request, account, now)

    def check_signature(self, request, account, now):
        expected = [mac(key, request.body).hex() for key in account.keys]
        check_mac(request.header("Signature"), expected)

    def events(self, item, request):
        name = text(item.get("type")) or ""
        if name == "inbound.message":
            raise misplaced()
        if name.startswith(OTHERS):
            return []
        data = mapping(item.get("data"))
        kind, bounce_kind = TYPES.get(data["type"], ("unknown", None))
        event = Event(kind, event_id=text(data.get("id")), bounce_kind=bounce_kind)
        read = _read_flat if isinstance(data.get("email"), str) else _read_nested
        return [replace(event, **read(item, data))]


def _read_nested(_item, data):
    mail, beside = mapping(data.get("email")), mapping(data.get("morph"))
    return {
        "recipient": text(mapping(mail.get("recipient")).get("email")),
        "timestamp": iso(data.get("created_at")),
        "message_id": text(mapping(mail.get("message")).get("id")),
        "reject_reason": REASONS.get(text(beside.get("object"))),
        "tags": texts(mail.get("tags")),
        **_read_beside(beside),
    }


def _read_flat(item, data):
    return {
        "recipient": data["email"],
        "timestamp": iso(item.get("created_at")),
        "message_id": text(data.get("message_id")),
        "reject_reason": REASONS.get(data["type"]),
        "tags": texts(data.get("tags")),
        # an empty list where there is nothing to tell
        **_read_beside(mapping(data.get("meta"))),
    }


def _read_beside(beside):
    return {
        "url": text(beside.get("url")),
        "user_agent": text(beside.get("user_agent")),
        "description": text(beside.get("readable_reason")) or text(beside.get("reason")),
    }

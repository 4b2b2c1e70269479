"""Postmark (postmarkapp.com/developer/webhooks). Basic auth."""

from .base import Event, Provider, iso, mapping, misplaced, text, texts

RECORDS = {
    "Bounce": "bounced",
    "Click": "clicked",
    "Delivery": "delivered",
    "Open": "opened",
    "SpamComplaint": "complained",
    "SubscriptionChange": "unsubscribed",
}
#: Type of a bounce or complaint, or reason of a suppression -> type, reason, kind of bounce.
TYPES = {
    "HardBounce": ("bounced", "bounced", "hard"),
    "Transient": ("deferred", None, "soft"),
    "Unsubscribe": ("unsubscribed", "unsubscribed", None),
    "Subscribe": ("subscribed", None, None),
    "AutoResponder": ("autoresponded", None, None),
    "AddressChange": ("autoresponded", None, None),
    "DnsError": ("deferred", None, "soft"),
    "SpamNotification": ("complained", "spam", None),
    "OpenRelayTest": ("deferred", None, "soft"),
    "Unknown": ("unknown", None, None),
    # a hard one may follow
    "SoftBounce": ("bounced", "bounced", "soft"),
    "VirusNotification": ("bounced", "other", "soft"),
    "ChallengeVerification": ("autoresponded", None, None),
    "BadEmailAddress": ("rejected", "invalid", "hard"),
    "SpamComplaint": ("complained", "spam", None),
    "ManuallyDeactivated": ("rejected", "blocked", None),
    "Unconfirmed": ("rejected", None, None),
    "Blocked": ("rejected", "blocked", None),
    "SMTPApiError": ("failed", None, None),
    "InboundError": ("unknown", None, None),
    "DMARCPolicy": ("rejected", "blocked", None),
    "TemplateRenderingFailed": ("failed", None, None),
    "ManualSuppression": ("unsubscribed", "unsubscribed", None),
}


class Postmark(Provider):
    code = "postmark"
    name = "Postmark"

    def events(self, item, request):
        record = item.get("RecordType")
        if record == "Inbound" or (record is None and "FromFull" in item):
            raise misplaced()
        kind, reason, bounce_kind = self._judge(item, RECORDS.get(record, "unknown"))
        return [
            Event(
                kind,
                recipient=_first(item, "Email", "Recipient"),
                timestamp=iso(_first(item, "DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")),
                message_id=text(item.get("MessageID")),
                event_id=text(item.get("ID")),
                reject_reason=reason,
                url=text(item.get("OriginalLink")),
                user_agent=text(item.get("UserAgent")),
                mta_response=text(item.get("Details")),
                description=text(item.get("Description")),
                tags=texts(item.get("Tag")),
                metadata=mapping(item.get("Metadata")),
                bounce_kind=bounce_kind,
                # a complaint has the id of the bounce that it once was
                key=f"{record}/{item['ID']}" if text(item.get("ID")) else None,
            )
        ]

    def _judge(self, item, kind):
        """Return type, reason and kind of bounce of a record."""
        if kind in ("bounced", "complained"):
            return TYPES.get(_first(item, "Type"), (kind, None, None))
        if kind == "unsubscribed":
            if not item.get("SuppressSending", True):
                return TYPES["Subscribe"]
            # bounces and complaints end in the same list of suppressed addresses
            return TYPES.get(_first(item, "SuppressionReason"), (kind, None, None))
        return kind, None, None


def _first(item, *names):
    """Return the text of the first of these fields that is there."""
    return next((text(item[name]) for name in names if name in item), None)

"""Postal (docs.postalserver.io, "Webhooks"). Signed by RSA (PKCS #1 v1.5, SHA-1) over the body.

The key is the installation's DKIM key, public part, as ``postal default-dkim-record`` prints it.
"""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from .address import single_address
from .base import Event, Provider, mapping, misplaced, text, texts, whole_seconds
from .signature import check_public

#: Status of a delivery -> type, kind of bounce.
STATUS = {
    "Sent": ("delivered", None),
    "SoftFail": ("deferred", "soft"),
    "HardFail": ("failed", "hard"),
    "Held": ("queued", None),
}


class Postal(Provider):
    code = "postal"
    name = "Postal"
    needs_key = True

    def check_signature(self, request, account, now):
        check_public(
            request.header("X-Postal-Signature"),
            account.keys,
            lambda key, shown: key.verify(shown, request.body, padding.PKCS1v15(), hashes.SHA1()),
        )

    def events(self, item, request):
        if "rcpt_to" in item:
            raise misplaced()
        payload = mapping(item.get("payload"))
        message = mapping(payload.get("message")) or mapping(payload.get("original_message"))
        if message.get("direction") == "incoming":
            return []  # a mail received that could not be handed on
        kind, bounce_kind = self._judge(item, payload)
        return [
            Event(
                kind,
                recipient=single_address(message.get("to")),
                timestamp=whole_seconds(item.get("timestamp") or None),
                message_id=text(message.get("id")),
                event_id=text(item.get("uuid")),
                reject_reason="bounced" if kind == "bounced" else None,
                url=text(payload.get("url")),
                user_agent=text(payload.get("user_agent")),
                mta_response=text(payload.get("output")),
                description=text(payload.get("details")),
                tags=texts(message.get("tag")),
                bounce_kind=bounce_kind,
                header_message_id=text(message.get("message_id")),
            )
        ]

    def _judge(self, item, payload):
        """Return type and kind of bounce; what it is, shows best in what it holds."""
        if "status" in payload:
            return STATUS.get(payload["status"], ("unknown", None))
        if "bounce" in payload:
            return "bounced", "hard"
        if "url" in payload:
            return "clicked", None
        return ("opened" if item.get("event") == "MessageLoaded" else "unknown"), None

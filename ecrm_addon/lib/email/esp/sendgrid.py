"""SendGrid (twilio.com/docs/sendgrid, "Event Webhook Reference" and its "Security Features").

Signed by ECDSA (P-256, SHA-256) over a timestamp and the body; the key in the console is the
public one.
"""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from .base import Event, Provider, mapping, seconds, text, texts
from .signature import check_age, check_public

TYPES = {
    "processed": "queued",
    "dropped": "rejected",
    "deferred": "deferred",
    "delivered": "delivered",
    "bounce": "bounced",
    "click": "clicked",
    "open": "opened",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
    "group_resubscribe": "subscribed",
}
#: Why SendGrid dropped a mail, in lower case.
REASONS = {
    "invalid": "invalid",
    "unsubscribed address": "unsubscribed",
    "bounce": "bounced",
    "bounced address": "bounced",
    "blocked": "blocked",
    "expired": "timed_out",
}
HEADER = "X-Twilio-Email-Event-Webhook-"
#: Fields of SendGrid itself; whatever else an event holds is what its sender attached.
OWN = frozenset(
    [
        "asm_group_id",
        "attempt",
        "bounce_classification",
        "category",
        "cert_err",
        "email",
        "event",
        "ip",
        "marketing_campaign_id",
        "marketing_campaign_name",
        "newsletter",
        "nlvx_campaign_id",
        "nlvx_campaign_split_id",
        "nlvx_user_id",
        "pool",
        "post_type",
        "reason",
        "response",
        "send_at",
        "sg_content_type",
        "sg_event_id",
        "sg_machine_open",
        "sg_message_id",
        "sg_template_id",
        "sg_template_name",
        "smtp-id",
        "status",
        "timestamp",
        "tls",
        "type",
        "url",
        "url_offset",
        "useragent",
    ]
)


class SendGrid(Provider):
    code = "sendgrid"
    name = "SendGrid"

    def check_signature(self, request, account, now):
        timestamp = request.header(HEADER + "Timestamp")
        signed = timestamp.encode() + request.body
        check_public(
            request.header(HEADER + "Signature"),
            account.keys,
            lambda key, shown: key.verify(shown, signed, ec.ECDSA(hashes.SHA256())),
        )
        check_age(seconds(timestamp), now)

    def items(self, request):
        return request.json

    def events(self, item, request):
        name = item["event"]
        is_drop = name == "dropped"
        reason = None
        if is_drop:
            told = text(item["type"] if "type" in item else item.get("reason"))
            reason = REASONS.get((told or "").lower(), "other")
        reply = item["response"] if "response" in item else item.get("reason")
        return [
            Event(
                TYPES.get(name, "unknown"),
                recipient=text(item.get("email")),
                timestamp=seconds(item.get("timestamp")),
                # an id that the sender attached counts more: SendGrid has one per batch only
                message_id=text(item.get("anymail_id")) or text(item.get("smtp-id")),
                event_id=text(item.get("sg_event_id")),
                reject_reason=reason,
                url=text(item.get("url")),
                user_agent=text(item.get("useragent")),
                mta_response=None if is_drop else text(reply),
                note=text(item.get("reason")) if is_drop else None,
                tags=texts(item.get("category")),
                metadata={key: item[key] for key in mapping(item).keys() - OWN - {"anymail_id"}},
                is_machine=item.get("sg_machine_open") is True,
                smtp_status=text(item.get("status")) if name in ("bounce", "deferred") else None,
                bounce_kind=_bounce_kind(name, item.get("type")),
                header_message_id=text(item.get("smtp-id")),
            )
        ]


def _bounce_kind(name, type_):
    """Return the kind of a bounce: a "blocked" mail did not find its server in the mood.

    >>> _bounce_kind("bounce", "bounce"), _bounce_kind("bounce", "blocked"), _bounce_kind("open", 1)
    ('hard', 'soft', None)
    """
    if name != "bounce":
        return "soft" if name == "deferred" else None
    return "soft" if type_ in ("blocked", "expired") else "hard"

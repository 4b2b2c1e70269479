"""Amazon SES by way of Amazon SNS (docs.aws.amazon.com/ses, "Event data that Amazon SES publishes
to Amazon SNS", and the older "notification contents"). Always signed, see ``sns``.

"Raw message delivery" must be off: it leaves the signature out.
"""

from . import sns
from .base import Event, Parsed, Provider, Refused, at, iso, mapping, misplaced, read_json, text
from .signature import unauthorized

#: Event of SES -> type, reason, key of the object that tells more.
TYPES = {
    "Send": ("sent", None, "send"),
    "Delivery": ("delivered", None, "delivery"),
    "Bounce": ("bounced", "bounced", "bounce"),
    "Complaint": ("complained", "spam", "complaint"),
    "Reject": ("rejected", "blocked", "reject"),
    "Open": ("opened", None, "open"),
    "Click": ("clicked", None, "click"),
    "Rendering Failure": ("failed", None, "failure"),
    # a delay has no word of its own among these types that all agree on for SES
    "DeliveryDelay": ("unknown", None, "deliveryDelay"),
    "Subscription": ("unknown", None, "subscription"),
}
BOUNCE_KINDS = {"Permanent": "hard", "Transient": "soft"}
WITH_AGENT = ("Complaint", "Open", "Click")
#: Where an event lists whom it is about.
RECIPIENTS = {
    "Bounce": "bouncedRecipients",
    "Complaint": "complainedRecipients",
    "Delivery": "recipients",
}
#: SNS tells this once, after a subscription, by way of trying.
TRIAL = "Successfully validated SNS topic for Amazon SES event publishing."


class AmazonSes(Provider):
    code = "amazon_ses"
    name = "Amazon SES"
    always_signs = True

    def check_signature(self, request, account, now):
        if request.header("x-amz-sns-rawdelivery").lower() == "true":
            raise unauthorized("raw", "Switch raw message delivery off: it leaves signatures out.")
        message = self.envelope(request)
        sns.check(message, account.topics, account.certificate, now)

    def envelope(self, request):
        """Return the envelope, whose headers have to repeat what it says.

        :raise Refused: 401 where they do not, 400 where there is none
        """
        message = request.json
        if not isinstance(message, dict):
            raise Refused(400, "no_event", "The body holds no message of Amazon SNS.")
        for header, name in (("type", "Type"), ("id", "MessageId")):
            if request.header(f"x-amz-sns-message-{header}") != message.get(name):
                raise unauthorized("headers", "Headers and message contradict each other.")
        return message

    def parse(self, request):
        message = request.json
        if not isinstance(message, dict) or text(message.get("Type")) not in sns.SIGNED:
            raise Refused(400, "no_event", "The body holds no message of Amazon SNS.")
        if message["Type"] == sns.SUBSCRIBE:
            return Parsed(confirm=text(message.get("SubscribeURL")))
        if message["Type"] == sns.UNSUBSCRIBE or message.get("Message") == TRIAL:
            return Parsed()
        return self.parse_items([read_json(text(message.get("Message")) or "")], request)

    def events(self, item, request):
        name = item["eventType"] if "eventType" in item else item.get("notificationType")
        if name == "Received":
            raise misplaced()
        kind, reason, place = TYPES.get(name, ("unknown", None, ""))
        mail, detail = mapping(item.get("mail")), mapping(item.get(place))
        tags, metadata, header_message_id = _headers(mail)
        shared = {
            "timestamp": iso(request.json.get("Timestamp")),
            "message_id": text(mail.get("messageId")),
            "event_id": text(request.json.get("MessageId")),
            "reject_reason": reason,
            "url": text(detail.get("link")) if name == "Click" else None,
            "user_agent": text(detail.get("userAgent")) if name in WITH_AGENT else None,
            "description": _description(name, kind, detail),
            "note": text(detail.get("delayType")),
            "tags": tags,
            "metadata": metadata,
            "bounce_kind": BOUNCE_KINDS.get(text(detail.get("bounceType"))),
            "header_message_id": header_message_id,
        }
        if name == "DeliveryDelay":
            shared["bounce_kind"] = "soft"
        return [
            Event(
                kind,
                recipient=_address(each),
                mta_response=text(at(each, "diagnosticCode")) or text(detail.get("smtpResponse")),
                smtp_status=text(at(each, "status")),
                # one message tells of all recipients
                key=f"{shared['event_id']}/{_address(each)}",
                **shared,
            )
            for each in _recipients(name, detail, mail)
        ]


def _address(recipient):
    return text(recipient["emailAddress"] if isinstance(recipient, dict) else recipient)


def _recipients(name, detail, mail):
    """Return whom an event is about: those that it lists, else all recipients of the mail."""
    if name in RECIPIENTS:  # others must not be blamed where the list is empty
        found = detail[RECIPIENTS[name]]
    else:
        found = detail.get("delayedRecipients") or mail.get("destination") or []
    if not isinstance(found, list):
        raise TypeError("not a list of recipients")
    return found


def _description(name, kind, detail):
    """Return what an event says of itself in words."""
    if kind == "unknown":
        return f"Unknown SES eventType '{name}'"
    if name == "Bounce":
        return f"{detail.get('bounceType')}: {detail.get('bounceSubType')}"
    names = ("complaintFeedbackType", "reason", "errorMessage")
    return next((text(detail[each]) for each in names if each in detail), None)


def _headers(mail):
    """Return tags, metadata and Message-Id out of the headers of a mail."""
    tags, metadata = [], {}
    message_id = text(at(mail, "commonHeaders", "messageId"))
    headers = mail.get("headers")
    for header in headers if isinstance(headers, list) else []:
        name, value = (text(at(header, "name")) or "").lower(), at(header, "value")
        if name == "x-tag" and text(value):
            tags.append(text(value))
        elif name == "x-metadata":
            metadata = mapping(value)
        elif name == "message-id":
            message_id = text(value)
    return tags, metadata, message_id

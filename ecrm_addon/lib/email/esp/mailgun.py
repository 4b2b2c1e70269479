"""Mailgun (documentation.mailgun.com, "Webhooks"), and its format of before July 2018.

Signed by HMAC-SHA256 over timestamp and token, which stand in the body beside what they do
*not* sign; so nothing but the secret URL keeps the rest of the body from being changed on its
way. For the event of a subaccount the main account may sign, too.
"""

import json

from .address import single_address
from .base import Event, Provider, Refused, at, mapping, misplaced, seconds, text, texts
from .signature import check_age, check_mac, mac

TYPES = {
    "accepted": "queued",
    "rejected": "rejected",
    "delivered": "delivered",
    "failed": "bounced",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
    "complained": "complained",
}
#: Why a mail failed; these are in examples of the documentation and nowhere explained.
REASONS = {"bounce": "bounced", "suppress-bounce": "bounced"}
LEGACY_TYPES = {
    "delivered": "delivered",
    "dropped": "rejected",
    "bounced": "bounced",
    "complained": "complained",
    "unsubscribed": "unsubscribed",
    "opened": "opened",
    "clicked": "clicked",
}
#: Numbers that Mailgun added to those of SMTP.
LEGACY_REASONS = {499: "timed_out", 605: "bounced", 607: "spam"}


class Mailgun(Provider):
    code = "mailgun"
    name = "Mailgun"
    needs_key = True

    def check_signature(self, request, account, now):
        shown = self._signature(request)
        message = shown["timestamp"] + shown["token"]
        expected = [mac(key, message).hex() for key in account.keys]
        if "parent-signature" in shown:
            try:
                check_mac(shown["parent-signature"], expected)
            except Refused:
                check_mac(shown["signature"], expected)
        else:
            check_mac(shown["signature"], expected)
        check_age(seconds(shown["timestamp"]), now)

    def _signature(self, request):
        if request.mimetype == "application/json":
            block = mapping(at(request.json, "signature"))
        else:
            # the sender's own variables of these names come before
            block = {name: values[-1] for name, values in request.form.items()}
        names = ("timestamp", "token", "signature", "parent-signature")
        shown = {name: text(block[name]) or "" for name in names if name in block}
        return {**dict.fromkeys(names[:3], ""), **shown}

    def items(self, request):
        if request.mimetype == "application/json":
            return super().items(request)
        if not request.form:
            raise Refused(400, "not_a_form", "The body is neither JSON nor a form.")
        return [request.form]

    def events(self, item, request):
        if request.mimetype == "application/json":
            return [self._event(item)]
        return [self._legacy(item)]

    def _event(self, item):
        data = item["event-data"]
        kind = TYPES.get(data["event"], "unknown")
        if data.get("severity") == "temporary":
            kind = "deferred"
        status = mapping(data.get("delivery-status"))
        description, recipient = text(status.get("description")), text(data.get("recipient"))
        reason = None
        if "reason" in data:
            reason = REASONS.get(text(data["reason"]), "other")
        if kind == "rejected":
            description = description or text(at(data, "reject", "reason"))
            reason = reason or "other"
            recipient = recipient or single_address(at(data, "message", "headers", "to"))
        return Event(
            kind,
            recipient=recipient,
            timestamp=seconds(data.get("timestamp")),
            message_id=_bracketed(text(at(data, "message", "headers", "message-id"))),
            # the id of an event is promised to be unique for one day only
            event_id=text(at(item, "signature", "token")),
            reject_reason=reason,
            url=text(data.get("url")),
            user_agent=text(at(data, "client-info", "user-agent")),
            mta_response=text(status.get("message")),
            description=description,
            tags=texts(data.get("tags")),
            metadata=mapping(data.get("user-variables")),
            is_machine=at(data, "client-info", "bot") not in (None, ""),
            smtp_status=text(status.get("enhanced-code")),
            bounce_kind=_bounce_kind(kind, data.get("severity")),
            # a repeated request is perhaps signed anew, the event in it is the same
            key=f"{data['id']}/{data.get('timestamp')}" if text(data.get("id")) else None,
        )

    def _legacy(self, fields):
        # the sender's own variables are merged into the fields: the first value is Mailgun's,
        # but for those that are signed it is the last
        first = {name: values[0] for name, values in fields.items()}
        if "event" not in first and "sender" in first:
            raise misplaced()
        code = first.get("code")
        kind = LEGACY_TYPES.get(first.get("event"), "unknown")
        variables = {}
        for name, value in json.loads(first.get("message-headers") or "[]"):
            if name == "X-Mailgun-Variables":
                variables |= mapping(value)
        return Event(
            kind,
            recipient=first.get("recipient"),
            timestamp=seconds(fields["timestamp"][-1]),
            message_id=_bracketed(first.get("Message-Id") or first.get("message-id")),
            event_id=fields.get("token", [None])[-1],
            reject_reason=_legacy_reason(code),
            url=first.get("url"),
            user_agent=first.get("user-agent"),
            mta_response=first.get("error") or first.get("notification"),
            description=first.get("description"),
            tags=fields.get("tag") or fields.get("X-Mailgun-Tag") or [],
            metadata=variables,
            bounce_kind=_legacy_bounce_kind(kind, code),
        )


def _legacy_reason(code):
    """Return the reason that a reply code of SMTP stands for, such as 550 or 5.1.1.

    >>> [_legacy_reason(code) for code in (None, "550", "607", "5.1.1", "2.0.0", "250", "")]
    [None, 'bounced', 'spam', 'bounced', 'other', 'other', 'other']
    """
    if code is None:
        return None
    if not code.strip().isdecimal():
        return "bounced" if code.split(".")[0] in ("4", "5") else "other"
    number = int(code)
    return LEGACY_REASONS.get(number, "bounced" if 400 <= number < 600 else "other")


def _legacy_bounce_kind(kind, code):
    if kind != "bounced":
        return None
    return "soft" if (code or "").startswith("4") else "hard"


def _bounce_kind(kind, severity):
    if kind == "deferred":
        return "soft"
    return "hard" if kind == "bounced" and severity == "permanent" else None


def _bracketed(message_id):
    if message_id and not message_id.startswith("<"):
        return f"<{message_id}>"
    return message_id

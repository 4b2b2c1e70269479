"""SparkPost (developers.sparkpost.com, "Webhooks" and "Event Reference"; support.sparkpost.com,
"Bounce Classification Codes"). Basic auth; batches, an empty one tries out the address."""

from .base import Event, Provider, mapping, misplaced, seconds, text, texts

TYPES = {
    "injection": "queued",
    "delivery": "delivered",
    "bounce": "bounced",
    "out_of_band": "bounced",
    "policy_rejection": "rejected",
    "generation_rejection": "rejected",
    "generation_failure": "failed",
    "delay": "deferred",
    "click": "clicked",
    "amp_click": "clicked",
    "open": "opened",
    "amp_open": "opened",
    "spam_complaint": "complained",
    "list_unsubscribe": "unsubscribed",
    "link_unsubscribe": "unsubscribed",
}
#: Of a pixel at the top of a mail; "open" is of one at its end, which is cut off of long mails.
#: Both come of one opening, so these count only where the account says so.
INITIAL_TYPES = {"initial_open": "opened", "amp_initial_open": "opened"}
INITIAL_OPENS = "initial_opens"
#: Bounce class -> reason, kind of bounce, type if it is another than the event's.
CLASSES = {
    "1": ("other", None, None),  # nobody could tell
    "10": ("invalid", "hard", None),  # no such recipient
    "20": ("bounced", "soft", None),
    "21": ("bounced", "soft", None),  # DNS
    "22": ("bounced", "soft", None),  # mailbox full
    "23": ("bounced", "soft", None),  # too large
    "24": ("timed_out", "soft", None),
    "25": ("blocked", None, None),  # policy of the sender's account
    "30": ("bounced", "hard", None),  # no recipient
    "40": ("bounced", "soft", None),
    "50": ("blocked", "soft", None),  # by the receiver
    "51": ("spam", "soft", None),
    "52": ("spam", "soft", None),
    "53": ("other", "soft", None),  # attachment
    "54": ("blocked", "soft", None),  # relaying
    "60": ("other", None, "autoresponded"),
    "70": ("bounced", "soft", None),
    "80": ("other", None, "subscribed"),
    "90": ("unsubscribed", None, "unsubscribed"),
    "100": ("other", None, "autoresponded"),  # challenge and response
}


class SparkPost(Provider):
    code = "sparkpost"
    name = "SparkPost"

    def items(self, request):
        return request.json

    def events(self, item, request):
        classes = item["msys"]
        if not classes:
            return []
        ((name, data),) = classes.items()
        if name == "relay_message":
            raise misplaced()
        types = {**TYPES, **INITIAL_TYPES} if INITIAL_OPENS in request.options else TYPES
        kind = types.get(data["type"], "unknown")
        reason = bounce_kind = None
        if "bounce_class" in data:
            found = CLASSES.get(text(data["bounce_class"]), ("other", None, None))
            reason, bounce_kind, kind = found[0], found[1], found[2] or kind
        return [
            Event(
                kind,
                # rcpt_to is the same in lower case
                recipient=text(data.get("raw_rcpt_to")) or text(data.get("rcpt_to")),
                timestamp=seconds(data.get("timestamp")),
                # what sending answers with; message_id is another for each recipient
                message_id=text(data.get("transmission_id")),
                event_id=text(data.get("event_id")),
                reject_reason=reason,
                url=text(data.get("target_link_url")),
                user_agent=text(data.get("user_agent")),
                mta_response=text(data.get("raw_reason")),
                tags=texts(data.get("campaign_id")),
                metadata=mapping(data.get("rcpt_meta")),
                is_machine=mapping(data.get("user_agent_parsed")).get("is_prefetched") is True,
                bounce_kind=bounce_kind,
            )
        ]

"""What providers send, one of each shape; see ``webhook_samples_base``."""

from .webhook_samples_base import AGENT, ANN, BOB, EPOCH, INSTANT, LINK, event
from .webhook_samples_more import (
    MAILERSEND,
    MAILTRAP,
    MANDRILL,
    POSTAL,
    RESEND,
    UNISENDER_GO,
)


def _ses(type_, place, detail, **mail):
    return {
        "eventType": type_,
        "mail": {
            "timestamp": "2026-11-02T09:29:00.000Z",
            "messageId": "0102018c-ses",
            "source": "shop@shop.example",
            "destination": [ANN],
            **mail,
        },
        place: detail,
    }


AMAZON_SES = [
    (_ses("Send", "send", {}), [event("sent", "0102018c-ses")]),
    (
        _ses("Delivery", "delivery", {"recipients": [ANN], "smtpResponse": "250 2.6.0 taken"}),
        [event("delivered", "0102018c-ses")],
    ),
    (
        _ses(
            "Bounce",
            "bounce",
            {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {"emailAddress": ANN, "status": "5.1.1", "diagnosticCode": "smtp; 550 no"},
                    {"emailAddress": BOB},
                ],
            },
            destination=[ANN, BOB, "carl@customer.example"],
        ),
        [
            event("bounced", "0102018c-ses", reject_reason="bounced", bounce_kind="hard"),
            event("bounced", "0102018c-ses", BOB, reject_reason="bounced", bounce_kind="hard"),
        ],
    ),
    (
        _ses(
            "Complaint",
            "complaint",
            {
                "complainedRecipients": [{"emailAddress": ANN}],
                "userAgent": AGENT,
                "complaintFeedbackType": "abuse",
            },
        ),
        [event("complained", "0102018c-ses", reject_reason="spam", user_agent=AGENT)],
    ),
    (
        _ses("Reject", "reject", {"reason": "Bad content"}),
        [event("rejected", "0102018c-ses", reject_reason="blocked")],
    ),
    (
        _ses("Open", "open", {"userAgent": AGENT}, destination=[ANN, BOB]),
        [
            event("opened", "0102018c-ses", user_agent=AGENT),
            event("opened", "0102018c-ses", BOB, user_agent=AGENT),
        ],
    ),
    (
        _ses("Click", "click", {"link": LINK, "userAgent": AGENT}),
        [event("clicked", "0102018c-ses", url=LINK, user_agent=AGENT)],
    ),
    (
        _ses("Rendering Failure", "failure", {"errorMessage": "Attribute 'name' is missing"}),
        [event("failed", "0102018c-ses")],
    ),
]

_SG = {"email": ANN, "timestamp": EPOCH, "smtp-id": "<sg@shop.example>", "sg_event_id": "sg-1"}


def _sendgrid(**values):
    return {**_SG, "sg_event_id": f"sg-{sorted(values.items())}", **values}


SENDGRID = [
    (
        [
            _sendgrid(event="processed"),
            _sendgrid(event="dropped", reason="Bounced Address"),
            _sendgrid(event="deferred", response="451 4.7.1 later", attempt="2"),
            _sendgrid(event="bounce", type="bounce", reason="550 5.1.1 none", status="5.1.1"),
            _sendgrid(event="bounce", type="blocked", reason="550 blocked"),
            _sendgrid(event="open", useragent=AGENT, sg_machine_open=True),
            _sendgrid(event="click", useragent=AGENT, url=LINK),
            _sendgrid(event="group_unsubscribe"),
            _sendgrid(event="group_resubscribe"),
            _sendgrid(event="spamreport"),
            _sendgrid(event="account_status_change"),
        ],
        [
            event("queued", "<sg@shop.example>"),
            event("rejected", "<sg@shop.example>", reject_reason="bounced"),
            event("deferred", "<sg@shop.example>", bounce_kind="soft"),
            event("bounced", "<sg@shop.example>", bounce_kind="hard"),
            event("bounced", "<sg@shop.example>", bounce_kind="soft"),
            event("opened", "<sg@shop.example>", user_agent=AGENT, is_machine=True),
            event("clicked", "<sg@shop.example>", url=LINK, user_agent=AGENT),
            event("unsubscribed", "<sg@shop.example>"),
            event("subscribed", "<sg@shop.example>"),
            event("complained", "<sg@shop.example>"),
            event("unknown", "<sg@shop.example>"),
        ],
    )
]


def _mailgun(name, **values):
    return {
        "event-data": {
            "event": name,
            "id": f"mg-{name}-{values.get('severity')}",
            "timestamp": EPOCH + 0.25,
            "recipient": ANN,
            "message": {"headers": {"message-id": "mg@shop.example", "to": ANN}},
            **values,
        }
    }


_MG, _MG_AT = "<mg@shop.example>", "2026-11-02T09:30:00.250000+00:00"
MAILGUN = [
    (_mailgun("delivered"), [event("delivered", _MG, instant=_MG_AT)]),
    (
        _mailgun("failed", severity="permanent", reason="suppress-bounce"),
        [event("bounced", _MG, instant=_MG_AT, reject_reason="bounced", bounce_kind="hard")],
    ),
    (
        _mailgun("failed", severity="temporary", reason="generic"),
        [event("deferred", _MG, instant=_MG_AT, reject_reason="other", bounce_kind="soft")],
    ),
    (
        _mailgun("opened", **{"client-info": {"user-agent": AGENT, "bot": "apple"}}),
        [event("opened", _MG, instant=_MG_AT, user_agent=AGENT, is_machine=True)],
    ),
    (
        _mailgun("clicked", url=LINK, **{"client-info": {"user-agent": AGENT, "bot": ""}}),
        [event("clicked", _MG, instant=_MG_AT, url=LINK, user_agent=AGENT)],
    ),
    (_mailgun("complained"), [event("complained", _MG, instant=_MG_AT)]),
    (
        _mailgun("rejected", recipient=None, reject={"reason": "Sandbox"}),
        [event("rejected", _MG, instant=_MG_AT, reject_reason="other")],
    ),
]

POSTMARK = [
    (
        {"RecordType": "Delivery", "MessageID": "pm", "Recipient": ANN, "DeliveredAt": INSTANT},
        [event("delivered", "pm")],
    ),
    (
        {
            "RecordType": "Bounce",
            "ID": 7,
            "Type": "HardBounce",
            "MessageID": "pm",
            "Email": ANN,
            "BouncedAt": "2026-11-02T04:30:00.0000000-05:00",
            "Details": "smtp;550 5.1.1 unknown",
        },
        [event("bounced", "pm", reject_reason="bounced", bounce_kind="hard")],
    ),
    (
        {
            "RecordType": "SubscriptionChange",
            "MessageID": "pm",
            "Recipient": ANN,
            "ChangedAt": "2026-11-02T09:30:00Z",
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        },
        [event("unsubscribed", "pm", reject_reason="unsubscribed")],
    ),
    (
        {
            "RecordType": "Click",
            "MessageID": "pm",
            "Recipient": ANN,
            "ReceivedAt": "2026-11-02T09:30:00Z",
            "OriginalLink": LINK,
            "UserAgent": AGENT,
        },
        [event("clicked", "pm", url=LINK, user_agent=AGENT)],
    ),
]


def _brevo(name, **values):
    return {"event": name, "email": ANN, "ts_epoch": EPOCH * 1000, "message-id": "<b@b>", **values}


BREVO = [
    (_brevo("request"), [event("queued", "<b@b>")]),
    (
        _brevo("hard_bounce"),
        [event("bounced", "<b@b>", reject_reason="bounced", bounce_kind="hard")],
    ),
    (_brevo("unique_proxy_open"), [event("opened", "<b@b>", is_machine=True)]),
    (_brevo("click", link=LINK), [event("clicked", "<b@b>", url=LINK)]),
    (_brevo("spam"), [event("complained", "<b@b>", reject_reason="spam")]),
    (
        [_brevo("delivered"), _brevo("deferred")],
        [event("delivered", "<b@b>"), event("deferred", "<b@b>")],
    ),
]


def _mailjet(name, **values):
    return {"event": name, "time": EPOCH, "MessageID": 2**55, "email": ANN, **values}


_MJ = str(2**55)
MAILJET = [
    (_mailjet("sent", smtp_reply="250 ok"), [event("delivered", _MJ)]),
    (
        [
            _mailjet("open", agent=AGENT),
            _mailjet("click", agent=AGENT, url=LINK),
            _mailjet("bounce", hard_bounce=True, error="user unknown"),
            _mailjet("bounce", hard_bounce=False, error="quota exceeded"),
            _mailjet("bounce", hard_bounce=False, error="greylisted"),
            _mailjet("blocked", error="preblocked"),
            _mailjet("spam", source="JMRPP"),
            _mailjet("unsub", mj_list_id=1),
        ],
        [
            event("opened", _MJ, user_agent=AGENT),
            event("clicked", _MJ, url=LINK, user_agent=AGENT),
            event("bounced", _MJ, reject_reason="bounced", bounce_kind="hard"),
            event("bounced", _MJ, reject_reason="bounced", bounce_kind="soft"),
            event("deferred", _MJ, reject_reason="other", bounce_kind="soft"),
            event("rejected", _MJ, reject_reason="blocked"),
            event("complained", _MJ),
            event("unsubscribed", _MJ),
        ],
    ),
]


def _sparkpost(name, place="message_event", **values):
    body = {
        "type": name,
        "event_id": f"sp-{name}-{values.get('bounce_class')}",
        "timestamp": str(EPOCH),
        "transmission_id": "65832150921904138",
        "message_id": "000443ee14578172be22",
        "rcpt_to": ANN.lower(),
        "raw_rcpt_to": ANN,
        **values,
    }
    return {"msys": {place: body}}


_SP = "65832150921904138"
SPARKPOST = [
    ([{"msys": {}}], []),
    (
        [
            _sparkpost("injection"),
            _sparkpost("bounce", bounce_class="10", raw_reason="550 5.1.1 none"),
            _sparkpost("bounce", bounce_class="22"),
            _sparkpost("out_of_band", bounce_class="60"),
            _sparkpost("policy_rejection", bounce_class="25"),
            _sparkpost("open", "track_event", user_agent=AGENT),
            _sparkpost("click", "track_event", user_agent=AGENT, target_link_url=LINK),
            _sparkpost("list_unsubscribe", "unsubscribe_event"),
        ],
        [
            event("queued", _SP),
            event("bounced", _SP, reject_reason="invalid", bounce_kind="hard"),
            event("bounced", _SP, reject_reason="bounced", bounce_kind="soft"),
            event("autoresponded", _SP, reject_reason="other"),
            event("rejected", _SP, reject_reason="blocked"),
            event("opened", _SP, user_agent=AGENT),
            event("clicked", _SP, url=LINK, user_agent=AGENT),
            event("unsubscribed", _SP),
        ],
    ),
]

SAMPLES = {
    "amazon_ses": AMAZON_SES,
    "brevo": BREVO,
    "mailersend": MAILERSEND,
    "mailgun": MAILGUN,
    "mailjet": MAILJET,
    "mailtrap": MAILTRAP,
    "mandrill": MANDRILL,
    "postal": POSTAL,
    "postmark": POSTMARK,
    "resend": RESEND,
    "sendgrid": SENDGRID,
    "sparkpost": SPARKPOST,
    "unisender_go": UNISENDER_GO,
}

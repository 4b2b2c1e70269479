"""What more providers send, as in ``webhook_samples``."""

from .webhook_samples_base import AGENT, ANN, BOB, EPOCH, LINK, event


def _resend(name, **data):
    return {
        "type": f"email.{name}",
        "created_at": "2026-11-02T09:30:00.000Z",
        "data": {"email_id": "re-1", "to": [f"Ann <{ANN}>"], "subject": "Sale", **data},
    }


RESEND = [
    (_resend("sent"), [event("sent", "re-1")]),
    (_resend("delivery_delayed"), [event("deferred", "re-1")]),
    (
        _resend(
            "bounced", bounce={"message": "It sent a hard bounce message", "type": "Permanent"}
        ),
        [event("bounced", "re-1", reject_reason="bounced", bounce_kind="hard")],
    ),
    (
        _resend("clicked", click={"link": LINK, "userAgent": AGENT}),
        [event("clicked", "re-1", url=LINK, user_agent=AGENT)],
    ),
    (_resend("complained"), [event("complained", "re-1")]),
]


def _mailersend(name, morph=None):
    return {
        "type": f"activity.{name}",
        "data": {
            "object": "activity",
            "id": f"ms-{name}",
            "type": name,
            "created_at": "2026-11-02T09:30:00.000000Z",
            "email": {"message": {"id": "ms-1"}, "recipient": {"email": ANN}, "tags": None},
            "morph": morph,
        },
    }


def _mailersend_2(name, meta=()):
    return {
        "type": f"activity.{name}",
        "created_at": "2026-11-02T09:30:00.000000Z",
        "data": {
            "id": f"ms2-{name}",
            "message_id": "ms-2",
            "email_id": "ms-mail",
            "type": name,
            "email": ANN,
            "tags": ["sale"],
            "meta": meta or [],
        },
    }


MAILERSEND = [
    (_mailersend("sent"), [event("sent", "ms-1")]),
    (_mailersend_2("delivered"), [event("delivered", "ms-2")]),
    (
        _mailersend_2("hard_bounced", {"reason": "Unknown"}),
        [event("bounced", "ms-2", reject_reason="bounced", bounce_kind="hard")],
    ),
    (_mailersend_2("clicked", {"url": LINK}), [event("clicked", "ms-2", url=LINK)]),
    (
        _mailersend_2("spam_complaint"),
        [event("complained", "ms-2", reject_reason="spam")],
    ),
    (_mailersend("delivered"), [event("delivered", "ms-1")]),
    (
        _mailersend("hard_bounced", {"object": "recipient_bounce", "reason": "Unknown"}),
        [event("bounced", "ms-1", reject_reason="bounced", bounce_kind="hard")],
    ),
    (
        _mailersend("clicked", {"object": "click", "url": LINK, "ip": "192.0.2.1"}),
        [event("clicked", "ms-1", url=LINK)],
    ),
    (
        _mailersend("spam_complaint", {"object": "spam_complaint"}),
        [event("complained", "ms-1", reject_reason="spam")],
    ),
]


def _mandrill(name, **values):
    message = {"email": ANN, "_id": "md-1", "ts": EPOCH - 60, "tags": [], "metadata": []}
    return {"event": name, "_id": "md-1", "ts": EPOCH, "msg": {**message, **values.pop("msg", {})},
            **values}  # fmt: skip


MANDRILL = [
    (
        [
            _mandrill("send"),
            _mandrill("deferral"),
            _mandrill("hard_bounce", msg={"diag": "smtp;550 5.1.1 none"}),
            _mandrill("soft_bounce"),
            _mandrill("open", user_agent=AGENT),
            _mandrill("click", user_agent=AGENT, url=LINK),
            _mandrill("spam"),
            _mandrill("unsub"),
            _mandrill("reject"),
            {"type": "blacklist", "ts": EPOCH, "reject": {"email": BOB, "reason": "hard-bounce"}},
        ],
        [
            event("sent", "md-1"),
            event("deferred", "md-1", bounce_kind="soft"),
            event("bounced", "md-1", bounce_kind="hard"),
            event("bounced", "md-1", bounce_kind="soft"),
            event("opened", "md-1", user_agent=AGENT),
            event("clicked", "md-1", url=LINK, user_agent=AGENT),
            event("complained", "md-1"),
            event("unsubscribed", "md-1"),
            event("rejected", "md-1"),
            event("unknown", None, BOB),
        ],
    )
]


def _mailtrap(name, **values):
    return {"event": name, "email": ANN, "timestamp": EPOCH, "message_id": "mt-1",
            "event_id": f"mt-{name}", **values}  # fmt: skip


MAILTRAP = [
    (
        {
            "events": [
                _mailtrap("delivery"),
                _mailtrap("open", user_agent=AGENT),
                _mailtrap("click", user_agent=AGENT, url=LINK),
                _mailtrap("bounce", response="550 5.1.1 none"),
                _mailtrap("soft bounce"),
                _mailtrap("reject", reason="on the list"),
                _mailtrap("unsubscribe"),
                _mailtrap("spam"),
            ]
        },
        [
            event("delivered", "mt-1"),
            event("opened", "mt-1", user_agent=AGENT),
            event("clicked", "mt-1", url=LINK, user_agent=AGENT),
            event("bounced", "mt-1", reject_reason="bounced", bounce_kind="hard"),
            event("deferred", "mt-1", reject_reason="other", bounce_kind="soft"),
            event("rejected", "mt-1", reject_reason="blocked"),
            event("unsubscribed", "mt-1", reject_reason="unsubscribed"),
            event("complained", "mt-1", reject_reason="spam"),
        ],
    )
]


def _postal(name, **payload):
    message = {"id": 91, "token": "t", "to": ANN, "message_id": "p@shop.example", "tag": None}
    message["direction"] = payload.pop("direction", "outgoing")
    return {
        "event": name,
        "timestamp": EPOCH + 0.96,
        "uuid": f"po-{name}",
        "payload": {"message": message, **payload},
    }


POSTAL = [
    (_postal("MessageSent", status="Sent", output="250 ok"), [event("delivered", "91")]),
    (
        _postal("MessageDelayed", status="SoftFail"),
        [event("deferred", "91", bounce_kind="soft")],
    ),
    (
        _postal("MessageDeliveryFailed", status="HardFail"),
        [event("failed", "91", bounce_kind="hard")],
    ),
    (_postal("MessageHeld", status="Held"), [event("queued", "91")]),
    (
        _postal("MessageLinkClicked", url=LINK, user_agent=AGENT),
        [event("clicked", "91", url=LINK, user_agent=AGENT)],
    ),
    (
        {
            "event": "MessageBounced",
            "timestamp": EPOCH,
            "uuid": "po-b",
            "payload": {"original_message": {"id": 91, "to": ANN}, "bounce": {"id": 92}},
        },
        [event("bounced", "91", reject_reason="bounced", bounce_kind="hard")],
    ),
    (_postal("MessageDeliveryFailed", status="HardFail", direction="incoming"), []),
]


def _unisender(status, **values):
    return {
        "job_id": "ug-1",
        "email": ANN,
        "status": status,
        "event_time": "2026-11-02 09:30:00",
        **values,
    }


def _named(data, name="transactional_email_status"):
    return {"event_name": name, "event_data": data}


UNISENDER_GO = [
    (
        {
            "auth": None,  # put in when it is signed
            "events_by_user": [
                {
                    "user_id": 5,
                    "events": [
                        _named(_unisender("sent")),
                        _named({"block_time": "2026-11-02 09:30:00"}, "transactional_spam_block"),
                        _named(
                            _unisender("clicked", url=LINK, delivery_info={"user_agent": AGENT})
                        ),
                        _named(
                            _unisender(
                                "hard_bounced",
                                delivery_info={
                                    "delivery_status": "err_user_unknown",
                                    "destination_response": "550 5.1.1 none",
                                },
                            )
                        ),
                        _named(_unisender("soft_bounced")),
                    ],
                }
            ],
        },
        [
            event("sent", "ug-1"),
            event("clicked", "ug-1", url=LINK, user_agent=AGENT),
            event("bounced", "ug-1", reject_reason="bounced", bounce_kind="hard"),
            event("deferred", "ug-1", bounce_kind="soft"),
        ],
    ),
    (
        {"auth": None, "event_name": "transactional_email_status", **_unisender("opened")},
        [event("opened", "ug-1")],
    ),
]

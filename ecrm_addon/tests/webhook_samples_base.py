"""What providers send, one of each shape, and what it has to come out as.

Bodies are made up after the providers' documentation. An expected event is: type, recipient,
instant (UTC), message id, reason, URL, user agent; then what only we tell apart: kind of bounce,
whether the provider says it was a machine.
"""

ANN, BOB = "ann@customer.example", "bob@customer.example"
LINK, AGENT = "https://shop.example/sale?a=1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
#: 2026-11-02 09:30:00 UTC
EPOCH, INSTANT = 1793611800, "2026-11-02T09:30:00+00:00"


def event(type_, message_id, recipient=ANN, instant=INSTANT, **values):
    """Return an expected event; what is not named is not told."""
    return {
        "event_type": type_,
        "recipient": recipient,
        "timestamp": instant,
        "message_id": message_id,
        "reject_reason": None,
        "url": None,
        "user_agent": None,
        "bounce_kind": None,
        "is_machine": False,
        **values,
    }

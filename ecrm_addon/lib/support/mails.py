"""What incoming mails tell that matters to a support request."""

import re

#: Fields that only machines, lists and newsletters set (RFC 3834, section 2; RFC 2919).
_FIELDS = ("list-id", "list-unsubscribe", "x-auto-response-suppress", "feedback-id")
_BULK = re.compile(r"\b(?:bulk|list|junk|auto_reply)\b", re.I)
#: A number in the subject of a mail of ours, such as [SR00012].
_NUMBER = re.compile(r"\[([A-Z0-9][\w/-]{1,31})\]", re.I)
_PREFIX = re.compile(r"^\s*(?:(?:re|aw|sv|antw|fwd?|wg|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
SUBJECT_LENGTH = 200


def wants_no_answer(message):
    """Return whether a mail must not be answered by a machine.

    :param email.message.Message message: any mail

    >>> from email import message_from_string as mail
    >>> wants_no_answer(mail("From: ann@x.org\\n\\nWhere is my order?"))
    False
    >>> [wants_no_answer(mail(field + "\\n\\nNews")) for field in
    ...  ("Precedence: bulk", "List-Id: <news.x.org>", "Return-Path: <>")]
    [True, True, True]
    """
    if str(message.get("return-path", "")).strip() == "<>":
        return True
    if _BULK.search(str(message.get("precedence", ""))):
        return True
    return any(message.get(name) for name in _FIELDS)


def numbers(subject):
    """Return what may be numbers of requests in a subject.

    >>> numbers("Re: [SR00012] Where is my order? [urgent]"), numbers("[]"), numbers(None)
    (['SR00012', 'urgent'], [], [])
    """
    return _NUMBER.findall(subject or "")[:5]


def subject_of(text):
    r"""Return the subject of a mail without what answering put before it.

    >>> subject_of("Re: AW: Where\r\n is it? "), subject_of(None), len(subject_of("x" * 500))
    ('Where is it?', '', 200)
    """
    words = " ".join((text or "").split())
    return _PREFIX.sub("", words)[:SUBJECT_LENGTH]

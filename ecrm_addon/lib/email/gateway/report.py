"""Everything that can be read out of an incoming mail, in one answer."""

import logging
from dataclasses import dataclass

from . import addresses, classify, dsn, feedback, freetext, mime, originals

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What a mail tells.

    ``recipients`` are those whom it is about (``dsn.Recipient``); ``message_ids`` the mails
    that it is about; ``meant`` whom the enclosed mail was for, which tells who failed if that
    mail was for one only. ``is_answer``: of an automatic mail, whether it answers one.
    """

    kind: str
    evidence: str = ""
    recipients: tuple = ()
    message_ids: tuple = ()
    meant: tuple = ()
    disposition: str = ""
    is_answer: bool = False

    @property
    def failed(self):
        """The recipients whom the mail will not reach."""
        return tuple(found for found in self.recipients if found.permanent)


def read(message, own=()):
    """Return what an incoming mail tells. Never raises, whatever the mail is.

    :param email.message.Message message: as parsed by any policy
    :param Iterable own: addresses that are ours, and so nobody's who failed

    >>> from email import message_from_string
    >>> report = read(message_from_string(
    ...     "From: MAILER-DAEMON@x.org\\nSubject: failure notice\\n\\n"
    ...     "I wasn't able to deliver your message.\\n\\n<ann@x.org>:\\nmailbox is full\\n"))
    >>> report.kind, [(found.address, found.bounce_kind) for found in report.recipients]
    ('dsn_failed', [('ann@x.org', 'soft')])
    """
    try:
        return _read(message, own)
    except Exception:
        # a mail that breaks us must not stop the mailbox; it goes Odoo's way as it is
        _logger.exception("An incoming mail could not be read")
        return Report(classify.OTHER, "unreadable")


def _read(message, own):
    kind, evidence = classify.classify(message)
    report = Report(kind, evidence)
    if kind in (classify.REPLY, classify.OTHER):
        return report
    found, said = (), feedback.disposition(message)
    if kind == classify.AUTOREPLY:
        return Report(kind, evidence, is_answer=classify.is_answer(message))
    if kind == classify.COMPLAINT:
        found = feedback.complainers(message)
    elif said is not None:
        refused = kind == classify.DSN_FAILED
        text = " ".join(freetext.own_text(message).split())[:500] if refused else ""
        found = feedback.readers(message, dsn.FAILED if refused else said.type, text)
    elif kind != classify.REPORT:
        found = bounced(message, kind, own)
    return Report(
        kind,
        evidence,
        tuple(found),
        tuple(originals.message_ids(message)),
        tuple(originals.recipients(message)),
        said.type if said else "",
    )


def bounced(message, kind, own=()):
    """Return the recipients that a delivery report tells of, the surest source's.

    Its machine-readable part; else ``X-Failed-Recipients`` and its text; else the address to
    which it came, if that names the recipient (VERP).
    """
    found = dsn.recipients(message)
    if found:
        return found
    found = freetext.recipients(message, own)
    action = dsn.DELAYED if kind == classify.DSN_DELAYED else dsn.FAILED
    known = {recipient.address.lower() for recipient in found}
    for address in addresses.ADDRESS.findall(mime.header(message, "x-failed-recipients")):
        if addresses.is_address(address) and address.lower() not in known:
            found.append(dsn.Recipient(address, action))
    return (
        found
        or [
            dsn.Recipient(address, action)
            for name in ("to", "delivered-to", "x-original-to")
            if (address := _verp(message, name))
        ][:1]
    )


def _verp(message, name):
    to = addresses.ADDRESS.findall(mime.header(message, name))
    return next(filter(None, map(addresses.verp_recipient, to)), None)

"""Amazon SNS, which carries the events of Amazon SES: envelopes, signatures, certificates.

Rules are those of the SNS Developer Guide, "Verifying the signatures of Amazon SNS messages":
version 1 signs by SHA-1, version 2 by SHA-256; what is signed is each of a fixed list of fields,
name and value on a line of its own, the last one included.
"""

import re
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from .base import iso
from .signature import check_age, check_public, unauthorized, wrong_signature

NOTIFICATION = "Notification"
SUBSCRIBE = "SubscriptionConfirmation"
UNSUBSCRIBE = "UnsubscribeConfirmation"
_ABOUT_SUBSCRIPTION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
#: Type -> fields that are signed, in this order; a subject only where there is one.
SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIBE: _ABOUT_SUBSCRIPTION,
    UNSUBSCRIBE: _ABOUT_SUBSCRIPTION,
}
HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}
#: Only Amazon answers under these names; ``.cn`` is its Chinese part.
_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
_CERTIFICATE = re.compile(r"/[A-Za-z0-9_-]{1,200}\.pem")


def is_certificate_url(url):
    """Return whether a certificate may be fetched from a URL.

    >>> is_certificate_url("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1a.pem")
    True
    >>> any(map(is_certificate_url, ("http://sns.eu-west-1.amazonaws.com/a.pem",
    ...     "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
    ...     "https://evil.example@sns.eu-west-1.amazonaws.com/a.pem",
    ...     "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
    ...     "https://s3.eu-west-1.amazonaws.com/a.pem", "https://127.0.0.1/a.pem",
    ...     "https://sns.eu-west-1.amazonaws.com/?a.pem", "file:///a.pem", None)))
    False
    """
    parts = _pinned(url)
    return bool(parts and _CERTIFICATE.fullmatch(parts.path) and not parts.query)


def is_confirm_url(url):
    """Return whether a subscription may be confirmed by calling a URL.

    >>> is_confirm_url("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1")
    True
    >>> is_confirm_url("https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic")
    False
    >>> is_confirm_url("https://169.254.169.254/?Action=ConfirmSubscription")
    False
    """
    parts = _pinned(url)
    query = parts.query.split("&") if parts else ()
    return parts is not None and parts.path == "/" and "Action=ConfirmSubscription" in query


def _pinned(url):
    """Return the parts of a URL of SNS itself, None for every other."""
    # urlsplit passes over line breaks and the like, requests may not
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or parts.fragment or "\\" in url:
        return None
    return parts if _HOST.fullmatch(parts.netloc) else None


def canonical(message):
    """Return the bytes that SNS signed.

    >>> canonical({"Type": "Notification", "Message": "m", "MessageId": "1", "Timestamp": "t",
    ...     "TopicArn": "a", "Token": "not signed"})
    b'Message\\nm\\nMessageId\\n1\\nTimestamp\\nt\\nTopicArn\\na\\nType\\nNotification\\n'
    """
    lines = []
    for name in SIGNED[message["Type"]]:
        if name == "Subject" and message.get(name) is None:
            continue
        if not isinstance(message.get(name), str):
            raise wrong_signature()
        lines += [name, message[name]]
    return "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")


def check(message, topics, certificate, now):
    """Check an envelope; what costs nothing comes first.

    :param dict message:
    :param topics: ARNs that may report
    :param Callable certificate: gives the PEM of a URL of Amazon
    :param datetime now: aware
    :raise Refused: 401, 503 where the certificate cannot be had now
    """
    if not isinstance(message.get("Type"), str) or message["Type"] not in SIGNED:
        raise wrong_signature()
    if message.get("TopicArn") not in topics:
        raise unauthorized("topic", "This topic is not in the list of the account.")
    if not is_certificate_url(message.get("SigningCertURL")):
        raise unauthorized("certificate", "The certificate is not one of Amazon.")
    version = message.get("SignatureVersion")
    if not isinstance(version, str) or version not in HASHES:
        raise wrong_signature()
    check_age(iso(message.get("Timestamp")), now)
    signed = canonical(message)
    shown = message.get("Signature")
    check_public(
        shown if isinstance(shown, str) else "",
        [_key(certificate(message["SigningCertURL"]), now)],
        lambda key, shown: key.verify(shown, signed, padding.PKCS1v15(), HASHES[version]()),
    )


def _key(pem, now):
    """Return the public key of a certificate that is valid now."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise unauthorized("certificate", "The certificate cannot be read.") from None
    if not first <= now <= last:
        raise unauthorized("certificate", "The certificate is not valid now.")
    return key

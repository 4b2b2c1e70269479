"""What is shown to prove who sends: passwords and signatures, and how old they may be.

Every comparison takes as long for a wrong secret as for a right one.
"""

import base64
import binascii
import hashlib
import hmac
import json

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from ...tracking.payload import Refused

#: Seconds that a signed instant may differ from now: what is older could be a replay.
WINDOW = 300


def unauthorized(code, message):
    """Return the refusal of somebody who does not prove to be the provider."""
    return Refused(401, code, message)


def check_login(authorization, logins):
    """Check the user and password (RFC 7617) of a request.

    :param str authorization: the header
    :param logins: digests of those that are good
    :raise Refused: 401

    >>> check_login("Basic YTpi", [login_digest("a:b")])
    >>> check_login("Basic YTpj", [login_digest("a:b")])
    Traceback (most recent call last):
        ...
    ecrm_addon_lib.tracking.payload.Refused: User or password is wrong.
    """
    shown = login_digest(basic_login(authorization))
    # no shortcut: how long it takes must not tell which one matched
    if not any([hmac.compare_digest(shown, login) for login in logins]):
        raise unauthorized("login", "User or password is wrong.")


def basic_login(authorization):
    """Return ``user:password`` out of an Authorization header, '' where there is none."""
    scheme, _space, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def login_digest(login):
    """Return what is kept of ``user:password``: enough to recognise it."""
    return hashlib.sha256(login.encode("utf-8", "surrogatepass")).hexdigest()


def mac(key, message, algorithm="sha256"):
    """Return the HMAC (RFC 2104) of a message, as bytes."""
    return hmac.new(_bytes(key), _bytes(message), algorithm).digest()


def check_mac(shown, expected):
    """Check a signature that was shown against those that the keys of the account give.

    :param str shown:
    :param expected: texts, one per key
    :raise Refused: 401

    >>> check_mac("6d", ["00", "6d"])
    >>> check_mac("", [])
    Traceback (most recent call last):
        ...
    ecrm_addon_lib.tracking.payload.Refused: The signature is wrong or missing.
    """
    shown = shown.encode("utf-8", "surrogatepass")
    if not any([hmac.compare_digest(shown, each.encode()) for each in expected]):
        raise wrong_signature()


def wrong_signature():
    return unauthorized("signature", "The signature is wrong or missing.")


def check_age(instant, now, window=WINDOW):
    """Refuse what was signed too long ago, or in the future.

    :param datetime instant: aware; None where it could not be read
    :param datetime now: aware
    :param int window: seconds
    :raise Refused: 401
    """
    if instant is None or abs((now - instant).total_seconds()) > window:
        raise unauthorized("too_old", "The signature is too old, or one of the clocks is wrong.")


def public_key(key):
    """Return a public key; consoles show it without its first and last line, or with them.

    :raise Refused: 401 where it is no key: nothing can be verified
    """
    body = "".join(line for line in key.split("\n") if not line.startswith("-----"))
    body = "".join(body.split())
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    try:
        return serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise unauthorized("key", "The key of this account is not a public key.") from None


def check_public(shown, keys, verify):
    """Check a signature in base64 with public keys.

    :param str shown: base64
    :param keys: public keys, or their texts
    :param Callable verify: (key, signature as bytes), raises what ``cryptography`` raises
    :raise Refused: 401
    """
    try:
        signature = base64.b64decode(shown, validate=True)
    except (binascii.Error, ValueError):
        raise wrong_signature() from None
    for key in keys:
        try:
            verify(public_key(key) if isinstance(key, str) else key, signature)
            return
        except (InvalidSignature, TypeError, AttributeError):
            continue  # also a key of another kind
    raise wrong_signature()


def digest_of(value):
    """Return a stable name for raw JSON: the same for the same event, however it is written."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _bytes(value):
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")

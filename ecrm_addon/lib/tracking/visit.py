"""Who visits: the random id of a consented browser, and the keys derived from it.

The cookie proves that this server gave the id, with consent; it never logs anybody in.
"""

import hashlib
import re
import secrets
import uuid

#: The browser's cookie: HttpOnly, given by the server with consent only.
COOKIE = "ecrm_vid"
#: The visit's cookie: given by the tracker, it names the visit within the browser.
VISIT_COOKIE = "ecrm_sid"
#: Thirteen months, the longest that the CNIL accepts for audience measurement (guidelines
#: of 17 September 2020, article 5); it is not renewed by further visits.
MAX_AGE = 395 * 24 * 3600
#: Seconds without any act after which a visit is over.
IDLE = 30 * 60
#: As long as the access token of Odoo's website visitor, which is the same for a browser.
TOKEN_LENGTH = 32

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_COOKIE = re.compile(r"([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,9})\.([0-9a-f]{32})")
_VISIT = re.compile(r"[A-Za-z0-9_-]{8,64}")


def new_id():
    """Return a random id for a browser: 128 bits, which nobody can guess."""
    return secrets.token_urlsafe(16)


def new_uid():
    """Return the id of an event that the server itself tells of."""
    return str(uuid.uuid4())


def write_cookie(vid, consent_id, signature):
    """Return the cookie's value.

    >>> write_cookie("A" * 22, 7, "0" * 32)[20:30]
    'AA.7.00000'
    """
    return f"{vid}.{consent_id}.{signature}"


def read_cookie(value):
    """Return id, consent and signature of a cookie, or None if it is none of ours.

    >>> read_cookie("A" * 22 + ".7." + "0" * 32)[1]
    7
    >>> read_cookie("anything else") is None
    True
    """
    match = _COOKIE.fullmatch(value or "")
    return match and (match[1], int(match[2]), match[3])


def is_id(value):
    """Return whether a text may be the id of a browser on a site outside Odoo.

    >>> is_id("A" * 22), is_id("short"), is_id(7)
    (True, False, False)
    """
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def is_visit(value):
    """Return whether a text may name a visit.

    >>> is_visit("m3x8k2p9"), is_visit("a b"), is_visit(None)
    (True, False, False)
    """
    return isinstance(value, str) and bool(_VISIT.fullmatch(value))


def token(vid, partner_id=None):
    """Return the token of a browser, or of one person on it.

    Two people who log in on one browser get two tokens, so that neither is taken for the
    other; before the login the browser has its own.

    >>> token("A" * 22) == token("A" * 22, 5), len(token("A" * 22))
    (False, 32)
    """
    secret = f"{vid}:{partner_id}" if partner_id else vid
    return hashlib.sha256(secret.encode()).hexdigest()[:TOKEN_LENGTH]


def session_key(browser_token, visit):
    """Return the key under which a visit is stored: nobody can write into another's.

    >>> session_key("a", "12345678") == session_key("b", "12345678")
    False
    """
    return hashlib.sha256(f"{browser_token}:{visit}".encode()).hexdigest()[:32]

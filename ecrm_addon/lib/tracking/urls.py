"""What of a URL may be kept."""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

#: Query parameters whose name holds one of these tell a secret or a person.
SECRET_PARTS = ("token", "secret", "passw", "email", "login", "phone", "session", "signature")
#: Query parameters of exactly these names, as Odoo and others use them, do too.
SECRET_NAMES = tuple(
    ["auth", "code", "hash", "key", "api_key", "apikey", "otp", "pid", "pwd", "sid", "sig"]
)
#: A parameter that is secret by its name, that hides its name behind percent signs, or
#: that holds an address. It is read by PostgreSQL, too.
SECRET_PARAMETER = (
    f"&(({'|'.join(SECRET_NAMES)}|[^=&]*({'|'.join(SECRET_PARTS)}|%)[^=&]*)(=[^&]*)?"
    "|[^=&]*=[^&]*(@|%(25)*40)[^&]*)(?=&|$)"
)
#: A piece of a path that nobody can guess, such as the token of a survey's answer.
SECRET_SEGMENT = "/[0-9a-f-]{32,}(?=/|$)"
#: Longer addresses are cut before anything looks at them.
MAX_URL = 12_000
#: A log in which longer paths stand is no better for it.
MAX_TEXT = 2000

#: Labels of at most 63 characters (RFC 1035), also of other scripts; or an IPv6 address.
_HOST = re.compile(
    r"(?:[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.I
)
_ADDRESS_SIGN = re.compile("@|%(?:25)*40")
_PARAMETER = re.compile(SECRET_PARAMETER, re.IGNORECASE)
_SEGMENT = re.compile(SECRET_SEGMENT, re.IGNORECASE)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*:(?://(?:[^/?#@]*@)?([^/?#]*))?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@/?&=<>\"']+(?:@|%(?:25)*40)[^\s@/?&=<>\"']+", re.IGNORECASE)
#: A secret within any text: a name as above, and what follows it.
_ASSIGNMENT = re.compile(
    rf"(?<![\w.-])((?:{'|'.join(SECRET_NAMES)})|[\w.-]*(?:{'|'.join(SECRET_PARTS)})[\w.-]*)"
    r"(\s*=\s*|%(?:25)*3D)[^\s&]+",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    rf"(?:{'|'.join(SECRET_NAMES)})|.*(?:{'|'.join(SECRET_PARTS)}).*", re.IGNORECASE | re.DOTALL
)


class Page(NamedTuple):
    """What is kept of the address of a page."""

    path: str
    host: str
    source: str | None
    medium: str | None
    campaign: str | None


@lru_cache(maxsize=4096)
def page_of(url):
    """Return what may be kept of the address of a page: never a token, never an address.

    :param str url: as the browser tells it, of any length

    >>> page_of("https://shop.example/a?x=1&access_token=S3&utm_source=news#top")[:3]
    ('/a?x=1&utm_source=news', 'shop.example', 'news')
    >>> page_of("https://u:p@shop.example/?email=ann%40x.org").path
    '/'
    >>> page_of("/survey/0123456789abcdef0123456789abcdef/start").path
    '/survey/*/start'
    """
    url = url[:MAX_URL]
    origin = _ORIGIN.match(url)
    rest = url[origin.end() :] if origin else url
    host = (origin and origin[1] or "").lower()
    local, _mark, query = rest.partition("#")[0].partition("?")
    path = _SEGMENT.sub("/*", local) or "/"
    if "@" in path or "40" in path:
        path = "/".join("*" if _ADDRESS_SIGN.search(part) else part for part in path.split("/"))
    kept = _PARAMETER.sub("", f"&{query}")[1:] if query else ""
    kept = mask_secrets(kept) if "%" in kept else kept
    campaign = _campaign(kept)
    return Page(shorten(f"{path}?{kept}" if kept else path), host, *campaign)


def has_secret(url):
    """Return whether a URL tells a secret or a person anywhere.

    >>> has_secret("https://x.org/a?hash=5"), has_secret("https://x.org/a?b=5#top")
    (True, False)
    """
    url = url[:MAX_URL]
    local, _mark, query = url.partition("?")
    return bool(
        (query and _PARAMETER.search(f"&{query.partition('#')[0]}"))
        or _SEGMENT.search(local)
        or mask_secrets(url) != url
    )


def shorten(text, limit=MAX_TEXT):
    """Return a text cut to a length, its end replaced by a hash of the whole.

    So long texts stay distinct; the log does the same in SQL for what it reads itself.

    >>> shorten("short"), len(shorten("x" * 11_000))
    ('short', 2000)
    """
    if len(text) <= limit:
        return text
    digest = hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return f"{text[: limit - 33]}#{digest}"


def _campaign(query):
    """Return source, medium and campaign of a query.

    >>> _campaign("utm_medium=e%2Dmail&x=2")
    (None, 'e-mail', None)
    """
    if "utm_" not in query:
        return None, None, None
    found = {}
    for part in query.split("&")[:200]:
        name, _sign, value = part.partition("=")
        if name.startswith("utm_") and value:
            text = unquote_plus(value, errors="replace")[:200]
            found.setdefault(name, mask_secrets(text))
    return tuple(found.get(f"utm_{name}") for name in ("source", "medium", "campaign"))


@lru_cache(maxsize=1024)
def is_host(text):
    """Return whether a text may be the name of a host, with or without a port.

    >>> is_host("shop.example:8069"), is_host("[::1]:80"), is_host("x" * 64), is_host("a b")
    (True, True, False, False)
    """
    return bool(_HOST.fullmatch(text))


@lru_cache(maxsize=1024)
def host_of(url):
    """Return the host of a URL, without port and ``www``.

    >>> host_of("https://WWW.Search.example:443/q?secret=1"), host_of("nothing")
    ('search.example', '')
    """
    origin = _ORIGIN.match(url[:MAX_URL])
    host = (origin and origin[1] or "").lower().partition(":")[0]
    return host.removeprefix("www.")[:253]


def mask_addresses(text):
    """Return a text without the e-mail addresses in it.

    >>> mask_addresses("write to ann@example.com please")
    'write to * please'
    """
    return _ADDRESS.sub("*", text) if "@" in text or "40" in text else text


def mask_secrets(text):
    """Return a text without e-mail addresses, and without what is named a secret in it.

    >>> mask_secrets("seen at /my?access_token=S3CRET&page=2 by ann%40example.com")
    'seen at /my?access_token=*&page=2 by *'
    >>> mask_secrets("key = value"), mask_secrets("the monkey = funny")
    ('key = *', 'the monkey = funny')
    """
    text = mask_addresses(text)
    if "=" in text or "%" in text:
        text = _ASSIGNMENT.sub(r"\1\2*", text)
    return text


def is_secret_name(name):
    """Return whether a property of this name tells a secret or a person.

    >>> is_secret_name("Access_Token"), is_secret_name("colour"), is_secret_name("monkey")
    (True, False, False)
    """
    return bool(_SECRET_NAME.fullmatch(name))

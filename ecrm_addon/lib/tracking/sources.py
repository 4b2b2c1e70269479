"""Where a visit came from: source and medium, from campaign parameters or the referrer.

1. A campaign parameter wins: source and medium are what it says, in lower case. A campaign
   that names no source takes the referrer's.
2. Else the referring host: a search engine is ``organic``, a social network ``social``, a
   mail program ``email``, any other site ``referral`` with its host as source.
3. Without either the visit is ``direct``.

The map is data: SQL (``queries/upsert_sessions.py``) joins the very same patterns.
"""

import re
from functools import cache

DIRECT = ("direct", "none")
ORGANIC, SOCIAL, EMAIL, REFERRAL = "organic", "social", "email", "referral"

#: Name of the source -> hosts, as domains; ``*`` stands for any ending such as co.uk. Hosts
#: below a domain belong to it. The first that matches counts: mail.google.com is mail.
HOSTS = {
    EMAIL: {
        "gmail": ("mail.google.com", "com.google.android.gm"),
        "outlook": ("outlook.live.com", "outlook.office.com", "outlook.office365.com"),
        "yahoo mail": ("mail.yahoo.*",),
        "proton mail": ("mail.proton.me", "mail.protonmail.com"),
        "webmail": ("webmail.*", "mail.aol.com", "mail.zoho.com", "fastmail.com", "gmx.*"),
    },
    ORGANIC: {
        "google": ("google.*", "com.google.android.googlequicksearchbox"),
        "bing": ("bing.com",),
        "duckduckgo": ("duckduckgo.com",),
        "yahoo": ("search.yahoo.*", "yahoo.*"),
        "yandex": ("yandex.*", "ya.ru"),
        "baidu": ("baidu.com",),
        "ecosia": ("ecosia.org",),
        "qwant": ("qwant.com",),
        "startpage": ("startpage.com",),
        "brave": ("search.brave.com",),
        "naver": ("naver.com",),
        "seznam": ("seznam.cz",),
        "kagi": ("kagi.com",),
    },
    SOCIAL: {
        "facebook": ("facebook.com", "fb.com", "fb.me", "messenger.com"),
        "instagram": ("instagram.com",),
        "threads": ("threads.net", "threads.com"),
        "linkedin": ("linkedin.com", "lnkd.in", "com.linkedin.android"),
        "x": ("x.com", "twitter.com", "t.co"),
        "youtube": ("youtube.com", "youtu.be"),
        "pinterest": ("pinterest.*", "pin.it"),
        "reddit": ("reddit.com", "redd.it"),
        "tiktok": ("tiktok.com",),
        "whatsapp": ("whatsapp.com", "wa.me"),
        "telegram": ("telegram.org", "t.me", "org.telegram.messenger"),
        "snapchat": ("snapchat.com",),
        "bluesky": ("bsky.app",),
        "mastodon": ("mastodon.social",),
        "vk": ("vk.com",),
        "xing": ("xing.com",),
        "github": ("github.com",),
        "hacker news": ("news.ycombinator.com",),
    },
}


def pattern(domain):
    """Return the regular expression of the hosts of a domain, for Python and PostgreSQL.

    >>> bool(re.search(pattern("google.*"), "www.google.co.uk"))
    True
    >>> bool(re.search(pattern("google.*"), "google.evil.example.com"))
    False
    >>> bool(re.search(pattern("t.co"), "pinterest.com"))
    False
    """
    name, any_ending = domain.removesuffix(".*"), domain.endswith(".*")
    ending = "[.][a-z]{2,3}([.][a-z]{2})?" if any_ending else ""
    return f"(^|[.]){name.replace('.', '[.]')}{ending}$"


@cache
def patterns():
    """Return every pattern in the order in which they are tried: pattern, source, medium."""
    return [
        (pattern(domain), source, medium)
        for medium, sources in HOSTS.items()
        for source, domains in sources.items()
        for domain in domains
    ]


def classify(host, utm_source=None, utm_medium=None):
    """Return source and medium of a visit.

    :param str host: referring host, None if there was none or it was the website itself
    :param str utm_source: as the campaign says
    :param str utm_medium: as the campaign says

    >>> classify("www.google.co.uk")
    ('google', 'organic')
    >>> classify("mail.google.com")
    ('gmail', 'email')
    >>> classify("blog.example.com")
    ('blog.example.com', 'referral')
    >>> classify(None)
    ('direct', 'none')
    >>> classify("www.google.com", "Newsletter", "E-Mail")
    ('newsletter', 'e-mail')
    >>> classify("l.facebook.com", None, "cpc")
    ('facebook', 'cpc')
    >>> classify(None, "partner")
    ('partner', None)
    """
    source, medium = _of_host(_tidy(host)) if _tidy(host) else DIRECT
    utm_source, utm_medium = _tidy(utm_source), _tidy(utm_medium)
    if utm_source:
        return utm_source, utm_medium
    return source, utm_medium or medium


def _tidy(text):
    return (text or "").strip().lower() or None


@cache
def _compiled():
    return [(re.compile(regex), source, medium) for regex, source, medium in patterns()]


def _of_host(host):
    for regex, source, medium in _compiled():
        if regex.search(host):
            return source, medium
    return host, REFERRAL

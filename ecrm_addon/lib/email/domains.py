"""Whose mailboxes a recipient's domain belongs to, for the report on delivery.

Providers judge senders each in their own way: delivery is good or bad by provider, not by
domain. Domains of companies stand for themselves; whether one of them is kept at Google or
Microsoft only its MX record tells, which nobody is asked for here.
"""

from functools import lru_cache

CORPORATE = "corporate"
#: Provider, and its domains. A name without a dot stands for all countries' (hotmail.de).
PROVIDERS = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": ("outlook", "hotmail", "live", "msn.com", "windowslive.com", "passport.com"),
    "yahoo": ("yahoo", "ymail.com", "rocketmail.com", "aol", "aim.com", "myyahoo.com"),
    "icloud": ("icloud.com", "me.com", "mac.com"),
    "gmx/web.de": ("gmx", "web.de", "mail.com", "1und1.de", "online.de", "caramail.com"),
    "t-online": ("t-online.de", "magenta.de"),
    "freenet": ("freenet.de",),
    "proton": ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
    "orange": ("orange.fr", "wanadoo.fr"),
    "free.fr": ("free.fr", "aliceadsl.fr"),
    "laposte": ("laposte.net",),
    "sfr": ("sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr"),
    "libero": ("libero.it", "virgilio.it", "inwind.it", "iol.it", "blu.it", "giallo.it"),
    "tim": ("tim.it", "alice.it", "tin.it"),
    "bluewin": ("bluewin.ch",),
    "telenet/proximus": ("telenet.be", "skynet.be", "proximus.be"),
    "ziggo/kpn": ("ziggo.nl", "home.nl", "upcmail.nl", "kpnmail.nl", "planet.nl", "hetnet.nl"),
    "bt/sky": ("btinternet.com", "sky.com", "talktalk.net", "virginmedia.com"),
    "comcast": ("comcast.net", "xfinity.com"),
    "at&t": ("att.net", "sbcglobal.net", "bellsouth.net"),
    "verizon": ("verizon.net",),
    "cox/charter": ("cox.net", "charter.net", "spectrum.net"),
    "yandex": ("yandex", "ya.ru"),
    "mail.ru": ("mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru"),
    "seznam": ("seznam.cz", "email.cz", "post.cz"),
    "onet/wp": ("onet.pl", "onet.eu", "op.pl", "vp.pl", "wp.pl", "o2.pl", "interia.pl"),
    "qq": ("qq.com", "foxmail.com"),
    "netease": ("163.com", "126.com", "yeah.net"),
    "naver/daum": ("naver.com", "daum.net", "hanmail.net"),
    "uol/terra": ("uol.com.br", "bol.com.br", "terra.com.br"),
    "zoho": ("zoho.com", "zohomail.com", "zohomail.eu"),
    "fastmail": ("fastmail.com", "fastmail.fm"),
    "posteo/mailbox": ("posteo.de", "posteo.net", "mailbox.org", "tutanota.com", "tuta.com"),
}
_EXACT = {
    domain: name for name, domains in PROVIDERS.items() for domain in domains if "." in domain
}
_BRANDS = {
    brand: name for name, domains in PROVIDERS.items() for brand in domains if "." not in brand
}
#: Parts of a country's name in a domain, as in co.uk.
_SECOND_LEVEL = {"co", "com"}


@lru_cache(8192)
def provider_of(address):
    """Return the provider of a mailbox, ``corporate`` for all others, None without a domain.

    :param str | None address: an e-mail address or a domain

    >>> provider_of("ann@GMail.com"), provider_of("bob@hotmail.co.uk"), provider_of("x@gmx.at")
    ('gmail', 'microsoft', 'gmx/web.de')
    >>> provider_of("carl@live.example.org"), provider_of("outlook.example"), provider_of("dora")
    ('corporate', 'corporate', None)
    """
    domain = (address or "").strip().lower().rpartition("@")[2].rstrip(".")
    if "." not in domain:
        return None
    if domain in _EXACT:
        return _EXACT[domain]
    brand, *rest = domain.split(".")
    country = rest[-1]
    is_national = len(rest) == 1 or (len(rest) == 2 and rest[0] in _SECOND_LEVEL)
    if is_national and (len(country) == 2 or country == "com"):
        return _BRANDS.get(brand, CORPORATE)
    return CORPORATE


def domain_of(address):
    """Return the domain of an address in lower case, None if it has none.

    >>> domain_of("Ann@Shop.Example"), domain_of("nobody")
    ('shop.example', None)
    """
    _name, at, domain = (address or "").strip().lower().rpartition("@")
    return domain.rstrip(".") or None if at else None

"""With what a mail was read or a link was followed: families of programs, and devices.

Mail programs are told by what they say of themselves when they load a picture; whoever shows
mail on a web page or in a system's own view looks like the browser that it uses. Image
proxies of mailbox providers ask in the name of their readers: the provider is known, the
device and the place are not.

Sources: the programs' own user agents; for proxies, Google ("Images are served through our
image proxy servers", Gmail help), Yahoo (help SLN28749, named in the agent itself); Apple's
privacy relay sends exactly ``Mozilla/5.0`` (Word to the Wise, Apple MPP, 2021; SocketLabs).
"""

import re
from typing import NamedTuple

from ..tracking import bots


class Client(NamedTuple):
    """A family of programs, what kind it is, and the device, if one can know it."""

    family: str
    #: mail (a mail program), proxy (a provider asks for its readers), browser, other
    kind: str
    #: desktop, mobile, tablet; None behind a proxy
    device: str | None


#: Family, and what its agent holds in lower case; the first that fits. Providers that fetch
#: pictures when a reader looks at the mail.
IMAGE_PROXIES = (
    ("Gmail", r"googleimageproxy|ggpht\.com"),
    ("Yahoo Mail", r"yahoomailproxy"),
    ("Image proxy", r"image ?proxy|mailproxy|mail\.ruimageproxy|yandeximageresizer"),
)
#: Apple fetches all pictures itself, read or not.
APPLE_RELAY = "mozilla/5.0"
MAIL_PROGRAMS = (
    ("Outlook", r"outlook|ms-?office\b|microsoft office/|msoffice"),
    ("Thunderbird", r"thunderbird|betterbird|postbox"),
    ("eM Client", r"em ?client"),
    ("Lotus Notes", r"lotus-?notes|hcl notes"),
    ("Samsung Email", r"samsung(?:\.android\.)?\.?e-?mail"),
    ("Gmail app", r"com\.google\.android\.gm\b"),
    ("Yahoo Mail app", r"yahoo.?mobile.?mail|yahoo%20mail|ymail"),
    (
        "Other mail program",
        r"airmail|mailbird|mailspring|bluemail|sparkdesktop|\bspark/|foxmail|the bat!|k-?9 ?mail"
        r"|evolution/|kmail|claws ?mail|sylpheed|canary ?mail|superhuman|proton ?mail|fairemail"
        r"|mailmate|polymail|newton/|windows ?mail|live ?mail|mail/\d[\d.]* cfnetwork"
        r"|webmail|zimbra",
    ),
)
BROWSERS = (
    ("Edge", r"\bedg(?:e|a|ios)?/"),
    ("Samsung Internet", r"samsungbrowser"),
    ("Opera", r"\bopr/|opera"),
    ("Vivaldi", r"vivaldi"),
    ("Yandex Browser", r"yabrowser"),
    ("Firefox", r"firefox/|fxios/|focus/"),
    ("Internet Explorer", r"msie |trident/"),
    ("App's own view", r"; wv\)|fban|fbav|fb_iab|instagram|linkedinapp|micromessenger|gsa/"),
    ("Chrome", r"chrome/|crios/|chromium/"),
    ("Safari", r"version/[\d.]+ .*safari/"),
    # a system's own view without "Safari": the mail program of macOS and iOS, mostly
    ("Apple Mail", r"(?:mac os x|iphone os|cpu os).*applewebkit/[\d.]+ \(khtml, like gecko\)"),
)
_KINDS = (
    ("proxy", [(name, re.compile(pattern)) for name, pattern in IMAGE_PROXIES]),
    ("mail", [(name, re.compile(pattern)) for name, pattern in MAIL_PROGRAMS]),
    ("browser", [(name, re.compile(pattern)) for name, pattern in BROWSERS]),
)


def client(user_agent):
    """Return what a user agent belongs to, as the reports call it.

    :param str | None user_agent: as sent; None or empty if it is not known
    :return Client:

    >>> client("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com "
    ...     "GoogleImageProxy)")
    Client(family='Gmail', kind='proxy', device=None)
    >>> client("Mozilla/5.0")
    Client(family='Apple Mail (private)', kind='proxy', device=None)
    >>> client("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)")[:2]
    ('Outlook', 'mail')
    >>> client("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    ...     "(KHTML, like Gecko) Mobile/15E148")
    Client(family='Apple Mail', kind='mail', device='mobile')
    >>> client("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    ...     "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0")
    Client(family='Edge', kind='browser', device='desktop')
    >>> client(None)
    Client(family='Unknown', kind='other', device=None)
    """
    lower = (user_agent or "").strip()[: bots.LONGEST_AGENT].lower()
    if not lower:
        return Client("Unknown", "other", None)
    if lower == APPLE_RELAY:
        return Client("Apple Mail (private)", "proxy", None)
    for kind, families in _KINDS:
        family = next((name for name, pattern in families if pattern.search(lower)), None)
        if family:
            device = None if kind == "proxy" else bots.device_class(user_agent, {})
            return Client(family, "mail" if family == "Apple Mail" else kind, device)
    return Client("Other", "other", bots.device_class(user_agent, {}))

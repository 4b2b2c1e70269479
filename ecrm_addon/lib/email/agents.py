"""What a hit's user agent and network say of it, each looked up once."""

import re
from functools import lru_cache
from typing import NamedTuple

from ..tracking import bots
from . import scanners
from .clients import client

#: Since this version Chrome on desktops writes zeros for its build ("User-Agent reduction",
#: chromium.org): who tells a build pretends.
REDUCED_SINCE = 107
#: Browsers renew themselves; older ones are left over in machines' images. 49 is the last for
#: Windows XP.
OLDEST_USUAL = 90
LAST_FOR_XP = 49
_CHROME = re.compile(r"chrome/(\d{1,4})\.0\.(\d{1,5})\.(\d{1,5})")
#: Office asks under these names too, before it hands a link to the browser.
_OFFICE = re.compile(r"ms-?office|microsoft office/")


class Agent(NamedTuple):
    """A user agent as the rules ask for it."""

    is_apple: bool
    is_image_proxy: bool
    is_gmail_prefetch: bool
    is_app: bool
    is_mobile: bool
    is_old_browser: bool
    #: in whose network it is, if that is a scanner's
    scanner: str | None
    machine_opens: bool
    machine_clicks: bool

    def is_machine(self, kind):
        """Return whether only machines say so when they load a picture, or follow a link."""
        return self.machine_opens if kind == "open" else self.machine_clicks


@lru_cache(4096)
def agent(user_agent, network):
    """Return what is known of an agent in a network.

    :param str | None user_agent: empty if there was none, None if nobody told
    :param str | None network: address, or cut to /24 or /48

    >>> agent("Mozilla/5.0", "17.58.0.0/24").is_apple, agent("curl/8.5.0", None).machine_clicks
    (True, True)
    >>> outlook = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)"
    >>> agent(outlook, None).machine_opens, agent("", None).machine_opens
    (False, True)
    >>> agent("Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", None).machine_opens
    True
    >>> agent(None, None).machine_clicks
    False
    """
    lower = (user_agent or "").strip()[: bots.LONGEST_AGENT].lower()
    known = client(user_agent)
    owner = scanners.network_of(network)
    is_apple = known.family == "Apple Mail (private)" or owner == "apple"
    is_image_proxy = known.kind == "proxy" and not is_apple
    verdict = "human" if user_agent is None else bots.judge(user_agent, {}, "GET")[0]
    named = bool(scanners.NAMES.search(lower))
    shown_mail = known.kind == "mail"
    opens = verdict == "machine" and not (is_apple or is_image_proxy or shown_mail)
    asks_first = _OFFICE.search(lower) and "microsoft outlook" not in lower
    clicks = is_image_proxy or bool(asks_first) or (verdict != "human" and not shown_mail)
    return Agent(
        is_apple=is_apple,
        is_image_proxy=is_image_proxy,
        is_gmail_prefetch=scanners.GMAIL_PREFETCH in lower,
        is_app=verdict == "unknown" and not shown_mail,
        is_mobile=known.device in ("mobile", "tablet"),
        is_old_browser=_is_old(lower),
        scanner=None if owner == "apple" else owner,
        machine_opens=named or opens,
        machine_clicks=named or clicks,
    )


def _is_old(lower):
    """Return whether a browser for desktops is one that hardly any person uses.

    >>> _is_old("mozilla/5.0 (windows nt 10.0) chrome/79.0.3945.136 safari/537.36")
    True
    >>> _is_old("mozilla/5.0 (windows nt 10.0) chrome/126.0.0.0 safari/537.36")
    False
    """
    version = _CHROME.search(lower)
    if not version or "android" in lower or "electron" in lower:
        return False
    major, build = int(version[1]), int(version[2])
    if major >= REDUCED_SINCE:
        return build > 0 and "edg" not in lower
    return major < OLDEST_USUAL and major != LAST_FOR_XP

"""Who scans mail: names that programs give themselves, and networks they come from.

Networks are what the makers publish for their mail services, or what the registries give as
theirs. A list is never complete: scanners also run in rented clouds, under the agent of an
ordinary browser. The rules in ``verdict.py`` must do without.

============ ===================================================================================
Microsoft    Exchange Online Protection, "Office 365 URLs and IP address ranges", id 10 (40.92/15,
             40.107/16, 52.100/14, 104.47/17); 40.94/16 is seen in Safe Links' visits (gophish
             issues 973 and 2115; Adobe's list below). Safe Links does not carry the reader's
             click: it checks and lets the browser go on, so that a click from there is a check.
             Outlook on the web loads *pictures* through other networks of Microsoft: not listed
Barracuda    ARIN NET-64-235-144-0-1; Email Gateway Defense's ranges (campus.barracuda.com)
Mimecast     networks of AS30031 and of its regional data centres
Proofpoint   ranges of Proofpoint Essentials and of the hosted service (AS22843, AS26211)
Cisco        Secure Email Cloud Gateway (iphmx.com)
Broadcom     Email Security.cloud, formerly Symantec and MessageLabs (SPF of messagelabs.com)
Trend Micro  its networks AS16880; its crawler visits from 150.70/16
Google       crawlers and fetchers; the image proxy, which comes from there too, says who it is
Adobe's list networks that Marketo Engage filters ("Filtering Email Bot Activity")
============ ===================================================================================
"""

import ipaddress
import re
from functools import lru_cache

NETWORKS = {
    "microsoft": (
        *("40.92.0.0/15", "40.94.0.0/16", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"),
        *("2a01:111:f400::/48", "2a01:111:f403::/48"),
    ),
    "barracuda": ("64.235.144.0/20", "209.222.80.0/21"),
    "mimecast": (
        *("170.10.128.0/19", "205.139.110.0/23", "207.211.30.0/23", "216.205.24.0/24"),
        *("63.128.21.0/24", "91.220.42.0/24", "195.130.217.0/24", "146.101.78.0/24"),
    ),
    "proofpoint": (
        *("67.231.144.0/20", "148.163.128.0/19", "205.220.160.0/19", "91.207.212.0/23"),
        *("185.132.180.0/22", "185.183.28.0/22"),
    ),
    "cisco": ("68.232.128.0/19", "184.94.240.0/20", "207.54.64.0/19", "216.71.144.0/20"),
    "broadcom": (
        *("67.219.240.0/20", "85.158.136.0/21", "193.109.254.0/23", "216.82.240.0/20"),
        *("46.226.48.0/21", "95.131.104.0/21", "103.9.96.0/22", "117.120.16.0/21"),
        *("194.106.220.0/23", "195.245.230.0/23"),
    ),
    "trendmicro": ("66.180.80.0/20", "150.70.0.0/16"),
    "google": ("66.102.0.0/20", "66.249.64.0/19"),
    "listed": ("64.74.215.0/24", "70.42.131.0/24", "74.217.90.0/24", "65.154.226.0/24"),
}
#: Where pictures are loaded for readers, too: only who follows links there is a machine.
OF_CLICKS = {"google"}
#: Apple's own network: its mail relay fetches from here and from partners' networks.
APPLE = "17.0.0.0/8"

#: What scanners' agents hold, in lower case. Browsers and mail programs hold none of these.
NAMES = re.compile(
    r"barracuda|mimecast|proofpoint|urldefense|ironport|ciscosecure|cisco-?email|fireeye|trellix"
    r"|symantec|messagelabs|trend ?micro|\btmes\b|forti(?:mail|guard|net|sandbox)|sophos"
    r"|forcepoint|websense|check ?point|avanan|hornetsecurity|spamtitan|mailmarshal|trustwave"
    r"|cloudmark|vade ?secure|bitdefender|kaspersky|eset |zscaler|menlo|safe ?links|atp-?scan"
    r"|defender|virustotal|urlscan|phish|sandbox|link ?protect|mail ?scanner|antivirus|anti-spam"
    r"|retarus|nospamproxy|spamassassin|rspamd|skypeuripreview|existence discovery"
    r"|protocol discovery|office (?:excel|word|powerpoint)"
)
#: Gmail fetches pictures when a mail arrives in an open session, before anybody looks; told
#: apart by this agent (SparkPost, "Gmail is Prefetching Images", 2022).
GMAIL_PREFETCH = "chrome/42.0.2311.135 safari/537.36 edge/12.246 mozilla/5.0"

_NETWORKS = {
    name: [ipaddress.ip_network(cidr) for cidr in cidrs] for name, cidrs in NETWORKS.items()
}
_APPLE = ipaddress.ip_network(APPLE)


@lru_cache(4096)
def network_of(text):
    """Return the name of the scanner whose network this is, ``apple``, or None.

    :param str | None text: an address, or the network it was cut to

    >>> network_of("40.94.89.0/24"), network_of("17.58.0.9"), network_of("203.0.113.0/24")
    ('microsoft', 'apple', None)
    >>> network_of("2a01:111:f400::/48"), network_of("nonsense"), network_of(None)
    ('microsoft', None, None)
    """
    try:
        address = ipaddress.ip_interface(text or "").ip
    except ValueError:
        return None
    if address in _APPLE:
        return "apple"
    for name, networks in _NETWORKS.items():
        if any(address in network for network in networks):
            return name
    return None

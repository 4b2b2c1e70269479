"""Who opened a mail and followed its links: its reader, or a machine that checks it.

All hits of one mail to one recipient are judged together, and again whenever another one
arrives: a scanner often shows itself by what it does next. The result depends on the set of
hits alone, never on the order in which they are handed in.

Each rule of :data:`RULES` is a row: a reason, a weight, and what must be true. The weights of
the rules that apply add up to a score, from 0 (a person) to 100 (a machine); from
:data:`MACHINE` on it is a machine. One sure sign is enough (a hidden link, a HEAD, a crawler's
agent, a scanner's network, three links within two seconds); weak ones need each other. In
doubt it is a person: one that is taken for a machine is lost.

Pictures that a provider fetches for its readers are judged first, see :func:`_relayed`.
``docs/email_verdicts.md`` tells of sources and limits.
"""

from typing import NamedTuple

from . import scanners
from .hits import agent_of, is_open
from .verdict_scene import BEFORE_ANYBODY, CLICK_BEFORE_ANYBODY, Scene

MACHINE = 50
SURE = 100
#: A click this soon after delivery, without the mail being opened first, is no reader's:
#: "< 5 s" is what senders commonly filter by.
SOON = 5
#: So soon it is rare.
QUICK = 10
#: Scanners work before anybody looks: what is odd counts more within this time.
EARLY = 120


class Hit(NamedTuple):
    """One visit of the pixel or of a link of one mail to one recipient.

    :ivar float | None seconds: since delivery, as exactly as known; None: not known. When
        delivery is not known, count from sending
    :ivar str kind: ``open`` or ``click``
    :ivar link: what tells one link of the mail from another (id or position); None for opens
    :ivar bool is_honeypot: a link that no reader can see
    :ivar str method: of the request. POST is RFC 8058's one-click unsubscription, which a
        mailbox provider sends when its reader asks for it
    :ivar str | None user_agent: as sent; empty if the request had none; None if whoever told
        of the hit did not say
    :ivar str | None network: address or the network it was cut to (/24, /48); None: not known
    :ivar str purpose: value of Sec-Purpose, Purpose, X-Purpose or X-Moz, else empty
    :ivar bool is_machine: the provider that told of it says so
    """

    seconds: float | None
    kind: str
    link: object = None
    is_honeypot: bool = False
    method: str = "GET"
    user_agent: str | None = None
    network: str | None = None
    purpose: str = ""
    is_machine: bool = False


class Verdict(NamedTuple):
    """``human``, ``machine``, ``proxy`` or ``unknown``; 0 to 100; and codes of the reasons."""

    verdict: str
    score: int
    reasons: list


def judge(hits, links=None):
    """Return a verdict on each hit of one mail to one recipient.

    ``proxy`` is a picture that a privacy relay fetched whether anybody looked or not;
    ``unknown`` one that an app fetched, or of which nothing is known but that it happened.

    :param Iterable[Hit] hits: all that are known so far, in any order
    :param int | None links: how many different links the mail has, without hidden ones; None
        if that is not known
    :return list[Verdict]: one for each hit, in the order of the hits

    >>> browser = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    ...     "Gecko) Chrome/126.0.0.0 Safari/537.36")
    >>> reader = {"user_agent": browser, "network": "203.0.113.0/24"}
    >>> scanner = {"user_agent": browser, "network": "192.0.2.0/24"}
    >>> hits = [Hit(3000, "open", **reader), Hit(3015, "click", 2, **reader)]
    >>> hits += [Hit(20 + link / 3, "click", link, **scanner) for link in range(1, 4)]
    >>> [verdict.verdict for verdict in judge(hits, 4)]
    ['human', 'human', 'machine', 'machine', 'machine']
    >>> judge(hits, 4)[2].score, judge(hits, 4)[2].reasons[0]
    (100, 'burst')
    >>> judge([Hit(40, "open", user_agent="Mozilla/5.0", network="17.58.0.0/24")])
    [Verdict(verdict='proxy', score=0, reasons=['apple_relay'])]
    """
    hits = list(hits)
    scene = Scene(hits, links, hard=is_machine_alone, soon=is_too_soon)
    verdicts = {hit: _judge_one(scene, hit) for hit in scene.hits}
    return [verdicts[hit] for hit in hits]


def _judge_one(scene, hit):
    told = [(weight, code) for code, weight, rule in RULES if rule(scene, hit)]
    score = max(0, min(SURE, sum(weight for weight, _code in told)))
    if relayed := _relayed(scene, hit):
        return relayed
    reasons = [code for weight, code in sorted(told, key=lambda one: -abs(one[0]))]
    if score >= MACHINE:
        return Verdict("machine", score, reasons)
    return Verdict("unknown" if _is_unknown(hit) else "human", score, reasons)


def _relayed(scene, hit):
    """Return the verdict on a picture that a provider fetched for its readers, or None.

    Google's and Yahoo's proxies fetch it when a reader looks: a person opened the mail, but
    neither device nor place are theirs. Apple's relay fetches all of them.
    """
    if not is_open(hit) or _is_no_get(scene, hit):
        return None
    agent = agent_of(hit)
    if agent.is_apple:
        return Verdict("proxy", 0, ["apple_relay"])
    if agent.is_image_proxy and _is_before_anybody(scene, hit):
        return Verdict("proxy", 0, ["image_proxy", "before_anybody"])
    if agent.is_image_proxy and not hit.is_machine:
        return Verdict("human", 0, ["image_proxy"])
    return None


def _is_unknown(hit):
    agent = agent_of(hit)
    nothing = hit.user_agent is None and hit.network is None and hit.seconds is None
    return nothing or (is_open(hit) and agent.is_app)


# === RULES: A HIT ALONE ===


def _is_said(scene, hit):
    """The provider that told of it says so; but not more than we know of Apple's relay."""
    return hit.is_machine and not (is_open(hit) and agent_of(hit).is_apple)


def _has_machine_agent(scene, hit):
    """Crawlers, libraries, previews of messengers, scanners that give their name.

    A mailbox provider may use what it likes for the POST that its reader asked for.
    """
    return hit.method != "POST" and agent_of(hit).is_machine(hit.kind)


def _is_scanner_network(scene, hit):
    owner = agent_of(hit).scanner
    if hit.method == "POST" or (is_open(hit) and owner in scanners.OF_CLICKS):
        return False
    return owner is not None


def _is_no_get(scene, hit):
    return hit.method.upper() not in ("GET", "POST")


def _is_before_anybody(scene, hit):
    """No person opens a mail within two seconds of its delivery, or a link within four."""
    nobody = BEFORE_ANYBODY if is_open(hit) else CLICK_BEFORE_ANYBODY
    return scene.is_timed(hit) and hit.seconds < nobody


def _is_prefetch(scene, hit):
    """A browser fetched the page in case its user goes there (HTML, "prefetch")."""
    return bool(hit.purpose) or agent_of(hit).is_gmail_prefetch


# === RULES: A CLICK AND THE READING BEFORE IT ===


def _is_soon(scene, hit):
    timed = scene.is_timed(hit) and CLICK_BEFORE_ANYBODY <= hit.seconds < SOON
    return timed and not is_open(hit) and not scene.was_read(hit)


def _is_quick(scene, hit):
    timed = scene.is_timed(hit) and SOON <= hit.seconds < QUICK
    return timed and not is_open(hit) and not scene.was_read(hit)


def _is_early(scene, hit):
    timed = scene.is_timed(hit) and hit.seconds < EARLY
    return timed and not is_open(hit) and not scene.was_read(hit)


def _is_before_opening(scene, hit):
    """Somebody opened it elsewhere later, pictures and all: who clicked here did not look."""
    return not is_open(hit) and scene.is_opened_elsewhere_later(hit)


def _is_at_opening(scene, hit):
    """A check that somebody's opening set off: just after it, from elsewhere."""
    return not is_open(hit) and scene.is_just_after_opening_elsewhere(hit)


RULES = (
    # a hit alone
    ("honeypot", SURE, lambda scene, hit: hit.is_honeypot),
    ("provider", SURE, _is_said),
    ("method", SURE, _is_no_get),
    ("prefetch", SURE, _is_prefetch),
    ("agent", SURE, _has_machine_agent),
    ("network", 80, _is_scanner_network),
    ("before_anybody", 80, _is_before_anybody),
    # hits together
    ("burst", SURE, lambda scene, hit: hit in scene.bursts),
    ("all_links", 60, lambda scene, hit: hit in scene.sweeps),
    ("some_links", 60, lambda scene, hit: scene.part_sweeps.get(hit, 0) > 2),
    ("two_links", 35, lambda scene, hit: scene.part_sweeps.get(hit) == 2),
    ("many_networks", 60, lambda scene, hit: hit in scene.wanderings),
    ("two_networks", 35, lambda scene, hit: hit in scene.pairs_of_networks),
    ("loaded_by_scanner", 80, lambda scene, hit: hit in scene.bad_opens),
    ("too_close", 40, lambda scene, hit: hit in scene.instant_clicks),
    ("hammering", 60, lambda scene, hit: hit in scene.hammered),
    # a click and the reading before it
    ("soon", 60, _is_soon),
    ("quick", 30, _is_quick),
    ("early", 15, _is_early),
    ("before_opening", 50, _is_before_opening),
    ("at_opening", 55, _is_at_opening),
    ("echo", 60, lambda scene, hit: scene.is_echo(hit)),
    ("beside_honeypot", 60, lambda scene, hit: scene.is_beside_honeypot(hit)),
    # what else its client does
    ("client_in_honeypot", SURE, lambda scene, hit: scene.is_in_honeypot_episode(hit)),
    ("client_of_machine", 60, lambda scene, hit: scene.is_of_machine(hit)),
    ("near_machine", 40, lambda scene, hit: scene.is_near_machine(hit)),
    # what makes little of it
    ("old_browser", 15, lambda scene, hit: agent_of(hit).is_old_browser),
)
ALONE = tuple(
    rule
    for code, _weight, rule in RULES
    if code in ("honeypot", "provider", "method", "agent", "network", "before_anybody")
)


def is_machine_alone(scene, hit):
    """Return whether a hit gives away its client without any other."""
    return any(rule(scene, hit) for rule in ALONE)


def is_too_soon(scene, hit):
    """Return whether a click came before anybody could have read the mail."""
    return _is_soon(scene, hit)

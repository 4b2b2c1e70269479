"""Who asks: a person's browser or a machine; and on what device.

Stock Odoo looks for 13 words in the user agent. Here a maintained list of crawlers comes
first (``data/crawlers.json``, see the README there), then what no list can know yet: agents
that are no browser's, that name a job, that give an address; then the headers of pages
nobody looks at. Machines that imitate a browser well are told by their pace, if at all: see
:func:`rate_verdict`.

A verdict is a guess, kept with its reasons so that it can be revised. Reasons are made of our
words and the list's, never of a stranger's: one can group by them.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from . import bot_words as words

#: What follows is not looked at, so that strangers can buy neither time nor memory.
LONGEST_AGENT = 500
#: At most so many verdicts and devices are remembered, about 3 MB each.
REMEMBERED_AGENTS = 4096
LONGEST_NAME = 40

#: More page views than this within so many seconds are no person's: ``(seconds, views)``.
#: People leave pages fast (Weinreich et al., Off the Beaten Tracks, WWW 2006: navigation is
#: "a rapidly interactive activity"), but not every second for a minute, nor every four
#: seconds for half an hour. The first limit leaves room for a browser that is started again
#: and opens all its tabs at once. Rather too wide: a person taken for a machine is lost.
RATE_LIMITS = ((10, 40), (60, 60), (1800, 450))
#: So many gaps in a row of the same length, give or take this share, come from a clock: a
#: script, or a page that loads itself again while nobody looks.
CLOCKWORK_GAPS = 20
CLOCKWORK_TOLERANCE = 0.02
#: A visit with no more views than this has no pace to speak of.
FEWEST_VIEWS = min(CLOCKWORK_GAPS, *(views for _seconds, views in RATE_LIMITS))


def judge(user_agent, headers, method):
    """Return what sent a request, and why one thinks so.

    ``unknown`` are apps that ask without a browser.

    :param str | None user_agent: as sent, None or empty if not
    :param Mapping[str, str] headers: of the request; names as the standards write them, or
        a mapping that does not care about case
    :param str method: GET, POST, HEAD ...
    :return tuple[str, str]: ``human`` and an empty text; or ``machine`` or ``unknown`` and
        the reasons, separated by commas

    >>> judge("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}, "GET")
    ('machine', 'known_bot:googlebot')
    >>> chrome = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    ...     " Chrome/146.0.0.0 Safari/537.36")
    >>> judge(chrome, {"Accept-Language": "de"}, "GET")
    ('human', '')
    >>> judge(chrome, {"Sec-Purpose": "prefetch;prerender"}, "HEAD")
    ('machine', 'prefetch,head')
    >>> judge(None, {}, "GET"), judge("curl/8.5.0", {}, "GET")
    (('machine', 'no_agent'), ('machine', 'http_library:curl'))
    >>> judge("okhttp/4.12.0", {}, "POST")
    ('unknown', 'app')
    """
    verdict, reason = _judge_agent((user_agent or "").strip()[:LONGEST_AGENT])
    circumstances = list(_circumstances(headers, method))
    if circumstances:
        verdict = "machine"
    return verdict, ",".join(dict.fromkeys(filter(None, [reason, *circumstances])))


def device_class(user_agent, headers):
    """Return the class of a device: ``desktop``, ``mobile`` or ``tablet``.

    Chrome says it (client hints ``Sec-CH-UA-Mobile`` and ``-Platform``), for others the agent
    does. Televisions and consoles count as desktop. An iPad whose Safari asks for desktop
    pages, as since 2019 by default, calls itself a Macintosh and cannot be told from one.

    :param str | None user_agent: as sent
    :param Mapping[str, str] headers: of the request, see :func:`judge`

    >>> device_class("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Mobile/15E148", {})
    'mobile'
    >>> device_class("Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/146.0.0.0 Safari/537.36", {})
    'tablet'
    >>> reduced = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/146.0.0.0"
    >>> device_class(reduced, {})
    'desktop'
    >>> device_class(reduced, {"Sec-CH-UA-Mobile": "?0", "Sec-CH-UA-Platform": '"Android"'})
    'tablet'
    >>> device_class(reduced, {"Sec-CH-UA-Mobile": "?1"})
    'mobile'
    """
    hint = _header(headers, "Sec-CH-UA-Mobile")
    if hint == "?1":
        return "mobile"
    if hint == "?0" and "android" in _header(headers, "Sec-CH-UA-Platform").lower():
        return "tablet"
    return _device_of((user_agent or "").strip()[:LONGEST_AGENT].lower())


def rate_verdict(instants):
    """Return whether page views of one visit come faster or steadier than a person's.

    In SQL the first rule is ``instant - lag(instant, views) OVER (ORDER BY instant) <=
    seconds`` for each of ``RATE_LIMITS``.

    :param Iterable[float] instants: of the page views of a visit, in seconds, in any order
    :return tuple[str, str]: ``machine`` and its reason; or ``human`` and an empty text, which
        says no more than that the pace does not speak against it

    >>> rate_verdict([0, 0, 0, 1, 5, 30, 31, 90])
    ('human', '')
    >>> rate_verdict(second / 5 for second in range(100))
    ('machine', 'rate:41_in_10s')
    >>> rate_verdict(range(0, 3600, 60))
    ('machine', 'clockwork')
    """
    instants = sorted(instants)
    for seconds, views in RATE_LIMITS:
        pairs = zip(instants, instants[views:], strict=False)
        if any(last - first <= seconds for first, last in pairs):
            return "machine", f"rate:{views + 1}_in_{seconds}s"
    if _is_clockwork(instants):
        return "machine", "clockwork"
    return "human", ""


def _is_clockwork(instants):
    """Return whether many gaps in a row, of a second or more, are as long as their first.

    >>> _is_clockwork([7 * view for view in range(21)]), _is_clockwork(list(range(0, 140, 7)))
    (True, False)
    """
    steady, pace = 0, 0
    for before, after in zip(instants, instants[1:], strict=False):
        gap = after - before
        if steady and abs(gap - pace) <= CLOCKWORK_TOLERANCE * pace:
            steady += 1
        else:
            steady, pace = int(gap >= 1), gap
        if steady >= CLOCKWORK_GAPS:
            return True
    return False


@lru_cache(REMEMBERED_AGENTS)
def _judge_agent(agent):
    """Return the verdict on an agent alone, and its first reason."""
    if not agent:
        return "machine", "no_agent"
    lower = agent.lower()
    if reason := _known(agent, lower) or _telling(lower):
        return "machine", reason
    if words.APP.match(lower):
        return "unknown", "app"
    if reason := _unlike_a_browser(lower):
        return "machine", reason
    return "human", ""


def _known(agent, lower):
    if _first(words.HEADLESS, lower):
        return "headless"
    if _first(words.AUTOMATION, lower):
        return "automation"
    if library := words.HTTP_LIBRARY.match(lower):
        return f"http_library:{_name(library.group())}"
    names, patterns = _crawlers()
    if name := _first(words.KNOWN, lower) or _first(names, agent):
        return f"known_bot:{_name(name)}"
    if app := words.PREVIEW.match(lower):
        return f"known_bot:{app.group()}"
    return next((f"known_bot:{name}" for name, seen in patterns if seen(agent)), None)


def _telling(lower):
    if not (_first(words.JOBS, lower) or words.CONTACT.search(lower)):
        return None
    rest = words.OF_PEOPLE.sub(" ", lower)
    if job := _first(words.JOBS, rest):
        return f"job:{_name(job)}"
    return "contact" if words.CONTACT.search(rest) else None


def _unlike_a_browser(lower):
    if not words.BROWSER.match(lower):
        return "no_browser"
    if words.COMPATIBLE.search(lower) and not words.WAS_COMPATIBLE.search(lower):
        return "compatible"
    if lower.startswith("mozilla/") and not words.ENGINE.search(lower):
        return "too_little"
    return None


def _circumstances(headers, method):
    for name, beginnings in words.PREFETCH.items():
        if _header(headers, name).lower().startswith(beginnings):
            yield "prefetch"
    if "headless" in _header(headers, "Sec-CH-UA").lower():
        yield "headless"
    if _header(headers, "From"):
        yield "contact"
    if method.upper() == "HEAD":
        yield "head"


@lru_cache(REMEMBERED_AGENTS)
def _device_of(lower):
    if words.TABLET.search(lower):
        return "tablet"
    if words.TELEPHONE.search(lower):
        return "mobile"
    # Android says "Mobile" on telephones only
    is_tablet = "android" in lower and not words.TELEVISION.search(lower)
    return "tablet" if is_tablet else "desktop"


@cache
def _crawlers():
    """Return the list as names to look for, and the few real patterns with a name each.

    Nearly all are plain names. Looking for them one by one takes a fifth of the time of one
    pattern made of all, and cannot backtrack.

    :return tuple[list[str], list[tuple[str, Callable]]]:
    """
    names, patterns = [], []
    path = Path(__file__).parent / "data" / "crawlers.json"
    for pattern, _tag in json.loads(path.read_text(encoding="utf-8")):
        if pattern in words.NOT_FROM_LIST:
            continue
        if re.search(r"(?<!\\)[.^$*+?()\[\]{}|]|\\\w", pattern):
            one_of_each_class = re.sub(r"\[(.)[^]]*\]", r"\1", pattern)
            patterns.append((_name(one_of_each_class), re.compile(pattern).search))
        else:
            names.append(re.sub(r"\\(.)", r"\1", pattern))
    return names, patterns


def _first(candidates, text):
    """Return the first of these texts that the text holds.

    >>> _first(("bot", "crawl"), "a crawler"), _first(("bot",), "a person")
    ('crawl', None)
    """
    for candidate in candidates:
        if candidate in text:
            return candidate
    return None


def _header(headers, name):
    return (headers.get(name) or "").strip()


def _name(text):
    """Return a text as a word that reasons can be grouped by.

    >>> _name("Mozilla/5.0 (Me, too)")
    'mozilla_5_0_me_too'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST_NAME]

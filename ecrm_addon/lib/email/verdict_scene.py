"""The hits of one mail to one recipient seen together: who did what, when, beside whom.

A *place* is a network as it was cut, a *client* a place and a user agent. Everything here
depends on the set of hits alone. What the rules in ``verdict.py`` ask for is found once.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import cached_property

from .agents import agent

#: Seconds after delivery within which nobody reads.
BEFORE_ANYBODY = 2
#: A clock that is wrong by more says nothing.
WRONG_CLOCK = -60
#: So many links within so many seconds; two within a shorter time in a short mail.
BURST_LINKS, BURST_SECONDS, PAIR_SECONDS = 3, 2, 0.7
#: All links of a mail, not slower than so many seconds each: unread; read; if there are two.
SWEEP_PACE, READ_SWEEP_PACE, PAIR_SWEEP_PACE = 10, 2.5, 2
SWEEP_GAP = 30
#: Nobody looks at a mail and clicks faster.
READING = 1.5
INSTANT = 1
#: What scanners do around an opening of their own: soon after delivery; later.
AT_DELIVERY, NEAR_AT_DELIVERY, NEAR_LATER = 120, 60, 5
#: A check that a click, or an opening, set off.
ECHO, AT_OPENING = 15, 2
EPISODE_GAP = 300
SPARED_AFTER = 60
HEAD_AND_GET = 5
WANDERING_NETWORKS, WANDERING_SECONDS, PAIR_OF_NETWORKS_SECONDS = 3, 60, 10
HAMMERING_HITS = 5


def is_open(hit):
    return hit.kind == "open"


def agent_of(hit):
    return agent(hit.user_agent, hit.network)


def place_of(hit):
    return hit.network or ("agent", hit.user_agent)


def client_of(hit):
    return place_of(hit), hit.user_agent


class Scene:
    """All hits of one mail to one recipient.

    :param list[Hit] hits: see ``verdict.judge``
    :param int | None links: how many the mail has
    :param Callable hard: ``(scene, hit)`` -> whether a hit alone gives a machine away
    :param Callable soon: ``(scene, hit)`` -> whether a click came too soon to be a reader's
    """

    def __init__(self, hits, links, hard, soon):
        self.hits = set(hits)
        self._links = links
        self._soon = soon
        self._timed = sorted(
            (hit for hit in self.hits if hit.seconds is not None), key=lambda hit: hit.seconds
        )
        self.hard = {hit for hit in self.hits if hard(self, hit)}
        self._clicks = [hit for hit in self._timed if not is_open(hit)]
        self._opens = [hit for hit in self._timed if is_open(hit) and hit not in self.hard]
        self._places_of_opens = {place_of(hit) for hit in self._opens}

    @staticmethod
    def is_timed(hit):
        """Return whether one knows when, after delivery, it was."""
        return hit.seconds is not None and hit.seconds >= WRONG_CLOCK

    # === MANY LINKS ===

    @cached_property
    def bursts(self):
        """Clicks of three links within two seconds, from one place or from anywhere.

        A reader who clicks while a scanner works is not part of it.
        """
        found = set()
        for clicks in (*self._by(place_of, self._clicks).values(), self._clicks):
            found |= _bursts(clicks, BURST_LINKS, BURST_SECONDS)
            found |= _bursts(clicks, 2, PAIR_SECONDS)
        return {hit for hit in found if not self._is_alone_and_read(hit, found)}

    def _is_alone_and_read(self, hit, found):
        own = {other.link for other in found if client_of(other) == client_of(hit)}
        return len(own) == 1 and self._opened_before(hit, self._opens)

    @cached_property
    def sweeps(self):
        """Clicks of all links of a mail in a row from one place, faster than one reads."""
        if not self._links or self._links < 2:
            return set()
        found = set()
        visible = [hit for hit in self._clicks if not hit.is_honeypot]
        for clicks in self._by(place_of, visible).values():
            for row in _rows(clicks, SWEEP_GAP):
                found |= self._sweep(row)
        return found

    def _sweep(self, row):
        firsts = {}
        for hit in row:
            firsts.setdefault(hit.link, hit.seconds)
        if len(firsts) < self._links:
            return set()
        begin, end = row[0].seconds, max(firsts.values())
        pace = READ_SWEEP_PACE if self._opened_before(row[0], self._opens) else SWEEP_PACE
        pace = pace if len(firsts) > 2 else PAIR_SWEEP_PACE
        if (end - begin) / (len(firsts) - 1) > pace:
            return set()
        return {hit for hit in row if hit.seconds <= end}

    @cached_property
    def wanderings(self):
        """Clicks from many networks in a minute, none of which ever loaded the pictures."""
        row = [hit for hit in self._clicks if self._is_stranger(hit)]
        found = set()
        for first, last in _windows(row, WANDERING_SECONDS):
            if len({place_of(hit) for hit in row[first:last]}) >= WANDERING_NETWORKS:
                found.update(row[first:last])
        return found

    @cached_property
    def pairs_of_networks(self):
        """The same for two networks within a few seconds: a weaker sign."""
        row = [hit for hit in self._clicks if self._is_stranger(hit)]
        found = set()
        for hit, other in zip(row, row[1:], strict=False):
            near = other.seconds - hit.seconds <= PAIR_OF_NETWORKS_SECONDS
            if near and place_of(hit) != place_of(other):
                found |= {hit, other}
        return found

    @cached_property
    def hammered(self):
        """Clicks of one link that one client repeats faster than anybody clicks."""
        found = set()
        for clicks in self._by(lambda hit: (client_of(hit), hit.link), self._clicks).values():
            for first, last in _windows(clicks, BURST_SECONDS):
                if last - first >= HAMMERING_HITS:
                    found.update(clicks[first:last])
        return found

    # === OPENINGS ===

    @cached_property
    def instant_clicks(self):
        """Clicks less than a second after their own client loaded the picture."""
        opens = self._by(client_of, self._opens)
        return {
            hit
            for hit in self._clicks
            if _any_between(opens.get(client_of(hit)), hit.seconds - INSTANT, hit.seconds)
        }

    @cached_property
    def _scanning(self):
        """Clicks that are machines' whoever opened the mail."""
        early = {hit for hit in self.instant_clicks if hit.seconds < NEAR_AT_DELIVERY}
        hard = {hit for hit in self.hard if not is_open(hit)}
        return hard | self.bursts | self.sweeps | self.wanderings | early

    @cached_property
    def bad_opens(self):
        """Pictures that a scanner loaded: its clicks are around it.

        Later than at delivery it may be a reader's, whose opening set off a scanner beside
        them: then they go on when it is done.
        """
        scanning = sorted(
            (hit for hit in self._scanning if hit.seconds is not None),
            key=lambda hit: hit.seconds,
        )
        by_client, by_place = self._by(client_of, scanning), self._by(place_of, scanning)
        return {
            hit
            for hit in self._opens
            if not agent_of(hit).is_image_proxy
            and self._is_bad_open(hit, by_client.get(client_of(hit)), by_place.get(place_of(hit)))
        }

    def _is_bad_open(self, hit, own, beside):
        if hit.seconds < AT_DELIVERY:
            own_near = _around(own, hit.seconds, NEAR_AT_DELIVERY)
            return bool(own_near or _around(beside, hit.seconds, 2 * NEAR_LATER))
        near = _around(own, hit.seconds, NEAR_LATER)
        return bool(near) and not self._goes_on(hit, near[-1].seconds)

    def _goes_on(self, opening, end):
        return any(
            end + NEAR_LATER <= hit.seconds <= end + 2 * EPISODE_GAP
            for hit in self._clicks
            if client_of(hit) == client_of(opening) and hit not in self._scanning
        )

    @cached_property
    def _readings(self):
        """Openings that may be a person's."""
        return [hit for hit in self._opens if hit not in self.bad_opens]

    @cached_property
    def _own_readings(self):
        return [hit for hit in self._readings if not agent_of(hit).is_image_proxy]

    def was_read_here(self, hit):
        """Return whether the one who clicks could have read the mail: it was opened there."""
        return self._opened_before(hit, self._own_readings)

    def was_read(self, hit):
        """The same, or a provider loaded the pictures for a reader who may be anywhere."""
        return self._opened_before(hit, self._readings, anywhere=True)

    def _opened_before(self, hit, opens, anywhere=False):
        firsts = self._firsts_of(opens)
        sides = [*_sides(hit, of_open=False), *(["anywhere"] if anywhere else [])]
        earliest = min((firsts[side] for side in sides if side in firsts), default=None)
        known = earliest is not None and hit.seconds is not None
        return known and earliest <= hit.seconds - READING

    def _firsts_of(self, opens):
        if not hasattr(self, "_firsts"):
            self._firsts = {}
        if id(opens) not in self._firsts:
            self._firsts[id(opens)] = _first_by_side(opens)
        return self._firsts[id(opens)]

    def _is_stranger(self, hit):
        """Return whether a hit comes from where nobody ever loaded the pictures.

        Telephones change their network as they go; few scanners say that they are one.
        A POST comes from the provider whose reader asked for it.
        """
        is_reader = agent_of(hit).is_mobile or hit.method.upper() == "POST"
        return not is_reader and place_of(hit) not in self._places_of_opens

    def is_opened_elsewhere_later(self, hit):
        if hit.seconds is None or not self._readings or not self._is_stranger(hit):
            return False
        return all(opening.seconds > hit.seconds for opening in self._readings)

    def is_just_after_opening_elsewhere(self, hit):
        if hit.seconds is None or not self._is_stranger(hit):
            return False
        return _any_between(self._own_readings, hit.seconds - AT_OPENING, hit.seconds)

    def is_echo(self, hit):
        """Return whether a stranger's click is beside one of the same link by a reader."""
        if is_open(hit) or hit.seconds is None or not self._is_stranger(hit):
            return False
        beside = _around(self._clicks_by_link.get(hit.link), hit.seconds, ECHO)
        return any(
            place_of(other) != place_of(hit)
            and other not in self._scanning
            and self.was_read_here(other)
            for other in beside
        )

    @cached_property
    def _clicks_by_link(self):
        return self._by(lambda hit: hit.link, self._clicks)

    # === WHAT ELSE A CLIENT DOES ===

    @cached_property
    def _tainting(self):
        """Clicks that tell of their client's others; a HEAD alone may be a program's beside."""
        soon = {hit for hit in self._clicks if self._soon(self, hit)}
        plain = {hit for hit in self._scanning if hit.method.upper() in ("GET", "POST")}
        return sorted(
            (hit for hit in plain | soon if hit.seconds is not None), key=lambda hit: hit.seconds
        )

    @cached_property
    def _tainting_by_client(self):
        return self._by(client_of, self._tainting)

    @cached_property
    def _scanning_by_place(self):
        timed = (hit for hit in self._scanning if hit.seconds is not None)
        return self._by(place_of, sorted(timed, key=lambda hit: hit.seconds))

    def is_of_machine(self, hit):
        """Return whether a click's client is a machine's, and no reader's besides."""
        if is_open(hit) or hit.seconds is None or self.was_read_here(hit):
            return False
        if _around(self._heads.get(client_of(hit)), hit.seconds, HEAD_AND_GET):
            return True
        tainting = self._tainting_by_client.get(client_of(hit))
        if not tainting:
            return False
        is_readers_place = any(place_of(one) == place_of(hit) for one in self._own_readings)
        return not is_readers_place or bool(_around(tainting, hit.seconds, SPARED_AFTER))

    @cached_property
    def _heads(self):
        return self._by(client_of, [hit for hit in self._clicks if hit.method.upper() == "HEAD"])

    def is_near_machine(self, hit):
        """Return whether another client of the same place scans at the same time."""
        if is_open(hit) or hit.seconds is None or self.was_read_here(hit):
            return False
        beside = _around(self._scanning_by_place.get(place_of(hit)), hit.seconds, SPARED_AFTER)
        return any(client_of(other) != client_of(hit) for other in beside)

    def is_in_honeypot_episode(self, hit):
        """Return whether a client followed a hidden link in the same go."""
        return hit in self._honeypot_episodes

    @cached_property
    def _honeypot_episodes(self):
        found = set()
        for hits in self._by(client_of, self._timed).values():
            for row in _rows(hits, EPISODE_GAP):
                if any(hit.is_honeypot and not hit.purpose for hit in row):
                    found.update(row)
        return found

    @staticmethod
    def _by(key, hits):
        groups = defaultdict(list)
        for hit in hits:
            groups[key(hit)].append(hit)
        return groups


def _sides(hit, of_open):
    """Yield what ties a click to an opening: the place, a telephone on its way, IPv4 and IPv6."""
    yield "place", place_of(hit)
    if agent_of(hit).is_mobile:
        yield "mobile", hit.user_agent
    if hit.network and hit.user_agent:
        yield "version", hit.user_agent, (":" in hit.network) == of_open


def _first_by_side(opens):
    """Return the instant of the first opening of each side; ``anywhere`` is a provider's."""
    firsts = {}
    for hit in opens:
        for side in _sides(hit, of_open=True):
            firsts.setdefault(side, hit.seconds)
        if agent_of(hit).is_image_proxy:
            firsts.setdefault("anywhere", hit.seconds)
    return firsts


def _windows(hits, seconds):
    """Yield (first, last + 1) of the longest runs of hits within so many seconds.

    >>> from collections import namedtuple
    >>> Hit = namedtuple("Hit", "seconds")
    >>> list(_windows([Hit(0), Hit(1), Hit(2), Hit(9)], 2))
    [(0, 3), (3, 4)]
    """
    first = 0
    for last, hit in enumerate(hits):
        moved = first
        while hit.seconds - hits[moved].seconds > seconds:
            moved += 1
        if moved > first:
            yield first, last
            first = moved
    if hits:
        yield first, len(hits)


def _bursts(clicks, links, seconds):
    found = set()
    for first, last in _windows(clicks, seconds):
        counted = Counter(hit.link for hit in clicks[first:last])
        if len(counted) >= links:
            found.update(clicks[first:last])
    return found


def _rows(hits, gap):
    """Yield runs of hits that follow each other within so many seconds."""
    row = []
    for hit in hits:
        if row and hit.seconds - row[-1].seconds > gap:
            yield row
            row = []
        row.append(hit)
    if row:
        yield row


def _around(hits, at, seconds):
    """Return those of the sorted hits that are not farther than so many seconds."""
    if not hits:
        return []
    first = bisect_left(hits, at - seconds, key=lambda hit: hit.seconds)
    return hits[first : bisect_right(hits, at + seconds, key=lambda hit: hit.seconds)]


def _any_between(hits, begin, end):
    return bool(_around(hits, (begin + end) / 2, (end - begin) / 2))

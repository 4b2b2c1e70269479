"""The hits of one mail to one recipient seen together: who did what, when, beside whom.

A *place* is a network as it was cut, a *client* a place and a user agent. Everything here
depends on the set of hits alone. What the rules in ``verdict.py`` ask for is found once.
"""

from functools import cached_property

from .hits import agent_of, any_between, around, client_of, grouped, is_open, place_of, rows
from .verdict_sweeps import BURST_LINKS, WANDERING_NETWORKS, Sweeps

#: Seconds after delivery within which nobody opens it; and nobody follows a link.
BEFORE_ANYBODY, CLICK_BEFORE_ANYBODY = 2, 4
#: A clock that is wrong by more says nothing.
WRONG_CLOCK = -60
#: Nobody looks at a mail and clicks faster.
READING = 1.5
INSTANT = 1
#: What scanners do around an opening of their own: soon after delivery; later.
AT_DELIVERY, NEAR_AT_DELIVERY, NEAR_LATER = 120, 60, 5
#: A check that a click, or an opening, set off.
ECHO, AT_OPENING, BESIDE_HONEYPOT = 15, 5, 15
#: Until then a click without pictures is doubtful, if somebody else reads the mail later.
BEFORE_OPENING = 600
EPISODE_GAP = 300
SPARED_AFTER = 60
HEAD_AND_GET = 5


class Scene(Sweeps):
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
        self._firsts = {}
        # a total order: what happened at the same instant has none of its own
        timed = (hit for hit in self.hits if hit.seconds is not None)
        self._timed = sorted(timed, key=lambda hit: (hit.seconds, repr(hit)))
        self.hard = {hit for hit in self.hits if hard(self, hit)}
        # what a browser fetched ahead says nothing of its reader
        self._clicks = [hit for hit in self._timed if not (is_open(hit) or hit.purpose)]
        self._opens = [hit for hit in self._timed if is_open(hit) and hit not in self.hard]
        self._places_of_clicks = {place_of(hit) for hit in self._clicks}
        self._places_of_opens = {place_of(hit) for hit in self._opens}

    @staticmethod
    def is_timed(hit):
        """Return whether one knows when, after delivery, it was."""
        return hit.seconds is not None and hit.seconds >= WRONG_CLOCK

    # === OPENINGS ===

    @cached_property
    def instant_clicks(self):
        """Clicks less than a second after their own client loaded the picture."""
        opens = grouped(client_of, self._opens)
        return {
            hit
            for hit in self._clicks
            if any_between(opens.get(client_of(hit)), hit.seconds - INSTANT, hit.seconds)
        }

    @cached_property
    def _sweeping(self):
        """Clicks of scanners at work, as far as the clicks alone tell."""
        instant = {hit for hit in self.instant_clicks if self._is_no_readers(hit)}
        parts = {hit for hit, links in self.part_sweeps.items() if links >= BURST_LINKS}
        hidden = set(self._honeypots)
        return self.bursts | self.sweeps | parts | self.wanderings | instant | hidden

    @cached_property
    def _scanning(self):
        """Clicks that are machines' whoever opened the mail."""
        return self._sweeping | {hit for hit in self.hard if not is_open(hit)}

    def _is_no_readers(self, hit):
        """Return whether a click as fast as its opening comes when scanners come."""
        if hit.seconds < NEAR_AT_DELIVERY:
            return True
        before = around(self._opens, hit.seconds - NEAR_LATER, NEAR_LATER)
        return any(place_of(one) != place_of(hit) for one in before if self._is_of_one(one))

    @staticmethod
    def _is_of_one(opening):
        """Return whether the reader's own program loaded the picture, not a provider."""
        known = agent_of(opening)
        return not (known.is_image_proxy or known.is_apple)

    @cached_property
    def bad_opens(self):
        """Pictures that a scanner loaded: its clicks are around it.

        Later than at delivery it may be a reader's, whose opening set off a scanner beside
        them: then they go on when it is done.
        """
        own = grouped(client_of, self._in_order(self._scanning))
        return {
            hit
            for hit in self._opens
            if not agent_of(hit).is_image_proxy
            and self._is_bad_open(
                hit, own.get(client_of(hit)), self._sweeping_by_place.get(place_of(hit))
            )
        }

    @staticmethod
    def _in_order(hits):
        timed = (hit for hit in hits if hit.seconds is not None)
        return sorted(timed, key=lambda hit: hit.seconds)

    def _is_bad_open(self, hit, own, beside):
        if hit.seconds < AT_DELIVERY:
            own_near = around(own, hit.seconds, NEAR_AT_DELIVERY)
            near = own_near or around(beside, hit.seconds, 2 * NEAR_LATER)
            return bool(near) or self._is_in_wandering(hit)
        near = around(own, hit.seconds, NEAR_LATER)
        return bool(near) and not self._goes_on(hit, near[-1].seconds)

    def _is_in_wandering(self, opening):
        """Return whether it is one of many networks that check a mail together."""
        near = around(self._wandering_row, opening.seconds, ECHO)
        return len(near) >= WANDERING_NETWORKS and place_of(opening) not in self._places_of_clicks

    @cached_property
    def _wandering_row(self):
        return self._in_order(self.wanderings)

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
        return [hit for hit in self._readings if self._is_of_one(hit)]

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
        if not self.is_timed(hit) or not self._readings or not self._is_stranger(hit):
            return False
        return hit.seconds < BEFORE_OPENING and hit.seconds < self._readings[0].seconds

    def is_just_after_opening_elsewhere(self, hit):
        known = agent_of(hit)
        if hit.seconds is None or known.is_mobile or hit.method.upper() == "POST":
            return False
        if self.was_read_here(hit):
            return False
        before = around(self._own_readings, hit.seconds - AT_OPENING / 2, AT_OPENING / 2)
        return any(place_of(opening) != place_of(hit) for opening in before)

    def is_beside_honeypot(self, hit):
        """Return whether a stranger clicks, soon after delivery, as a hidden link is found."""
        if hit.seconds is None or hit.seconds > AT_DELIVERY or not self._is_stranger(hit):
            return False
        return bool(around(self._honeypots, hit.seconds, BESIDE_HONEYPOT))

    @cached_property
    def _honeypots(self):
        return [hit for hit in self._clicks if hit.is_honeypot]

    def is_echo(self, hit):
        """Return whether a stranger's click is beside one of the same link by a reader."""
        if is_open(hit) or hit.seconds is None or not self._is_stranger(hit):
            return False
        beside = around(self._clicks_by_link.get(hit.link), hit.seconds, ECHO)
        return any(
            place_of(other) != place_of(hit)
            and other not in self._scanning
            and self.was_read_here(other)
            for other in beside
        )

    @cached_property
    def _clicks_by_link(self):
        return grouped(lambda hit: hit.link, self._clicks)

    # === WHAT ELSE A CLIENT DOES ===

    @cached_property
    def _tainting(self):
        """Clicks that tell of their client's others; a HEAD alone may be a program's beside."""
        soon = {hit for hit in self._clicks if self._soon(self, hit)}
        plain = {hit for hit in self._scanning if hit.method.upper() in ("GET", "POST")}
        return self._in_order(plain | soon)

    @cached_property
    def _tainting_by_client(self):
        return grouped(client_of, self._tainting)

    @cached_property
    def _sweeping_by_place(self):
        # programs beside a reader, such as Office, ask for single links under their own name
        return grouped(place_of, self._in_order(self._sweeping))

    def is_of_machine(self, hit):
        """Return whether a click's client is a machine's, and no reader's besides."""
        if is_open(hit) or hit.seconds is None or self.was_read_here(hit):
            return False
        if around(self._heads.get(client_of(hit)), hit.seconds, HEAD_AND_GET):
            return True
        tainting = self._tainting_by_client.get(client_of(hit))
        if not tainting:
            return False
        is_readers_place = place_of(hit) in self._places_of_readers
        return not is_readers_place or bool(around(tainting, hit.seconds, SPARED_AFTER))

    @cached_property
    def _places_of_readers(self):
        return {place_of(hit) for hit in self._own_readings}

    @cached_property
    def _heads(self):
        return grouped(client_of, [hit for hit in self._clicks if hit.method.upper() == "HEAD"])

    def is_near_machine(self, hit):
        """Return whether another client of the same place scans at the same time."""
        if is_open(hit) or hit.seconds is None or self.was_read_here(hit):
            return False
        beside = around(self._sweeping_by_place.get(place_of(hit)), hit.seconds, SPARED_AFTER)
        return any(client_of(other) != client_of(hit) for other in beside)

    def is_in_honeypot_episode(self, hit):
        """Return whether a client followed a hidden link in the same go."""
        return hit in self._honeypot_episodes

    @cached_property
    def _honeypot_episodes(self):
        found = set()
        for hits in grouped(client_of, self._timed).values():
            for row in rows(hits, EPISODE_GAP):
                if any(hit.is_honeypot and not hit.purpose for hit in row):
                    found.update(row)
        return found


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

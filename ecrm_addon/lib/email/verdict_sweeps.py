"""Many links in a short time: what scanners do and readers do not."""

from collections import Counter
from functools import cached_property

from .hits import client_of, grouped, place_of, rows, windows

#: So many links within so many seconds; two within a shorter time.
BURST_LINKS, BURST_SECONDS, PAIR_SECONDS = 3, 2, 0.7
#: The same by a reader, past the time of scanners: a hand opens a tab each second or so.
READ_BURST_SECONDS, READERS_AFTER = 1.2, 120
#: All links of a mail, not slower than so many seconds each: unread; read; if there are two;
#: if there are many, which nobody wants to see all of.
SWEEP_PACE, READ_SWEEP_PACE, PAIR_SWEEP_PACE, MANY_SWEEP_PACE = 10, 2.5, 2, 45
MANY_LINKS, SWEEP_GAP = 5, 90
#: Some links, unread, not slower than so many seconds each.
PART_PACE = 3
WANDERING_NETWORKS, WANDERING_SECONDS, PAIR_OF_NETWORKS_SECONDS = 3, 60, 10
HAMMERING_HITS = 5


class Sweeps:
    """The part of a scene that looks at clicks in a row.

    It needs ``_clicks`` and ``_opens`` in the order of time, ``_links``, ``_opened_before``
    and ``_is_stranger``.
    """

    @cached_property
    def bursts(self):
        """Clicks of three links within two seconds, from one place or from anywhere.

        A reader who clicks while a scanner works is not part of it.
        """
        found = set()
        for clicks in grouped(place_of, self._clicks).values():
            found |= self._burst(clicks)
        # a click that set off a scanner is not part of what it does in one place
        found |= self._burst([hit for hit in self._clicks if hit not in found])
        links = {
            client: {hit.link for hit in own} for client, own in grouped(client_of, found).items()
        }
        return {hit for hit in found if len(links[client_of(hit)]) > 1 or not self._is_read(hit)}

    def _burst(self, clicks):
        row = _bursts(clicks, BURST_LINKS, BURST_SECONDS)
        pairs = _bursts(clicks, 2, PAIR_SECONDS)
        return (
            {hit for hit in row if not self._is_by_hand(hit)}
            | {hit for hit in pairs if not self._is_read(hit)}
            | _bursts(clicks, BURST_LINKS, READ_BURST_SECONDS)
        )

    def _is_by_hand(self, hit):
        return hit.seconds >= READERS_AFTER and self._is_read(hit)

    def _is_read(self, hit):
        return self._opened_before(hit, self._opens)

    @cached_property
    def sweeps(self):
        """Clicks of all links of a mail in a row from one place, faster than one reads."""
        if not self._links or self._links < 2:
            return set()
        found = set()
        visible = [hit for hit in self._clicks if not hit.is_honeypot]
        for clicks in grouped(place_of, visible).values():
            for row in rows(clicks, SWEEP_GAP):
                found |= self._sweep(row)
        return found

    def _sweep(self, row):
        firsts = {}
        for hit in row:
            firsts.setdefault(hit.link, hit.seconds)
        if len(firsts) < self._links:
            return set()
        begin, end = row[0].seconds, max(firsts.values())
        if (end - begin) / (len(firsts) - 1) > self._pace(len(firsts), row[0]):
            return set()
        return {hit for hit in row if hit.seconds <= end}

    def _pace(self, links, first):
        if links == 2:
            return PAIR_SECONDS if self._is_read(first) else PAIR_SWEEP_PACE
        if self._is_read(first):
            return READ_SWEEP_PACE
        return SWEEP_PACE if links < MANY_LINKS else MANY_SWEEP_PACE

    @cached_property
    def part_sweeps(self):
        """The same for two or more links of a mail: unread, and faster than one looks at a page.

        :return dict[Hit, int]: how many links the row has
        """
        found = {}
        for clicks in grouped(place_of, self._clicks).values():
            for row in rows(clicks, PART_PACE):
                links = len({hit.link for hit in row})
                if links > 1 and not self._is_read(row[0]):
                    found.update(dict.fromkeys(row, links))
        return found

    @cached_property
    def wanderings(self):
        """Clicks from many networks in a minute, none of which ever loaded the pictures.

        Two are enough for different links within a few seconds.
        """
        row = [hit for hit in self._clicks if self._is_stranger(hit)]
        found = set()
        for hit, other in zip(row, row[1:], strict=False):
            near = other.seconds - hit.seconds <= PART_PACE and hit.link != other.link
            if near and place_of(hit) != place_of(other):
                found |= {hit, other}
        for first, last in windows(row, WANDERING_SECONDS):
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
        for clicks in grouped(lambda hit: (client_of(hit), hit.link), self._clicks).values():
            for first, last in windows(clicks, BURST_SECONDS):
                if last - first >= HAMMERING_HITS:
                    found.update(clicks[first:last])
        return found


def _bursts(clicks, links, seconds):
    found = set()
    for first, last in windows(clicks, seconds):
        counted = Counter(hit.link for hit in clicks[first:last])
        if len(counted) >= links:
            found.update(clicks[first:last])
    return found

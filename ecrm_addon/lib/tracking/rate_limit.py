"""Limits on how often somebody may knock, shared by all workers of a machine.

A limit must not cost the database anything: a counter there would be the hot row that the
log avoids. So the limits live in a small file that all processes map into memory. Whoever
writes a group of slots has it alone, for some microseconds.
"""

import contextlib
import fcntl
import hashlib
import ipaddress
import mmap
import os
import struct
import threading
import time

#: Slots in the file, in groups; a key has its place in one group, in any slot of it.
GROUPS = 1 << 14
GROUP = 4
_SLOT = struct.Struct("<Qd")  # hash of the key, instant at which it has its whole burst again
_ROW = struct.Struct("<" + "Qd" * GROUP)
SALT = 16
SIZE = SALT + GROUPS * _ROW.size


def network(address):
    """Return what a network address is limited by: IPv4 as it is, of IPv6 the /64.

    Who has one address of IPv6 has all of its /64, and may use another one each time.

    >>> network("203.0.113.77"), network("2001:db8:1:2::3"), network("::ffff:203.0.113.77")
    ('203.0.113.77', '2001:db8:1:2::', '203.0.113.77')
    >>> network("2001:db8:1:2:ffff::9%eth0"), network(None), network("x")
    ('2001:db8:1:2::', '', 'x')
    """
    text = (address or "").strip()
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.IPv6Address(int(parsed) >> 64 << 64))


class RateLimit:
    """So many requests at once, then so many a second (GCRA, ITU-T I.371).

    All that is kept of a key is the instant at which it may send its whole burst again.
    Where a group is full, the key that gets there first gives way: least is forgotten of it.
    So a flood of new keys pushes out its own, and not those who are held back.

    >>> limit = RateLimit()
    >>> [limit.allows("ann", burst=2, per_second=1, now=100.0) for _ in range(3)]
    [True, True, False]
    >>> limit.allows("bob", burst=2, per_second=1, now=100.0)
    True
    >>> limit.allows("ann", burst=2, per_second=1, now=101.0)
    True
    """

    def __init__(self, path=None):
        """Map the file, or make it.

        :param str path: on a disk of this machine; its folder must be there. Without one
            the limits are this process's own.
        :raise OSError: where the file cannot be written
        """
        self._file = _open(path) if path else None
        self._memory = mmap.mmap(self._file.fileno() if path else -1, SIZE)
        self._salt = bytes(self._memory[:SALT])
        self._threads = threading.Lock()

    def allows(self, key, burst, per_second, now=None):
        """Return whether a key may knock once more, and count it if so.

        :param str key: who knocks; only a salted hash of it is kept
        :param int burst: requests that may come at once
        :param float per_second: requests that may go on coming
        :param float now: seconds since 1970, for tests
        """
        now = time.time() if now is None else now
        digest = hashlib.blake2b(
            key.encode(errors="replace"), digest_size=8, key=self._salt
        ).digest()
        owner = int.from_bytes(digest, "little") or 1
        offset = SALT + owner % GROUPS * _ROW.size
        with self._threads:
            self._hold(fcntl.LOCK_EX, offset)
            try:
                return self._count(owner, offset, burst, per_second, now)
            finally:
                self._hold(fcntl.LOCK_UN, offset)

    def _count(self, owner, offset, burst, per_second, now):
        row = _ROW.unpack_from(self._memory, offset)
        owners, full_at = row[::2], row[1::2]
        whole = burst / per_second
        slot = owners.index(owner) if owner in owners else full_at.index(min(full_at))
        start = max(full_at[slot], now) if owner in owners else now
        # a clock that was set back must not keep anybody out for longer than his burst
        start = min(start, now + whole)
        allowed = start + 1 / per_second - now <= whole * (1 + 1e-9)
        if allowed:
            start += 1 / per_second
        _SLOT.pack_into(self._memory, offset + slot * _SLOT.size, owner, start)
        return allowed

    def _hold(self, how, offset):
        """Keep other processes off a group of slots, or let them in again."""
        if self._file:
            fcntl.lockf(self._file, how, _ROW.size, offset)


def _open(path):
    """Return the file; the first process fills it with a salt nobody knows."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.getsize(path) != SIZE:  # of an earlier version
            os.remove(path)
    if not os.path.exists(path):
        draft = f"{path}.{os.getpid()}"
        with open(draft, "wb") as file:
            file.write(os.urandom(SALT))
            file.truncate(SIZE)
        try:
            # whoever comes first; all map the same file
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.remove(draft)
    return open(path, "r+b")  # noqa: SIM115  # it stays open, for its locks

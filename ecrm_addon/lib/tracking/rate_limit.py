"""Limits on how often somebody may knock, shared by all workers of a machine.

A limit must not cost the database anything: a counter there would be the hot row that the
log avoids. So the buckets live in a small file that all processes map into memory. Two
processes may now and then write one bucket at once and forget a request; a limit may err by
one, a visitor may not wait.
"""

import hashlib
import mmap
import os
import struct
import time

#: Buckets in the file; two keys in one bucket take turns, and the newer one starts full.
SLOTS = 1 << 16
_BUCKET = struct.Struct("<QdI4x")  # hash of the key, instant of the last request, tokens / 1000
SALT = 16


class RateLimit:
    """Token buckets: so many requests at once, then so many a second.

    >>> import tempfile
    >>> limit = RateLimit(os.path.join(tempfile.mkdtemp(), "limits"))
    >>> [limit.allows("ann", burst=2, per_second=1, now=100.0) for _ in range(3)]
    [True, True, False]
    >>> limit.allows("bob", burst=2, per_second=1, now=100.0)
    True
    >>> limit.allows("ann", burst=2, per_second=1, now=101.0)
    True
    """

    def __init__(self, path):
        """Map the file, or make it.

        :param str path: on a disk of this machine; its folder must be there
        """
        self._memory = _map(path)
        self._salt = bytes(self._memory[:SALT])

    def allows(self, key, burst, per_second, now=None):
        """Take one token from the bucket of a key; return whether there was one.

        :param str key: who knocks; only a salted hash of it is kept
        :param int burst: requests that may come at once
        :param float per_second: requests that may go on coming
        :param float now: seconds since 1970, for tests
        """
        now = time.time() if now is None else now
        digest = hashlib.blake2b(key.encode(), digest_size=8, key=self._salt).digest()
        name = int.from_bytes(digest, "little")
        offset = SALT + name % SLOTS * _BUCKET.size
        owner, last, tokens = _BUCKET.unpack_from(self._memory, offset)
        if owner != name or not 0 <= now - last < 3600:
            last, tokens = now, burst * 1000
        tokens = min(burst * 1000, tokens + int((now - last) * per_second * 1000))
        allowed = tokens >= 1000
        _BUCKET.pack_into(self._memory, offset, name, now, tokens - 1000 if allowed else tokens)
        return allowed


def _map(path):
    """Return the file's memory; the first process fills it with a salt nobody knows."""
    size = SALT + SLOTS * _BUCKET.size
    draft = f"{path}.{os.getpid()}"
    if not os.path.exists(path) or os.path.getsize(path) != size:
        with open(draft, "wb") as file:
            file.write(os.urandom(SALT))
            file.truncate(size)
        os.replace(draft, path)
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), size)

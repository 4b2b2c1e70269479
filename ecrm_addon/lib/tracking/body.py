"""The body of a request, with a limit on its length and on its patience."""

import time

from .payload import Refused

CHUNK = 65536


#: So much of a body that is too long is thrown away before the answer: a connection that is
#: closed on a sender in the middle of its sentence tells it nothing.
DRAINED = 4 * 1024 * 1024


def read_body(stream, length, limit, deadline, socket=None):
    """Return the body of a request.

    A body that comes byte by byte holds a worker; after the deadline it is refused.

    :param IO stream: of the request, ``wsgi.input`` (PEP 3333)
    :param int | None length: of the body, as its sender says
    :param int limit: bytes at most
    :param float deadline: by ``time.monotonic``
    :param socket: under the stream, so that a sender who falls silent can be left
    :raise Refused: 411 without a length, 413 where it is too long, 408 where it is too slow

    >>> import io
    >>> read_body(io.BytesIO(b"{}"), 2, 10, 1e12)
    b'{}'
    """
    if length is None:
        raise Refused(411, "no_length", "Send the length of the body.")
    if length > limit:
        for _chunk in _chunks(stream, min(length, DRAINED), deadline, socket):
            pass
        raise Refused(413, "too_large", f"The body is longer than {limit} bytes. Split it.")
    return b"".join(_chunks(stream, length, deadline, socket))


def _chunks(stream, missing, deadline, socket):
    # one system call at a time, where the server's stream allows it
    read = getattr(stream, "read1", stream.read)
    patience = socket and socket.gettimeout()
    try:
        while missing > 0:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Refused(408, "too_slow", "The body came too slowly.")
            if socket:
                socket.settimeout(left)
            chunk = read(min(missing, CHUNK))
            if not chunk:
                raise Refused(400, "cut_off", "The body is shorter than its length.")
            missing -= len(chunk)
            yield chunk
    except OSError:
        raise Refused(408, "too_slow", "The body came too slowly.") from None
    finally:
        if socket:
            socket.settimeout(patience)

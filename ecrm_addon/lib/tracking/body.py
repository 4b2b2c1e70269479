"""The body of a request, with a limit on its length and on its patience."""

import contextlib
import selectors
import time
from socket import SHUT_RD

from .payload import Refused

CHUNK = 65536
#: So much of a body that nobody will read is thrown away before the answer: a connection that
#: is closed on a sender in the middle of its sentence tells it nothing.
DRAINED = 16 * 1024 * 1024
#: Seconds that this may take, and without a single byte.
DRAINING = 1
PAUSE = 0.1


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
        raise Refused(413, "too_large", f"The body is longer than {limit} bytes. Split it.")
    return b"".join(_chunks(stream, length, deadline, socket))


def leave_body(stream, length, socket):
    """Be done with a body, or the rest of one, that nobody will read.

    What has arrived is taken in, so that the sender gets to see the answer. The server would
    then wait for the rest as long as its sender likes, so nothing more is received.

    :param IO stream: of the request
    :param int | None length: of the body, as its sender says
    :param socket: under the stream
    """
    deadline = time.monotonic() + DRAINING
    # the sender may be gone already
    with contextlib.suppress(Refused, OSError):
        for _chunk in _chunks(stream, min(length or DRAINED, DRAINED), deadline, socket, PAUSE):
            pass
    with contextlib.suppress(OSError):
        socket.shutdown(SHUT_RD)


def _chunks(stream, missing, deadline, socket, pause=DRAINED):
    """Yield the body piece by piece.

    The socket must not time out: the server, which reads from the same stream when the
    answer is sent, could not use it any more.
    """
    patience = socket and socket.gettimeout()
    if socket:
        socket.setblocking(False)
    try:
        while missing > 0:
            chunk = stream.read(min(missing, CHUNK))
            if chunk == b"":
                raise Refused(400, "cut_off", "The body is shorter than its length.")
            if chunk is None:
                _wait(socket, min(pause, deadline - time.monotonic()))
            else:
                missing -= len(chunk)
                yield chunk
    finally:
        if socket:
            socket.settimeout(patience)


def _wait(socket, seconds):
    with selectors.DefaultSelector() as selector:
        selector.register(socket, selectors.EVENT_READ)
        if seconds <= 0 or not selector.select(seconds):
            raise Refused(408, "too_slow", "The body came too slowly.")

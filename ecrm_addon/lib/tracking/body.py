"""The body of a request, with a limit on its length and on its patience."""

import contextlib
import selectors
import socket
import time

from .payload import Refused

CHUNK = 65536
#: So much of a body that is too long is thrown away before the answer: a connection that is
#: closed on a sender in the middle of its sentence tells it nothing.
DRAINED = 4 * 1024 * 1024


def read_body(stream, length, limit, deadline, connection=None):
    """Return the body of a request.

    A body that comes byte by byte holds a worker; after the deadline it is refused.

    :param IO stream: of the request, ``wsgi.input`` (PEP 3333)
    :param int | None length: of the body, as its sender says
    :param int limit: bytes at most
    :param float deadline: by ``time.monotonic``
    :param socket.socket connection: under the stream, so that a sender who falls silent can
        be left; without it reading waits as long as the stream does
    :raise Refused: 411 without a length, 413 where it is too long, 408 where it is too slow

    >>> import io
    >>> read_body(io.BytesIO(b"{}"), 2, 10, 1e12)
    b'{}'
    """
    if length is None:
        raise Refused(411, "no_length", "Send the length of the body.")
    try:
        if length > limit:
            for _chunk in _chunks(stream, min(length, DRAINED), deadline, connection):
                pass
            raise Refused(413, "too_large", f"The body is longer than {limit} bytes. Split it.")
        return b"".join(_chunks(stream, length, deadline, connection))
    except Refused:
        _stop_listening(connection)
        raise


def _chunks(stream, missing, deadline, connection):
    patience = connection and connection.gettimeout()
    if connection:
        # no time limit of the socket: after one Python's stream cannot even be emptied
        connection.setblocking(False)
    # one system call at a time, where the server's stream allows it
    read = getattr(stream, "read1", stream.read)
    try:
        came = True
        while missing > 0:
            if time.monotonic() > deadline:
                raise _too_slow()
            chunk = read(min(missing, CHUNK))
            if chunk:
                missing -= len(chunk)
                yield chunk
            elif came and connection:  # nothing more has come yet; or it is the end, seen next
                _wait(connection, deadline)
            else:
                raise Refused(400, "cut_off", "The body is shorter than its length.")
            came = bool(chunk)
    except OSError:
        raise _too_slow() from None
    finally:
        if connection:
            connection.settimeout(patience)


def _wait(connection, deadline):
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        if not selector.select(max(0, deadline - time.monotonic())):
            raise _too_slow()


def _stop_listening(connection):
    """Let the server not wait for the rest of a body that nobody wants."""
    if connection:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RD)


def _too_slow():
    return Refused(408, "too_slow", "The body came too slowly.")

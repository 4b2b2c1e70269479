"""The archive in which a person gets what we hold: made piece by piece, never all in memory."""

import json
import zipfile
import zlib


def shrink(text):
    """Return a text as few bytes.

    >>> grow(shrink("t\u00e9"))
    't\u00e9'
    """
    return zlib.compress(text.encode())


def grow(raw):
    """Return the text of ``shrink``."""
    return zlib.decompress(raw).decode()


def pack(events):
    """Return a page of a history as bytes that wait for the archive.

    >>> unpack(pack([{"id": 2, "path": "/t\u00e9"}, {"id": 1}]))
    ['{"id": 2, "path": "/t\u00e9"}', '{"id": 1}']
    """
    lines = [json.dumps(event, ensure_ascii=False) for event in events]
    return shrink("\n".join(lines))


def unpack(raw):
    """Return the events of ``pack``, each as JSON."""
    return grow(raw).split("\n")


def newer_out(pages, cursor):
    """Pass on what is older than an event; a history is read from its newest event on.

    What happened while an archive waited is not in it, and nothing is in it twice.

    :param Iterable[list[dict]] pages: newest first
    :param tuple cursor: ``occurred_at`` and ``id`` of the last event that is there, or None

    >>> history = [{"occurred_at": at, "id": n} for at, n in [("c", 4), ("b", 3), ("b", 2)]]
    >>> pages = newer_out([history[:1], history[1:]], ("b", 3))
    >>> [[event["id"] for event in page] for page in pages]
    [[2]]
    """
    for page in pages:
        older = [
            event
            for event in page
            if not cursor or (event["occurred_at"], event["id"]) < tuple(cursor)
        ]
        if older:
            yield older


def write(file, told, chunks, readable):
    """Write the archive.

    :param file: binary, can be sought
    :param dict told: all but the history, ready for JSON
    :param Iterable chunks: what ``pack`` made, newest first
    :param Iterable readable: file names and texts of the pages to read

    >>> import io
    >>> file = io.BytesIO()
    >>> write(file, {"a": 1}, [pack([{"id": 1}])], [("index.html", "<p>hi</p>")])
    >>> with zipfile.ZipFile(file) as archive:
    ...     archive.namelist(), json.loads(archive.read("data.json"))
    (['data.json', 'index.html'], {'a': 1, 'touchpoints': [{'id': 1}]})
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # a member of which nobody knows how large it becomes
        with archive.open("data.json", "w", force_zip64=True) as member:
            _write_json(member, told, chunks)
        for name, text in readable:
            archive.writestr(name, text)


def _write_json(member, told, chunks):
    """Write one JSON object whose last member, the touchpoints, comes page by page."""
    head = json.dumps(told, ensure_ascii=False)
    member.write(f'{head[:-1]}{", " if told else ""}"touchpoints": ['.encode())
    between = ""
    for raw in chunks:
        lines = ",\n".join(unpack(raw))
        member.write(f"{between}\n{lines}".encode())
        between = ","
    member.write(b"\n]}\n")

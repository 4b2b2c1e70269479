"""Files that customers attach: told by their content, never by what they call themselves.

A program is a program whatever its name; a picture that calls itself a document is refused,
too, as whoever opens it trusts the name. Nothing is unpacked here: what an archive holds is
read from its directory alone, which is small.
"""

import io
import re
import zipfile

#: Bytes of one file, and of all files of one message.
MOST_OF_ONE, MOST_OF_ALL = 10 * 2**20, 25 * 2**20
#: Files of one message.
MOST_FILES = 5
NAME_LENGTH = 120
#: Why a file is refused.
TOO_LARGE, EMPTY, PROGRAM, ARCHIVE, BOMB, MACROS, KIND, MISMATCH, BROKEN = (
    "too_large", "empty", "program", "archive", "bomb", "macros", "kind", "mismatch", "broken",
)  # fmt: skip

#: Kind of content -> endings of names that it may have.
ENDINGS = {
    "pdf": ("pdf",),
    "png": ("png",),
    "jpeg": ("jpg", "jpeg", "jfif"),
    "gif": ("gif",),
    "webp": ("webp",),
    "heic": ("heic", "heif"),
    "video": ("mp4", "m4v", "mov"),
    "office": ("docx", "xlsx", "pptx", "odt", "ods", "odp"),
    "text": ("txt", "csv", "log"),
}
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)

_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!", b"L\0\0\0\x01\x14\x02\0", b"dex\n", b"\0asm",
)  # fmt: skip
#: Endings by which systems start a file, whatever is in it.
_STARTS = re.compile(
    r"\.(?:exe|com|scr|bat|cmd|msi|ps1|vbs?|jse?|wsf?|hta|lnk|jar|sh|app|apk|dll|pif|cpl|reg|iso|"
    r"img|py|html?|svg|xml|swf)$",
    re.I,
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")
_END = b"PK\x05\x06"
_OFFICE = ("[Content_Types].xml", "mimetype")
_MACROS = re.compile(r"vbaProject\.bin$|^Basic/|^Scripts/", re.I)
#: A directory of an archive longer than this (bytes) is none of a document.
_MOST_DIRECTORY = 2**19
#: What a document unpacks to at most: bytes, and times what it is packed.
_MOST_UNPACKED, _MOST_RATIO = 200 * 2**20, 150


def refusal(name, raw):
    """Return why a file is not taken; None where it is.

    :param str name: as its sender calls it
    :param bytes raw: its content; of a file that is too large the first bytes are enough
    :return str | None: one of the reasons above

    >>> refusal("receipt.pdf", b"%PDF-1.7 ...") is refusal("a.txt", "Grüße".encode()) is None
    True
    >>> [refusal(*of) for of in [("a.pdf", b"MZ..."), ("a.pdf.exe", b"%PDF-1.7"), ("a.png", b"")]]
    ['program', 'program', 'empty']
    >>> refusal("photo.png", b"%PDF-1.7"), refusal("page.txt", b"\\0\\1"), refusal("a.rar", b"Rar!")
    ('mismatch', 'kind', 'archive')
    """
    if not raw:
        return EMPTY
    if raw.startswith(_PROGRAMS) or _STARTS.search(name.strip()):
        return PROGRAM
    if len(raw) > MOST_OF_ONE:
        return TOO_LARGE
    if raw.startswith(_ARCHIVES):
        return ARCHIVE
    if raw.startswith(b"PK"):
        reason = _packed(raw)
        if reason:
            return reason
    kind = _kind(raw)
    if not kind:
        return KIND
    return None if _ending(name) in ENDINGS[kind] else MISMATCH


def refusal_of_mail(message):
    r"""Return why a mail that is attached is not taken; None where all in it may be.

    :param email.message.Message message: with whatever is attached to it, and to that

    >>> from email.message import EmailMessage
    >>> inner, outer = EmailMessage(), EmailMessage()
    >>> inner.set_content("See my file")
    >>> outer.add_attachment(inner)
    >>> refusal_of_mail(outer) is None
    True
    >>> inner.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="bill.pdf")
    >>> outer.set_payload(None); outer.clear(); outer.add_attachment(inner)
    >>> refusal_of_mail(outer)
    'program'
    """
    for part in message.walk():
        name = part.get_filename()
        is_text = not name and part.get_content_maintype() == "text"
        if part.is_multipart() or is_text:
            continue
        raw = part.get_payload(decode=True) or b""
        reason = refusal(clean(name), raw)
        # what has no name, such as a picture in a text, has no wrong one
        if reason not in (None, EMPTY) and (name or reason != MISMATCH):
            return reason
    return None


def clean(name):
    """Return the name of a file without a path and without what no name holds.

    >>> clean("C:\\\\temp\\\\bill\\x00\\n.pdf"), clean("../../etc/passwd"), clean(" ")
    ('bill.pdf', 'passwd', 'file')
    >>> clean("x" * 300 + ".pdf")[-6:], len(clean("x" * 300 + ".pdf"))
    ('xx.pdf', 120)
    """
    name = re.split(r"[/\\]", name or "")[-1]
    # characters that turn the direction of writing around hide an ending
    name = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", name).strip()
    if len(name) > NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        rest = f"{dot}{ending}" if len(ending) < 10 else ""
        name = f"{(stem or name)[: NAME_LENGTH - len(rest)]}{rest}"
    return name or "file"


def _ending(name):
    return name.strip().rpartition(".")[2].lower()


def _kind(raw):
    """Return what the content of a file is; None for what we do not know."""
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    for start, kind in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif")):
        if raw.startswith(start):
            return kind
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "webp"
    if raw[4:8] == b"ftyp":
        return "heic" if raw[8:12] in _HEIC else "video"
    if raw.startswith(b"PK"):
        return "office"
    return "text" if _is_text(raw) and not _is_markup(raw) else None


def _is_text(raw):
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # what is no text has characters that no text has, and has them early
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", raw[: 2**16])


def _is_markup(raw):
    """Return whether a text may be a page or a drawing, which a browser would run."""
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return raw[:1024].decode(encoding, "ignore").strip("\ufeff").lstrip().startswith("<")


def _packed(raw):
    """Return why a zip file is not taken; None for a document of an office program."""
    end = _end(raw)
    if not end:
        return BROKEN
    if int.from_bytes(end[12:16], "little") > _MOST_DIRECTORY:
        return BOMB
    try:
        entries = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return BROKEN
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MOST_UNPACKED or unpacked > 2**22 + len(raw) * _MOST_RATIO:
        return BOMB
    names = [entry.filename for entry in entries]
    if "META-INF/MANIFEST.MF" in names and _OFFICE[0] not in names and "mimetype" not in names:
        return PROGRAM
    if not any(name in names for name in _OFFICE):
        return ARCHIVE
    return MACROS if any(map(_MACROS.search, names)) else None


def _end(raw):
    """Return the record that ends a zip file, the one that Python's own reader takes.

    None where there is none, or where it leads elsewhere: to other disks, or to a longer record
    that says something else (zip64).
    """
    start = max(len(raw) - len(_END) - 18, 0)
    if not (raw.startswith(_END, start) and raw.endswith(b"\0\0")):
        start = raw.rfind(_END, max(start - 2**16, 0))
    end = raw[start : start + len(_END) + 18] if start >= 0 else b""
    leads_on = raw[max(start - 20, 0) : max(start, 0)].startswith(b"PK\x06\x07")
    return None if len(end) < 22 or any(end[4:8]) or leads_on else end

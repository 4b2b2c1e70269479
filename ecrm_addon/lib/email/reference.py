"""Signed references in links: short, of hexadecimal digits, and nothing of a person in them.

What a link stands for are numbers that only our database understands. Hexadecimal, because
such a piece of a path is masked wherever URLs are stored (``lib.tracking.urls``), and because
no mail program breaks it or changes what it means by changing its case.
"""

import hmac

#: First byte of every token; another layout gets another number.
VERSION = 1
#: Bytes of the signature: 128 bits cannot be guessed (RFC 2104, section 5).
MAC = 16
#: Numbers of a token are ids: what is longer is none of ours.
MAX_BYTES = 64


def write(secret, purpose, *numbers):
    """Return a token for numbers.

    :param str secret: of the database
    :param str purpose: what the link is for; a token of another purpose is not read
    :param int numbers: 0 or more each
    :return str: hexadecimal digits

    >>> token = write("s", "mail", 7, 300, 0)
    >>> token[:10], len(token)
    ('0107ac0200', 42)
    """
    body = bytes([VERSION]) + b"".join(map(_pack, numbers))
    return (body + _sign(secret, purpose, body)).hex()


def read(secret, purpose, token):
    """Return the numbers of a token; None where it is none of ours.

    >>> read("s", "mail", write("s", "mail", 7, 300, 0))
    (7, 300, 0)
    >>> token = write("s", "mail", 7, 300)
    >>> [read(*of) for of in [("t", "mail", token), ("s", "other", token), ("s", "mail", "x")]]
    [None, None, None]
    >>> read("s", "mail", "0108" + token[4:]) is read("s", "mail", "") is None
    True
    """
    try:
        raw = bytes.fromhex(token)
    except (ValueError, TypeError):
        return None
    body, mac = raw[:-MAC], raw[-MAC:]
    if len(raw) > MAX_BYTES or not hmac.compare_digest(mac, _sign(secret, purpose, body)):
        return None
    return tuple(_unpack(body[1:])) if body[:1] == bytes([VERSION]) else None


def _sign(secret, purpose, body):
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + body, "sha256")[:MAC]


def _pack(number):
    """Return a number seven bits a byte, the lowest first (LEB128)."""
    packed = bytearray()
    while number > 0x7F:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*packed, number])


def _unpack(body):
    number = shift = 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0

"""What stands in the address of a pixel or a link: whose mail it is, signed."""

import base64
import binascii
import hmac
import struct

#: Mail to a recipient, link in it (0 for the pixel), the first half of an HMAC-SHA256.
_LAYOUT = struct.Struct(">II16s")


def write(secret, message_ref, link_ref=0):
    """Return the token of a pixel or a link in the mail to one recipient.

    :param bytes secret: of this database
    :param int message_ref: id of ``ecrm.email.message``
    :param int link_ref: id of ``ecrm.email.link``, 0 for the pixel

    >>> token = write(b"secret", 7, 9)
    >>> len(token), read(b"secret", token), read(b"other", token)
    (32, (7, 9), None)
    """
    packed = _LAYOUT.pack(message_ref, link_ref, _mac(secret, message_ref, link_ref))
    return base64.urlsafe_b64encode(packed).decode()


def read(secret, token):
    """Return mail and link of a token, None where nobody here wrote it.

    >>> read(b"secret", "A" * 32), read(b"secret", "short"), read(b"secret", "Ä" * 32)
    (None, None, None)
    """
    try:
        message_ref, link_ref, mac = _LAYOUT.unpack(base64.urlsafe_b64decode(token.encode("ascii")))
    except (binascii.Error, struct.error, UnicodeError):
        return None
    if not hmac.compare_digest(mac, _mac(secret, message_ref, link_ref)):
        return None
    return message_ref, link_ref


def _mac(secret, message_ref, link_ref):
    said = b"ecrm.email:" + struct.pack(">II", message_ref, link_ref)
    return hmac.digest(secret, said, "sha256")[:16]

"""Addresses out of headers, as far as providers hand headers on."""

from email.utils import getaddresses


def single_address(header):
    """Return the address in a header that names one recipient; None for several or none.

    >>> single_address('"Ann, B." <ann@example.com>'), single_address("a@x.org, b@x.org")
    ('ann@example.com', None)
    >>> single_address(None), single_address("nobody")
    (None, None)
    """
    if not isinstance(header, str):
        return None
    found = [address for _name, address in getaddresses([header])]
    return found[0] if len(found) == 1 and "@" in found[0] else None

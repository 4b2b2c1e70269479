"""The text that goes beside the HTML of a mailing, with the links that its reader gets."""

import re

#: How Odoo's text calls its own pixel, which is the last picture of a mailing.
_PIXEL = re.compile(r"blank \[\d+\]\Z")
_PIXEL_URL = re.compile(r"/mail/track/\d+/[^/\s]+/blank\.gif\Z")


def relink(text, urls):
    r"""Return the text that Odoo made of a mailing, without its pixel and with other links.

    Under the words Odoo lists where links lead, then where pictures lie, a number each. To
    exchange them costs a tenth of making the text anew.

    :param str text: as ``odoo.tools.html2plaintext`` returns it
    :param list[str] urls: what it shall list instead, the pixel left out
    :return str | None: None where it does not list so many links and pictures, or no pixel

    >>> text = "Tea [1]\nblank [2]\n\n[1] https://x.org/r/Ab\n[2] https://x.org/mail/track/5/t/blank.gif"
    >>> relink(text, ["https://x.org/tea"])
    'Tea [1]\n\n[1] https://x.org/tea'
    >>> relink(text, ["https://x.org/tea", "https://x.org/coffee"]) is relink("Tea", []) is None
    True
    """
    lines = text.split("\n")
    listed = lines[-len(urls) - 1 :]
    words = "\n".join(lines[: -len(listed)]).rstrip()
    is_whole = all(line.startswith(f"[{n}] ") for n, line in enumerate(listed, start=1))
    if not is_whole or not _PIXEL_URL.search(listed[-1]) or not _PIXEL.search(words):
        return None
    list_ = "".join(f"\n[{n}] {url}" for n, url in enumerate(urls, start=1))
    return f"{_PIXEL.sub('', words).rstrip()}\n{list_}".strip()

"""A mail as its recipient gets it."""

import email
import email.policy
from urllib.parse import parse_qsl, urlsplit

from lxml import html

#: Parameters by which whoever has the link is let in.
SECRETS = {"access_token", "signup_token", "token", "hash", "hash_token"}


class Letter:
    """One mail: ``to``, ``text``, ``html``, and what in it is measured.

    :param bytes content: as the mail server got it
    """

    def __init__(self, recipients, content):
        self.recipients = recipients
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.content = content
        self.subject = self.message["Subject"]
        self.message_id = self.message["Message-Id"]
        self.text = self._part("plain")
        self.html = self._part("html")

    def _part(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""

    @property
    def _tree(self):
        return html.document_fromstring(self.html)

    @property
    def anchors(self):
        """All links: (address, words on it, whether people see it)."""
        return [
            (
                anchor.get("href"),
                " ".join(anchor.text_content().split()),
                "display:none" not in (anchor.get("style") or "").replace(" ", ""),
            )
            for anchor in self._tree.xpath("//a[@href]")
        ]

    @property
    def links(self):
        """Addresses of the measured links that people see, in their order."""
        return [url for url, _words, is_seen in self.anchors if is_seen and is_measured(url)]

    @property
    def bait(self):
        """The address of the hidden link."""
        (url,) = [url for url, _words, is_seen in self.anchors if not is_seen and is_measured(url)]
        return url

    @property
    def pixels(self):
        return [url for url in self._tree.xpath("//img/@src") if "/ecrm/o/" in url]

    @property
    def pixel(self):
        (url,) = self.pixels
        return url

    @property
    def secrets(self):
        """What lets in whoever knows it: values of such parameters of its links."""
        return {
            value
            for url, _words, _is_seen in self.anchors
            for name, value in parse_qsl(urlsplit(url).query)
            if name in SECRETS and len(value) > 8
        }


def is_measured(url):
    return "/ecrm/c/" in url


def is_secret(url):
    parts = urlsplit(url)
    return bool({name for name, _value in parse_qsl(parts.query)} & SECRETS)


def by_recipient(mails):
    """Return letters by the one address to which each went."""
    letters = {}
    for recipients, content in mails:
        (address,) = recipients
        assert address not in letters, f"two mails to {address}"
        letters[address] = Letter(recipients, content)
    return letters

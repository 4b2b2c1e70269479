"""The HTML of a mail: its links exchanged, a pixel added, and nothing else changed."""

import re
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree, html

from ..tracking.urls import has_secret

#: A mail without a document of its own is parsed within this; any name of none of HTML's.
_WRAPPER = "ecrm-mail"
_IS_DOCUMENT = re.compile(r"<(?:html|body|!doctype)\b", re.IGNORECASE)
#: Pages that act for whoever opens them: an account, a password, a subscription.
_PERSONAL = re.compile(
    r"/(?:web/(?:signup|reset_password|login)|auth_|mail/(?:unfollow|view)|mailing/\d|"
    r"unsubscribe|view\Z|ecrm/)",
    re.IGNORECASE,
)
#: A link of Odoo's link tracker, in a mailing with its recipient's number.
_TRACKED = re.compile(r"https?://[^/?#]+/r/([A-Za-z0-9_-]+)(?:/m/\d+)?(?:[?#].*)?\Z")
_ODOO_PIXEL = re.compile(r"/mail/track/\d+/[^/]+/blank\.gif\Z")
#: Odoo's page for unsubscribing, for everybody or for one recipient.
_UNSUBSCRIBE = re.compile(r"/(?:mailing/\d+/(?:confirm_)?unsubscribe|unsubscribe_from_list)\Z")
_HIDDEN = "display:none;max-height:0;overflow:hidden"


class Link(NamedTuple):
    """A link that may be measured."""

    #: place in the mail, from the top, from 1 on
    position: int
    url: str
    #: what people read on it
    label: str


@lru_cache(1024)  # the mails of a mailing have the same links
def is_secret(url):
    """Return whether a link tells a secret or acts for who follows it.

    Such a link is left as it is: whoever could read where it leads, in a table or in a log,
    could follow it.

    >>> is_secret("https://x.org/my/orders/5?access_token=S"), is_secret("https://x.org/a?page=2")
    (True, False)
    >>> is_secret("https://x.org/web/signup?x=1"), is_secret("https://x.org/unsubscribe")
    (True, True)
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # an address in brackets that is none
        return True
    return bool("@" in parts.netloc or _PERSONAL.match(parts.path) or has_secret(url))


def tracker_code(url):
    """Return the code of a link of Odoo's link tracker, None for another.

    >>> tracker_code("https://x.org/r/AbC/m/17?e=5"), tracker_code("https://x.org/r/AbC/more")
    ('AbC', None)
    """
    found = _TRACKED.match(url)
    return found and found[1]


class Body:
    """The parsed body of a mail.

    >>> body = Body('<p>See <a href="https://x.org/shop">the shop</a>, <a href="#top">up</a>')
    >>> body.links()
    [Link(position=1, url='https://x.org/shop', label='the shop')]
    >>> body.exchange({"https://x.org/shop": "https://x.org/t"})
    >>> body.add_pixel("https://x.org/p.gif")
    >>> print(body.html())
    <p>See <a href="https://x.org/t">the shop</a>, <a href="#top">up</a></p><img \
src="https://x.org/p.gif" alt="" width="1" height="1" style="border:0;height:1px;width:1px">
    """

    def __init__(self, text):
        """Parse a body; what is broken in it is mended as a browser would.

        :param str text: HTML, a document or a piece of one
        :raise ValueError: it cannot be read at all
        """
        self._is_document = bool(_IS_DOCUMENT.search(text))
        if not self._is_document:
            text = f"<{_WRAPPER}>{text}</{_WRAPPER}>"
        # as bytes: a text may not name its own encoding
        parser = html.HTMLParser(encoding="utf-8")
        try:
            self._root = html.document_fromstring(text.encode(), parser=parser)
        except (etree.ParserError, UnicodeError) as error:
            raise ValueError(str(error)) from None
        # they stay the same: only where they lead changes
        self._anchors = self._root.xpath("//a[@href] | //area[@href]")

    def links(self):
        """Return the links that may be measured, in their order: to pages, without secrets."""
        found = []
        for anchor in self._anchors:
            url = anchor.get("href").strip()
            if url.lower().startswith(("http://", "https://")) and not is_secret(url):
                label = " ".join(anchor.text_content().split()) or _picture(anchor)
                found.append(Link(len(found) + 1, url, label[:200]))
        return found

    def codes(self):
        """Return the codes of the links of Odoo's link tracker."""
        return {code for anchor in self._anchors if (code := _code_of(anchor))}

    def urls(self):
        """Return where links lead and then where pictures lie, as the text of a mail lists them."""
        links = [anchor.get("href") for anchor in self._anchors if anchor.tag == "a"]
        pictures = [image.get("src") for image in self._root.xpath("//img[@src]")]
        return [url for url in links + pictures if url]

    def untrack(self, targets):
        """Remove Odoo's own pixel, and lead its tracked links where they lead in the end.

        :param dict[str, str] targets: code of the link tracker -> URL
        """
        for image in self._root.xpath("//img[@src]"):
            if _ODOO_PIXEL.search(image.get("src")):
                image.drop_tree()
        for anchor in self._anchors:
            target = targets.get(_code_of(anchor))
            if target:
                anchor.set("href", target)

    def unsubscribe(self, url):
        """Lead Odoo's links for unsubscribing to another page.

        >>> body = Body('<a href="https://x.org/mailing/5/confirm_unsubscribe?email=a">Out</a>')
        >>> body.unsubscribe("https://x.org/u")
        >>> body.html()
        '<a href="https://x.org/u">Out</a>'
        """
        for anchor in self._anchors:
            if _UNSUBSCRIBE.search(anchor.get("href").partition("?")[0]):
                anchor.set("href", url)

    def add_way_out(self, url, label):
        """Add a link to unsubscribe at the end, unless one leads there already.

        >>> body = Body("<p>Your cart</p>")
        >>> body.add_way_out("https://x.org/u", "Out & away")
        >>> body.add_way_out("https://x.org/u", "Out & away")
        >>> print(body.html())
        <p>Your cart</p><p style="font-size:12px;text-align:center">\
<a href="https://x.org/u" style="color:#555555">Out &amp; away</a></p>
        """
        if any(anchor.get("href") == url for anchor in self._anchors):
            return
        paragraph = html.Element("p", style="font-size:12px;text-align:center")
        link = etree.SubElement(paragraph, "a", href=url, style="color:#555555")
        link.text = label
        self._end().append(paragraph)
        self._anchors.append(link)

    def exchange(self, targets):
        """Lead links somewhere else.

        :param dict[str, str] targets: URL -> other URL
        """
        for anchor in self._anchors:
            target = targets.get(anchor.get("href").strip())
            if target:
                anchor.set("href", target)

    def add_pixel(self, url):
        """Add an image that nobody sees, at the end."""
        style = "border:0;height:1px;width:1px"
        image = html.Element("img", src=url, alt="", width="1", height="1", style=style)
        self._end().append(image)

    def add_bait(self, url):
        """Add a link that nobody sees or reaches by keyboard, before everything else."""
        link = html.Element(
            "a", {"href": url, "style": _HIDDEN, "aria-hidden": "true", "tabindex": "-1"}
        )
        end = self._end()
        link.tail, end.text = end.text, None
        end.insert(0, link)

    def html(self):
        """Return the body as HTML."""
        if self._is_document:
            return html.tostring(self._root.getroottree(), encoding="unicode")
        end = self._end()
        pieces = [html.tostring(child, encoding="unicode") for child in end]
        return escape(end.text or "", quote=False) + "".join(pieces)

    def _end(self):
        wrapper = self._root.find(f".//{_WRAPPER}")
        if wrapper is not None:
            return wrapper
        return self._root.body if self._root.body is not None else self._root


def _code_of(anchor):
    return tracker_code(anchor.get("href").strip())


def _picture(anchor):
    """Return what stands for a picture that is a link."""
    image = anchor.find(".//img")
    return (image.get("alt") or "").strip() if image is not None else ""

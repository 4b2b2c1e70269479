"""Finds the place in a mail where products are put in for each recipient.

The editor of mailings turns blocks into tables and keeps the classes of what is in them; so the
place is known by its class alone. Everything else stays byte for byte as it is: what mail
programs want to read is not what a parser would write.
"""

import re

#: The class of the place, and of how many products there may be: ``o_ecrm_limit_3``.
MARK = "o_ecrm_mail_for_you"
LIMIT = 4
MOST = 8

_OPENING = re.compile(rf"""<div\b[^>]*\bclass=(["'])[^"'>]*\b{MARK}\b[^"'>]*\1[^>]*>""")
_DIV = re.compile(r"<(/?)div\b[^>]*?(/?)>", re.IGNORECASE)
_LIMIT = re.compile(r"\bo_ecrm_limit_([1-9])\b")


def fill(text, make):
    """Return a text in which each place is exchanged for what is made for it.

    :param str text: HTML
    :param make: called with the number of products that a place has room for

    >>> place = '<div class="a o_ecrm_mail_for_you o_ecrm_limit_2" id="x">Sample<div/></div>'
    >>> fill(f"<p>Hello</p>{place}<!--[if mso]>x<![endif]-->", lambda limit: f"[{limit}]")
    '<p>Hello</p>[2]<!--[if mso]>x<![endif]-->'

    Places within the place go with it, several are told apart, without a number there are four:

    >>> fill("<div class='o_ecrm_mail_for_you'><div><div>1</div></div></div>" * 2, str)
    '44'

    What is none, or is not closed, stays:

    >>> fill('<div class="o_ecrm_mail_for_you_too">1</div>', str)
    '<div class="o_ecrm_mail_for_you_too">1</div>'
    >>> fill('<div class="o_ecrm_mail_for_you"><div>1</div>', str)
    '<div class="o_ecrm_mail_for_you"><div>1</div>'
    >>> fill('<div class="o_ecrm_mail_for_you o_ecrm_limit_9"/>', str)
    '8'
    """
    pieces, position = [], 0
    for opening in _OPENING.finditer(text):
        end = _end(text, opening)
        if opening.start() < position or end is None:
            continue
        found = _LIMIT.search(opening[0])
        limit = min(int(found[1]), MOST) if found else LIMIT
        pieces += [text[position : opening.start()], str(make(limit))]
        position = end
    return "".join([*pieces, text[position:]])


def _end(text, opening):
    """Return where an element ends; None where it is not closed."""
    depth = 0
    for tag in _DIV.finditer(text, opening.start()):
        closes, is_empty = tag.groups()
        depth += -1 if closes else 0 if is_empty else 1
        if depth <= 0:
            return tag.end()
    return None

"""What may be kept of a search: its words, and nothing that may tell of a person."""

import re

from ..tracking import urls
from . import words

MAX_TERM = 80
#: Numbers of orders, cards and accounts, telephone numbers, however they are grouped.
_TOKEN = re.compile(r"\d{5}")
_NUMBER = re.compile(r"[+(]?\d(?:[\s()/.-]{0,2}\d){4,}")


def clean(text):
    """Return the words of a search, without addresses, long numbers and what is a token.

    >>> clean("  Where IS ann@example.com's order 4711829? ")
    'where is s order'
    >>> clean("pay by +49 170 1234567 or card"), clean("%%%")
    ('pay by or card', '')
    >>> clean("token abc12345def and " + "x" * 50), len(clean("word " * 100)) <= MAX_TERM
    ('token and', True)
    """
    parts = [part for part in urls.mask_secrets(text).split() if not _TOKEN.search(part)]
    found = words.words_of(_NUMBER.sub(" ", " ".join(parts)))
    return " ".join(word for word in found if len(word) <= words.MAX_LETTERS)[:MAX_TERM].strip()

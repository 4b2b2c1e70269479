"""Texts as words: the same for what is written in an article and for what is asked.

PostgreSQL gets words that are found here, with blanks between them. So an address, a number with
a comma or a word with a hyphen is cut alike on both sides, whatever its parser makes of it.
"""

import re
import sys
import unicodedata

#: A longer question is not a search; nobody types so much by hand.
MAX_QUESTION = 200
MAX_WORDS = 12
#: What is longer is no word of a language, but a token, or an attack.
MAX_LETTERS = 40

# accents and vowels that stand as characters of their own belong to their word
_MARKS = "".join(
    re.escape(char)
    for char in map(chr, range(min(sys.maxunicode, 0xFFFF)))
    if unicodedata.category(char) in ("Mn", "Mc")
)
_WORD = re.compile(f"(?:[^\\W_]|[{_MARKS}])+")
# Thai, Lao, Burmese, Khmer, kana and Han are written without blanks between words
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)"
)
# letters that are no letter with an accent to Unicode
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def words_of(text):
    """Return the words of a text in lower case, in its order.

    >>> words_of("Can't I return it? E-mail info@example.com, 3.5 kg!")
    ['can', 't', 'i', 'return', 'it', 'e', 'mail', 'info', 'example', 'com', '3', '5', 'kg']
    >>> words_of("%%%"), words_of("'; drop table--"), words_of(chr(0) + "a" + chr(0) + "b")
    ([], ['drop', 'table'], ['a', 'b'])

    Where a language has no blanks, each two characters are a word:

    >>> words_of("如何退货")
    ['如何', '何退', '退货']
    """
    text = unicodedata.normalize("NFKC", text).lower()
    return [part for word in _WORD.findall(text) for part in _parts(word)]


def question_of(text):
    """Return the words of a question that are looked for: the first ones, each of them once.

    Single letters say nothing unless there is nothing else.

    >>> question_of("Where is my parcel, is it a lost parcel")
    ['where', 'is', 'my', 'parcel', 'it', 'lost']
    >>> question_of("x"), len(question_of(" ".join(map(str, range(10, 99)))))
    (['x'], 12)
    """
    found = list(dict.fromkeys(word for word in words_of(text) if len(word) <= MAX_LETTERS))
    longer = [word for word in found if len(word) > 1 or _UNSPACED.match(word)]
    return (longer or found)[:MAX_WORDS]


def plain(word):
    """Return a word without accents, as people type it in a hurry.

    >>> plain("réclamation"), plain("größe"), plain("łódź"), plain("άλφα")
    ('reclamation', 'grosse', 'lodz', 'αλφα')

    Elsewhere a mark is more than an accent:

    >>> plain("мой"), plain("सहायता")
    ('мой', 'सहायता')
    """
    if not any("\u00c0" <= char <= "\u03ff" or "\u1e00" <= char <= "\u1fff" for char in word):
        return word
    letters = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    return "".join(char for char in letters if not unicodedata.combining(char))


def _parts(word):
    if not _UNSPACED.search(word):
        return [word]
    return [part for run in _UNSPACED.split(word) if run for part in _pairs(run)]


def _pairs(run):
    if len(run) < 3 or not _UNSPACED.match(run):
        return [run]
    return [run[n : n + 2] for n in range(len(run) - 1)]

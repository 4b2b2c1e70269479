"""What an article must have to come into question: all of the words, or some of them."""

from collections import namedtuple

#: Of a question that no article answers so many words are looked for one by one: the longest
#: ones, which are the rarest.
WORDS = 6

#: A question in one language, as text searches. ``parts``: an article that has one of them comes
#: into question; ``query``: by which articles are compared; ``shown``: finds the words in what is
#: shown.
Question = namedtuple("Question", "lang parts query shown")


def all_of(lang, terms, shown):
    """Return the question for articles that have all of some words.

    >>> all_of("en_US", ["a", "b"], "a | b").parts
    ['a & b']
    """
    query = " & ".join(terms)
    return Question(lang, [query], query, shown)


def any_of(lang, terms, shown):
    """Return the question for articles that have any of some words: all but one, or one.

    >>> any_of("en_US", ["a", "b", "c"], "").parts
    ['(b & c) | (a & c) | (a & b)', 'a', 'b', 'c']
    >>> any_of("en_US", ["a", "b"], "").parts
    ['a', 'b']
    """
    terms = [term for term in terms if term in sorted(terms, key=len, reverse=True)[:WORDS]]
    most = [" & ".join(terms[:n] + terms[n + 1 :]) for n in range(len(terms))]
    parts = [" | ".join(f"({part})" for part in most)] if len(terms) > 2 else []
    return Question(lang, [*parts, *terms], " | ".join(terms), shown)

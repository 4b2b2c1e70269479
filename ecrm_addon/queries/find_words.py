"""Words of help articles that may have been meant by a mistyped one."""

from odoo.tools import SQL

#: So many words are compared letter by letter at most.
CANDIDATES = 100
#: Words that look as much alike as this may be meant, though no index of letters finds them.
LIKENESS = 0.4


def near(words, langs):
    """Return the query of the words that differ by a letter or two.

    :param list[tuple[str, str, list[str]]] words: a word as typed, without accents, and what is
        left of it when letters are left out, see ``lib.help.spelling``
    :param list[str] langs: in whose words it is looked for
    :return: SQL giving the typed word, a word of the articles, and whether the typed word is
        one, or the beginning of one: then no other one is looked for
    """
    parts = []
    for typed, plain, variants in words:
        known = _known(plain, langs)
        parts += [_is_known(typed, known), _near(typed, variants, langs, known)]
    return SQL(" UNION ALL ").join(parts)


def _known(plain, langs):
    return SQL(
        "SELECT EXISTS (SELECT FROM ecrm_faq_word WHERE lang = ANY(%s) AND plain LIKE %s)",
        langs,
        f"{plain}%",  # letters and digits: nothing in it that LIKE would read
    )


def _is_known(typed, known):
    return SQL("(SELECT %s::text, NULL::text, true WHERE (%s))", typed, known)


def _near(typed, variants, langs, known):
    return SQL(
        """
        (SELECT %(typed)s::text, word, false FROM ecrm_faq_word
          WHERE lang = ANY(%(langs)s) AND variants && %(variants)s::text[] AND NOT (%(known)s)
          ORDER BY abs(length(word) - length(%(typed)s)) LIMIT %(most)s)
        """,
        typed=typed,
        langs=langs,
        variants=variants,
        known=known,
        most=CANDIDATES,
    )


def alike(typed, langs):
    """Return the query of the word that looks most like a mistyped one, by its trigrams.

    The index goes through many words for it: one word of a question is enough.

    :param str typed: the word
    :param list[str] langs: in whose words it is looked for
    :return: SQL giving the typed word and a word of the articles
    """
    return SQL(
        """
        SELECT %(typed)s::text, word
          FROM (SELECT word, similarity(word, %(typed)s) AS likeness FROM ecrm_faq_word
                 WHERE lang = ANY(%(langs)s) ORDER BY word <-> %(typed)s LIMIT 1) AS alike
         WHERE likeness >= %(least)s
        """,
        typed=typed,
        langs=langs,
        least=LIKENESS,
    )

"""Words of help articles that may have been meant by a mistyped one."""

from odoo.tools import SQL

#: So many words are compared letter by letter at most.
CANDIDATES = 100
#: Words that look as much alike as this may be meant, though no index of letters finds them.
LIKENESS = 0.4


def build(words, langs, has_trigrams):
    """Return the query of the words that come into question.

    :param list[tuple[str, str, list[str]]] words: a word as typed, without accents, and what is
        left of it when letters are left out, see ``lib.help.spelling``
    :param list[str] langs: in whose words it is looked for
    :param bool has_trigrams: whether PostgreSQL can compare words by their trigrams
    :return: SQL giving the typed word, a word of the articles, and how much they look alike:
        2 where the typed word is one, or the beginning of one; 0 where that is not known
    """
    parts = []
    for typed, plain, variants in words:
        parts += [_known(typed, plain, langs), _near(typed, variants, langs)]
        if has_trigrams:
            parts.append(_alike(typed, langs))
    return SQL(" UNION ALL ").join(parts)


def _known(typed, plain, langs):
    return SQL(
        """
        (SELECT %(typed)s::text AS typed, word, 2::real AS likeness FROM ecrm_faq_word
          WHERE lang = ANY(%(langs)s) AND plain LIKE %(pattern)s LIMIT 1)
        """,
        typed=typed,
        langs=langs,
        pattern=f"{plain}%",  # letters and digits: nothing in it that LIKE would read
    )


def _near(typed, variants, langs):
    return SQL(
        """
        (SELECT %(typed)s::text, word, 0::real FROM ecrm_faq_word
          WHERE lang = ANY(%(langs)s) AND variants && %(variants)s::text[] LIMIT %(most)s)
        """,
        typed=typed,
        langs=langs,
        variants=variants,
        most=CANDIDATES,
    )


def _alike(typed, langs):
    return SQL(
        """
        (SELECT %(typed)s::text, word, likeness
           FROM (SELECT word, similarity(word, %(typed)s) AS likeness FROM ecrm_faq_word
                  WHERE lang = ANY(%(langs)s) ORDER BY word <-> %(typed)s LIMIT 5) AS alike
          WHERE likeness >= %(least)s)
        """,
        typed=typed,
        langs=langs,
        least=LIKENESS,
    )

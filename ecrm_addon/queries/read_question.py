"""The words of a question as PostgreSQL looks for them."""

from odoo.tools import SQL

from .index_articles import MARK


def build(configurations, words):
    """Return the query of a question in the languages in which it may be answered.

    A word is looked for as its stem, which leaves out what says nothing ("the"), and as it was
    typed, without accents: the latter finds what begins with it, and what the stem does not know.
    What is there as it was typed counts twice, so that it comes first. Where all words say nothing
    they are looked for all the same.

    :param dict[str, str] configurations: language -> text search configuration
    :param list[tuple[str, str, bool]] words: the word, the word without accents, and whether
        longer ones that begin with it count; letters and digits only
    :return: SQL giving language, the question for each of the words, and the one by which they
        are found in a text that is shown, as text
    """
    texts, plains, prefixes = zip(*words, strict=True)
    return SQL(
        """
        SELECT lang,
               coalesce(array_agg(term ORDER BY n) FILTER (WHERE numnode(stem) > 0),
                        array_agg('(' || typed::text || ')' ORDER BY n)),
               string_agg((stem || shown)::text, ' | ')
          FROM (
            SELECT lang, n, stem, typed, shown, '(' || (stem || typed)::text || ')' AS term
              FROM unnest(%(langs)s::text[], %(configurations)s::text[]) AS lang(lang, name)
             CROSS JOIN unnest(%(words)s::text[], %(plains)s::text[], %(prefixes)s::bool[])
                   WITH ORDINALITY AS word(word, plain, is_prefix, n)
             CROSS JOIN LATERAL (
                SELECT to_tsquery(name::regconfig, '''' || word || '''') AS stem,
                       to_tsquery('simple', '''' || %(mark)s || plain || '''' || ending) AS typed,
                       to_tsquery('simple', '''' || plain || '''' || ending) AS shown
                  FROM (SELECT CASE WHEN is_prefix THEN ':*' ELSE '' END AS ending) AS prefix
                   ) AS query
             WHERE numnode(typed) > 0
               ) AS term
         GROUP BY lang
        """,
        langs=list(configurations),
        configurations=list(configurations.values()),
        words=list(texts),
        plains=list(plains),
        prefixes=list(prefixes),
        mark=MARK,
    )

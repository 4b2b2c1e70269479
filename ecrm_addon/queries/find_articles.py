"""Help articles that answer a question, and those that go with another one."""

from odoo.tools import SQL

#: So many articles are compared at most: those with the words in their title come first, so that
#: a word that stands in each article costs no more than a rare one.
CANDIDATES = 150
#: And so many for each part of a question, so that a common word leaves room for a rare one.
CANDIDATES_OF_PART = 50
#: Of a long article the passage is looked for in so many characters.
HEADLINE_LENGTH = 8000
#: Around what was found; characters that no text holds, see ``index_articles.without_marks``.
START, STOP = "\ue000", "\ue001"
HEADLINE = (
    f'StartSel="{START}", StopSel="{STOP}", MinWords=12, MaxWords=26, MaxFragments=2, '
    'FragmentDelimiter=" … "'
)
#: What a word counts in the body, (nothing,) the keywords and the title.
WEIGHTS = [0.1, 0.1, 0.5, 1.0]
#: What it counts to stand in the same category, in terms of that.
SAME_CATEGORY = 0.1


def visible(website_id, company_id):
    """Return the condition on ``article`` and ``category`` for visitors of a website."""
    return SQL(
        """
        article.is_published AND article.active AND category.is_published AND category.active
        AND (article.website_id IS NULL OR article.website_id = %(website)s)
        AND (category.website_id IS NULL OR category.website_id = %(website)s)
        AND (article.company_id IS NULL OR article.company_id = %(company)s)
        AND (category.company_id IS NULL OR category.company_id = %(company)s)
        """,
        website=website_id,
        company=company_id,
    )


def search(questions, configurations, where, limit):
    """Return the query of the articles that answer a question, the best one first.

    An article that is not translated is looked for in the language in which it is.

    :param list[Question] questions: see ``lib.help.question``; in the visitor's language first,
        then in that of what is not translated
    :param dict[str, str] configurations: language -> text search configuration
    :param SQL where: see ``visible``
    :return: SQL giving id of the article and the passage that answers
    """
    return SQL(
        """
        WITH candidate AS MATERIALIZED (%(candidates)s),
        best AS MATERIALIZED (
            SELECT text.id, article.id AS article_id, article.sequence, query,
                   ts_rank(%(weights)s::real[], vector, query) * ln(1 + %(most)s / found) AS rank
              FROM (SELECT id, query, min(found)::float AS found FROM candidate GROUP BY 1, 2)
                   AS candidate
              JOIN ecrm_faq_text AS text ON text.id = candidate.id
              JOIN ecrm_faq AS article ON article.id = text.article_id
             ORDER BY rank DESC, article.sequence, article.id
             LIMIT %(limit)s
        )
        SELECT best.article_id,
               ts_headline(%(names)s, left(text.body, %(length)s), %(shown)s, %(options)s)
          FROM best
          JOIN ecrm_faq_text AS text ON text.id = best.id
         ORDER BY best.rank DESC, best.sequence, best.article_id
        """,
        candidates=_candidates(questions, where),
        weights=WEIGHTS,
        most=CANDIDATES,
        limit=limit,
        names=_by_language(configurations.items(), "regconfig"),
        shown=_by_language([(each.lang, each.shown) for each in questions], "tsquery"),
        length=HEADLINE_LENGTH,
        options=HEADLINE,
    )


def related(questions, where, article_id, category_id, limit):
    """Return the query of the ids of articles that go with one: by words, and by category.

    :param list[Question] questions: as for ``search``, made of the title's words
    """
    return SQL(
        """
        WITH candidate AS MATERIALIZED (
            (SELECT found.article_id, max(ts_rank(text.head, found.query)) AS rank
               FROM (%(candidates)s) AS found
               JOIN ecrm_faq_text AS text ON text.id = found.id
              GROUP BY found.article_id)
            UNION ALL
            (SELECT article.id, 0
               FROM ecrm_faq AS article
               JOIN ecrm_faq_category AS category ON category.id = article.category_id
              WHERE article.category_id = %(category)s AND %(where)s
              ORDER BY article.sequence, article.id
              LIMIT %(limit)s + 1)
        )
        SELECT article.id
          FROM candidate
          JOIN ecrm_faq AS article ON article.id = candidate.article_id
         WHERE article.id <> %(article)s
         GROUP BY article.id
         ORDER BY max(rank) + CASE WHEN category_id = %(category)s THEN %(same)s ELSE 0 END DESC,
                  article.sequence, article.id
         LIMIT %(limit)s
        """,
        candidates=SQL(" UNION ").join(_matches(questions, where, "head")),
        where=where,
        article=article_id,
        category=category_id,
        same=SAME_CATEGORY,
        limit=limit,
    )


def _candidates(questions, where):
    parts = [*_matches(questions, where, "head"), *_matches(questions, where, "vector")]
    return SQL(" UNION ").join(parts)


def _matches(questions, where, column):
    """Return the queries of texts that match, one for each language and part of a question."""
    lang = questions[0].lang
    return [
        _match(
            question, part, column, where, SQL() if question.lang == lang else _not_translated(lang)
        )
        for question in questions
        for part in question.parts
    ]


def _match(question, part, column, where, own):
    # of a question in parts a rare word counts more than a common one: found is how many
    # articles have it, as far as they were looked at
    is_one = len(question.parts) == 1
    # OFFSET 0: first the index of words, then who may read what it found. PostgreSQL would
    # gladly go through all articles that may be read, and unpack the words of each
    return SQL(
        """
        (SELECT id, article_id, %(query)s::tsquery AS query, %(found)s AS found
           FROM (
            SELECT text.id, text.article_id
              FROM ecrm_faq_text AS text
             CROSS JOIN LATERAL (
                SELECT
                  FROM ecrm_faq AS article
                  JOIN ecrm_faq_category AS category ON category.id = article.category_id
                 WHERE article.id = text.article_id AND %(where)s
                OFFSET 0) AS seen
             WHERE text.lang = %(lang)s AND text.%(column)s @@ %(part)s::tsquery %(own)s
             LIMIT %(most)s) AS matched)
        """,
        query=question.query,
        lang=question.lang,
        part=part,
        column=SQL.identifier(column),
        where=where,
        own=own,
        found=SQL("1") if is_one else SQL("count(*) OVER ()"),
        most=CANDIDATES if is_one else CANDIDATES_OF_PART,
    )


def _not_translated(lang):
    return SQL(
        """
        AND NOT EXISTS (
            SELECT FROM ecrm_faq_text AS own
             WHERE own.article_id = text.article_id AND own.lang = %s)
        """,
        lang,
    )


def _by_language(values, kind):
    """Return the SQL of what holds for the language of a text."""
    cases = [SQL("WHEN %s THEN %s::%s", lang, value, SQL(kind)) for lang, value in values]
    return SQL("CASE text.lang %s END", SQL(" ").join(cases))

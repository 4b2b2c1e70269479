"""What the search looks into: the texts of help articles as words, and the words themselves."""

from odoo.tools import SQL

from .find_articles import START, STOP

#: Before each word as it is written, which tells it from a stem that is spelled alike: both are
#: looked for, and a word whose stem is itself is not to count less than others. PostgreSQL takes
#: a word that begins with a digit as one.
MARK = "0"


def prepare_texts():
    """Return what the ORM cannot make of ``ecrm.faq.text``: columns of words and their indexes.

    ``head`` holds title and keywords alone, so that what stands there is found first, however
    many articles hold a word. Without ``fastupdate``, as each search would go through what waits
    for being put into the index, and there are many more searches than changes.
    """
    return SQL(
        """
        ALTER TABLE ecrm_faq_text
            ADD COLUMN IF NOT EXISTS head tsvector, ADD COLUMN IF NOT EXISTS vector tsvector;
        CREATE INDEX IF NOT EXISTS ecrm_faq_text_head_idx ON ecrm_faq_text
            USING gin (head) WITH (fastupdate = off);
        CREATE INDEX IF NOT EXISTS ecrm_faq_text_vector_idx ON ecrm_faq_text
            USING gin (vector) WITH (fastupdate = off)
        """
    )


def prepare_words():
    """Return the same for ``ecrm.faq.word``; the second index finds what begins with a word."""
    return SQL(
        """
        ALTER TABLE ecrm_faq_word ADD COLUMN IF NOT EXISTS variants text[];
        CREATE INDEX IF NOT EXISTS ecrm_faq_word_variants_idx
            ON ecrm_faq_word USING gin (variants);
        CREATE INDEX IF NOT EXISTS ecrm_faq_word_plain_idx
            ON ecrm_faq_word (plain text_pattern_ops)
        """
    )


def install_trigrams():
    """Return the statement that lets PostgreSQL compare words by trigrams, in all of Odoo."""
    return SQL("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def prepare_trigrams():
    """Return the index by which words that look alike are found, where pg_trgm is installed."""
    return SQL(
        """
        CREATE INDEX IF NOT EXISTS ecrm_faq_word_trigram_idx
            ON ecrm_faq_word USING gist (word gist_trgm_ops)
        """
    )


def read(article_ids):
    """Return the query of what articles say in all languages, and a digest of it.

    :return: SQL giving id, title, keywords, short answer and body (language -> text each), digest
    """
    return SQL(
        """
        SELECT id, name, keywords, summary, body, %s
          FROM ecrm_faq AS article
         WHERE id = ANY(%s) AND is_published AND active
        """,
        _digest(),
        article_ids,
    )


def stale(limit):
    """Return the query of the ids of articles of which the search knows another text.

    Translations that come in a file are written past the ORM, and so are restored rows.
    """
    return SQL(
        """
        SELECT article.id
          FROM ecrm_faq AS article
          LEFT JOIN (SELECT article_id, min(digest) AS known FROM ecrm_faq_text GROUP BY 1) AS text
                 ON text.article_id = article.id
         WHERE known IS DISTINCT FROM CASE WHEN is_published AND active THEN %s END
         ORDER BY article.id
         LIMIT %s
        """,
        _digest(),
        limit,
    )


def forget(article_ids):
    """Return the statement that takes articles out of the search."""
    return SQL("DELETE FROM ecrm_faq_text WHERE article_id = ANY(%s)", article_ids)


def write(rows):
    """Return the statement that puts texts into the search.

    :param str rows: JSON list of ``article_id``, ``lang``, ``configuration``, ``title``,
        ``body``, ``digest`` and, for title, keywords and body, ``<name>_words`` and
        ``<name>_plain``: the words with blanks between them, as they are, and with ``MARK`` and
        without accents
    """
    return SQL(
        """
        INSERT INTO ecrm_faq_text (article_id, lang, title, body, digest, head, vector)
        SELECT article_id, lang, title, body, digest, head,
               head || setweight(%(body)s, 'D')
          FROM json_to_recordset(%(rows)s::json) AS row(
               article_id int, lang text, configuration text, title text, body text, digest text,
               title_words text, title_plain text, keywords_words text, keywords_plain text,
               body_words text, body_plain text)
         CROSS JOIN LATERAL (
            SELECT setweight(%(title)s, 'A') || setweight(%(keywords)s, 'B') AS head) AS made
        """,
        rows=rows,
        title=_vector("title"),
        keywords=_vector("keywords"),
        body=_vector("body"),
    )


def learn(rows):
    """Return the statement that adds words to those that are known.

    :param str rows: JSON list of ``lang``, ``word``, ``plain`` and ``variants``
    """
    return SQL(
        """
        INSERT INTO ecrm_faq_word (lang, word, plain, variants)
        SELECT lang, word, plain, variants
          FROM json_to_recordset(%s::json) AS row(lang text, word text, plain text, variants text[])
            ON CONFLICT DO NOTHING
        """,
        rows,
    )


def unlearn():
    """Return the statement that removes words that stand in no article any more."""
    return SQL(
        """
        DELETE FROM ecrm_faq_word AS word
         WHERE NOT EXISTS (
            SELECT FROM ecrm_faq_text AS text
             WHERE text.lang = word.lang
               AND text.vector @@ to_tsquery('simple', '''' || %s || word.plain || ''''))
        """,
        MARK,
    )


def without_marks(text):
    """Return a text that holds none of the characters that mark what was found."""
    return text.replace(START, "").replace(STOP, "")


def _digest():
    return SQL("md5(concat_ws(chr(10), name::text, keywords::text, summary::text, body::text))")


def _vector(name):
    return SQL(
        "(to_tsvector(configuration::regconfig, %s) || to_tsvector('simple', %s))",
        SQL.identifier(f"{name}_words"),
        SQL.identifier(f"{name}_plain"),
    )

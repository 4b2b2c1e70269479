"""Keeping the words to which somebody agreed."""

from odoo.tools import SQL

from .expressions import NOW


def build(version, text, lang):
    """Return the statement that keeps words; it writes no row where they are kept already.

    :param str version: as the ledger of consent names them
    :param str text: the words
    :param str lang: code of their language, or None
    """
    return SQL(
        """
        INSERT INTO ecrm_consent_text (version, lang, text, create_date)
        SELECT %(version)s, %(lang)s, %(text)s, %(now)s
         -- looked up first: only who is the first to answer waits for anybody
         WHERE NOT EXISTS (SELECT FROM ecrm_consent_text WHERE version = %(version)s)
            ON CONFLICT DO NOTHING
        """,
        version=version,
        lang=lang,
        text=text,
        now=NOW,
    )

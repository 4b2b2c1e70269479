import json

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.help import spelling, words
from ..queries import find_words, index_articles


class EcrmFaqWord(models.Model):
    """A word that stands in help articles: what a mistyped one may have meant."""

    _name = "ecrm.faq.word"
    _description = "Word of the Help Articles"
    _log_access = False
    _rec_name = "word"

    lang = fields.Char("Language", required=True, readonly=True)
    word = fields.Char(required=True, readonly=True)
    plain = fields.Char("Without Accents", required=True, readonly=True)

    _lang_word = models.UniqueIndex("(lang, word)")

    def init(self):
        result = super().init()
        self.env.cr.execute(index_articles.prepare_words())
        if self._has_trigrams():
            self.env.cr.execute(index_articles.prepare_trigrams())
        return result

    @api.model
    def _has_trigrams(self):
        """Return whether PostgreSQL can compare words by trigrams, in this database.

        The extension is used where it is, and installed by a button in the settings: it changes
        how Odoo itself searches, so that whoever runs the database decides on it.
        """
        # and not whether it is there: it may lie in a schema that Odoo does not look into
        query = SQL("SELECT WHERE to_regprocedure('similarity(text, text)') IS NOT NULL")
        return bool(self.env.execute_query(query))

    @api.model
    @api.private
    def _install_trigrams(self):
        """Install the extension, for all of Odoo.

        :raise UserError: where PostgreSQL does not have it or does not allow it
        """
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(index_articles.install_trigrams())
        except psycopg2.Error as error:
            raise UserError(
                self.env._(
                    "PostgreSQL does not let Odoo install pg_trgm. Whoever runs the database can: "
                    "CREATE EXTENSION pg_trgm"
                )
            ) from error
        self.env.cr.execute(index_articles.prepare_trigrams())

    @api.model
    def _learn(self, rows):
        """Add the words of some texts; see ``ecrm.faq.text``."""
        self.env.cr.execute(index_articles.learn(json.dumps(_vocabulary(rows))))

    @api.model
    def _meant(self, typed, langs):
        """Return what was meant by words that no article has.

        :param list[str] typed: words of a question
        :param list[str] langs: of the texts that are looked into
        :return dict[str, str]: mistyped word -> word of the articles
        """
        asked = [
            (word, words.plain(word), sorted(spelling.variants(words.plain(word))))
            for word in typed
            if spelling.most_faults(word)
        ]
        if not asked:
            return {}
        found, known = {}, set()
        for word, candidate, is_known in self.env.execute_query(find_words.near(asked, langs)):
            if is_known:
                known.add(word)
            else:
                found.setdefault(word, {})[words.plain(candidate)] = candidate
        meant = {}
        for word, plain, _variants in asked:
            near = found.get(word, {})
            best = near.get(spelling.nearest(plain, near))
            if best and word not in known:
                meant[word] = best
        left = [word for word, *_rest in asked if word not in known and word not in meant]
        return {**meant, **self._alike(left, langs)}

    def _alike(self, typed, langs):
        """Return the same for the longest of the words that no letter or two bring any nearer."""
        if not typed or not self._has_trigrams():
            return {}
        return dict(self.env.execute_query(find_words.alike(max(typed, key=len), langs)))


def _vocabulary(rows):
    """Return the words of some texts that somebody may mistype, as ``ecrm.faq.word`` has them.

    :param list[dict] rows: as ``EcrmFaqText._prepare_rows`` makes them
    """
    found = {
        (row["lang"], word)
        for row in rows
        for name in ("title", "keywords", "body")
        for word in row[f"{name}_words"].split()
        if spelling.most_faults(word) and word.isalpha()
    }
    return [
        {
            "lang": lang,
            "word": word,
            "plain": words.plain(word),
            "variants": sorted(spelling.variants(words.plain(word))),
        }
        for lang, word in sorted(found)
    ]

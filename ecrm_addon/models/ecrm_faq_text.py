import json

from odoo import api, fields, models, tools

from odoo.addons.website.tools import text_from_html

from ..lib.help import languages, words
from ..queries import index_articles

#: Of an article so many characters are looked into.
MAX_LENGTH = 50_000
BATCH = 500


class EcrmFaqText(models.Model):
    """What a published article says in one language, as the search needs it.

    Derived: it can be made anew from the articles. There is a row for each language into which an
    article is translated; what is not translated is found in the language in which it is written.
    """

    _name = "ecrm.faq.text"
    _description = "Searchable Text of a Help Article"
    _log_access = False

    article_id = fields.Many2one("ecrm.faq", required=True, readonly=True, ondelete="cascade")
    lang = fields.Char("Language", required=True, readonly=True)
    title = fields.Char(readonly=True)
    body = fields.Text(readonly=True)
    digest = fields.Char(readonly=True, help="Of what the article said when this was made.")

    _article_lang = models.UniqueIndex("(article_id, lang)")

    def init(self):
        result = super().init()
        self.env.cr.execute(index_articles.prepare_texts())
        return result

    @api.model
    def _index(self, articles):
        """Make the rows of some articles anew; drafts and archived ones have none."""
        articles.flush_recordset()
        for ids in tools.split_every(BATCH, articles.ids):
            self._index_batch(list(ids))
        self.invalidate_model()

    def _index_batch(self, article_ids):
        self.env.cr.execute(index_articles.forget(article_ids))
        rows = [
            row
            for values in self.env.execute_query(index_articles.read(article_ids))
            for row in self._prepare_rows(*values)
        ]
        if rows:
            self.env.cr.execute(index_articles.write(json.dumps(rows)))
            self.env["ecrm.faq.word"]._learn(rows)

    def _prepare_rows(self, article_id, title, keywords, summary, body, digest):
        """Yield the row of each language in which an article says anything of its own."""
        keywords, summary, body = keywords or {}, summary or {}, body or {}
        for lang in sorted({*title, *keywords, *summary, *body}):
            answer = (_in_language(summary, lang), _plain_text(_in_language(body, lang)))
            texts = {
                "title": _in_language(title, lang),
                "keywords": _in_language(keywords, lang),
                "body": " ".join(filter(None, answer)),
            }
            found = {name: words.words_of(text) for name, text in texts.items()}
            plain = {
                name: [index_articles.MARK + words.plain(word) for word in each]
                for name, each in found.items()
            }
            yield {
                "article_id": article_id,
                "lang": lang,
                "configuration": self._configuration(lang),
                "title": texts["title"],
                "body": texts["body"],
                "digest": digest,
                **{f"{name}_words": " ".join(each) for name, each in found.items()},
                **{f"{name}_plain": " ".join(each) for name, each in plain.items()},
            }

    @tools.ormcache()
    def _known_configurations(self):
        rows = self.env.execute_query(tools.SQL("SELECT cfgname FROM pg_ts_config"))
        return {name for (name,) in rows}

    @api.model
    @api.private
    def _configuration(self, lang):
        return languages.configuration(lang, self._known_configurations())

    @api.autovacuum
    def _mend(self):
        """Find what was written past the ORM, such as translations that came in a file."""
        ids = [id_ for (id_,) in self.env.execute_query(index_articles.stale(BATCH))]
        self._index(self.env["ecrm.faq"].browse(ids))
        if len(ids) < BATCH:
            self.env.cr.execute(index_articles.unlearn())
        return len(ids), len(ids) == BATCH


def _in_language(texts, lang):
    """Return a text in a language: untranslated it is that of the source."""
    return index_articles.without_marks(texts.get(lang) or texts.get("en_US") or "")


def _plain_text(html):
    return text_from_html(html, collapse_whitespace=True)[:MAX_LENGTH] if html else ""

from collections import namedtuple

from markupsafe import Markup, escape

from odoo import api, models

from ..lib.help import question, words
from ..queries import find_articles, read_question

#: The language of the source: in it is what nobody translated.
SOURCE = "en_US"
#: The beginning of a word counts from so many letters on; of the one that is being typed earlier.
PREFIX, PREFIX_TYPED = 4, 2

#: ``articles``: records with the rights of the superuser; ``passages``: the Markup of each;
#: ``meant``: mistyped word -> word; ``is_loose``: some of the words were enough;
#: ``problem``: ``empty`` or ``long`` where nothing was looked for, else None
Found = namedtuple("Found", "articles passages meant is_loose problem")


class EcrmFaqFinder(models.AbstractModel):
    """Finds the help articles that answer a question, in the language of the visitor.

    First those that have all the words; where there are none, with what mistyped words may have
    meant; where there are none either, those that have some of the words. Each step is one
    statement or two, whose cost does not grow with the articles, see ``queries.find_articles``.
    """

    _name = "ecrm.faq.finder"
    _description = "Search in the Help"

    @api.model
    @api.private
    def _find(self, website, text, limit):
        """Return what answers a question on a website.

        :param website website: whose visitors ask
        :param str text: what was typed, whatever it is
        :param int limit: articles at most
        :return Found: what was found
        """
        if len(text) > words.MAX_QUESTION:
            return self._nothing("long")
        typed = words.question_of(text)
        if not typed:
            return self._nothing("empty")
        where = self.env["ecrm.faq"]._visible_sql(website)
        all_of, any_of = self._questions(typed)
        rows, meant = self._look_up(all_of, where, limit), {}
        if not rows:
            meant = self.env["ecrm.faq.word"].sudo()._meant(typed, list(self._configurations()))
            if meant:
                all_of, any_of = self._questions([meant.get(word, word) for word in typed])
                rows = self._look_up(all_of, where, limit)
        is_loose = not rows and len(typed) > 1
        if is_loose:
            rows = self._look_up(any_of, where, limit)
        return self._found(rows, meant, is_loose)

    @api.model
    @api.private
    def _related(self, website, article, limit):
        """Return articles that go with one: by words of their titles, and by category."""
        where = self.env["ecrm.faq"]._visible_sql(website)
        text = f"{article.name} {article.keywords or ''}"[: words.MAX_QUESTION]
        _all_of, any_of = self._questions(words.question_of(text) or ["-"], has_prefixes=False)
        category_id = article.category_id.id
        query = find_articles.related(any_of, where, article.id, category_id, limit)
        ids = [id_ for (id_,) in self.env.execute_query(query)] if any_of else []
        # sudo: visitors have no rights on articles; these are shown to them
        return self.env["ecrm.faq"].sudo().browse(ids)

    # ------------------------------------------------------------
    # QUESTION
    # ------------------------------------------------------------

    def _configurations(self):
        """Return language -> text search configuration: the visitor's, and the source."""
        texts = self.env["ecrm.faq.text"]
        langs = dict.fromkeys((self.env.lang or SOURCE, SOURCE))
        return {lang: texts._configuration(lang) for lang in langs}

    def _questions(self, typed, has_prefixes=True):
        """Return the questions for all of some words, and for any."""
        shortest = [PREFIX] * (len(typed) - 1) + [PREFIX_TYPED]
        asked = [
            (word, words.plain(word), has_prefixes and (len(word) >= least or not word.isascii()))
            for word, least in zip(typed, shortest, strict=True)
        ]
        configurations = self._configurations()
        rows = self.env.execute_query(read_question.build(configurations, asked))
        found = {row[0]: row for row in rows}
        found = [found[lang] for lang in configurations if lang in found]
        return [question.all_of(*row) for row in found], [question.any_of(*row) for row in found]

    def _look_up(self, questions, where, limit):
        if not questions:
            return []
        query = find_articles.search(questions, self._configurations(), where, limit)
        return self.env.execute_query(query)

    # ------------------------------------------------------------
    # ANSWER
    # ------------------------------------------------------------

    def _nothing(self, problem):
        return Found(self.env["ecrm.faq"].sudo(), [], {}, False, problem)

    def _found(self, rows, meant, is_loose):
        # sudo: visitors have no rights on articles; the search found those that they may read
        articles_sudo = self.env["ecrm.faq"].sudo().browse([id_ for id_, _passage in rows])
        passages = [_mark(passage or "") for _id, passage in rows]
        return Found(articles_sudo, passages, meant if rows else {}, bool(rows and is_loose), None)


def _mark(passage):
    """Return a passage with what was found in it marked; everything else is text."""
    text = passage.strip()
    first = text.lstrip(find_articles.START)[:1]
    # it may begin and end within a sentence
    start = "… " if first.islower() else ""
    end = "" if not text or text[-1] in ".!?…。" else " …"
    safe = str(escape(f"{start}{text}{end}"))
    return Markup(  # noqa: S704 - escaped above
        safe.replace(find_articles.START, "<mark>").replace(find_articles.STOP, "</mark>")
    )

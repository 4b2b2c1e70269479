import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.json import scriptsafe

from odoo.addons.website.tools import text_from_html

from ..lib.help import words
from ..queries import list_articles

#: Articles of a category on the first page, on its own page, and beside another article.
FIRST, PER_PAGE, RELATED = 5, 20, 4
#: A search engine gets so many letters of an answer.
MAX_ANSWER = 5000


class EcrmFaq(models.Model):
    """What the help pages show, and what search engines are told of them."""

    _inherit = "ecrm.faq"

    # ------------------------------------------------------------
    # FOR OTHER PAGES
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _search_public(self, website, query, limit=5):
        """Return the articles that answer what somebody types, the best one first.

        Nothing is noted, so that it can be asked at each key. Of a long text the beginning counts.

        :param website website: on which it is typed, in the language of the environment
        :param str query: what was typed, whatever it is
        :return list[dict]: ``id``, ``title``, ``url`` and ``snippet`` (Markup: the passage that
            answers, what was found in it marked)
        """
        typed = (query or "")[: words.MAX_QUESTION]
        found = self.env["ecrm.faq.finder"]._find(website, typed, limit)
        return self._answers(found)

    @api.model
    def _answers(self, found):
        found.articles.fetch(["name", "category_id"])
        return [
            {
                "id": article.id,
                "title": article.name,
                "url": article.website_url,
                "snippet": passage,
            }
            for article, passage in zip(found.articles, found.passages, strict=True)
        ]

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _home(self, website):
        """Return the categories of a website with their first articles, both to be shown."""
        query = list_articles.build(self._visible_sql(website), FIRST)
        rows = self.env.execute_query(query)
        # sudo: visitors have no rights on articles; these are shown to them
        articles_sudo = self.sudo().browse([article_id for _id, article_id in rows])
        articles_sudo.fetch(["name", "category_id"])
        by_category = articles_sudo.grouped("category_id")
        by_category_ids = dict.fromkeys(category_id for category_id, _id in rows)
        categories_sudo = self.env["ecrm.faq.category"].sudo().browse(by_category_ids)
        return [(category, by_category[category]) for category in categories_sudo]

    @api.model
    @api.private
    def _page_of(self, website, category, page):
        """Return a page of the articles of a category, and whether there are more.

        :param int page: from 1
        """
        domain = self._public_domain(website) & Domain("category_id", "=", category.id)
        found = self.sudo().search_fetch(
            domain,
            ["name", "summary", "category_id"],
            offset=(page - 1) * PER_PAGE,
            limit=PER_PAGE + 1,
        )
        return found[:PER_PAGE], len(found) > PER_PAGE

    @api.model
    @api.private
    def _find_public(self, website, slug, model="ecrm.faq"):
        """Return the article or category of a slug that this user may read; else none.

        Who writes articles sees drafts, too.

        :param str slug: such as ``where-is-my-parcel-7``
        """
        record_sudo = self.env[model].sudo().browse(self._id_of(slug))
        if not record_sudo:
            return record_sudo
        own = record_sudo.with_user(self.env.user).sudo(False)
        if own.has_access("read") and own.exists():
            return own if own._is_on(website) else own.browse()
        is_article = model == self._name
        shown = self._public_domain(website) if is_article else record_sudo._shown(website)
        return record_sudo.search(shown & Domain("id", "=", record_sudo.id))

    def _is_on(self, website):
        return self.website_id.id in (False, website.id)

    @staticmethod
    def _id_of(slug):
        found = re.search(r"(?:^|-)(\d{1,9})$", slug)
        return int(found[1]) if found else None

    @api.private
    def _contact_url(self):
        """Return where somebody asks who found no answer."""
        return "/support"

    # ------------------------------------------------------------
    # SEARCH ENGINES
    # ------------------------------------------------------------

    def _default_website_meta(self):
        meta = super()._default_website_meta()
        text = self.summary or text_from_html(self.body or "", collapse_whitespace=True)[:160]
        meta["default_meta_description"] = text
        meta["default_opengraph"]["og:description"] = text
        meta["default_twitter"]["twitter:description"] = text
        meta["default_opengraph"]["og:type"] = "article"
        return meta

    def _structured(self, website, crumbs):
        """Return what the page of an article says, for search engines: schema.org, JSON in HTML.

        :param list[tuple[str, str]] crumbs: names and paths of the way to it
        :return: a text that is written with ``<`` and ``>`` escaped, so that nothing in it can
            end the script element in which it stands
        """
        body = text_from_html(self.body or "", collapse_whitespace=True)
        answer = "\n".join(filter(None, (self.summary, body)))[:MAX_ANSWER]
        question = {
            "@type": "Question",
            "name": self.name,
            "acceptedAnswer": {"@type": "Answer", "text": answer or self.name},
        }
        return self._linked_data(
            {"@type": "FAQPage", "mainEntity": [question], "inLanguage": self._language()},
            _breadcrumb(website.get_base_url(), crumbs),
        )

    def _structured_list(self, website, crumbs):
        """Return the same for the page of a category: questions with the answers that it shows."""
        questions = [
            {
                "@type": "Question",
                "name": article.name,
                "acceptedAnswer": {"@type": "Answer", "text": article.summary},
            }
            for article in self.filtered("summary")
        ]
        parts = [_breadcrumb(website.get_base_url(), crumbs)]
        if questions:
            page = {"@type": "FAQPage", "mainEntity": questions, "inLanguage": self._language()}
            parts.insert(0, page)
        return self._linked_data(*parts)

    def _linked_data(self, *parts):
        return scriptsafe.dumps({"@context": "https://schema.org", "@graph": parts})

    def _language(self):
        return (self.env.lang or "en_US").replace("_", "-").split("@")[0]

    @api.model
    @api.private
    def _sitemap(self, website, text):
        """Yield the help pages of a website, with when they changed.

        :param str text: part of the addresses that are asked for, or empty
        """
        if not self._is_shown(website):
            return
        categories_sudo = (
            self.env["ecrm.faq.category"]
            .sudo()
            .search(self.env["ecrm.faq.category"]._shown(website))
        )
        articles_sudo = self.sudo().search_fetch(
            self._public_domain(website), ["name", "category_id", "write_date"]
        )
        pages = [("/help", None)]
        pages += [(category.website_url, None) for category in categories_sudo]
        pages += [(each.website_url, each.write_date.date()) for each in articles_sudo]
        for path, changed in pages:
            if not text or text.lower() in path:
                yield {"loc": path, **({"lastmod": changed} if changed else {})}

    # ------------------------------------------------------------
    # ODOO'S SEARCH OF A WEBSITE
    # ------------------------------------------------------------

    @api.model
    def _search_get_detail(self, website, order, options):
        return {
            "model": self._name,
            "base_domain": [self._public_domain(website)],
            "requires_sudo": True,
            "search_fields": ["name"],
            "fetch_fields": ["id", "name", "website_url", "summary"],
            "mapping": {
                "name": {"name": "name", "type": "text", "match": True},
                "website_url": {"name": "website_url", "type": "text", "truncate": False},
                "description": {"name": "summary", "type": "text", "match": True},
            },
            "icon": "fa-question-circle",
        }

    @api.model
    def _search_fetch(self, search_detail, search, limit, order):
        if not search:
            return super()._search_fetch(search_detail, search, limit, "sequence, id")
        website = self.env["website"].get_current_website()
        found = self.env["ecrm.faq.finder"]._find(
            website, search[: words.MAX_QUESTION], limit or PER_PAGE
        )
        return found.articles, len(found.articles)


def _breadcrumb(base, crumbs):
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": f"{base}{path}"}
            for n, (name, path) in enumerate(crumbs, 1)
        ],
    }

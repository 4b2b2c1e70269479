from odoo import http
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from ..lib.help import words
from ..lib.tracking import rate_limit

_lt = LazyTranslate(__name__)

#: Articles that a search shows; those that are suggested while somebody types.
RESULTS, SUGGESTIONS = 20, 5
#: Of what is typed elsewhere, such as a long request, the beginning is looked for.
MAX_TYPED = 1000
MAX_PAGE = 1000
#: What is said to whoever knocks too often, or asks in too many words.
TOO_OFTEN, TOO_LONG = 429, 400


def _is_browsing(_controller, _rule, _args):
    """Return whether a page is only read: a search is noted."""
    return "q" not in request.httprequest.args


def _sitemap(env, _rule, text):
    return env["ecrm.faq"]._sitemap(env["website"].get_current_website(), text)


class Help(http.Controller):
    """The help pages: questions of customers with their answers, for everybody."""

    @http.route(
        "/help",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=_sitemap,
        readonly=_is_browsing,
        list_as_website_content=_lt("Help"),
    )
    def help(self, q=None, **_params):
        """Show the categories, or what a search found."""
        if q is not None:
            return self._search(q)
        sections = request.env["ecrm.faq"]._home(request.website)
        return self._page("help_home", sections=sections)

    def _search(self, text):
        if not self._allows("help_search"):
            return self._page("help_search", TOO_OFTEN, problem="often", question=self._short(text))
        found = request.env["ecrm.faq.finder"]._find(request.website, text, RESULTS)
        is_told = found.problem is None and not request.env["ir.http"].is_a_bot()
        if is_told and self._allows("help_note"):
            # sudo: visitors write nothing; this keeps the words of a search and nothing else
            searches_sudo = request.env["ecrm.faq.search"].sudo()
            searches_sudo._note(request.website, text, bool(found.articles) and not found.is_loose)
        return self._page(
            "help_search",
            TOO_LONG if found.problem == "long" else 200,
            problem=found.problem,
            question=self._short(text),
            found=found,
            results=request.env["ecrm.faq"]._answers(found),
        )

    @http.route(
        "/help/suggest",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=True,
        multilang=False,
    )
    def help_suggest(self, q="", **_params):
        """Answer what somebody types: ``{"results": [{"id", "title", "url", "snippet"}]}``.

        Nothing is noted but, in the visitor's session, what was suggested. 429 when it is asked
        too often, 400 for what nobody types.
        """
        headers = {"Cache-Control": "no-store"}
        problem = None
        if len(q) > MAX_TYPED:
            problem = (TOO_LONG, request.env._("Please use fewer words."))
        elif not self._allows("help_suggest"):
            problem = (
                TOO_OFTEN,
                request.env._("That was too often. Please try again in a minute."),
            )
        if problem:
            answer = {"results": [], "error": problem[1]}
            return request.make_json_response(answer, headers, status=problem[0])
        url_for = request.env["ir.http"]._url_for
        results = request.env["ecrm.faq"]._search_public(request.website, q, SUGGESTIONS)
        if request.cookies.get("session_id"):  # who has none yet fills in no form
            request.env["ecrm.faq"]._remember_suggested(request.session, results)
        results = [{**result, "url": url_for(result["url"])} for result in results]
        return request.make_json_response({"results": results}, headers)

    @http.route(
        "/help/<string:category_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def help_category(self, category_slug, page="1", **_params):
        """Show the articles of a category, a page at a time."""
        articles = request.env["ecrm.faq"]
        category = articles._find_public(request.website, category_slug, "ecrm.faq.category")
        if not category:
            raise request.not_found()
        if category.website_url != f"/help/{category_slug}":
            return request.redirect(category.website_url, code=301)
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
        number = min(max(number, 1), MAX_PAGE)
        shown, has_more = articles._page_of(request.website, category, number)
        crumbs = [*self._first_crumb(), (category.name, category.website_url)]
        return self._page(
            "help_category",
            category=category,
            main_object=category,
            articles=shown,
            number=number,
            has_more=has_more,
            crumbs=crumbs,
            structured=shown._structured_list(request.website, crumbs),
        )

    @http.route(
        "/help/<string:category_slug>/<string:article_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def help_article(self, category_slug, article_slug, voted=None, **_params):
        """Show an article, and ask whether it helped."""
        article = self._article(article_slug)
        if article.website_url != f"/help/{category_slug}/{article_slug}":
            return request.redirect(article.website_url, code=301)
        article_sudo, finder = article.sudo(), request.env["ecrm.faq.finder"]
        category = article_sudo.category_id
        crumbs = [*self._first_crumb(), (category.name, category.website_url)]
        here = (article.name, article.website_url)
        # sudo: visitors have no rights on votes; this reads the one of their own session
        given = request.env["ecrm.faq.vote"].sudo()._given(article_sudo, request.session)
        return self._page(
            "help_article",
            article=article,
            main_object=article,
            category=category,
            crumbs=crumbs,
            given=given,
            voted=voted if voted in ("yes", "no", "comment", "often") else None,
            related=finder._related(request.website, article_sudo, 4),
            structured=article_sudo._structured(request.website, [*crumbs, here]),
        )

    @http.route(
        "/help/<string:category_slug>/<string:article_slug>/vote",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
        readonly=False,
    )
    def help_vote(self, article_slug, helpful="", comment="", **_post):
        """Take whether an article helped, or what was missing; then show it again."""
        article = self._article(article_slug)
        if not self._allows("help_vote"):
            return self._after_vote(article, "often")
        answer = {"yes": True, "no": False}.get(helpful)
        # sudo: visitors write nothing but their vote, see ecrm.faq.vote
        votes_sudo = request.env["ecrm.faq.vote"].sudo()
        is_taken = votes_sudo._vote(
            article.sudo(), request.website, request.session, answer, comment
        )
        said = helpful if answer is not None else "comment"
        return self._after_vote(article, said if is_taken else None)

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    @staticmethod
    def _allows(kind):
        network = rate_limit.network(request.httprequest.remote_addr)
        return request.env["ecrm.limits"].allows(kind, network)

    @staticmethod
    def _short(text):
        return text[: words.MAX_QUESTION].replace("\0", "")

    @staticmethod
    def _first_crumb():
        return [(request.env._("Help"), "/help")]

    @staticmethod
    def _article(slug):
        article = request.env["ecrm.faq"]._find_public(request.website, slug)
        if not article:
            raise request.not_found()
        return article

    @staticmethod
    def _after_vote(article, said):
        query = f"?voted={said}" if said else ""
        return request.redirect(f"{article.website_url}{query}#o_ecrm_vote")

    @staticmethod
    def _page(template, status=200, **values):
        values["contact_url"] = request.env["ecrm.faq"]._contact_url()
        response = request.render(f"ecrm_addon.{template}", values)
        response.status_code = status
        return response

import json

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .help_case import HelpPagesCase


@tagged("post_install", "-at_install")
class TestFaqPages(HelpPagesCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._article(
            "Where is my parcel?",
            "In the van. </p><h2>Late?</h2><p>Wait.",
            summary="Look into </script><script>alert(1)</script> your account.",
        )
        cls.back = cls._article("How do I return a parcel?", category=cls.returns)
        cls.draft = cls._article("Secret plans", is_published=False)
        cls.votes = cls.env["ecrm.faq.vote"]

    def _page(self, path, status=200):
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        return html.fromstring(response.text)

    def _text(self, path, status=200):
        (wrap,) = self._page(path, status).xpath("//div[@id='wrap']")
        return " ".join(wrap.text_content().split())

    def _linked_data(self, path):
        (script,) = self._page(path).xpath("//*[@id='wrap']//script[@type]")
        return json.loads(script.text)["@graph"]

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def test_home(self):
        text = self._text("/help")
        for words in ("Shipping", "Where is my parcel?", "Returns", "All about Returns"):
            self.assertIn(words, text)
        self.assertNotIn("Secret", text)

    def test_home_without_articles(self):
        self.faq.search([]).is_published = False
        self.assertIn("no answers here yet", self._text("/help"))

    def test_category(self):
        text = self._text(self.shipping.website_url)
        self.assertIn("Where is my parcel?", text)
        self.assertIn("Look into </script>", text)
        self.assertNotIn("Secret", text)
        for number in range(20):
            self._article(f"Question {number}")
        self.assertIn("Next", self._text(self.shipping.website_url))
        self.assertIn("Question 19", self._text(f"{self.shipping.website_url}?page=2"))
        for odd in ("x", "-1", "0", "9" * 50, "²"):
            self.assertIn("Question 1", self._text(f"{self.shipping.website_url}?page={odd}"))

    def test_article(self):
        page = self._page(self.article.website_url)
        self.assertEqual(page.xpath("//h1")[0].text_content(), "Where is my parcel?")
        self.assertEqual(
            page.xpath("//nav[@aria-label='Breadcrumb']//a/text()"), ["Help", "Shipping"]
        )
        self.assertIn("How do I return a parcel?", page.xpath("//section[@aria-labelledby="
                      "'o_ecrm_related_title']")[0].text_content())  # fmt: skip
        (canonical,) = page.xpath("//link[@rel='canonical']/@href")
        self.assertTrue(canonical.endswith(self.article.website_url))
        (description,) = page.xpath("//meta[@property='og:description']/@content")
        self.assertEqual(description, self.article.summary)

    def test_where_it_stands_now(self):
        """An old or made-up address leads to the right one; what is not there is not found."""
        number = self.article.id
        for path in (f"/help/x/{number}", f"/help/returns-1/old-name-{number}"):
            response = self.url_open(path, allow_redirects=False)
            self.assertEqual(response.status_code, 301, path)
            self.assertTrue(response.headers["Location"].endswith(self.article.website_url))
        category = self.shipping.id
        response = self.url_open(f"/help/old-{category}", allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith(self.shipping.website_url))

    @mute_logger("odoo.http")
    def test_what_is_not_to_be_seen_is_not_found(self):
        self.back.website_id = self.env["website"].create({"name": "Other"})
        for path in (
            self.draft.website_url,
            self.back.website_url,
            "/help/x",
            "/help/x-99999999",
            "/help/x/y",
            "/help/x/y-" + "9" * 400,
        ):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    def test_a_draft_is_shown_to_who_writes_it(self):
        new_test_user(self.env, "writer", "ecrm_addon.group_ecrm_support", password="writer-pass")
        self.authenticate("writer", "writer-pass")
        self.assertIn("This is a draft", self._text(self.draft.website_url))
        # no search finds it, and no colleague without that right sees it
        new_test_user(self.env, "clerk", "base.group_user", password="clerk-pass-1")
        self.authenticate("clerk", "clerk-pass-1")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(self.draft.website_url).status_code, 404)
        self.assertIn("In the van", self._text(self.article.website_url))

    def test_the_editor_of_the_website_may_write_it(self):
        groups = "base.group_user,website.group_website_designer"
        designer = new_test_user(self.env, "designer", groups, password="designer-pass")
        for login, fields in (("designer", {"name", "summary", "body"}), (None, set())):
            self.authenticate(login, login and "designer-pass")
            page = self._page(self.article.website_url)
            found = page.xpath("//*[@data-oe-model='ecrm.faq']/@data-oe-field")
            self.assertEqual(set(found), fields, login)
        # what the editor sends when it saves
        element = html.fromstring(
            f"""<div data-oe-model="ecrm.faq" data-oe-id="{self.article.id}" data-oe-field="body"
            data-oe-type="html" data-oe-expression="article.body"><p>In the lorry.</p></div>"""
        )
        self.env["ir.ui.view"].with_user(designer).save_embedded_field(element)
        self.assertEqual(self.article.body, "<p>In the lorry.</p>")
        self.assertEqual(self._titles("lorry"), [self.article.name])

    def test_search_engines(self):
        question, crumbs = self._linked_data(self.article.website_url)
        self.assertEqual(question["@type"], "FAQPage")
        self.assertEqual(question["mainEntity"][0]["name"], "Where is my parcel?")
        answer = question["mainEntity"][0]["acceptedAnswer"]["text"]
        self.assertIn("</script><script>", answer)
        self.assertIn("In the van.", answer)
        self.assertEqual([each["position"] for each in crumbs["itemListElement"]], [1, 2, 3])
        text = self.url_open(self.article.website_url).text
        self.assertNotIn("<script>alert(1)", text)
        listed, _crumbs = self._linked_data(self.shipping.website_url)
        self.assertEqual(len(listed["mainEntity"]), 1)

    def test_sitemap(self):
        pages = {page["loc"] for page in self.website._enumerate_pages()}
        ours = {page for page in pages if page.startswith("/help")}
        self.assertEqual(
            ours,
            {"/help"}
            | {self.shipping.website_url, self.returns.website_url}
            | {self.article.website_url, self.back.website_url},
        )

    def test_the_search_of_the_website(self):
        count, results, _fuzzy = self.website._search_with_fuzzy(
            "ecrm_help", "parcels", 5, "name asc", {}
        )
        self.assertEqual((count, results[0]["results"]), (2, self.article | self.back))
        shown = ("displayDescription", "displayDetail", "displayExtraDetail", "displayImage")
        options = dict.fromkeys((*shown, "displayExtraLink", "allowFuzzy"), True)
        params = {"search_type": "all", "term": "van", "options": options}
        answer = self.url_open(
            "/website/snippet/autocomplete", json={"jsonrpc": "2.0", "params": params}
        ).json()
        self.assertIn(self.article.website_url, str(answer["result"]["results"]))

    def test_card(self):
        new_test_user(self.env, "visitor", "base.group_portal", password="visitor-pass")
        self.authenticate("visitor", "visitor-pass")
        self.assertTrue(self._page("/my").xpath("//a[contains(@href, '/help')]"))
        self.faq.search([]).is_published = False
        self.assertFalse(self._page("/my").xpath("//*[@id='wrap']//a[contains(@href, '/help')]"))

    def test_queries(self):
        paths = ("/help", self.shipping.website_url, self.article.website_url, "/help?q=parcel")

        def counts():
            for path in paths * 2:
                self.url_open(path)
            found = []
            for path in paths:
                before = self.cr.sql_log_count
                self.url_open(path)
                found.append(self.cr.sql_log_count - before)
            return found

        few = counts()
        for number in range(15):
            self._article(f"Parcel {number}", summary="x")
        self.assertFalse([pair for pair in zip(few, counts(), strict=True) if pair[1] > pair[0]])

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def test_search(self):
        self.assertIn("2 answers", self._text("/help?q=parcel"))
        self.assertIn("Nothing was found for “parcle”", self._text("/help?q=parcle"))
        self.assertIn("Nothing was found for “xylophone”", self._text("/help?q=xylophone"))
        self.assertIn("some of them", self._text("/help?q=parcel+xylophone"))
        log = {(row.term, row.is_found) for row in self.env["ecrm.faq.search"].search([])}
        self.assertLessEqual(
            {("parcel", True), ("xylophone", False), ("parcel xylophone", False)}, log
        )

    def test_odd_searches(self):
        before = self.env["ecrm.faq.search"].search_count([])
        self.assertIn("Please type a word", self._text("/help?q=%25%25%25"))
        self.assertIn("Please type a word", self._text("/help?q="))
        self.assertIn("too long", self._text("/help?q=" + "a" * 10_000, status=400))
        self.assertIn("too long", self._text("/help?q=" + "wo+rd" * 2000, status=400))
        self.assertEqual(self.env["ecrm.faq.search"].search_count([]), before)
        self.assertIn("Nothing was found", self._text("/help?q='%3B+drop+table+ecrm_faq"))
        text = self.url_open("/help?q=<script>alert(1)</script>").text
        self.assertNotIn("<script>alert(1)", text)
        self.assertEqual(self.url_open("/help?q=%00x%ff").status_code, 200)

    def test_machines_are_not_counted(self):
        before = self.env["ecrm.faq.search"].search_count([])
        self.url_open("/help?q=parcel", headers={"User-Agent": "Googlebot/2.1"})
        self.assertEqual(self.env["ecrm.faq.search"].search_count([]), before)

    def test_suggest(self):
        answer = self.url_open("/help/suggest?q=wher+is+par")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        (first, *_rest) = answer.json()["results"]
        self.assertEqual(set(first), {"id", "title", "url", "snippet"})
        self.assertEqual(
            (first["title"], first["url"]), ("Where is my parcel?", self.article.website_url)
        )
        self.assertNotIn("<script", first["snippet"])
        for odd in ("", "q=", "q=%25", "q=%00", "q=" + "x" * 900):
            self.assertEqual(self.url_open(f"/help/suggest?{odd}").json(), {"results": []}, odd)
        refused = self.url_open("/help/suggest?q=" + "x" * 10_000)
        self.assertEqual((refused.status_code, refused.json()["results"]), (400, []))

    def test_suggest_in_the_language_of_the_visitor(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids += lang
        self.article.with_context(lang="fr_FR").name = "Où est mon colis ?"
        self.opener.cookies["frontend_lang"] = "fr_FR"
        (found,) = self.url_open("/help/suggest?q=colis").json()["results"]
        self.assertEqual(found["title"], "Où est mon colis ?")
        self.assertTrue(found["url"].startswith("/fr"))
        self.assertIn("Où est mon colis", self._text(found["url"]))

    def test_too_often(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_help_search", "2 0.0001")
        self.env["ir.config_parameter"].set_param("ecrm.limit_help_suggest", "2 0.0001")
        codes = [self.url_open("/help?q=parcel").status_code for _each in range(4)]
        self.assertEqual(codes[-1], 429)
        codes = [self.url_open("/help/suggest?q=parcel").status_code for _each in range(4)]
        self.assertEqual(codes[-1], 429)
        self.assertEqual(self.url_open(self.article.website_url).status_code, 200)

    def test_a_program_fills_no_table(self):
        """Whoever has a network of IPv6 has many addresses of it."""
        self.env["ir.config_parameter"].set_param("ecrm.limit_help_note", "2 0.0001")
        searches = self.env["ecrm.faq.search"]
        before = searches.search_count([])
        codes = {self.url_open(f"/help?q=made up {n}").status_code for n in range(4)}
        self.assertEqual(codes, {200})
        self.assertEqual(searches.search_count([]), before + 2)

    def test_only_what_was_suggested_spares_a_request(self):
        opened = self.env["ecrm.faq.deflection"]
        before = opened.search_count([])

        def tell(token):
            form = {"opened": str(self.article.id), "csrf_token": token}
            self.assertEqual(self.url_open("/support/opened", data=form).status_code, 204)
            return opened.search_count([]) - before

        token = self._csrf(self.article.website_url)
        self.assertEqual(tell(token), 0)
        self.url_open("/help/suggest?q=parcel")
        self.assertEqual(tell(token), 1)
        self.assertEqual(tell(token), 1, "once")

    # ------------------------------------------------------------
    # DID THIS HELP?
    # ------------------------------------------------------------

    def _given(self):
        votes = self.votes.search([("article_id", "=", self.article.id)])
        return [(vote.is_helpful, vote.comment) for vote in votes]

    def test_one_vote_of_a_browser(self):
        self.assertIn("we are glad", self._vote(self.article, helpful="yes").text)
        self._vote(self.article, helpful="yes")
        self.assertEqual(self._given(), [(True, False)])
        page = self._vote(self.article, helpful="no").text
        self.assertIn("What was missing?", page)
        self.assertEqual(self._given(), [(False, False)])
        self._vote(self.article, comment="  The <b>number</b> of ann@example.com  ")
        self.assertEqual(self._given(), [(False, "The <b>number</b> of *")])
        self._vote(self.article, helpful="yes")
        self.assertEqual(self._given(), [(True, False)])
        self.authenticate(None, None)
        self._vote(self.article, helpful="no")
        self.assertEqual(len(self._given()), 2)

    def test_a_comment_needs_a_vote(self):
        self._vote(self.article, comment="x")
        self.assertEqual(self._given(), [])
        self._vote(self.article, helpful="maybe", comment="x" * 9000)
        self.assertEqual(self._given(), [])
        self._vote(self.article, helpful="no")
        self._vote(self.article, comment="x" * 9000)
        self.assertEqual(len(self._given()[0][1]), 500)

    @mute_logger("odoo.http")
    def test_a_forged_vote(self):
        path = f"{self.article.website_url}/vote"
        for token in ("", "0" * 50):
            response = self.url_open(path, data={"csrf_token": token, "helpful": "no"})
            self.assertEqual(response.status_code, 400)
        # the token of another visitor's session
        foreign = self._csrf(self.article.website_url)
        self.authenticate(None, None)
        response = self.url_open(path, data={"csrf_token": foreign, "helpful": "no"})
        self.assertEqual(response.status_code, 400)
        own = self._csrf(self.article.website_url)
        self.assertEqual(self._vote(self.draft, own, helpful="no").status_code, 404)
        self.assertFalse(self.votes.search_count([("article_id", "=", self.draft.id)]))
        self.assertEqual(self._given(), [])

    def test_votes_too_often(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_help_vote", "1 0.0001")
        for _each in range(3):
            self.authenticate(None, None)
            page = self._vote(self.article, helpful="no").text
        self.assertIn("too often", page)
        self.assertLessEqual(len(self._given()), 1)

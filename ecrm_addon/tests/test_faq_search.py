from markupsafe import Markup

from odoo.tests import tagged
from odoo.tools import SQL

from ..queries import find_articles
from .help_case import HelpCase


@tagged("post_install", "-at_install")
class TestFaqSearch(HelpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.back = cls._article(
            "How do I return a product?",
            "Print the label in your account and hand the parcel in.",
            cls.returns,
            keywords="send back, exchange",
        )
        cls.where = cls._article(
            "Where is my parcel?", "The delivery of your order shows it. Returned goods do not."
        )
        cls.cost = cls._article("What does delivery cost?", "It depends on the weight.")

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def test_title_before_keywords_before_body(self):
        self.assertEqual(self._titles("return"), [self.back.name, self.where.name])
        self._article("Voucher", keywords="delivery")
        self.assertEqual(self._titles("delivery"), [self.cost.name, "Voucher", self.where.name])

    def test_a_stem_is_found(self):
        self.assertIn(self.back.name, self._titles("returning products"))
        self.assertEqual(self._titles("the costs of deliveries"), [self.cost.name])

    def test_while_typing(self):
        for typed in ("deliv", "delive", "deliveri", "what does del"):
            self.assertIn(self.cost.name, self._titles(typed), typed)

    def test_keywords_are_not_shown(self):
        found = self._find("exchange")
        self.assertEqual(found.articles, self.back)
        self.assertNotIn("exchange", found.passages[0])

    def test_accents_do_not_matter(self):
        self._article("Réclamation après réception")
        self.assertEqual(self._titles("reclamation apres"), ["Réclamation après réception"])
        self.assertEqual(self._titles("réclamation"), ["Réclamation après réception"])

    def test_some_of_the_words_are_better_than_nothing(self):
        found = self._find("parcel elephant delivery")
        self.assertTrue(found.is_loose)
        self.assertEqual(found.articles[0], self.where)
        self.assertFalse(self._find("parcel delivery").is_loose)

    def test_a_rare_word_is_found_among_common_ones(self):
        """However many articles have some other word of the question."""
        self.faq.create(
            [
                {"name": f"Parcel {n}", "category_id": self.shipping.id, "is_published": True}
                for n in range(2 * find_articles.CANDIDATES)
            ]
        )
        zeppelin = self._article("Where does the zeppelin go?")
        found = self._find("parcel of a zeppelin at sea")
        self.assertTrue(found.is_loose)
        self.assertEqual(found.articles[0], zeppelin)
        both = self._article("Zeppelin", "A parcel at once")
        self.assertEqual(self._find("parcel zeppelin sea").articles[0], both)

    def test_a_language_without_blanks(self):
        self._article("如何退货", "请在三十天内寄回商品")
        for typed in ("退货", "怎么退货", "寄回"):
            self.assertEqual(self._titles(typed), ["如何退货"], typed)

    # ------------------------------------------------------------
    # SPELLING
    # ------------------------------------------------------------

    def test_a_mistyped_word(self):
        for typed, meant in (
            ("retrun", "return"),
            ("parcl", "parcel"),
            ("pparcel", "parcel"),
            ("delivrey", "delivery"),
            ("delvierey", "delivery"),
        ):
            found = self._find(typed)
            self.assertEqual(found.meant, {typed: meant})
            self.assertTrue(found.articles, typed)

    def test_a_word_that_is_right_is_left_alone(self):
        found = self._find("wher is my parcle")
        self.assertEqual(found.meant, {"parcle": "parcel"})
        self.assertEqual(found.articles, self.where)

    def test_nothing_is_like_it(self):
        found = self._find("xylophone")
        self.assertEqual((found.articles.ids, found.meant, found.problem), ([], {}, None))

    def test_words_of_drafts_are_not_offered(self):
        self._article("Chandelier", is_published=False)
        self.assertFalse(self._find("chandelir").meant)

    def _drop_trigrams(self):
        """Drop the extension, which Odoo makes in each database that it creates, if it may.

        Its indexes go first: PostgreSQL may read one again while what it stands on goes.
        """
        self.env.cr.execute(
            """
            SELECT DISTINCT indexrelid::regclass::text
              FROM pg_index JOIN pg_opclass opclass ON opclass.oid = ANY(indclass)
             WHERE opcname IN ('gin_trgm_ops', 'gist_trgm_ops')
            """
        )
        for (index,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        self.env.cr.execute(SQL("DROP EXTENSION IF EXISTS pg_trgm CASCADE"))

    def test_without_trigrams(self):
        """Where PostgreSQL has no pg_trgm fewer faults are forgiven; nothing depends on it."""
        self._article("Instalments")
        self._drop_trigrams()
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.ecrm_has_trigrams)
        self.assertEqual(self._find("retrun").meant, {"retrun": "return"})
        self.assertFalse(self._find("iinstallmentz").articles)
        settings.action_ecrm_install_trigrams()
        settings.invalidate_recordset()
        self.assertTrue(settings.ecrm_has_trigrams)
        self.assertEqual(self._find("iinstallmentz").meant, {"iinstallmentz": "instalments"})

    # ------------------------------------------------------------
    # LANGUAGES
    # ------------------------------------------------------------

    def test_each_language_its_own_words(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.back.with_context(lang="fr_FR")
        french.name = "Comment renvoyer des produits ?"
        french.update_field_translations(
            "body", {"fr_FR": {"Print the label in your account and hand the parcel in.":
                               "Imprimez les étiquettes dans votre compte."}}
        )  # fmt: skip
        self.assertEqual(self._find("renvoyé", lang="fr_FR").articles, self.back)
        self.assertEqual(self._find("etiquette", lang="fr_FR").articles, self.back)
        self.assertFalse(self._find("return", lang="fr_FR").articles & self.back)
        self.assertFalse(self._find("renvoyer").articles)
        self.assertEqual(self._titles("comment renvoyer", lang="fr_FR"), [french.name[:31]])

    def test_what_is_not_translated_is_found_in_its_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(self._find("returning", lang="fr_FR").articles[0], self.back)

    def test_a_translation_that_came_in_a_file(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.cr.execute(
            SQL(
                "UPDATE ecrm_faq SET name = name || %s::jsonb WHERE id = %s",
                '{"fr_FR": "Combien coûte la livraison ?"}',
                self.cost.id,
            )
        )
        self.assertFalse(self._find("livraison", lang="fr_FR").articles)
        self.env["ecrm.faq.text"]._mend()
        self.assertEqual(self._find("livraison", lang="fr_FR").articles, self.cost)

    # ------------------------------------------------------------
    # WHAT IS LOOKED INTO
    # ------------------------------------------------------------

    def test_changes_are_found_at_once(self):
        self.cost.write({"name": "What is the fee?", "body": "<p>Nothing.</p>"})
        self.assertEqual(self._titles("fee"), ["What is the fee?"])
        self.assertNotIn(self.cost, self._find("weight").articles)
        self.cost.is_published = False
        self.assertFalse(self._find("fee").articles)
        self.cost.is_published = True
        self.assertTrue(self._find("fee").articles)
        self.cost.active = False
        self.assertFalse(self._find("fee").articles)

    def test_only_what_visitors_may_read(self):
        other = self.env["website"].create({"name": "Other"})
        company = self.env["res.company"].create({"name": "Other"})
        self.where.website_id = other
        self.cost.company_id = company
        self.assertEqual(self._find("parcel cost").articles, self.back)
        self.assertEqual(self._find("parcel", website=other).articles, self.where | self.back)
        self.returns.is_published = False
        self.assertFalse(self._find("label").articles)

    def test_words_that_are_gone_are_forgotten(self):
        article = self._article("Zeppelin")
        article.unlink()
        words = self.env["ecrm.faq.word"]
        self.assertTrue(words.search_count([("word", "=", "zeppelin")]))
        self.env["ecrm.faq.text"]._mend()
        self.assertFalse(words.search_count([("word", "=", "zeppelin")]))
        self.assertTrue(words.search_count([("word", "=", "parcel")]))

    # ------------------------------------------------------------
    # WHATEVER IS TYPED
    # ------------------------------------------------------------

    def test_nothing_to_look_for(self):
        for typed in ("", "   ", "%%%", "'\"\\", "...", "\0", "_", "()&|!:*<->"):
            self.assertEqual(self._find(typed).problem, "empty", repr(typed))

    def test_no_word_is_code(self):
        rows = self.env["ecrm.faq.text"].search_count([])
        for typed in (
            "'; drop table ecrm_faq_text; --",
            "a' & !b | (c:*",
            "%s %(x)s {} {0}",
            "parcel\\' OR 1=1",
            "\ud83d\ude00 parcel".encode("utf-16", "surrogatepass").decode("utf-16"),
            "l'été n'est-ce pas",
            "parcel:*A & delivery:D",
            "<script>alert(1)</script>",
        ):
            self._find(typed)
        self.assertEqual(self.env["ecrm.faq.text"].search_count([]), rows)

    def test_too_long(self):
        self.assertEqual(self._find("parcel " * 1500).problem, "long")
        (first,) = self.faq._search_public(self.website, "where parcel " + "x" * 9000, limit=1)
        self.assertEqual(first["id"], self.where.id)

    def test_words_that_say_nothing(self):
        self.assertIn(self.back.name, self._titles("how do i"))

    def test_the_passage_is_safe(self):
        self._article("Markup", "Write 1 &lt; 2 and &lt;script&gt;alert(1)&lt;/script&gt; voucher.")
        (found,) = self.faq._search_public(self.website, "voucher")
        self.assertIsInstance(found["snippet"], Markup)
        self.assertIn("<mark>voucher</mark>", found["snippet"])
        self.assertNotIn("<script", found["snippet"])
        self.assertEqual(found["url"], self.faq.browse(found["id"]).website_url)

    # ------------------------------------------------------------
    # COST AND RELATIVES
    # ------------------------------------------------------------

    def test_queries_do_not_grow(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.faq._search_public(self.website, "gadget", limit=5)
            return self.env.cr.sql_log_count - before

        self._article("A gadget")
        self._find("gadget")
        few = count()
        for number in range(12):
            self._article(f"Gadget {number}")
        count()  # a new article empties caches
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 5)

    def test_related(self):
        finder = self.env["ecrm.faq.finder"]
        again = self._article("Can I return a product twice?", category=self.shipping)
        found = finder._related(self.website, self.back, 3)
        self.assertEqual(found[0], again)
        self.assertNotIn(self.back, found)
        self.assertEqual(finder._related(self.website, self.cost, 1).category_id, self.shipping)

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .help_case import HelpCase


@tagged("post_install", "-at_install")
class TestFaq(HelpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._article("Where is my parcel?")
        cls.agent = new_test_user(cls.env, "help_agent", "ecrm_addon.group_ecrm_support")

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_an_agent_writes_and_publishes(self):
        article = (
            self.faq.with_user(self.agent)
            .with_context(tracking_disable=False)
            .create({"name": "New", "category_id": self.shipping.id, "body": "<p>Soon</p>"})
        )
        self.assertFalse(article.is_published)
        article.is_published = True
        self.assertEqual(self._titles("soon"), ["New"])

    def test_an_address_says_what_it_is(self):
        self.assertEqual(
            self.article.website_url,
            f"/help/shipping-{self.shipping.id}/where-is-my-parcel-{self.article.id}",
        )

    def test_scripts_are_taken_out_of_answers(self):
        agent = self.faq.with_user(self.agent)
        body = "x<script>alert(1)</script><img src=x onerror=alert(1)>"
        article = agent.create({"name": "Odd", "category_id": self.shipping.id, "body": body})
        self.assertNotIn("script", article.body)
        self.assertNotIn("onerror", article.body)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.article.company_id = other
        mine = self.faq.with_user(self.agent).search([("category_id", "=", self.shipping.id)])
        self.assertFalse(mine)
        with self.assertRaises(AccessError):
            self.article.with_user(self.agent).read(["name"])

    def test_a_copy_is_a_draft(self):
        copy = self.article.copy()
        self.assertEqual((copy.name, copy.is_published), ("Where is my parcel? (copy)", False))

    # ------------------------------------------------------------
    # REVIEW
    # ------------------------------------------------------------

    def test_review(self):
        yesterday = fields.Date.context_today(self.faq) - timedelta(days=1)
        self.assertFalse(self.article.is_overdue)
        self.article.write({"review_date": yesterday, "user_id": self.agent.id})
        self.assertTrue(self.article.is_overdue)
        self.assertIn(self.article, self.faq.search([("is_overdue", "=", True)]))
        self.assertNotIn(self.article, self.faq.search([("is_overdue", "=", False)]))

        for _night in range(2):
            self.faq._cron_remind()
        self.assertEqual(self.article.activity_ids.user_id, self.agent)
        self.assertEqual(len(self.article.activity_ids), 1)

        self.article.with_user(self.agent).action_reviewed()
        self.assertFalse(self.article.activity_ids)
        self.assertFalse(self.article.is_overdue)
        self.assertGreater(self.article.review_date, yesterday + timedelta(days=360))

    def test_never_to_be_read_again(self):
        self.article.review_months = 0
        self.article.action_reviewed()
        self.assertFalse(self.article.review_date)

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _votes(self, yes, no, **values):
        day = fields.Date.context_today(self.faq)
        self.env["ecrm.faq.vote"].create(
            [
                {
                    "article_id": self.article.id,
                    "company_id": self.env.company.id,
                    "day": day,
                    "is_helpful": number < yes,
                    **values,
                }
                for number in range(yes + no)
            ]
        )

    def test_share_and_how_sure_it_is(self):
        """The figures of Newcombe (1998), table I: 15 of 148, Wilson's interval."""
        self._votes(15, 133)
        report = self.env["ecrm.faq.report"].search([("article_id", "=", self.article.id)])
        self.assertEqual((report.votes, report.helpful, report.unhelpful), (148, 15, 133))
        self.assertAlmostEqual(report.share, 15 / 148, 6)
        self.assertAlmostEqual(report.share_low, 0.0624, 4)
        self.assertAlmostEqual(report.share_high, 0.1605, 4)
        self.assertEqual(self.article.vote_count, 148)
        self.assertAlmostEqual(self.article.helpful_share, 15 / 148, 6)

    def test_the_share_of_a_group_is_that_of_its_votes(self):
        self._votes(1, 0)
        self.article = self._article("Another")
        self._votes(0, 9)
        ((_category, share),) = self.env["ecrm.faq.report"]._read_group(
            [("category_id", "=", self.shipping.id)], ["category_id"], ["share:avg"]
        )
        self.assertAlmostEqual(share, 0.1)

    def test_no_votes_are_no_share(self):
        self.assertIs(self.article.helpful_share, False)

    def test_old_votes_are_not_of_the_period(self):
        self._votes(1, 0, day="2020-01-01")
        report = self.env["ecrm.faq.report"]
        self.assertFalse(report.search([("article_id", "=", self.article.id)]))
        long = report.with_context(ecrm_days=3650)
        self.assertTrue(long.search([("article_id", "=", self.article.id)]))

    def test_deflection(self):
        draft = self._article("Draft", is_published=False)
        for _opened in range(3):
            self.faq._note_deflection(self.article.id, False)
        self.faq._note_deflection(self.article.id, True)
        for odd in (draft.id, 10**8, 0):
            self.faq._note_deflection(odd, False)
        report = self.env["ecrm.faq.report"].search([])
        self.assertEqual(report.article_id, self.article)
        self.assertEqual((report.opened, report.sent, report.deflected), (3, 1, 2))
        self.assertIs(report.share, False)
        self.assertEqual(self.article.deflected_count, 2)

    # ------------------------------------------------------------
    # SEARCHES
    # ------------------------------------------------------------

    def test_searches_without_result(self):
        searches = self.env["ecrm.faq.search"]
        searches.search([]).unlink()
        for text in ("Gift card?", "gift  CARD", "order 4711829 of ann@example.com", "%%%"):
            searches._note(self.website, text, False)
        searches._note(self.website, "parcel", True)
        rows = self.env["ecrm.faq.search.report"].search([])
        told = [(row.term, row.searches, row.unanswered) for row in rows]
        self.assertEqual(told, [("gift card", 2, 2), ("order of", 1, 1), ("parcel", 1, 0)])

    def test_past_days_are_added_up(self):
        searches = self.env["ecrm.faq.search"]
        searches.search([]).unlink()
        for _each in range(3):
            searches._note(self.website, "gift card", False)
        searches._note(self.website, "gift card", True)
        searches._fold()
        self.assertEqual(searches.search_count([]), 4)
        searches.search([]).day = fields.Date.context_today(searches) - timedelta(days=2)
        searches._note(self.website, "gift card", False)
        searches._fold()
        rows = searches.search([])
        self.assertEqual(sorted(rows.mapped("count")), [1, 1, 3])
        rows.day = "2020-01-01"
        searches._forget_old()
        self.assertFalse(searches.search_count([]))

    def test_words_of_hardly_anybody_are_forgotten(self):
        searches = self.env["ecrm.faq.search"]
        searches.search([]).unlink()
        today = fields.Date.context_today(searches)
        for term, weeks, count in (
            ("slip", 9, 2),
            ("often", 9, 3),
            ("again", 9, 1),
            ("again", 1, 1),
            ("new", 1, 1),
        ):
            searches._note(self.website, term, False)
            searches.search([], order="id desc", limit=1).write(
                {"day": today - timedelta(weeks=weeks), "count": count}
            )
        self.assertEqual(searches._forget_rare(), (1, False))
        self.assertEqual(set(searches.search([]).mapped("term")), {"often", "again", "new"})

    def test_comments_are_forgotten_and_votes_are_not(self):
        self._votes(0, 2)
        old, new = self.env["ecrm.faq.vote"].search([("article_id", "=", self.article.id)])
        (old | new).comment = "The number"
        old.day = fields.Date.context_today(old) - timedelta(days=400)
        self.env["ecrm.faq.vote"]._forget_comments()
        self.assertEqual((old.comment, new.comment), (False, "The number"))

    def test_nobody_is_named(self):
        """No column of what visitors leave leads to a contact, a user or a browser."""
        for model in ("ecrm.faq.vote", "ecrm.faq.search", "ecrm.faq.deflection"):
            stored = {name for name, field in self.env[model]._fields.items() if field.store}
            self.assertFalse(stored & {"create_uid", "write_uid", "partner_id", "user_id"}, model)

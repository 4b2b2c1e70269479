from datetime import timedelta

from markupsafe import Markup

from odoo import models

from . import story_help

#: What was done in the help pages happened within so many days.
DAYS = 60


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_help, self._load_help_use]

    def _load_help(self):
        self._create_once(
            "ecrm.faq.category",
            {
                f"demo_help_{key}": {"name": name, "description": text, "sequence": number}
                for number, (key, (name, text)) in enumerate(story_help.CATEGORIES.items(), 1)
            },
        )
        self._create_once(
            "ecrm.faq",
            {
                f"demo_faq_{key}": self._prepare_article(key, number)
                for number, key in enumerate(story_help.ARTICLES, 1)
            },
        )

        website = self.env["website"].search([], limit=1)
        self._create_once(
            "website.menu",
            {
                "demo_help_menu": {
                    "name": "Help",
                    "url": "/help",
                    "parent_id": website.menu_id.id,
                    "website_id": website.id,
                    "sequence": 45,
                }
            },
        )

    def _prepare_article(self, key, number):
        category, question, keywords, summary, paragraphs = story_help.ARTICLES[key]
        today = self._now().date()
        review = today - timedelta(days=story_help.OVERDUE.get(key, -90 - 20 * number))
        return {
            "name": question,
            "keywords": keywords,
            "summary": summary,
            "body": Markup().join(map(_html, paragraphs)),
            "category_id": self._ref(f"demo_help_{category}").id,
            "sequence": number,
            "is_published": key not in story_help.DRAFTS,
            "user_id": self.env.ref("base.user_admin").id,
            "review_date": review,
        }

    def _load_help_use(self):
        """Tell votes, searches and openings: each day some, the same ones each time."""
        if self._ref("demo_help_vote_0"):
            return
        common = {
            "website_id": self.env["website"].search([], limit=1).id,
            "company_id": self.env.company.id,
        }
        votes = [{**common, **vote} for vote in self._votes()]
        self._create_once(
            "ecrm.faq.vote", {f"demo_help_vote_{n}": vote for n, vote in enumerate(votes)}
        )
        openings = [{**common, **opening} for opening in self._openings()]
        self._create_once(
            "ecrm.faq.deflection",
            {f"demo_help_opening_{n}": opening for n, opening in enumerate(openings)},
        )
        self._create_once(
            "ecrm.faq.search",
            {
                f"demo_help_search_{n}_{part}": {
                    **common,
                    "term": term,
                    "count": count,
                    "is_found": is_found,
                    "lang": "en_US",
                    "day": self._day(n * 3 + part * 13),
                }
                for n, (term, (total, is_found)) in enumerate(story_help.SEARCHES.items())
                for part, count in enumerate((total - total // 2, total // 2))
            },
        )

    def _votes(self):
        for key, (yes, no, comments) in story_help.VOTES.items():
            for number in range(yes + no):
                said = comments[number - yes] if 0 <= number - yes < len(comments) else False
                yield {
                    "article_id": self._ref(f"demo_faq_{key}").id,
                    "day": self._day(number * 7),
                    "lang": "en_US",
                    "is_helpful": number < yes,
                    "comment": said,
                }

    def _openings(self):
        for key, (opened, sent) in story_help.DEFLECTIONS.items():
            for number in range(opened + sent):
                yield {
                    "article_id": self._ref(f"demo_faq_{key}").id,
                    "day": self._day(number * 11),
                    "is_sent": number >= opened,
                }

    def _day(self, number):
        return self._now().date() - timedelta(days=number % DAYS)


def _html(paragraph):
    if isinstance(paragraph, list):
        items = Markup().join(Markup("<li>%s</li>") % item for item in paragraph)
        return Markup("<ul>%s</ul>") % items
    if paragraph.startswith("# "):
        return Markup("<h2>%s</h2>") % paragraph[2:]
    return Markup("<p>%s</p>") % paragraph

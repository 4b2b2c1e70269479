import re

from .common import EcrmCase


class HelpCase(EcrmCase):
    """A help page with two categories, and words for writing and finding articles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.faq = cls.env["ecrm.faq"]
        # what a demo shop wrote is not what is tested
        cls.faq.search([]).active = False
        cls.website = cls.env["website"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.shipping, cls.returns = cls.env["ecrm.faq.category"].create(
            [{"name": "Shipping"}, {"name": "Returns"}]
        )

    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    @classmethod
    def _article(cls, name, body="", category=None, **values):
        """Return an article, published unless told otherwise."""
        return cls.faq.create(
            {
                "name": name,
                "body": body and f"<p>{body}</p>",
                "category_id": (category or cls.shipping).id,
                "is_published": True,
                **values,
            }
        )

    def _find(self, text, website=None, lang=None, limit=10):
        finder = self.env["ecrm.faq.finder"].with_context(lang=lang or "en_US")
        return finder._find(website or self.website, text, limit)

    def _titles(self, text, **options):
        return self._find(text, **options).articles.mapped("name")


class HelpPagesCase(HelpCase):
    """The same by HTTP; to be combined with ``HttpCase``."""

    def _csrf(self, path):
        return re.search(r'name="csrf_token" value="([0-9a-fo]+)"', self.url_open(path).text)[1]

    def _vote(self, article, token=None, **values):
        path = article.website_url
        data = {"csrf_token": token or self._csrf(path), **values}
        return self.url_open(f"{path}/vote", data=data)

from odoo.tests import tagged
from odoo.tools import SQL

from ..lib.tracking.event import identity_of
from ..queries.expressions import path_of, url_of
from .collector_case import CollectorCase

TOKEN = "0123456789abcdef0123456789abcdef"


@tagged("post_install", "-at_install")
class TestCollectorWeb(CollectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)

    def _visitor(self, partner=None, token=TOKEN):
        return self.env["website.visitor"].create(
            {
                "access_token": str(partner.id) if partner else token,
                "partner_id": partner.id if partner else False,
                "website_id": self.website.id,
            }
        )

    def _view(self, visitor, url="https://shop.example.com/tea", **values):
        return self.env["website.track"].create(
            {
                "visitor_id": visitor.id,
                "url": url,
                "visit_datetime": "2026-01-02 03:04:05",
                **values,
            }
        )

    def _anonymous(self):
        return self._by_key(*identity_of("device", TOKEN))

    def _path(self, url, expression=path_of):
        ((path,),) = self.env.execute_query(SQL("SELECT %s", expression(SQL("%s::text", url))))
        return path

    def test_a_known_visitor(self):
        self._view(self._visitor(self.customer))
        self._read()
        view = self._touchpoints()
        self.assertEqual((view.kind, view.path, view.verdict), ("web.page", "/tea", "human"))
        self.assertEqual(view.website_id, self.website)
        self.assertEqual(view.company_id, self.website.company_id)
        self.assertFalse(view.res_model)

    def test_an_anonymous_visitor_is_a_browser_known_by_a_hash(self):
        self._view(self._visitor())
        self._read()
        view = self._anonymous()
        self.assertEqual((view.kind, view.verdict), ("web.page", "unknown"))
        self.assertNotIn(TOKEN, view.identity_id.key)

    def test_a_page_and_a_product(self):
        page = self.env["website.page"].search([], limit=1)
        visitor = self._visitor(self.customer)
        self._view(visitor, page_id=page.id)
        if "product_id" in self.env["website.track"]._fields:
            self._view(visitor, url=False, product_id=self.product.id)
        self._read()
        views = {view.kind: (view.res_model, view.res_id) for view in self._touchpoints()}
        self.assertEqual(views.pop("web.page"), ("website.page", page.id))
        if views:
            self.assertEqual(views, {"web.product": ("product.product", self.product.id)})

    def test_employees_are_not_tracked(self):
        employee = self._user("eve", "base.group_user").partner_id
        track = self._view(self._visitor(employee))
        self._read()
        self.assertFalse(self._touchpoints(employee))
        self.assertTrue(track.exists())

    def test_a_visitor_whose_contact_was_deleted_names_nobody(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        visitor = self._visitor(gone)
        self._view(visitor)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE website_visitor SET partner_id = NULL WHERE id = %s", [visitor.id]
        )
        before = self.env["ecrm.touchpoint"].search_count([("identity_id", "=", False)])
        self.assertEqual(self._read(), 1)
        after = self.env["ecrm.touchpoint"].search_count([("identity_id", "=", False)])
        self.assertEqual(after, before + 1)

    def test_login_links_the_browser(self):
        visitor = self._visitor()
        self._view(visitor)
        self._read()
        browser = self._anonymous().identity_id
        visitor.access_token = str(self.customer.id)  # as Odoo does at the first login
        self._digest()
        self.assertEqual(browser.partner_id, self.customer)
        self.assertEqual(browser.link_ids.mapped("evidence"), ["login"])
        self.assertEqual(self._touchpoints(), self._anonymous())

    def test_login_of_somebody_known_links_the_browser_too(self):
        known, visitor = self._visitor(self.customer), self._visitor()
        self._view(visitor)
        self._read()
        browser = self._anonymous().identity_id
        visitor._merge_visitor(known)  # deletes the anonymous visitor
        self.assertFalse(visitor.exists())
        self._read()
        self._digest()
        self.assertEqual(browser.partner_id, self.customer)
        self.assertEqual(len(self._touchpoints()), 1)

    def test_a_browser_that_belongs_to_somebody_stays_theirs(self):
        visitor = self._visitor()
        self._view(visitor)
        self._read()
        browser = self._anonymous().identity_id
        owner = self.env["res.partner"].create({"name": "Owner"})
        browser.link(owner, "hand")
        visitor.access_token = str(self.customer.id)
        self._digest()
        self.assertEqual(browser.partner_id, owner)

    def test_an_employees_login_links_nothing(self):
        employee = self._user("eve", "base.group_user").partner_id
        visitor = self._visitor()
        self._view(visitor)
        self._read()
        visitor.access_token = str(employee.id)
        self._digest()
        self.assertFalse(self._anonymous().partner_id)

    def test_ten_thousand_characters(self):
        path = "/shop?search=" + "tea+" * 2500 + "&access_token=SECRET"
        self._view(self._visitor(self.customer), url="https://shop.example.com" + path)
        self._read()
        view = self._touchpoints()
        self.assertLessEqual(len(view.path), 2000)
        self.assertTrue(view.path.startswith("/shop?search=tea+tea"))
        self.assertNotIn("SECRET", view.path)

    def test_secrets_are_taken_out_of_a_url(self):
        cases = {
            "https://x.org/my/orders/4?access_token=abc&a=1": "/my/orders/4?a=1",
            "https://x.org/a?a=1&ACCESS_TOKEN=abc": "/a?a=1",
            "https://x.org/a?access_token=abc": "/a",
            "https://x.org/a?token=1&email=a@b.c&password=x&b=2&key=3#top": "/a?b=2",
            "https://x.org/a?new_password=x&monkey=1": "/a?monkey=1",
            "https://x.org/a?to%6ben=abc&b=2": "/a?b=2",
            "https://x.org/a?who=ann@x.org&who=ann%40x.org&b=2": "/a?b=2",
            "https://x.org/a?access_token&b=2": "/a?b=2",
            "https://x.org/a?b=2&&c=?": "/a?b=2&&c=?",
            "https://ann:secret@x.org:8069/a": "/a",
            "https://x.org": "/",
            "https://x.org?b=2": "/?b=2",
            "/a#access_token=abc": "/a",
            "https://x.org/survey/start/8b6e1a52-0d9b-4c5e-8d43-0a3c5f4f6b11?b=2":
                "/survey/start/*?b=2",
            "https://x.org/shop/desk-0123456789-7": "/shop/desk-0123456789-7",
            "not a url at all": "not a url at all",
            "": "/",
            None: None,
        }  # fmt: skip
        for url, path in cases.items():
            with self.subTest(url):
                self.assertEqual(self._path(url), path)

    def test_a_link_keeps_its_host(self):
        cases = {
            "https://x.org/a?token=1&b=2": "https://x.org/a?b=2",
            "https://ann:secret@x.org/a": "/a",
            "/a": "/a",
            "https://x.org": "https://x.org/",
        }
        for url, kept in cases.items():
            with self.subTest(url):
                self.assertEqual(self._path(url, url_of), kept)

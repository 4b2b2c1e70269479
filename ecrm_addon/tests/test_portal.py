from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import EcrmCase

FORBIDDEN = ("churn", "clv", "alive", "rfm", "segment", "engagement", "at risk", "score")


class PortalCase(EcrmCase, HttpCase):
    """Rosa and Tim of one company, Zed of nobody's, with a login each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brightside = cls.env["res.partner"].create(
            {"name": "Brightside <script>alert(1)</script>", "is_company": True}
        )
        cls.rosa = cls._portal_user("rosa", parent_id=cls.brightside.id)
        cls.tim = cls._portal_user("tim", parent_id=cls.brightside.id)
        cls.zed = cls._portal_user("zed")

    @classmethod
    def _portal_user(cls, login, **values):
        user = cls.env["res.users"].with_context(no_reset_password=True)
        partner = cls.env["res.partner"].create(
            {"name": login.capitalize(), "email": f"{login}@example.com", **values}
        )
        return user.create(
            {
                "login": login,
                "password": f"{login}-password",
                "partner_id": partner.id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        ).partner_id

    def _login(self, partner):
        login = partner.user_ids.login
        self.authenticate(login, f"{login}-password")

    def _append(self, partner, count=1, kind="web.page", **values):
        """Append events of yesterday noon, a second apart, the last one first on the page."""
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0) - timedelta(days=1)
        self.log.append(
            [
                self._event(partner, kind, noon + timedelta(seconds=number), **values)
                for number in range(count)
            ]
        )

    def _page(self, path="/my/loyalty"):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        (page,) = html.fromstring(response.text).xpath("//div[@id='wrap']")
        return page

    def _text(self, path="/my/loyalty"):
        return " ".join(self._page(path).text_content().split())

    def _assert_personal(self, response):
        """Fail unless no browser, proxy or frame may keep or show a response."""
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("frame-ancestors", response.headers["Content-Security-Policy"])

    def _queries(self, path):
        """Return how many queries a page takes once its caches are warm."""
        for _warm in range(3):
            self.url_open(path)
        before = self.cr.sql_log_count
        self.url_open(path)
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    # ------------------------------------------------------------
    # LEVEL
    # ------------------------------------------------------------

    def test_level(self):
        self._order(self.rosa, amount=2500)
        self._login(self.rosa)
        page, text = self._page(), self._text()
        self.assertIn("Your company's level Gold", text)
        self.assertIn("Your company spent $ 2,500.00 in the last 12 months", text)
        self.assertIn("$ 2,500.00 more to Platinum", text)
        (bar,) = page.xpath("//*[@role='progressbar']")
        self.assertEqual(bar.get("aria-valuenow"), "50")
        self.assertIn("more to Platinum", bar.get("aria-valuetext"))

    def test_level_is_explained_without_scores(self):
        self._order(self.rosa, amount=2500)
        self.pipeline.run_now()
        self._login(self.rosa)
        text = self._text().lower()
        for word in FORBIDDEN:
            self.assertNotIn(word, text)

    def test_level_by_loyalty_score_shows_no_figure(self):
        self._order(self.zed, amount=2500)
        self.env.company.ecrm_tier_measure = "loyalty_score"
        self.env["ecrm.tier"].search([("minimum", ">", 0)]).minimum = 90
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.zed.id)])
        profile.write({"tier_value": 42.7, "tier_id": self.env.ref("ecrm_addon.tier_bronze").id})
        values = self.zed._ecrm_portal_values()
        self.assertNotIn("42", f"{values['tier'] | {'progress': 0}}")
        self.assertIn("closer to", values["tier"]["missing"])
        self.assertFalse(any(level["minimum"] for level in values["tiers"][1:]))

    def test_level_by_orders(self):
        self.env.company.ecrm_tier_measure = "orders"
        tiers = self.env["ecrm.tier"].search([])
        for number, tier in enumerate(tiers):
            tier.minimum = number * 3
        self._order(self.zed, amount=10)
        tier = self.zed._ecrm_portal_values()["tier"]
        self.assertEqual(tier["why"], "You placed one order in the last 12 months.")
        self.assertEqual(tier["missing"], f"2 more orders to {tiers[1].name}")
        self.env.company.ecrm_tier_months = 1
        tier = self.zed._ecrm_portal_values()["tier"]
        self.assertEqual(tier["why"], "You placed one order in the last month.")

    def test_moves(self):
        tiers = self.env["ecrm.tier"].search([])
        self._order(self.zed, amount=10)
        self.env["ecrm.tier.change"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "date": "2026-02-01 10:00:00",
                    "from_tier_id": tiers[0].id,
                    "to_tier_id": tiers[level].id,
                    "move": "up",
                }
                for partner, company, level in (
                    (self.zed, self.env.company, 1),
                    (self.brightside, self.env.company, 2),
                    (self.zed, self.env["res.company"].create({"name": "Other"}), 3),
                )
            ]
        )
        moves = self.zed._ecrm_portal_values()["moves"]
        told = [move["text"] for move in moves if str(move["date"]) == "2026-02-01"]
        self.assertEqual(told, [f"From {tiers[0].name} to {tiers[1].name}"])

    def test_profile_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["ecrm.profile"].create(
            {
                "partner_id": self.zed.id,
                "company_id": other.id,
                "tier_id": self.env.ref("ecrm_addon.tier_platinum").id,
            }
        )
        self.assertFalse(self.zed._ecrm_portal_values()["tier"])

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    def test_orders_as_in_odoo(self):
        mine = self._order(self.rosa)
        colleagues = self._order(self.tim)
        others = self._order(self.zed)
        self._login(self.rosa)
        links = self._page().xpath("//section[@aria-labelledby='o_ecrm_orders_title']//@href")
        self.assertIn(f"/my/orders/{mine.id}", links)
        self.assertIn(f"/my/orders/{colleagues.id}", links)
        self.assertNotIn(f"/my/orders/{others.id}", links)

    def test_public(self):
        response = self.url_open("/my/loyalty", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_rpc(self):
        self._login(self.rosa)
        models = [
            name for name, model in self.env.items() if name.startswith("ecrm.") and model._auto
        ]
        self.assertGreater(len(models), 8)
        with mute_logger("odoo.http"):
            for name in (*models, "ecrm.touchpoint"):
                error = self._call_kw(name, "search_read", [[]])
                self.assertEqual(error["data"]["name"], "odoo.exceptions.AccessError", name)
            for method in ("_ecrm_portal_values", "_ecrm_portal_activity", "_ecrm_home_cards"):
                self._call_kw("res.partner", method, [self.tim.ids])

    def _call_kw(self, model, method, args):
        """Call as the customer who is logged in; return the error, which there must be."""
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params}, method="POST"
        ).json()
        self.assertIn("error", answer, f"{model}.{method}")
        return answer["error"]

    def test_personal_headers(self):
        self._login(self.zed)
        self._assert_personal(self.url_open("/my/loyalty"))

    def test_no_history(self):
        self._login(self.zed)
        text = self._text()

        self.assertIn("begins with your first order", text)

    def test_queries(self):
        self._order(self.zed, amount=600)
        self._append(self.zed, count=30, path="/shop")
        self._login(self.zed)
        stock, ours = self._queries("/my/security"), self._queries("/my/loyalty")
        self.assertLessEqual(ours, stock + 8)


class PortalTourCase(PortalCase):
    def setUp(self):
        super().setUp()
        self._append(self.rosa, count=24, path="/shop")
        self._order(self.rosa, amount=2500)
        self.pipeline.run_now()


@tagged("post_install", "-at_install")
class TestPortalTour(PortalTourCase):
    def test_tour(self):
        self.start_tour("/my", "ecrm_portal_loyalty", login="rosa")


@tagged("post_install", "-at_install")
class TestPortalTourMobile(PortalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self.start_tour("/my", "ecrm_portal_loyalty", login="rosa")

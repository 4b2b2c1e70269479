from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ecrm_addon.tests.test_portal import PortalCase

from .loyalty_case import LoyaltyCase

BAD_CURSORS = ("0", "-1", "x", "1.5", "9" * 400, str(2**31), "%00", "1;DROP", "²", "all")


class PortalPointsCase(LoyaltyCase, PortalCase):
    """Rosa and Tim of one company and Zed, with programs of the test alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._cards(
            name="Stars", portal_point_name="stars", portal_visible=True, sequence=1
        )

    @classmethod
    def _card(cls, partner, points, program=None, **values):
        return cls.env["loyalty.card"].create(
            {
                "program_id": (program or cls.program).id,
                "partner_id": partner.id,
                "points": points,
                **values,
            }
        )

    def _money(self, program_type, **values):
        return self.env["loyalty.program"].create(
            {"name": program_type, "program_type": program_type, **values}
        )

    def _values(self, partner, **params):
        self.env.flush_all()
        self.env.invalidate_all()
        partner = partner.with_user(partner.user_ids).sudo()
        return partner._ecrm_portal_values(params)

    def _history(self, card, count=1, **values):
        return self.env["loyalty.history"].create(
            [
                {"card_id": card.id, "description": f"Change {number}", "issued": 1, **values}
                for number in range(count)
            ]
        )


@tagged("post_install", "-at_install")
class TestPortalPoints(PortalPointsCase):
    # ------------------------------------------------------------
    # POINTS AND REWARDS
    # ------------------------------------------------------------

    def test_points_are_those_of_the_person(self):
        self._history(self._card(self.rosa, 4711))
        self._history(self._card(self.tim, 4722), description="Tim's")
        self._history(self._card(self.brightside, 4733), description="Everybody's")
        self._login(self.rosa)
        for path in ("/my/loyalty", f"/my/loyalty?partner_id={self.tim.id}"):
            text = self._text(path)
            self.assertIn("4,711 stars", text)
            for other in ("4,722", "4,733", "Tim's", "Everybody's"):
                self.assertNotIn(other, text)

    def test_rewards(self):
        self.program.reward_ids = [
            Command.create({"reward_type": "discount", "discount": 20, "required_points": 250})
        ]
        self._card(self.zed, 130)
        (program,) = self._values(self.zed)["programs"]
        self.assertEqual((program["name"], program["points"]), ("Stars", "130 stars"))
        self.assertEqual(
            [(reward["name"], reward["cost"], reward["missing"]) for reward in program["rewards"]],
            [
                ("1% on your order", "100 stars", False),
                ("20% on your order", "250 stars", "120 stars"),
            ],
        )
        self._login(self.zed)
        self.assertIn("Claim it with your next order", self._text())
        self.assertIn("120 stars missing", self._text())

    def test_what_nobody_can_claim_is_not_offered(self):
        gone = self.product.copy({"active": False})
        self.program.reward_ids = [
            Command.create(
                {
                    "reward_type": "product",
                    "reward_product_id": gone.id,
                    "required_points": 5,
                    "description": "Gone",
                }
            ),
            Command.create({"required_points": 6, "description": "Archived", "active": False}),
        ]
        self._card(self.zed, 500)
        (program,) = self._values(self.zed)["programs"]
        self.assertEqual([reward["cost"] for reward in program["rewards"]], ["100 stars"])
        yesterday = fields.Date.today() - timedelta(days=2)
        self.program.write({"date_from": yesterday, "date_to": yesterday})
        (program,) = self._values(self.zed)["programs"]
        self.assertEqual((program["points"], program["rewards"]), ("500 stars", []))

    def test_what_expires_when(self):
        self._card(self.zed, 40, expiration_date="2030-03-01")
        self._card(self.zed, 4044, expiration_date="2020-03-01")
        self.program.date_to = "2031-04-01"
        self._login(self.zed)
        text = self._text()
        self.assertIn("These points expire on March 1, 2030.", text)
        self.assertIn("Rewards can be claimed until April 1, 2031.", text)
        self.assertNotIn("4,044", text)

    def test_a_program_for_everybody_is_shown_before_the_first_point(self):
        (program,) = self._values(self.zed)["programs"]
        self.assertEqual((program["points"], len(program["rewards"])), ("0 stars", 1))
        self.program.portal_visible = False
        self.assertFalse(self._values(self.zed)["programs"])

    def test_a_closed_program(self):
        self.program.ecrm_tier_ids = self.gold
        self.assertFalse(self._values(self.zed)["programs"])
        self._card(self.zed, 300)
        (program,) = self._values(self.zed)["programs"]
        self.assertEqual((program["points"], program["rewards"]), ("300 stars", []))
        self.assertIn("for customers of the tier Test Gold only", program["closed"])
        self._set_tier(self.zed, self.gold)
        (program,) = self._values(self.zed)["programs"]
        self.assertFalse(program["closed"])
        self.assertEqual(len(program["rewards"]), 1)

    def test_the_tier_of_the_company_opens_a_program(self):
        self.program.ecrm_tier_ids = self.gold
        self._set_tier(self.brightside, self.gold)
        (program,) = self._values(self.rosa)["programs"]
        self.assertEqual(len(program["rewards"]), 1)

    def test_programs_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._cards(name="Theirs", portal_visible=True, company_id=other.id)
        self._card(self.zed, 77, theirs)
        names = [program["name"] for program in self._values(self.zed)["programs"]]
        self.assertEqual(names, ["Stars"])

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def test_money_is_no_points(self):
        wallet = self._money("ewallet", portal_point_name="coins")
        gifts = self._money("gift_card")
        self._card(self.rosa, 12.5, wallet)
        self._card(self.rosa, 30, gifts, code="044-rosas-code", expiration_date="2030-03-01")
        self._card(self.rosa, 0, gifts, code="044-empty-code")
        self._card(self.tim, 40, gifts, code="044-tims-code")
        self._card(self.tim, 66, wallet)
        self._login(self.rosa)
        text = self._text().replace("\xa0", " ")
        for told in ("$ 12.50", "$ 30.00", "044-rosas-code", "Expires on March 1, 2030"):
            self.assertIn(told, text)
        for other in ("coins", "044-empty-code", "044-tims-code", "$ 40.00", "$ 66.00"):
            self.assertNotIn(other, text)

    def test_coupons(self):
        """Those that were sent to one person, and still bring something."""
        reward = Command.create({"reward_type": "discount", "discount": 15, "required_points": 1})
        sent = self._money("next_order_coupons", reward_ids=[Command.clear(), reward])
        sent.name = "Welcome back"
        self._card(self.rosa, 1, sent, code="044-rosas-code", expiration_date="2030-03-01")
        self._card(self.rosa, 0, sent, code="044-used-code")
        self._card(self.rosa, 1, sent, code="044-late-code", expiration_date="2020-03-01")
        self._card(self.tim, 1, sent, code="044-tims-code")
        (coupon,) = self._values(self.rosa)["coupons"]
        self.assertEqual((coupon["name"], coupon["code"]), ("Welcome back", "044-rosas-code"))
        self.assertIn("15", coupon["amount"])
        self._login(self.rosa)
        text = self._text().replace("\xa0", " ")
        for told in ("Your coupons", "044-rosas-code", "Expires on March 1, 2030"):
            self.assertIn(told, text)
        for other in ("044-used-code", "044-late-code", "044-tims-code"):
            self.assertNotIn(other, text)
        sent.date_to = "2020-01-01"
        self.assertFalse(self._values(self.rosa)["coupons"])

    # ------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------

    def test_earned_and_claimed(self):
        self._order(self.zed, amount=250)
        order = self._order(self.zed, amount=100, confirm=False)
        self._claim(order)
        order.action_confirm()
        last, first = self._values(self.zed)["points"]["rows"]
        self.assertEqual((first["earned"], first["spent"]), ("250 stars", 0))
        self.assertEqual((last["earned"], last["spent"]), ("100 stars", "100 stars"))
        self.assertEqual(last["url"], f"/my/orders/{order.id}")
        self.assertEqual(list(last["claimed"]), ["1% on your order"])
        self._login(self.zed)
        text = self._text()
        self.assertIn("Claimed: 1% on your order", text)
        self.assertIn("+100 stars", text)
        self.assertIn("−100 stars", text)
        self.assertIn("250 stars", text)

    def test_an_order_of_somebody_else(self):
        order = self._order(self.zed, amount=10)
        self._history(self._card(self.rosa, 5), order_model="sale.order", order_id=order.id, used=2)
        (row,) = self._values(self.rosa)["points"]["rows"]
        self.assertFalse(row["url"])
        self.assertFalse(row["claimed"])

    def test_an_order_that_is_gone_or_no_sale(self):
        card = self._card(self.zed, 5)
        self._history(card, order_model="sale.order", order_id=10**8)
        self._history(card, order_model="no.model", order_id=1, used=1)
        rows = self._values(self.zed)["points"]["rows"]
        self.assertEqual([row["url"] for row in rows], [False, None])

    def test_pages(self):
        self._history(self._card(self.zed, 23), 23)
        self._history(self._card(self.tim, 5), 5, description="Tim's")
        told, cursor = [], ""
        for expected in (10, 10, 3):
            points = self._values(self.zed, points=cursor)["points"]
            self.assertEqual(len(points["rows"]), expected)
            told += [row["text"] for row in points["rows"]]
            cursor = str(points["next"])
        self.assertFalse(points["next"])
        self.assertEqual(told, [f"Change {number}" for number in reversed(range(23))])
        self._login(self.zed)
        (link,) = self._page().xpath("//a[contains(@href, 'points=')]/@href")
        older = self._text(link)
        self.assertIn("Change 12", older)
        self.assertNotIn("Change 13", older)
        self.assertIn("Back to the newest", older)

    def test_bad_cursors(self):
        self._history(self._card(self.zed, 2), 2)
        for cursor in (*BAD_CURSORS, 7, None, ["1"], {}):
            rows = self._values(self.zed, points=cursor)["points"]["rows"]
            self.assertEqual(len(rows), 2, cursor)
        self._login(self.zed)
        for cursor in BAD_CURSORS:
            self.assertIn("Change 1", self._text(f"/my/loyalty?points={cursor}"))
        self.assertIn("There is nothing before that", self._text("/my/loyalty?points=1"))

    def test_markup(self):
        evil = "<script>alert('points')</script>"
        self.program.name = evil
        self._history(self._card(self.zed, 2), description=evil)
        self._login(self.zed)
        page = self._page()
        self.assertFalse(page.xpath(".//script[contains(., 'points')]"))
        self.assertIn(evil, page.text_content())

    def test_queries(self):
        card = self._card(self.zed, 500)
        order = self._order(self.zed, amount=10)
        self._login(self.zed)
        few = self._page_queries()
        self._history(card, 2000, order_model="sale.order", order_id=order.id)
        self.assertEqual(self._page_queries(), few)

    def _page_queries(self):
        for _warm in range(3):
            self.url_open("/my/loyalty")
        before = self.cr.sql_log_count
        self.url_open("/my/loyalty")
        return self.cr.sql_log_count - before

    # ------------------------------------------------------------
    # HOME PAGE
    # ------------------------------------------------------------

    def _home(self, partner):
        self.env.flush_all()
        self.env.invalidate_all()
        website = self.env["website"].get_current_website()
        partner = partner.with_user(partner.user_ids).sudo()
        return partner._ecrm_home_cards(website)["loyalty"]

    def test_home_card(self):
        self._set_tier(self.zed, self.gold)
        self._card(self.zed, 5, self._money("ewallet"))
        self._card(self.zed, 1230)
        standing = self._home(self.zed)["standing"].replace("\xa0", " ")
        self.assertEqual(standing, "Test Gold · 1,230 stars · $ 5.00")

    def test_home_card_without_levels(self):
        self.env["ecrm.tier"].search([]).active = False
        self.assertEqual(self._home(self.zed)["hint"], "Your next order earns points.")
        self._card(self.zed, 7)
        card = self._home(self.zed)
        self.assertEqual((card["standing"], card["hint"]), ("7 stars", ""))
        self.program.active = False
        self.assertIsNone(self._home(self.zed))
        self._login(self.zed)
        self.assertIn("There are no levels or points here yet", self._text())

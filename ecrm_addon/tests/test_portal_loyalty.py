from odoo.tests import tagged

from .test_portal import PortalCase, PortalTourCase


@tagged("post_install", "-at_install")
class TestPortalLoyalty(PortalCase):
    """What ends when, what comes without a level, and how the level moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("bronze", "silver", "gold", "platinum")
        cls.tiers = {name: cls.env.ref(f"ecrm_addon.tier_{name}") for name in names}
        if "loyalty.program" in cls.env:  # the page is not empty where there are programs
            cls.env["loyalty.program"].sudo().search([]).active = False

    def _values(self, partner, **params):
        self.env.flush_all()
        self.env.invalidate_all()
        return partner._ecrm_portal_values(params)

    def _profile(self, partner):
        return self.env["ecrm.profile"].search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
            ]
        )

    # ------------------------------------------------------------
    # WHAT ENDS WHEN
    # ------------------------------------------------------------

    def test_a_level_that_is_safe(self):
        self._order(self.zed, amount=2500)
        tier = self._values(self.zed)["tier"]
        self.assertEqual(tier["keep"], "As things are, you keep Gold for the next 90 days.")
        self._order(self.rosa, amount=2500)
        tier = self._values(self.tim)["tier"]
        self.assertEqual(
            tier["keep"], "As things are, your company keeps Gold for the next 90 days."
        )

    def test_the_lowest_level_does_not_end(self):
        self._order(self.zed, amount=10)
        self.assertEqual(self._values(self.zed)["tier"]["keep"], "")

    def test_a_level_that_ends(self):
        self._order(self.rosa, amount=2500)
        self._profile(self.rosa).write(
            {
                "tier_falls_on": "2030-03-01",
                "tier_falls_short": 312.5,
                "tier_falls_to_id": self.tiers["silver"].id,
            }
        )
        self._login(self.rosa)
        text = self._text().replace("\xa0", " ")
        self.assertIn(
            "Your company keeps Gold until February 28, 2030. "
            "Orders worth $ 312.50 without taxes keep it. Then it is Silver.",
            text,
        )
        keep = self._values(self.rosa)["tier"]["keep"]
        self.assertNotIn("falls", keep)

    def test_of_scores_only_the_day_is_told(self):
        self._order(self.zed, amount=2500)
        self.env.company.ecrm_tier_measure = "loyalty_score"
        self._profile(self.zed).write(
            {
                "tier_id": self.tiers["gold"].id,
                "tier_value": 43.7,
                "tier_falls_on": "2030-03-01",
                "tier_falls_short": 7.3,
            }
        )
        keep = self._values(self.zed)["tier"]["keep"]
        self.assertIn("until February 28, 2030. Each order and each visit helps", keep)
        self.assertNotIn("7", keep.replace("2030", ""))

    # ------------------------------------------------------------
    # WITHOUT A LEVEL
    # ------------------------------------------------------------

    def test_how_to_begin(self):
        self.assertEqual(
            self._values(self.zed)["start"],
            "You have no level yet: Bronze begins with your first order.",
        )
        self.tiers["bronze"].active = False
        start = self._values(self.zed)["start"].replace("\xa0", " ")
        self.assertEqual(start, "You have no level yet: Silver takes $ 500.00 within 12 months.")
        self.env.company.ecrm_tier_measure = "loyalty_score"
        self.assertIn("brings you closer to Silver", self._values(self.zed)["start"])

    def test_who_objected_is_told_why(self):
        self._order(self.zed, amount=2500)
        self._append(self.zed)
        identity = self._identities(self.zed).filtered(lambda one: one.kind == "partner")
        self.env["ecrm.consent"].record(identity, "refused", "profile")
        self._login(self.zed)
        self.assertIn("you asked us to make no profile of you", self._text())
        self.assertIn("you asked us to make no profile of you", self._text("/my"))
        self.env["ecrm.consent"].record(identity, "granted", "profile")
        self.assertEqual(self._values(self.zed)["tier"]["name"], "Gold")

    def test_a_shop_without_levels(self):
        self.env["ecrm.tier"].search([]).active = False
        self._login(self.zed)
        text = self._text()
        self.assertIn("There are no levels or points here yet", text)
        self.assertNotIn("What each level brings", text)

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    def _move(self, partner, count=1, **values):
        self.env["ecrm.tier.change"].create(
            [
                {
                    "partner_id": partner.commercial_partner_id.id,
                    "company_id": self.env.company.id,
                    "date": f"2025-01-{number + 1:02} 10:00:00",
                    "from_tier_id": self.tiers["silver"].id,
                    "to_tier_id": self.tiers["gold"].id,
                    "move": "up",
                    "measure": "net_spend",
                    "value": 2500,
                    "minimum": 2000,
                    "window_days": 365,
                    **values,
                }
                for number in range(count)
            ]
        )

    def test_why_it_moved(self):
        self._move(self.zed)
        (move,) = self._values(self.zed)["moves"]
        self.assertEqual(move["text"], "From Silver to Gold")
        self.assertEqual(
            move["reason"].replace("\xa0", " "),
            "$ 2,500.00 spent in 365 days: Gold asks for $ 2,000.00",
        )

    def test_scores_behind_a_move_are_not_told(self):
        for measure in ("loyalty_score", "clv", False):
            self._move(self.zed, measure=measure, value=77)
        for move in self._values(self.zed)["moves"]:
            self.assertFalse(move["reason"])

    def test_many_moves(self):
        self._move(self.zed, count=12)
        self._move(self.rosa, count=5)
        self._login(self.zed)
        self.assertEqual(self._moves_of("/my/loyalty"), (10, 1))
        self.assertEqual(self._moves_of("/my/loyalty?moves=all"), (12, 0))
        for other in ("99999999", "%00", "ALL", "all&moves=1"):
            self.assertEqual(self._moves_of(f"/my/loyalty?moves={other}")[1] in (0, 1), True)

    def _moves_of(self, path):
        """Return how many moves a page shows, and how many links to more."""
        page = self._page(path)
        shown = page.xpath("//ol[contains(@class, 'o_ecrm_moves')]/li")
        return len(shown), len(page.xpath("//a[contains(@href, 'moves=all')]"))

    def test_long_names(self):
        """No name is too long for a phone, and none is markup; how it looks is for a browser."""
        self.tiers["gold"].name = "G" * 300
        self._order(self.zed, amount=2500)
        self._login(self.zed)
        (title,) = self._page().xpath("//h2[@id='o_ecrm_tier_title']")
        self.assertEqual(title.text_content().strip(), "G" * 300)
        self.assertIn("o_ecrm_break", title.getparent().get("class"))


@tagged("post_install", "-at_install")
class TestPortalWhyGold(PortalTourCase):
    def test_tour(self):
        self.start_tour("/my", "ecrm_portal_why_gold", login="rosa")


@tagged("post_install", "-at_install")
class TestPortalWhyGoldMobile(PortalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self.start_tour("/my", "ecrm_portal_why_gold", login="rosa")

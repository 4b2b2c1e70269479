from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .loyalty_case import LoyaltyCase


@tagged("post_install", "-at_install")
class TestTierPoints(LoyaltyCase, AccountTestInvoicingCommon):
    """Tiers by the points that were earned within a rolling window."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "ecrm_timezone": "UTC",
                "ecrm_tier_measure": "points",
                "ecrm_tier_months": 12,
                "ecrm_grace_days": 30,
            }
        )
        cls.env["ecrm.tier"].search([("id", "not in", (cls.silver | cls.gold).ids)]).active = False
        cls.silver.minimum, cls.gold.minimum = 0, 200
        cls.program = cls._cards()
        cls.product.invoice_policy = "order"
        # with cards of their own, whatever was there before
        cls.ann, cls.bob = cls.env["res.partner"].create(
            [{"name": "Ann of Points"}, {"name": "Bob of Points"}]
        )

    def _night(self, day, partner=None):
        with freeze_time(f"{day} 03:00:00"):
            self.run = self.env["ecrm.score.run"].score(self.company)
        self.assertNotEqual(self.run.status, "failed", self.run.message)
        self.env.invalidate_all()
        return self.env["ecrm.profile"].search(
            [("partner_id", "=", (partner or self.ann).id), ("company_id", "=", self.company.id)]
        )

    def _earn(self, points, day):
        with freeze_time(f"{day} 12:00:00"):
            return self._order(self.ann, points, date=f"{day} 12:00:00")

    def test_up_at_once_down_after_the_grace_days(self):
        self._earn(150, "2025-01-10")
        self.assertEqual(self._night("2025-01-11").tier_id, self.silver)
        self._earn(60, "2025-02-10")
        profile = self._night("2025-02-11")
        self.assertEqual(profile.tier_id, self.gold)
        self.assertEqual(profile.tier_value, 210)
        self.assertIn("Test Gold: 210 points earned within 12 months", profile.why)
        move = self.env["ecrm.tier.change"].search([("partner_id", "=", self.ann.id)], limit=1)
        self.assertIn("210 points earned in 366 days", move.reason)
        profile = self._night("2026-01-15")
        self.assertEqual((profile.tier_id, profile.tier_value), (self.gold, 60))
        self.assertEqual(str(profile.tier_falls_on), "2026-02-09")
        self.assertEqual(profile.tier_falls_to_id, self.silver)
        self.assertEqual(profile.tier_falls_short, 140)
        self.assertIn("140 more points keep it", profile.tier_fall_text)
        self.assertEqual(profile.tier_keep_offer, "140 more points keep it.")
        self.assertEqual(self._night("2026-02-08").tier_id, self.gold)
        self.assertEqual(self._night("2026-02-09").tier_id, self.silver)

    def test_spending_points_costs_no_tier(self):
        self._earn(150, "2025-01-10")
        self._earn(60, "2025-02-10")
        card = self.env["loyalty.card"].search(
            [("program_id", "=", self.program.id), ("partner_id", "=", self.ann.id)]
        )
        with freeze_time("2025-02-12 12:00:00"):
            order = self._order(self.ann, amount=10, confirm=False)
            self._claim(order)
            order.action_confirm()
            order.date_order = "2025-02-12 12:00:00"
        self.assertLess(card.points, 200)
        profile = self._night("2025-02-13")
        self.assertEqual(profile.tier_id, self.gold)
        self.assertGreaterEqual(profile.tier_value, 210)

    def test_what_was_refunded_is_not_earned(self):
        today = fields.Date.today()
        with freeze_time(f"{today} 12:00:00"):
            order = self._order(self.ann, 300)
            invoice = order._create_invoices()
            invoice.action_post()
        self.company.ecrm_grace_days = 0
        self.assertEqual(self._night(today).tier_id, self.gold)
        note = invoice._reverse_moves([{"invoice_date": today}])
        note.action_post()
        profile = self._night(today)
        self.assertEqual((profile.tier_id, profile.tier_value), (self.silver, 0))

    def test_an_order_counts_at_once(self):
        self._night(fields.Date.today())
        self._order(self.ann, 250)
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.ann.id)])
        self.assertEqual((profile.tier_id, profile.tier_value), (self.gold, 250))

    def test_a_rerun_writes_nothing(self):
        self._earn(0.1, "2025-01-10")
        self._earn(0.2, "2025-01-11")
        self._earn(333.33, "2025-01-12")
        self._night("2025-12-20")
        self._night("2025-12-20")
        self.assertEqual(self.run.written_count, 0)

    def test_points_without_an_order_make_no_customer(self):
        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self.bob.id}
        )
        self.env["loyalty.card.update.balance"].create(
            {"card_id": card.id, "new_balance": 500, "description": "A gift"}
        ).action_update_card_point()
        day = fields.Date.today() + timedelta(days=1)
        self.assertFalse(self._night(day, self.bob).tier_id)

    def test_in_the_portal(self):
        self._earn(250, "2025-01-10")
        self._night("2025-12-20")
        told = self.ann.with_company(self.company)._ecrm_portal_values()["tier"]
        self.assertEqual(told["reached"], "250 points")
        self.assertEqual(told["why"], "You earned 250 points in the last 12 months.")

    def test_without_the_module_it_is_money_again(self):
        """What Odoo does with the choice when the module that offers it is removed."""
        self._earn(250, "2025-01-10")
        self._night("2025-01-11")
        choices = self.env["ir.model.fields.selection"].search(
            [
                ("value", "=", "points"),
                ("field_id.model", "in", ("res.company", "ecrm.tier.change")),
            ]
        )
        self.assertEqual(len(choices), 2)
        for choice in choices:
            choice._process_ondelete()
        self.env.invalidate_all()
        self.assertEqual(self.company.ecrm_tier_measure, "net_spend")
        move = self.env["ecrm.tier.change"].search([("partner_id", "=", self.ann.id)], limit=1)
        self.assertEqual((move.to_tier_id, move.measure), (self.gold, False))
        self.assertIn("250", move.reason)

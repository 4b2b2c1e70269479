from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .loyalty_case import LoyaltyCase


class TestTierPrograms(LoyaltyCase):
    """A program that names tiers is for customers in one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._discount()
        cls.gold.program_ids = cls.program

    def _new_order(self, partner=None):
        return self._order(partner, amount=100, confirm=False)

    def test_both_sides_show_it(self):
        self.assertEqual(self.program.ecrm_tier_ids, self.gold)

    def test_for_the_tier_and_for_nobody_else(self):
        self.assertEqual(self._claim(self._new_order()), 90)
        self.assertEqual(self._claim(self._new_order(self.stranger)), 100)
        self._set_tier(self.stranger, self.silver)
        self.assertEqual(self._claim(self._new_order(self.stranger)), 100)
        self.silver.program_ids = self.program
        self.assertEqual(self._claim(self._new_order(self.stranger)), 90)

    def test_without_tiers_it_is_for_everybody(self):
        self.program.ecrm_tier_ids = False
        self.assertEqual(self._claim(self._new_order(self.stranger)), 90)

    def test_people_buy_with_the_tier_of_their_company(self):
        firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Clerk"})]}
        )
        self._set_tier(firm, self.gold)
        self.assertEqual(self._claim(self._new_order(firm.child_ids)), 90)

    def test_the_tier_in_the_company_of_the_order_counts(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._set_tier(self.customer, self.silver)
        self._set_tier(self.customer, self.gold, other)
        self.assertEqual(self._claim(self._new_order()), 100)

    def test_an_archived_tier_opens_nothing(self):
        self.gold.active = False
        self.assertEqual(self._claim(self._new_order(self.stranger)), 100)

    def test_a_tier_with_programs_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.gold.unlink()
        self.silver.unlink()

    def test_salespeople_without_rights_in_ecrm(self):
        seller = new_test_user(
            self.env, "ecrm_sam", groups="sales_team.group_sale_salesman_all_leads"
        )
        for partner, amount in ((self.customer, 90), (self.stranger, 100)):
            order = self._new_order(partner).with_user(seller)
            self.assertEqual(self._claim(order), amount)
        self.assertNotIn("ecrm_tier_ids", self.program.with_user(seller).fields_get())

    # ------------------------------------------------------------
    # CODES
    # ------------------------------------------------------------

    def test_a_code_of_a_closed_program_says_for_whom_it_is(self):
        self.program.trigger = "with_code"
        self.program.rule_ids.write({"mode": "with_code", "code": "GOLDEN"})
        status = self._new_order(self.stranger)._try_apply_code("GOLDEN")
        self.assertIn("Test Gold", status["error"])
        self.assertIn("not_found", self._new_order(self.stranger)._try_apply_code("NONE"))
        order = self._new_order()
        self.assertNotIn("error", order._try_apply_code("GOLDEN"))
        self.assertEqual(self._claim(order), 90)

    def test_a_coupon_of_a_closed_program(self):
        program = self._discount(program_type="coupons", trigger="with_code")
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 1})
        self.gold.program_ids += program
        order = self._new_order(self.stranger)
        self.assertIn("Test Gold", order._try_apply_code(card.code)["error"])
        self.assertIn("error", order._apply_program_reward(program.reward_ids, card))
        self.assertIn("Test Gold", order._try_apply_program(program, card)["error"])
        self.assertEqual(order.amount_untaxed, 100)
        self.assertNotIn("error", self._new_order()._try_apply_code(card.code))

    def test_a_gift_card_is_money_in_any_tier(self):
        gifts = self.env["loyalty.program"].create({"name": "Gifts", "program_type": "gift_card"})
        self.gold.program_ids += gifts
        closed = self._new_order(self.stranger)._ecrm_closed_programs()
        self.assertEqual(closed, self.program)

    # ------------------------------------------------------------
    # LOSING THE TIER
    # ------------------------------------------------------------

    def test_a_draft_loses_it_and_says_so(self):
        order = self._new_order()
        self._claim(order)
        self._set_tier(self.customer, self.silver)
        self.assertFalse(order._get_claimable_rewards())
        order._update_programs_and_rewards()
        self.assertEqual(order.amount_untaxed, 100)
        notes = [body for body in order.message_ids.mapped("body") if "Test Gold" in body]
        self.assertEqual(len(notes), 1)
        order._update_programs_and_rewards()
        self.assertEqual(len(order.message_ids.filtered(lambda m: "Test Gold" in m.body)), 1)

    def test_a_confirmed_order_keeps_it(self):
        order = self._new_order()
        self._claim(order)
        order.action_confirm()
        self._set_tier(self.customer, self.silver)
        order._update_programs_and_rewards()
        self.assertEqual(order.amount_untaxed, 90)

    def test_a_paid_cart_keeps_it(self):
        order = self._new_order()
        self._claim(order)
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "ecrm-paid",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "state": "done",
                "sale_order_ids": [fields.Command.set(order.ids)],
            }
        )
        self._set_tier(self.customer, self.silver)
        order._update_programs_and_rewards()
        self.assertEqual(order.amount_untaxed, 90)

    def test_a_cart_of_the_shop_tells_its_customer(self):
        if "shop_warning" not in self.env["sale.order"]._fields:
            self.skipTest("there is no shop")
        website = self.env["website"].search([], limit=1)
        self.program.ecommerce_ok = True
        portal = new_test_user(self.env, "ecrm_pat", groups="base.group_portal")
        self._set_tier(portal.partner_id, self.gold)
        cart = self._order(portal.partner_id, confirm=False, website_id=website.id)
        cart_sudo = cart.with_user(portal).sudo()
        self.assertEqual(self._claim(cart_sudo), 90)
        self._set_tier(portal.partner_id, self.silver)
        cart_sudo._update_programs_and_rewards()
        self.assertEqual(cart_sudo.amount_untaxed, 100)
        self.assertIn("Test Gold", cart_sudo.shop_warning)

    # ------------------------------------------------------------
    # LOYALTY CARDS
    # ------------------------------------------------------------

    def test_a_card_of_a_closed_program_rests(self):
        program = self._cards()
        self.gold.program_ids += program
        self._order(amount=300)
        card = self.env["loyalty.card"].search([("program_id", "=", program.id)])
        self.assertEqual(card.points, 300)
        self._set_tier(self.customer, self.silver)
        self._order(amount=50)
        self.assertEqual(card.points, 300)
        order = self._new_order()
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        self._set_tier(self.customer, self.gold)
        order._update_programs_and_rewards()
        self.assertTrue(order._get_claimable_rewards())

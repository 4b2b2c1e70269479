from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .score_case import ScoreCase


class TestOrderStanding(ScoreCase):
    """An order keeps how its customer stood when it was confirmed, before it counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver = cls.env.ref("ecrm_addon.tier_silver")
        cls.people = cls._people(6)
        cls.ann = cls.people[2]
        for number, partner in enumerate(cls.people):
            for _order in range(number + 1):
                cls._buy(partner, 600, f"2026-01-{10 + number}")
        cls.salesperson = new_test_user(
            cls.env,
            "standing_sales",
            "sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    def _quote(self, partner=None, **values):
        return self._order(partner or self.ann, confirm=False, company_id=self.company.id, **values)

    def _standing(self, order):
        return order.ecrm_tier_id, order.ecrm_segment_id, order.ecrm_loyalty_score

    @freeze_time("2026-02-01 10:00:00")
    def test_what_was_known_before_the_order(self):
        self._score()
        profile = self._profile(self.ann)
        before = profile.tier_id, profile.segment_id, profile.loyalty_score
        self.assertTrue(all(before))
        order = self._quote(order_line=False)
        order.order_line = [
            fields.Command.create({"product_id": self.product.id, "price_unit": 90_000})
        ]
        nothing = self.silver[:0], profile.segment_id[:0], False
        self.assertEqual(self._standing(order), nothing)
        order.action_confirm()
        self.assertEqual(self._standing(order), before)
        after = self._profile(self.ann)
        self.assertNotEqual(after.tier_id, before[0], "the order itself counts afterwards")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._standing(order), before)

    @freeze_time("2026-02-01 10:00:00")
    def test_a_salesperson_without_rights_confirms(self):
        self._score()
        order = self._quote(user_id=self.salesperson.id)
        theirs = order.with_user(self.salesperson)
        theirs.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.ecrm_tier_id, self._profile(self.ann).tier_id)
        self.assertNotIn("ecrm_tier_id", theirs.fields_get())
        with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
            theirs.read(["ecrm_tier_id"])
        with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
            theirs.search([("ecrm_loyalty_score", ">", 1)])

    @freeze_time("2026-02-01 10:00:00")
    def test_cancelled_and_confirmed_again(self):
        self._score()
        order = self._quote()
        order.action_confirm()
        first = self._standing(order)
        order._action_cancel()
        self.assertEqual(self._standing(order), first, "it was ordered, as it stood then")
        order.action_draft()
        self._order(self.ann, 9_000, company_id=self.company.id)
        order.action_confirm()
        profile = self._profile(self.ann)
        self.assertEqual(order.ecrm_tier_id, self.env.ref("ecrm_addon.tier_platinum"))
        self.assertNotEqual(self._standing(order), first)
        self.assertEqual(order.ecrm_tier_id, profile.tier_id)

    @freeze_time("2026-02-01 10:00:00")
    def test_who_lost_the_profile_leaves_nothing_old_behind(self):
        self._score()
        order = self._quote()
        order.action_confirm()
        order._action_cancel()
        order.action_draft()
        self._profile(self.ann).unlink()
        order.action_confirm()
        self.assertEqual(self._standing(order), (self.silver[:0], order.ecrm_segment_id[:0], False))

    def test_the_customer_behind_the_contact_in_the_company_of_the_order(self):
        firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Clerk"})]}
        )
        other = self._company("Other")
        for company, tier, score in (
            (self.company, "tier_gold", 61.25),
            (other, "tier_bronze", 0),
        ):
            self.profiles.create(
                {
                    "partner_id": firm.id,
                    "company_id": company.id,
                    "tier_id": self.env.ref(f"ecrm_addon.{tier}").id,
                    "loyalty_score": score,
                }
            )
        here = self._quote(firm.child_ids)
        there = self._order(firm.child_ids, confirm=False, company_id=other.id)
        unknown = self._quote(self.env["res.partner"].create({"name": "New"}))
        (here | there | unknown)._ecrm_note_standing()
        self.assertEqual((here.ecrm_tier_id.name, here.ecrm_loyalty_score), ("Gold", 61.25))
        self.assertEqual((there.ecrm_tier_id.name, there.ecrm_loyalty_score), ("Bronze", 0))
        self.assertIs(unknown.ecrm_loyalty_score, False, "not known is not 0")
        copy = here.copy()
        self.assertFalse(copy.ecrm_tier_id)
        self.assertIs(copy.ecrm_loyalty_score, False)

    @freeze_time("2026-02-01 10:00:00")
    def test_the_row_is_written_as_often_as_without(self):
        self._score()
        orders = self._quote() | self._quote(self.people[1])
        nothing_known = self._quote(self.env["res.partner"].create({"name": "New"}))

        def updates(order):
            self.env.flush_all()
            before = self._written(order)
            order.action_confirm()
            self.env.flush_all()
            return self._written(order) - before

        self.assertEqual(updates(orders[0]), updates(nothing_known))

    def _written(self, order):
        """Return how many versions of rows of orders this transaction has made."""
        self.env.cr.execute("SELECT pg_stat_get_xact_tuples_updated('sale_order'::regclass)")
        return self.env.cr.fetchone()[0]

    def test_scoring_rewrites_no_order(self):
        old = self._buy(self.ann, 100, "2026-01-20")
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM sale_order WHERE id = %s", (old.id,))
        before = self.env.cr.fetchall()
        self._score()
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid FROM sale_order WHERE id = %s", (old.id,))
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertFalse(old.ecrm_tier_id)

    @freeze_time("2026-02-01 10:00:00")
    def test_search_group_and_sales_analysis(self):
        self._score()
        order = self._quote()
        order.action_confirm()
        tier = order.ecrm_tier_id
        user = new_test_user(
            self.env,
            "standing_user",
            "sales_team.group_sale_salesman_all_leads,ecrm_addon.group_ecrm_user",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        orders = order.with_user(user)
        self.assertEqual(orders.search([("ecrm_tier_id", "=", tier.id)]), order)
        counts = {
            found.id: count
            for found, count in orders._read_group([], ["ecrm_tier_id"], ["__count"])
        }
        self.assertEqual(counts, {tier.id: 1, False: 21})
        self.env.flush_all()
        report = self.env["sale.report"].with_user(user)
        rows = report._read_group(
            [("ecrm_tier_id", "!=", False)],
            ["ecrm_tier_id", "ecrm_segment_id"],
            ["price_subtotal:sum", "ecrm_loyalty_score:avg"],
        )
        self.assertEqual(rows, [(tier, order.ecrm_segment_id, 100, order.ecrm_loyalty_score)])
        for model in ("sale.order", "sale.report"):
            arch = self.env[model].with_user(user).get_view(view_type="search")["arch"]
            for name in ("ecrm_group_tier", "ecrm_group_segment"):
                self.assertIn(name, arch)
        hers = self.env["sale.report"].with_user(self.salesperson)
        self.assertTrue(hers._read_group([], ["partner_id"], ["price_subtotal:sum"]))
        with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
            hers._read_group([], ["ecrm_tier_id"], ["__count"])

    def test_a_deleted_tier_leaves_the_order(self):
        tier = self.env["ecrm.tier"].create({"name": "Old", "minimum": 5})
        order = self._quote()
        order.ecrm_tier_id = tier
        self.env.flush_all()
        tier.unlink()
        self.env.invalidate_all()
        self.assertTrue(order.exists())
        self.assertFalse(order.ecrm_tier_id)

    @freeze_time("2026-02-01 10:00:00")
    def test_an_objection_to_profiles_empties_the_orders(self):
        self._score()
        mine, other = self._quote(), self._quote(self.people[1])
        (mine | other).action_confirm()
        self.assertTrue(mine.ecrm_tier_id and other.ecrm_tier_id)
        identity = self.env["ecrm.identity"].search([("partner_id", "=", self.ann.id)], limit=1)
        identity = identity or self.env["ecrm.identity"].create(
            {"kind": "partner", "key": str(self.ann.id), "partner_id": self.ann.id}
        )
        self.env["ecrm.consent"].record(identity, "refused", "profile")
        self.assertFalse(self._profile(self.ann))
        self.assertEqual(self._standing(mine), (self.silver[:0], mine.ecrm_segment_id[:0], False))
        self.assertTrue(other.ecrm_tier_id)
        again = self._quote()
        again.action_confirm()
        self.assertFalse(again.ecrm_tier_id)

    def test_told_and_forgotten_with_the_person(self):
        order = self._quote()
        order.ecrm_tier_id = self.silver
        (told,) = self.env["ecrm.privacy"].sudo().export(self.ann)["orders"]
        self.assertEqual((told["order"], told["tier"]), (order.name, "Silver"))
        self.env["ecrm.privacy"].sudo().erase(self.ann)
        self.assertFalse(order.ecrm_tier_id)
        self.assertFalse(self.env["ecrm.privacy"].sudo().export(self.ann)["orders"])

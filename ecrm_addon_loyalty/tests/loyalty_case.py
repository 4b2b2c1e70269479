from odoo import fields

from odoo.addons.ecrm_addon.tests.common import EcrmCase


class LoyaltyCase(EcrmCase):
    """Two tiers, a customer in the upper one, and no programs but those of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as the system: the accountant of Odoo's tests may not sell; rights are tested by users
        cls.env = cls.env(su=True)
        cls.customer, cls.product = cls.customer.with_env(cls.env), cls.product.with_env(cls.env)
        cls.env["loyalty.program"].search([]).active = False
        cls.silver, cls.gold = cls.env["ecrm.tier"].create(
            [{"name": "Test Silver", "minimum": 500}, {"name": "Test Gold", "minimum": 2000}]
        )
        cls.profile = cls._set_tier(cls.customer, cls.gold)
        cls.stranger = cls.env["res.partner"].create({"name": "Bob"})

    @classmethod
    def _set_tier(cls, partner, tier, company=None):
        company = company or cls.env.company
        profiles = cls.env["ecrm.profile"]
        profile = profiles.search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        ) or profiles.create({"partner_id": partner.id, "company_id": company.id})
        profile.tier_id = tier
        cls.env.flush_all()
        cls.env.invalidate_all()
        return profile

    @classmethod
    def _discount(cls, **values):
        """Return a program of 10 % off each order."""
        return cls.env["loyalty.program"].create(
            {
                "name": "Ten off",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [fields.Command.clear(), fields.Command.create({})],
                "reward_ids": [
                    fields.Command.clear(),
                    fields.Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def _cards(cls, **values):
        """Return a program that gives one point for each unit of money."""
        return cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "trigger": "auto",
                "applies_on": "both",
                "rule_ids": [
                    fields.Command.clear(),
                    fields.Command.create(
                        {"reward_point_mode": "money", "reward_point_amount": 1, "minimum_qty": 0}
                    ),
                ],
                "reward_ids": [
                    fields.Command.clear(),
                    fields.Command.create(
                        {"reward_type": "discount", "discount": 1, "required_points": 100}
                    ),
                ],
                **values,
            }
        )

    def _claim(self, order):
        """Do what a salesperson or the shop does: update, and take every reward."""
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            for reward in rewards:
                order._apply_program_reward(reward, coupon)
        return order.amount_untaxed

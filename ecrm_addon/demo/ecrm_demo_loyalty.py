from datetime import timedelta

from odoo import models
from odoo.fields import Command

from . import story


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_points]

    def _load_points(self):
        """Give points and money to customers, where Odoo's loyalty programs are installed."""
        if "loyalty.program" not in self.env:
            return
        programs = {
            "demo_program": self._prepare_program(),
            "demo_wallet_program": self._prepare_wallet_program(),
            "demo_coupon_program": self._prepare_coupon_program(),
        }
        self._create_once("loyalty.program", programs)
        gains = self._load_cards("demo_program", "demo_card", story.POINTS)
        gains += self._load_cards("demo_wallet_program", "demo_wallet", story.WALLETS)
        until = self._now() + timedelta(days=story.COUPON_DAYS)
        gains += self._load_cards(
            "demo_coupon_program", "demo_coupon", story.COUPONS, expiration_date=until.date()
        )
        # as they came: the history is read by its numbers
        gains.sort(key=lambda gain: -gain[2])
        self.env["loyalty.history"].create([self._prepare_gain(*gain) for gain in gains])

    def _load_cards(self, program, prefix, chapter, **more):
        """Create cards, and return what happened to the new ones: key, card, gain."""
        values, parts = {}, {}
        for key, customer, gains in self._customers(chapter):
            name = f"{prefix}_{key}"
            parts[name] = (key, gains)
            values[name] = {
                "program_id": self._ref(program).id,
                "partner_id": customer.id,
                "points": sum(points for _days, points, _text in gains),
                **more,
            }
        cards = self._create_once("loyalty.card", values)
        return [
            (parts[name][0], card, *gain) for name, card in cards.items() for gain in parts[name][1]
        ]

    def _prepare_gain(self, key, card, days, points, text):
        order = self._order_of(key, days)
        return {
            "card_id": card.id,
            "description": self.env._("Order %s", order.name) if order else text,
            "issued": max(points, 0),
            "used": max(-points, 0),
            "create_date": self._time(days),
            "order_model": order and order._name,
            "order_id": order and order.id,
        }

    def _order_of(self, key, days):
        """Return the order that a customer made on that day, or None."""
        numbers = [number for number, order in enumerate(story.ORDERS[key], 1) if order[0] == days]
        return self._ref(f"demo_order_{key}_{numbers[0]}") if numbers else None

    def _prepare_program(self):
        return {
            "name": "Home Office Points",
            "program_type": "loyalty",
            "trigger": "auto",
            "applies_on": "both",
            "portal_visible": True,
            "portal_point_name": "points",
            "rule_ids": [
                Command.create({"reward_point_mode": "money", "reward_point_amount": 0.1})
            ],
            "reward_ids": [
                Command.create(
                    {"reward_type": "discount", "discount": percent, "required_points": points}
                )
                for percent, points in story.REWARDS.items()
            ],
        }

    def _prepare_coupon_program(self):
        reward = {
            "reward_type": "discount",
            "discount": story.COUPON_DISCOUNT,
            "required_points": 1,
        }
        return {
            "name": "Thank You Coupon",
            "program_type": "next_order_coupons",
            "trigger": "auto",
            "applies_on": "future",
            "rule_ids": [Command.create({"minimum_amount": 100})],
            "reward_ids": [Command.create(reward)],
        }

    def _prepare_wallet_program(self):
        return {
            "name": "Home Office Wallet",
            "program_type": "ewallet",
            "trigger": "auto",
            "applies_on": "future",
            "portal_visible": True,
            "portal_point_name": self.env.company.currency_id.symbol,
            "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
            "reward_ids": [
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_point",
                        "discount": 1,
                        "required_points": 1,
                    }
                )
            ],
        }

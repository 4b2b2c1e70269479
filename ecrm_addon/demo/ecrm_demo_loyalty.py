from odoo import models
from odoo.fields import Command

from . import story


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_points]

    def _load_points(self):
        """Give points to customers, where Odoo's loyalty programs are installed."""
        if "loyalty.program" not in self.env:
            return
        self._create_once("loyalty.program", {"demo_program": self._prepare_program()})
        program = self._ref("demo_program")
        for key, customer, gains in self._customers(story.POINTS):
            card = {
                "program_id": program.id,
                "partner_id": customer.id,
                "points": sum(points for _days, points, _text in gains),
                "history_ids": [
                    Command.create(
                        {
                            "description": text,
                            "issued": max(points, 0),
                            "used": max(-points, 0),
                            "create_date": self._time(days),
                        }
                    )
                    for days, points, text in gains
                ],
            }
            self._create_once("loyalty.card", {f"demo_card_{key}": card})

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
                Command.create({"reward_type": "discount", "discount": 10, "required_points": 200})
            ],
        }

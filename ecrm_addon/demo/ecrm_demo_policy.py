from odoo import api, models

#: What each tier would ask for in the draft.
MINIMUMS = {"tier_silver": 750.0, "tier_gold": 3000.0}


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    @api.model
    def _load(self):
        """Try out other rules when everybody is scored."""
        result = super()._load()
        company = self.env.ref("base.main_company")
        self.with_company(company)._load_policy()
        return result

    def _load_policy(self):
        """Begin a draft that nobody has published yet, and compare it."""
        draft = self._create_once(
            "ecrm.policy",
            {
                "demo_policy": {
                    "name": "Gold is harder to reach",
                    "note": "Too many customers are in Gold. Who would lose it if it asked for "
                    "half as much again, and recency counted more than money?",
                    "weight_recency": 35,
                    "weight_money": 20,
                    "half_life": 45,
                }
            },
        ).get("demo_policy")
        if draft:
            for name, minimum in MINIMUMS.items():
                tier = self._ref(name)
                lines = draft.minimum_ids.filtered(lambda line, tier=tier: line.tier_id == tier)
                lines.minimum = minimum
            draft.action_compare()

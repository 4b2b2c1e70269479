from freezegun import freeze_time

from odoo.tests import new_test_user

from .score_case import ScoreCase

NOW = "2026-06-30 12:00:00"


class PolicyCase(ScoreCase):
    """A company with customers of all kinds, scored once by the first rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["ecrm.policy"]
        cls.company.write({"ecrm_tier_months": 12, "ecrm_grace_days": 30})
        names = ("bronze", "silver", "gold", "platinum")
        cls.tiers = {name: cls.env.ref(f"ecrm_addon.tier_{name}") for name in names}
        cls.manager = new_test_user(
            cls.env,
            "policy_manager",
            "ecrm_addon.group_ecrm_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.people = cls._people(12)

    @classmethod
    def _fill(cls):
        """Let customer n buy n times within two years, for growing amounts, and look around."""
        for number, partner in enumerate(cls.people, 1):
            for order in range(number):
                month, day = 1 + (5 * order + number) % 6, 1 + (7 * order + number) % 28
                year = 2026 if (order + number) % 3 else 2025
                cls._buy(partner, 60 * number + 7 * order, f"{year}-0{month}-{day:02}")
            if number % 2:
                cls._act(partner, "web.form", f"2026-06-{number:02} 09:00:00")
                cls._act(partner, "web.product", f"2026-04-{number:02} 09:00:00")

    def _now(self, moment=NOW):
        return freeze_time(moment)

    def _scored(self, moment=NOW):
        with self._now(moment):
            return self._score()

    def _draft(self, **values):
        """Return a draft of the manager's with some rules changed."""
        return (
            self.policies.with_user(self.manager)
            .with_company(self.company)
            .create({"name": "Try", **values})
        )

    def _set_minimum(self, draft, name, minimum):
        line = draft.minimum_ids.filtered(lambda line: line.tier_id == self.tiers[name])
        line.minimum = minimum

    def _set_weight(self, draft, code, weight):
        draft.weight_ids.filtered(lambda line: line.kind_id.code == code).weight = weight

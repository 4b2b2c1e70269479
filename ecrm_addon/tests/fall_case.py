from freezegun import freeze_time

from .score_case import ScoreCase


class FallCase(ScoreCase):
    """A company with tiers at 500, 2000 and 5000, in which nights can be gone through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"ecrm_tier_months": 12, "ecrm_grace_days": 30})
        names = ("bronze", "silver", "gold", "platinum")
        cls.tiers = {name: cls.env.ref(f"ecrm_addon.tier_{name}") for name in names}
        (cls.ann,) = cls._people(1)

    def _night(self, day, partner=None):
        """Score as the night before that day would, and return a customer's profile."""
        with freeze_time(f"{day} 03:00:00"):
            self.run = self._score()
        self.env.invalidate_all()
        return self._profile(partner or self.ann)

    def _moves(self, partner=None):
        found = self.env["ecrm.tier.change"].search(
            [("partner_id", "=", (partner or self.ann).id)], order="id"
        )
        return [(move.from_tier_id.name, move.to_tier_id.name, move.move) for move in found]

    def _ladder(self, silver, gold, platinum):
        for name, minimum in (("silver", silver), ("gold", gold), ("platinum", platinum)):
            self.tiers[name].minimum = minimum

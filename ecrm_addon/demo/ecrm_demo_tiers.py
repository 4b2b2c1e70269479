from datetime import timedelta

from odoo import fields, models

#: Days ago at which the year is looked at, oldest first.
LOOKS = range(352, 0, -12)


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_moves]

    def _load_moves(self):
        """Write down the tiers' moves of the year, as if there had been tiers all along.

        A scoring of a day in the past says who would have been where; only one of today
        writes into the ledger by itself. Who is there at the first look has not moved.
        """
        company = self.env.company
        ladder = self.env["ecrm.tier"]._ladder(company)
        held, values, runs = {}, {}, self.env["ecrm.score.run"]
        for days in LOOKS:
            day = fields.Date.today() - timedelta(days=days)
            runs += runs.score(company, as_of=day, model="none")
            self._orders_after(company, days)._ecrm_note_standing()
            for profile in self._profiles(company):
                before = held.get(profile.partner_id, ladder[:1])
                held[profile.partner_id] = profile.tier_id
                if profile.tier_id != before and days != LOOKS[0]:
                    name = f"demo_move_{profile.partner_id.id}_{days}"
                    values[name] = self._prepare_move(profile, before, days)
        runs.unlink()
        moves = self._create_once("ecrm.tier.change", values).values()
        self.env["ecrm.tier.change"].union(*moves)._announce()

    def _orders_after(self, company, days):
        """Return the orders between this look and the next one."""
        return self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("date_order", ">=", self._time(days)),
                ("date_order", "<", self._time(days + LOOKS.step)),
            ]
        )

    def _profiles(self, company):
        return self.env["ecrm.profile"].search(
            [("company_id", "=", company.id), ("tier_id", "!=", False)]
        )

    def _prepare_move(self, profile, before, days):
        company = profile.company_id
        return {
            "partner_id": profile.partner_id.id,
            "company_id": company.id,
            "date": self._time(days),
            "from_tier_id": before.id,
            "to_tier_id": profile.tier_id.id,
            "move": "up" if profile.tier_id.minimum > before.minimum else "down",
            "measure": company.ecrm_tier_measure,
            "value": profile.tier_value,
            "minimum": profile.tier_id.minimum,
            "window_days": 365,
        }

from odoo import models


class EcrmProfile(models.Model):
    _inherit = "ecrm.profile"

    def _reached(self):
        """Say of how many points a tier is made."""
        if self.company_id.ecrm_tier_measure != "points":
            return super()._reached()
        return self.env._(
            "%(tier)s: %(points)s points earned %(within)s.",
            tier=self.tier_id.display_name,
            points=self._number(self.tier_value or 0),
            within=self.company_id._ecrm_tier_within(),
        )

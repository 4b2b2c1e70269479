from odoo import api, models

from ..queries import sum_points


class EcrmScorer(models.AbstractModel):
    _inherit = "ecrm.scorer"

    @api.private
    def _tier_rows(self, scope):
        """Give the points that customers earned, where tiers are measured by them.

        Earned, not held: who spends points does not fall.
        """
        if scope.measure != "points":
            return super()._tier_rows(scope)
        return sum_points.gains(scope)

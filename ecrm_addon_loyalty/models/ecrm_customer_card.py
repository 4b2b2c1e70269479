from odoo import models


class EcrmCustomerCard(models.AbstractModel):
    _inherit = "ecrm.customer.card"

    def _facts(self, partner, profile):
        """Add the points on the customer's loyalty cards, where there are any."""
        facts = super()._facts(partner, profile)
        if partner.ecrm_loyalty_points is not False:
            facts.append(self._fact(partner, "ecrm_loyalty_points", "integer"))
        return facts

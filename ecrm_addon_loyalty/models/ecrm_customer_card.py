from odoo import api, models


class EcrmCustomerCard(models.AbstractModel):
    _inherit = "ecrm.customer.card"

    @api.model
    def get_card(self, partner_id):
        """Add the points on the customer's loyalty cards, where there are any."""
        card = super().get_card(partner_id)
        partner = self.env["res.partner"].browse(partner_id)
        points = partner.ecrm_loyalty_points
        if points is not False:
            field = partner._fields["ecrm_loyalty_points"]
            card["facts"].append(
                {
                    "name": field.name,
                    "label": field._description_string(self.env),
                    "type": "integer",
                    "value": points,
                }
            )
        return card

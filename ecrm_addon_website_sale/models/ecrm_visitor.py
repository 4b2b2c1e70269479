from odoo import models
from odoo.tools import SQL


class EcrmVisitor(models.Model):
    _inherit = "ecrm.visitor"

    def _cart_values(self):
        """Return the carts that lie open: those begun in a visit of the browser."""
        # an open cart is an employee's business as the visitor is; the rules on visitors hold
        self.env["sale.order"].flush_model(
            ["amount_untaxed", "currency_rate", "ecrm_session_key", "state", "website_id"]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT visit.identity_id,
                           sum(cart.amount_untaxed / coalesce(nullif(cart.currency_rate, 0), 1))
                      FROM ecrm_session visit
                      JOIN sale_order cart ON cart.ecrm_session_key = visit.session_key
                     WHERE visit.identity_id = ANY(%s) AND cart.state = 'draft'
                       AND cart.website_id IS NOT NULL
                     GROUP BY visit.identity_id
                    """,
                    self.ids,
                )
            )
        )

from odoo import models

#: The pages of the checkout, by their template, and the steps that they are.
STEPS = {
    "website_sale.cart": "cart",
    "website_sale.address": "address",
    "website_sale.checkout": "delivery",
    "website_sale.payment": "payment",
    "website_sale.confirmation": "confirmation",
}


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Tell which step of the checkout was shown, as long as cookies can be given."""
        values = getattr(response, "qcontext", None) or {}
        step = STEPS.get(values.get("response_template"))
        order = step and values.get("website_sale_order")
        if order:
            order._ecrm_tell_step(step)
        return super()._post_dispatch(response)

from odoo import models

from . import clientele


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_clientele]

    def _load_clientele(self):
        """Create many customers with three years of orders, so that forecasts have a ground."""
        buyers = clientele.draw()
        self._create_once(
            "res.partner",
            {
                f"demo_partner_{key}": self._prepare_buyer(number, buyer)
                for number, (key, buyer) in enumerate(buyers.items())
            },
        )
        plan, values = {}, {}
        for key, customer, buyer in self._customers(buyers):
            for number, (days, basket, fate) in enumerate(buyer.orders, 1):
                name = f"demo_order_{key}_{number}"
                plan[name] = (days, fate)
                values[name] = self._prepare_buyer_order(key, customer, days, basket, fate)
        orders = self._create_once("sale.order", values)
        self._decide_orders([(order, *plan[name]) for name, order in orders.items()])

    def _prepare_buyer(self, number, buyer):
        return {
            "name": buyer.name,
            "email": buyer.email,
            "is_company": buyer.is_company,
            "street": buyer.street,
            "zip": buyer.zip,
            "city": buyer.city,
            "country_id": self.env.ref(f"base.{buyer.country}").id,
            "user_id": self._salesperson(number).id,
        }

    def _salesperson(self, number):
        """Return who looks after a customer: two of three are with Odoo's demo user."""
        admin = self.env.ref("base.user_admin")
        demo = self.env.ref("base.user_demo", raise_if_not_found=False)
        return demo if demo and number % 3 else admin

    def _prepare_buyer_order(self, key, customer, days, basket, fate):
        """Return an order, with what Odoo would look up for each one by itself."""
        return {
            **self._prepare_order(key, customer, days, basket, fate),
            "partner_invoice_id": customer.id,
            "partner_shipping_id": customer.id,
            "fiscal_position_id": False,
            "user_id": customer.user_id.id,
        }

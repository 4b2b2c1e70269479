from odoo import models
from odoo.fields import Command

from . import story

#: Orders of these fates have an invoice.
INVOICED = ("invoiced", "paid", "refunded")
CANCELLED_AFTER = 1  # days
PAID_AFTER = 9
REFUNDED_AFTER = 12


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_products, self._load_orders]

    def _load_products(self):
        self._create_once(
            "product.product",
            {
                f"demo_product_{key}": {
                    "name": name,
                    "list_price": price,
                    "type": "consu",
                    "invoice_policy": "order",
                }
                for key, (stock, name, price) in story.PRODUCTS.items()
                if not self.env.ref(stock, raise_if_not_found=False)
            },
        )

    def _product(self, key):
        stock = self.env.ref(story.PRODUCTS[key][0], raise_if_not_found=False)
        if stock and not stock.active:  # a module has replaced it by variants
            stock = stock.product_tmpl_id.product_variant_id
        return stock or self._ref(f"demo_product_{key}")

    def _load_orders(self):
        plan, values = {}, {}
        for key, customer, orders in self._customers(story.ORDERS):
            for number, (days, basket, fate) in enumerate(orders, 1):
                name = f"demo_order_{key}_{number}"
                plan[name] = (days, fate)
                values[name] = self._prepare_order(key, customer, days, basket, fate)
        orders = self._create_once("sale.order", values)
        self._decide_orders([(order, *plan[name]) for name, order in orders.items()])

    def _prepare_order(self, key, customer, days, basket, fate):
        values = {
            "partner_id": customer.id,
            "date_order": self._time(days),
            "create_date": self._time(days),
            "user_id": self.env.ref("base.user_admin").id,
            "payment_term_id": self._payment_term().id,
            "order_line": [
                Command.create(self._prepare_order_line(key, product, quantity))
                for product, quantity in basket.items()
            ],
            # list prices, whatever pricelists are there
            "pricelist_id": self._euro_pricelist().id if key in story.IN_EUROS else False,
            **self._prepare_order_source(key, days),
            **self._prepare_order_visit(key, days),
        }
        if fate != "quoted" and "website_id" in self.env["sale.order"]._fields:
            values["website_id"] = self.env["website"].get_current_website().id
        return values

    def _prepare_order_line(self, key, product, quantity):
        return {
            "product_id": self._product(product).id,
            "product_uom_qty": quantity,
            "qty_delivered": quantity,
            "discount": story.DISCOUNTS.get(key, 0),
        }

    def _prepare_order_source(self, key, days):
        """Return the source of an order that follows a click in a mailing."""
        for mailing, outcome in story.REACTIONS.get(key, {}).items():
            if "c" in outcome and 0 <= story.MAILINGS[mailing][0] - days <= 3:
                mailing = self._ref(f"demo_mailing_{mailing}")
                return {"source_id": mailing.source_id.id, "medium_id": mailing.medium_id.id}
        return {}

    def _payment_term(self):
        term = self.env.ref("account.account_payment_term_30days", raise_if_not_found=False)
        return term or self.env["account.payment.term"]

    def _euro_pricelist(self):
        euro = self.env.ref("base.EUR")
        if not euro.rate_ids:
            self._create_once(
                "res.currency.rate",
                {"demo_rate_euro": {"currency_id": euro.id, "name": "2010-01-01", "rate": 0.9}},
            )
        euro.active = True
        # archived: the first active pricelist of a company would price for everybody
        pricelist = {"name": "Euro", "currency_id": euro.id, "active": False}
        self._create_once("product.pricelist", {"demo_pricelist_euro": pricelist})
        return self._ref("demo_pricelist_euro")

    # ------------------------------------------------------------
    # WHAT BECOMES OF THEM
    # ------------------------------------------------------------

    def _decide_orders(self, told):
        """Confirm, call off, invoice the orders as the story says.

        :param list[tuple] told: order, days ago, what became of it
        """

        def those(*fates):
            orders = (order.id for order, _days, fate in told if fate in fates)
            return self.env["sale.order"].browse(orders)

        those("quoted").write({"state": "sent"})
        bought = those("confirmed", *INVOICED)
        (bought | those("cancelled")).action_confirm()
        for order, days, fate in told:
            if fate != "quoted":
                order.date_order = self._time(days)  # the confirmation wrote today
            if fate == "cancelled":
                order._action_cancel()
                order.write_date = self._time(days - CANCELLED_AFTER)
        # without a chart of accounts there is nothing to invoice with
        if self.env["account.journal"].search_count([("type", "=", "sale")], limit=1):
            self._invoice_orders(those(*INVOICED), {order: days for order, days, _fate in told})
            self._settle_invoices(told)

    def _invoice_orders(self, orders, days):
        open_orders = orders.filtered(lambda order: order.invoice_status == "to invoice")
        if open_orders:
            invoices = open_orders._create_invoices(grouped=True)
            for order in open_orders:
                order.invoice_ids.invoice_date = self._time(days[order]).date()
                self._own({f"demo_invoice_{order.id}": order.invoice_ids})
            invoices.action_post()

    def _settle_invoices(self, told):
        for order, days, fate in told:
            invoice = order.invoice_ids
            if invoice and fate == "paid":
                date = self._time(days - PAID_AFTER).date()
                self._own({f"demo_payment_{order.id}": self._pay_invoice(invoice, date)})
            elif invoice and fate == "refunded":
                date = self._time(days - REFUNDED_AFTER).date()
                refund = invoice._reverse_moves([{"date": date, "invoice_date": date}], cancel=True)
                self._own({f"demo_refund_{order.id}": refund})

    def _pay_invoice(self, invoice, date):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"payment_date": date})
        payment = wizard._create_payments()
        wizard.unlink()  # it would keep the customer from being deleted
        return payment

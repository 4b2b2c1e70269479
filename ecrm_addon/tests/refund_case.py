from odoo import fields

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class RefundCase(AccountTestInvoicingCommon):
    """A company that sells, invoices and credits by Odoo's own orders and documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as the system: the accountant of these tests may neither sell nor read scores
        cls.env = cls.env(su=True)
        cls.company = cls.company_data["company"].with_env(cls.env)
        cls.company.ecrm_timezone = "UTC"
        cls.customer = cls.env["res.partner"].create({"name": "Ann"})
        cls.product = cls.env["product.product"].create(
            {"name": "Tea", "type": "service", "invoice_policy": "order", "taxes_id": False}
        )

    def _order(self, price=100, quantity=1, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _credit(self, invoice, price=None):
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        if price is not None:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        return note

    def _document(self, kind, amount=40, **values):
        document = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Tea", "quantity": 1, "price_unit": amount, "tax_ids": False}
                    )
                ],
                **values,
            }
        )
        document.action_post()
        return document

    def _profile(self):
        return self.env["ecrm.profile"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )

    def assertMoney(self, revenue, refunded):
        """Compare what stands there at once, and after a run over all customers."""
        for _time in ("at once", "after a run"):
            profile = self._profile()
            self.assertEqual((profile.revenue, profile.refunded), (revenue, refunded), _time)
            self.assertEqual(profile.monetary, revenue - refunded)
            self.env["ecrm.score.run"].score(self.company)

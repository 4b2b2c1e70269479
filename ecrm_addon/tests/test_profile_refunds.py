from odoo.tests import tagged

from .refund_case import RefundCase


@tagged("post_install", "-at_install")
class TestProfileRefunds(RefundCase):
    """What customers got back, through Odoo's own orders, invoices and credit notes."""

    def test_refund_is_netted_at_once(self):
        note = self._credit(self._invoice(self._order()), price=30)
        self.assertMoney(100, 30)
        self.assertIn("refunded", self._profile().why)
        note.button_draft()
        self.assertMoney(100, 0)
        note.button_cancel()
        self.assertMoney(100, 0)

    def test_refund_of_everything(self):
        self._credit(self._invoice(self._order()))
        self.assertMoney(100, 100)

    def test_a_draft_is_nothing(self):
        self._invoice(self._order())._reverse_moves()
        self.assertMoney(100, 0)

    def test_credit_without_an_invoice(self):
        self._order()
        self._document("out_refund")
        self.assertMoney(100, 40)

    def test_credit_of_what_was_never_ordered(self):
        self._order()
        self._credit(self._document("out_invoice"))
        self.assertMoney(100, 0)

    def test_cancelled_after_the_refund(self):
        """The order is no revenue any more, so its credit note takes nothing off."""
        self._order(20)
        order = self._order(100)
        self._credit(self._invoice(order))
        order._action_cancel()
        self.assertMoney(20, 0)

    def test_quantity_lowered_after_the_refund(self):
        order = self._order(10, quantity=10)
        self._credit(self._invoice(order), price=3)  # 30 of the 100
        order.order_line.write({"product_uom_qty": 7, "price_unit": 10})
        self.env["ecrm.profile"]._recompute(self.customer)
        self.assertMoney(70, 0)

    def test_quantity_lowered_by_less(self):
        order = self._order(10, quantity=10)
        self._credit(self._invoice(order), price=3)
        order.order_line.write({"product_uom_qty": 9, "price_unit": 10})
        self.env["ecrm.profile"]._recompute(self.customer)
        self.assertMoney(90, 20)

    def test_a_return_order_is_credited_once(self):
        self._order(100)
        back = self._order(-25)
        note = back._create_invoices(final=True)
        self.assertEqual(note.move_type, "out_refund")
        note.action_post()
        self.assertMoney(100, 25)

    def test_partly_invoiced(self):
        order = self._order(10, quantity=10)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self._credit(invoice, price=5)
        self.assertMoney(100, 20)

    def test_foreign_currency(self):
        """The order at its rate, the credit note at that of its own day."""
        currency = self.setup_other_currency("CAD", rates=[("2016-01-01", 4.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": currency.id}
        )
        order = self._order(100, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self._credit(self._invoice(order), price=40)
        self.assertMoney(25, 10)

    def test_refund_as_of_before(self):
        order = self._order()
        order.date_order = "2026-01-10 12:00:00"
        invoice = self._invoice(order)
        note = invoice._reverse_moves([{"invoice_date": "2026-03-01", "date": "2026-03-01"}])
        note.action_post()
        for day, refunded in (("2026-02-28", 0), ("2026-03-01", 100)):
            self.env["ecrm.score.run"].score(self.company, as_of=day)
            self.assertEqual(self._profile().refunded, refunded, day)

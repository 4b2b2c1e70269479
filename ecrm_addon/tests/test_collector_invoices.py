from datetime import date, datetime

from odoo import fields
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestCollectorInvoices(AccountTestInvoicingCommon):
    """Real invoices, posted and paid through Odoo's own screens' methods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.partner_id.tz = "Pacific/Auckland"
        if "ecrm_timezone" in cls.company:
            cls.company.ecrm_timezone = "Pacific/Auckland"
        cls.env["ecrm.collector"].sudo()._sync_sources()
        cls._read()

    @classmethod
    def _read(cls):
        cls.env.flush_all()
        line = cls.env["ecrm.collector"].sudo().search([("source_model", "=", "account.move")])
        line.state = "live"
        while line._run_batch():
            pass
        return line

    def _invoice(self, amount=100, day="2026-03-10", kind="out_invoice", post=True):
        invoice = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner_a.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Tea", "quantity": 1, "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _told(self, move):
        return (
            self.env["ecrm.touchpoint"]
            .sudo()
            .search([("res_model", "=", "account.move"), ("res_id", "=", move.id)], order="kind")
        )

    def test_a_draft_is_nothing(self):
        draft = self._invoice(post=False)
        self._read()
        self.assertFalse(self._told(draft))

    def test_invoiced_at_noon_of_the_companys_day(self):
        invoice = self._invoice()
        self._read()
        told = self._told(invoice)
        self.assertEqual(told.mapped("kind"), ["order.invoiced"])
        # Auckland is 13 hours ahead in March
        self.assertEqual(told.occurred_at, datetime(2026, 3, 9, 23))
        self.assertEqual(told.value, 100)
        self.assertEqual(told.partner_id, self.partner_a)
        self.assertEqual(told.company_id, self.company)

    def test_invoiced_today_is_when_it_was_written(self):
        invoice = self._invoice(day=None)
        today = fields.Datetime.context_timestamp(
            self.env["account.move"].with_context(tz="Pacific/Auckland"), invoice.create_date
        ).date()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = %s WHERE id = %s", (today, invoice.id)
        )
        self._read()
        self.assertEqual(self._told(invoice).occurred_at, invoice.create_date)

    def test_a_later_date_was_invoiced_by_now(self):
        invoice = self._invoice(day="2099-01-01")
        self._read()
        self.assertEqual(self._told(invoice).mapped("kind"), ["order.invoiced"])
        self.assertLess(self._told(invoice).occurred_at.year, 2099)

    def test_paid_on_the_day_of_the_payment(self):
        invoice = self._invoice()
        self._read()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": date(2026, 4, 20)})._create_payments()
        self._read()
        told = self._told(invoice)
        self.assertEqual(told.mapped("kind"), ["order.invoiced", "order.paid"])
        # and 12 hours ahead in late April
        self.assertEqual(told[1].occurred_at, datetime(2026, 4, 20))
        self.assertEqual(told[1].value, 100)

    def test_paid_in_part_is_not_paid(self):
        invoice = self._invoice()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 40})._create_payments()
        self._read()
        self.assertEqual(self._told(invoice).mapped("kind"), ["order.invoiced"])

    def test_a_credit_note_counts_negative(self):
        refund = self._invoice(amount=30, kind="out_refund")
        self._read()
        told = self._told(refund)
        self.assertEqual((told.kind, told.value), ("order.refunded", -30))

    def test_foreign_currency_counts_in_company_currency(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-03-10",
                "currency_id": self.setup_other_currency("CAD").id,
                "invoice_line_ids": [
                    fields.Command.create({"name": "Tea", "price_unit": 200, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        self._read()
        self.assertNotEqual(invoice.amount_untaxed_signed, 200)
        self.assertEqual(self._told(invoice).value, invoice.amount_untaxed_signed)

    def test_a_vendor_bill_is_no_touchpoint(self):
        bill = self._invoice(kind="in_invoice")
        self._read()
        self.assertFalse(self._told(bill))

    def test_a_row_that_sql_cannot_read_is_put_aside_alone(self):
        good, bad = self._invoice(), self._invoice()
        self._read()
        self.env.cr.execute(
            "DELETE FROM ecrm_touchpoint_key USING ecrm_touchpoint_data data"
            " WHERE ecrm_touchpoint_key.uid = data.uid AND res_model = 'account.move'"
        )
        self.env.cr.execute("DELETE FROM ecrm_touchpoint_data WHERE res_model = 'account.move'")
        # a day beyond what a timestamp can hold
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = '300000-01-01' WHERE id = %s", (bad.id,)
        )
        self.env["ecrm.change"].sudo().note("account.move", good.ids)
        line = self._read()
        self.assertFalse(line.last_error)
        self.assertTrue(self._told(good))
        self.assertFalse(self._told(bad))
        refused = self.env["ecrm.quarantine"].sudo().search([("state", "=", "refused")])
        refused = refused.filtered(lambda event: (event.body or {}).get("res_id") == bad.id)
        self.assertIn("out of range", refused.reason)

        refused.action_retry()
        self.assertEqual(refused.state, "refused")
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = '2026-03-10' WHERE id = %s", (bad.id,)
        )
        refused.action_retry()
        self.assertEqual(refused.state, "stored")
        self.assertTrue(self._told(bad))

from odoo.tests import tagged

from .refund_case import RefundCase


@tagged("post_install", "-at_install")
class TestProfileRenewed(RefundCase):
    """Whatever changes a customer's money, the pipeline renews the profile by itself.

    Orders and credit notes renew it at once, too: here they may not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(type(cls.env["ecrm.pipeline"]), "_refresh", lambda *args, **kwargs: None)
        cls.env["ecrm.collector"]._sync_sources()
        cls._let_pass()
        cls.env["ecrm.collector"].search([]).write({"state": "live"})
        cls.other = cls.env["res.partner"].create({"name": "Bea"})

    @classmethod
    def _let_pass(cls):
        """Do what the pipeline does every minute."""
        cls.env.flush_all()
        for line in cls.env["ecrm.collector"].search([])._behind():
            while line._run_batch():
                pass
        while cls.env["ecrm.pipeline"]._digest():
            pass

    def assertMoney(self, revenue, refunded, partner=None):
        self._let_pass()
        profile = self._profile() if partner is None else self._profile_of(partner)
        self.assertEqual((profile.revenue, profile.refunded), (revenue, refunded))

    def _profile_of(self, partner):
        domain = [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        return self.env["ecrm.profile"].search(domain)

    def _execute(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def test_confirmed_and_cancelled(self):
        order = self._order(100)
        self.assertMoney(100, 0)
        order._action_cancel()
        self.assertMoney(0, 0)

    def test_another_amount(self):
        order = self._order(100)
        self.assertMoney(100, 0)
        order.order_line.price_unit = 80
        self.assertMoney(80, 0)
        self._execute("UPDATE sale_order SET amount_untaxed = 70 WHERE id = %s", order.id)
        self.assertMoney(70, 0)

    def test_another_customer(self):
        order = self._order(100)
        self.assertMoney(100, 0)
        self._execute(
            "UPDATE sale_order SET partner_id = %s WHERE id = %s", self.other.id, order.id
        )
        self.assertMoney(100, 0, self.other)
        self.assertFalse(self._profile())

    def test_a_customer_of_another_company(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        person = self.env["res.partner"].create({"name": "Cleo", "parent_id": firm.id})
        order = self._order(100)
        self.assertMoney(100, 0)
        order.partner_id = person
        self.assertMoney(100, 0, firm)
        self.assertFalse(self._profile())
        self.assertFalse(self._profile_of(person))

    def test_an_amount_that_is_refused(self):
        """Nothing can be told of it, and yet the figure changes."""
        order = self._order(100)
        self._order(30)
        self.assertMoney(130, 0)
        self._execute("UPDATE sale_order SET amount_untaxed = 'NaN' WHERE id = %s", order.id)
        self.assertMoney(30, 0)

    def test_a_credit_note_comes_and_goes(self):
        invoice = self._invoice(self._order())
        self.assertMoney(100, 0)
        note = self._credit(invoice, price=30)
        self.assertMoney(100, 30)
        note.button_draft()
        self.assertMoney(100, 0)
        note.invoice_line_ids.price_unit = 50
        note.action_post()
        self.assertMoney(100, 50)
        note.button_draft()
        note.button_cancel()
        self.assertMoney(100, 0)

    def test_a_credit_note_of_somebody_else(self):
        self._order()
        note = self._document("out_refund")
        self.assertMoney(100, 40)
        note.button_draft()
        note.partner_id = self.other
        note.action_post()
        self.assertMoney(0, 40, self.other)
        self.assertMoney(100, 0)

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.ecrm_addon.lib.scoring.as_of import moment

from ..queries import sum_points
from .loyalty_case import LoyaltyCase


@tagged("post_install", "-at_install")
class TestPoints(LoyaltyCase, AccountTestInvoicingCommon):
    """Points on cards, and points earned net of what was given back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.ecrm_timezone = "UTC"
        cls.program = cls._cards()
        cls.product.invoice_policy = "order"
        cls.today = fields.Date.today()

    # ------------------------------------------------------------
    # CARDS
    # ------------------------------------------------------------

    def test_the_sum_of_the_cards_of_all_people(self):
        self.assertIs(self.customer.ecrm_loyalty_points, False)
        self.customer.is_company = True
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        gifts = self._cards(name="Gifts", program_type="gift_card")
        self.env["loyalty.card"].create(
            [
                {"program_id": self.program.id, "partner_id": self.customer.id, "points": 30},
                {"program_id": self.program.id, "partner_id": clerk.id, "points": 12.5},
                {"program_id": gifts.id, "partner_id": clerk.id, "points": 1000},
            ]
        )
        people = self.customer | clerk | self.stranger
        people.invalidate_recordset(["ecrm_loyalty_points"])
        self.assertEqual(people.mapped("ecrm_loyalty_points"), [42.5, 42.5, False])

    def test_customer_360_shows_them(self):
        self._order(amount=100)
        card = self.env["ecrm.customer.card"].get_card(self.customer.id)
        facts = {fact["name"]: fact for fact in card["facts"]}
        self.assertEqual(facts["ecrm_loyalty_points"]["value"], 100)
        card = self.env["ecrm.customer.card"].get_card(self.stranger.id)
        self.assertNotIn("ecrm_loyalty_points", [fact["name"] for fact in card["facts"]])

    # ------------------------------------------------------------
    # EARNED
    # ------------------------------------------------------------

    def _earned(self, as_of=None, partners=None):
        """Return what the query gives for a customer, by day."""
        self.env.flush_all()
        company, scorer = self.env.company, self.env["ecrm.scorer"]
        when = moment(as_of, fields.Datetime.now(), company._ecrm_zone())
        who = scorer._who(partners or self.customer)
        query = sum_points.build(scorer._scope(company, when, **who))
        days = {}
        for customer, day, points in self.env.execute_query(query):
            self.assertEqual(customer, self.customer.id)
            day = date(1970, 1, 1) + timedelta(days=day)
            days[day] = days.get(day, 0) + float(points)
        return {day: round(points, 4) for day, points in days.items()}

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _refund(self, invoice, amount=None):
        """Return a posted credit note of an invoice, of a part of it if told so."""
        note = invoice._reverse_moves([{"invoice_date": self.today}])
        if amount:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        return note

    def test_an_order_gives_points_on_its_day(self):
        self._order(amount=200, date=datetime(2026, 3, 1, 12))
        self._order(amount=50, confirm=False)
        self.assertEqual(self._earned(), {date(2026, 3, 1): 200})
        self.assertEqual(self._earned("2026-02-01"), {})

    def test_a_cancelled_order_gives_none(self):
        order = self._order(amount=200)
        order._action_cancel()
        self.assertEqual(self._earned(), {})

    def test_points_that_were_spent_were_earned(self):
        self._order(amount=200, date=datetime(2026, 3, 1, 12))
        order = self._order(amount=100, confirm=False)
        self._claim(order)
        self.assertEqual(order.amount_untaxed, 99)
        order.action_confirm()
        order.date_order = datetime(2026, 4, 1, 12)
        earned = self._earned()
        self.assertEqual(earned[date(2026, 3, 1)], 200)
        # Odoo gives points for what its own reward took off, too
        self.assertEqual(earned[date(2026, 4, 1)], 100)
        card = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        self.assertEqual(card.points, 200)

    def test_a_refund_takes_off_its_share(self):
        order = self._order(amount=200, date=datetime(2026, 3, 1, 12))
        invoice = self._invoice(order)
        self._refund(invoice, 50)
        self.assertEqual(self._earned(), {date(2026, 3, 1): 200, self.today: -50})
        # before the credit note nothing was given back
        self.assertEqual(self._earned(self.today - timedelta(days=1)), {date(2026, 3, 1): 200})

    def test_refunds_take_off_no_more_than_was_given(self):
        order = self._order(amount=200, date=datetime(2026, 3, 1, 12))
        invoice = self._invoice(order)
        self._refund(invoice, 150)
        self._refund(invoice, 150)
        self.assertEqual(sum(self._earned().values()), 0)

    def test_lowering_the_order_after_the_refund_takes_off_once(self):
        order = self._order(amount=200, date=datetime(2026, 3, 1, 12))
        self._refund(self._invoice(order), 100)
        order.order_line.filtered("product_uom_qty").price_unit = 100
        self.assertEqual(sum(self._earned().values()), 100)

    def test_a_refunded_and_cancelled_order_gives_none(self):
        order = self._order(amount=200)
        self._refund(self._invoice(order))
        order._action_cancel()
        self.assertEqual(self._earned(), {})

    def test_by_hand(self):
        self._order(amount=200, date=datetime(2026, 3, 1, 12))
        card = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        for old, new in ((200, 230), (230, 220)):
            self.env["loyalty.card.update.balance"].create(
                {"card_id": card.id, "new_balance": new, "description": f"{old} to {new}"}
            ).action_update_card_point()
        self.assertEqual(self._earned()[self.today], 20)
        self.assertEqual(card.points, 220)

    def test_others_are_left_out(self):
        self._order(self.stranger, amount=200)
        self.assertEqual(self._earned(), {})

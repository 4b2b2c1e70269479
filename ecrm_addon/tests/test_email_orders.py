from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from ..queries.attribute_orders import DAYS
from .email_report_case import SENT, EmailReportCase

CLICK = SENT + timedelta(hours=1)


class TestEmailOrders(EmailReportCase):
    """To which mailing an order is owed."""

    def _owed(self, *orders):
        self.env["ecrm.email.order"].renew()
        return self.env["ecrm.email.order"].search(
            [("order_id", "in", [order.id for order in orders])]
        )

    def _ordered(self, after, **values):
        return self._order(date=CLICK + after, **values)

    def test_a_click_and_an_order(self):
        message = self._clicked(self.customer, CLICK)
        order = self._ordered(timedelta(hours=2))
        owed = self._owed(order)
        self.assertEqual(
            (owed.order_id, owed.mailing_id, owed.email_message_id, owed.partner_id),
            (order, self.mailing, message, self.customer),
        )
        self.assertEqual((owed.amount, owed.clicked_at), (100, CLICK))

    def test_the_edges_of_the_window(self):
        self._clicked(self.customer, CLICK)
        second, window = timedelta(seconds=1), timedelta(days=DAYS)
        inside = [self._ordered(after) for after in (timedelta(0), window)]
        outside = [self._ordered(after) for after in (-second, window + second)]
        self.assertEqual(self._owed(*inside, *outside).order_id, inside[1] | inside[0])

    def test_the_last_of_two_mailings(self):
        other = self._mailing("Cups")
        self._clicked(self.customer, CLICK)
        self._clicked(self.customer, CLICK + timedelta(days=1), other)
        before, after = self._ordered(timedelta(hours=1)), self._ordered(timedelta(days=2))
        self.assertEqual(self._owed(before).mailing_id, self.mailing)
        self.assertEqual(self._owed(after).mailing_id, other)
        self.assertEqual(self._report()["orders"]["count"], 1)
        self.assertEqual(self._report(other)["orders"]["count"], 1)

    def test_a_click_between_the_first_and_the_last(self):
        """Somebody who comes back to the mail after the order had clicked before, too."""
        message = self._clicked(
            self.customer,
            CLICK,
            last_human_click_at=CLICK + timedelta(days=30),
            human_click_count=3,
        )
        order = self._ordered(timedelta(days=11))
        self.assertFalse(self._owed(order))
        self._tell(message, "clicked", minutes=60 * 24 * 10)
        self.env["ecrm.email.event"].search([]).verdict = "machine"
        self.assertFalse(self._owed(order))
        self.env["ecrm.email.event"].search([]).verdict = "human"
        self.assertEqual(self._owed(order).clicked_at, SENT + timedelta(days=10))

    def test_machines_buy_nothing(self):
        self._mail(self.customer, click_count=5, machine_click_count=5)
        self.assertFalse(self._owed(self._ordered(timedelta(hours=2))))

    def test_only_what_was_ordered(self):
        self._clicked(self.customer, CLICK)
        cancelled = self._ordered(timedelta(hours=1))
        cancelled._action_cancel()
        quotation = self._ordered(timedelta(hours=1), confirm=False)
        self.assertFalse(self._owed(cancelled, quotation))

    def test_people_of_one_customer(self):
        company = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        reader, buyer = self.env["res.partner"].create(
            [
                {"name": "Reader", "parent_id": company.id, "email": "reader@firm.example"},
                {"name": "Buyer", "parent_id": company.id},
            ]
        )
        self._clicked(reader, CLICK)
        orders = [self._ordered(timedelta(hours=1), partner=who) for who in (buyer, company)]
        self.assertEqual(self._owed(*orders).partner_id, reader)
        self.assertEqual(len(self._owed(*orders)), 2)
        self.assertFalse(self._owed(self._ordered(timedelta(hours=1))))

    def test_an_order_on_the_website_needs_consent(self):
        if "website_id" not in self.env["sale.order"]._fields:
            self.skipTest("there is no shop")
        self._clicked(self.customer, CLICK)
        website = self.env["website"].search([], limit=1)
        order = self._ordered(timedelta(hours=1), website_id=website.id)
        self.assertFalse(self._owed(order))
        order.ecrm_session_key = "a visit that was agreed to"
        self.assertTrue(self._owed(order))

    def test_currencies(self):
        """What is shown is in the currency of the order's company, sums in that of the user's."""
        euro = self.env.ref("base.EUR")
        usd = self.env.ref("base.USD")
        (euro | usd).active = True
        mine = self.env.company
        foreign = euro if mine.currency_id == usd else usd
        self.env["res.currency.rate"].search([("currency_id", "=", foreign.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "name": "2020-01-01", "rate": 0.5}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        self._clicked(self.customer, CLICK)
        order = self._ordered(timedelta(hours=1), pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, foreign)
        self.assertAlmostEqual(self._owed(order).amount, 200)
        other = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.user.company_ids += other
        abroad = self._order(date=CLICK + timedelta(hours=3))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s, currency_rate = 1 WHERE id = %s",
            [other.id, abroad.id],
        )
        self.env.invalidate_all()
        self.env["ecrm.email.order"].renew()
        self._renew()
        reports = self.env["ecrm.email.report"].with_user(self.user)
        for companies, revenue in ((mine, 200), (mine | other, 400)):
            report = reports.with_context(allowed_company_ids=companies.ids)
            orders = report.get_mailing(self.mailing.id)["orders"]
            self.assertAlmostEqual(orders["revenue"], revenue)

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "order_stranger",
            "ecrm_addon.group_ecrm_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self._clicked(self.customer, CLICK)
        order = self._ordered(timedelta(hours=1))
        self.assertTrue(self._owed(order))
        self.assertFalse(self.env["ecrm.email.order"].with_user(stranger).search([]))
        self.assertEqual(self._report(user=stranger)["orders"]["revenue"], 0)

    def test_the_pipeline_finds_out(self):
        """By itself when somebody clicks, orders, cancels; as a full renewal would."""
        message = self._mail(self.customer)
        order = self._ordered(timedelta(hours=1))
        self._tell(message, "sent", 0)
        self._tell(message, "clicked", 60)
        self.pipeline.run_now()
        orders = self.env["ecrm.email.order"]
        self.assertEqual(orders.search([]).order_id, order)
        other = self._order(date=CLICK + timedelta(hours=3))
        self.pipeline.run_now()
        self.assertEqual(orders.search([]).order_id, order | other)
        order.partner_id = self.env["res.partner"].create({"name": "Somebody else"})
        other._action_cancel()
        self.pipeline.run_now()
        self.assertFalse(orders.search([]))
        order.partner_id = self.customer
        self.pipeline.run_now()
        self.assertEqual(orders.search([]).order_id, order)
        # a scanner, as comes out later
        click = self.env["ecrm.email.event"].search([("type", "=", "clicked")])
        click.user_agent = "Googlebot/2.1"
        self._tell(message, "opened", 70)
        self.pipeline.run_now()
        self.assertFalse(orders.search([]))

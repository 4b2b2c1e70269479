from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .collector_case import CollectorCase


@tagged("post_install", "-at_install")
class TestCollectorOrders(CollectorCase):
    def _execute(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params or None)
        self.env.invalidate_all()

    def test_quoted_and_confirmed(self):
        order = self._order(amount=80, confirm=False)
        self._read()
        quoted = self._touchpoints()
        self.assertEqual(self._kinds(quoted), ["order.quoted"])
        self.assertEqual(quoted.value, 80)
        self.assertEqual((quoted.res_model, quoted.res_id), ("sale.order", order.id))
        self.assertEqual(quoted.company_id, order.company_id)
        order.action_confirm()
        self._read()
        self.assertEqual(self._kinds(self._touchpoints()), ["order.quoted", "order.confirmed"])
        self.assertEqual(self._touchpoints(kind="order.confirmed").props, {"name": order.name})

    def test_a_second_run_stores_nothing(self):
        self._order()
        self.assertEqual(self._read(), 2)
        self.assertEqual(self._read(), 0)
        line = self._line("sale.order")
        line.action_read_again()
        self.assertEqual(self._read(), 0)
        self.assertEqual(line.state, "live")
        self.assertEqual(len(self._touchpoints()), 2)

    def test_cancelled_after_confirmed(self):
        order = self._order()
        order._action_cancel()
        self._read()
        self.assertIn("order.cancelled", self._kinds(self._touchpoints()))
        self.assertNotIn("order.confirmed", self._kinds(self._touchpoints()))

    def test_confirmed_before_it_was_cancelled_stays_in_the_history(self):
        order = self._order()
        self._read()
        order._action_cancel()
        self._read()
        self.assertEqual(
            set(self._kinds(self._touchpoints())),
            {"order.quoted", "order.confirmed", "order.cancelled"},
        )

    def test_another_amount_date_or_customer_replaces_what_was_told(self):
        order = self._order(amount=80)
        self._read()
        self._execute("UPDATE sale_order SET amount_untaxed = 90 WHERE id = %s", order.id)
        self._read()
        self.assertEqual(self._touchpoints().mapped("value"), [90, 90])
        order.date_order = datetime(2020, 5, 4, 12)
        self._read()
        self.assertEqual(self._touchpoints().mapped("occurred_at"), [datetime(2020, 5, 4, 12)] * 2)
        self.env["ecrm.change"].take("ecrm.identity")
        identity, other = self._identities(), self.env["res.partner"].create({"name": "Bea"})
        self._execute("UPDATE sale_order SET partner_id = %s WHERE id = %s", other.id, order.id)
        self._read()
        self.assertFalse(self._touchpoints())
        self.assertEqual(len(self._touchpoints(other)), 2)
        changed = self.env["ecrm.change"].take("ecrm.identity")
        self.assertEqual(changed, sorted((identity | self._identities(other)).ids))

    def test_a_merge_of_contacts_leaves_what_was_told(self):
        self._order()
        self._read()
        told, other = self._touchpoints(), self.env["res.partner"].create({"name": "Bea"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, other.id], other, extra_checks=False
        )
        self._read()
        self.assertEqual(self._touchpoints(other), told)

    def test_nothing_else_is_written_again(self):
        # a later date counts as "by now", which is another moment whenever it is read
        order = self._order(date=datetime(2099, 1, 1))
        self._read()
        for table in ("ecrm_touchpoint_data", "ecrm_touchpoint_key"):
            self._execute(
                SQL(
                    "UPDATE %s SET occurred_at = occurred_at - interval '1 hour'"
                    " WHERE uid = ANY(%s::uuid[])",
                    SQL.identifier(table),
                    self._touchpoints().mapped("uid"),
                )
            )
        before = self._touchpoints().ids
        self.env["ecrm.change"].note("sale.order", order.ids)
        self.assertEqual(self._read(), 0)
        self.assertEqual(self._touchpoints().ids, before)

    def test_foreign_currency_counts_in_company_currency_at_the_orders_rate(self):
        order = self._order(amount=90)
        foreign = self.env["res.currency"].search(
            [("id", "!=", order.company_id.currency_id.id)], limit=1
        ) or self.env["res.currency"].create({"name": "ZZZ", "symbol": "z"})
        self._execute(
            "UPDATE sale_order SET currency_id = %s, currency_rate = 0.9 WHERE id = %s",
            foreign.id, order.id,
        )  # fmt: skip
        self._read()
        self.assertEqual(self._touchpoints(kind="order.confirmed").value, 100)

    def test_a_rate_of_zero_leaves_the_value_open(self):
        order = self._order(amount=90)
        foreign = self.env["res.currency"].create({"name": "ZZY", "symbol": "z"})
        self._execute(
            "UPDATE sale_order SET currency_id = %s, currency_rate = 0 WHERE id = %s",
            foreign.id, order.id,
        )  # fmt: skip
        own = self._order(amount=70)
        self._execute("UPDATE sale_order SET currency_rate = 0 WHERE id = %s", own.id)
        self._read()
        values = {
            touchpoint.res_id: touchpoint.props and touchpoint.value
            for touchpoint in self._touchpoints(kind="order.confirmed")
        }
        self.assertEqual(values, {order.id: 0, own.id: 70})
        self.env.cr.execute(
            "SELECT value FROM ecrm_touchpoint WHERE res_model = 'sale.order' AND res_id = %s"
            " AND kind = 'order.confirmed'",
            [order.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_missing_zero_and_negative_totals_are_kept(self):
        orders = [self._order(amount=0), self._order(amount=-5), self._order()]
        self._execute("UPDATE sale_order SET amount_untaxed = NULL WHERE id = %s", orders[2].id)
        self._read()
        self.env.cr.execute(
            "SELECT value FROM ecrm_touchpoint WHERE res_model = 'sale.order'"
            " AND kind = 'order.confirmed' AND res_id = ANY(%s) ORDER BY res_id",
            [[order.id for order in orders]],
        )
        self.assertEqual([value for (value,) in self.env.cr.fetchall()], [0, -5, None])

    def test_no_number_is_refused_and_stored_once_it_is_mended(self):
        order = self._order()
        self._execute("UPDATE sale_order SET amount_untaxed = 'NaN' WHERE id = %s", order.id)
        self._read()
        self.assertFalse(self._touchpoints())
        refused = self.env["ecrm.quarantine"].search([("kind", "=", "order.confirmed")])
        self.assertEqual(refused.mapped("reason"), ["value is not a number"])
        self.assertEqual(refused.body["res_id"], order.id)
        self._execute("UPDATE sale_order SET amount_untaxed = 12 WHERE id = %s", order.id)
        self._read()
        self.assertEqual(self._touchpoints(kind="order.confirmed").value, 12)
        self.assertEqual(refused.state, "stored")

    def test_impossible_dates(self):
        dates = {
            "0001-01-01": "date too old",
            "-infinity": "date too old",
            "9999-12-31": None,  # it is confirmed, so it happened by now
            "infinity": None,
        }
        for text, reason in dates.items():
            with self.subTest(text):
                partner = self.env["res.partner"].create({"name": text})
                order = self._order(partner)
                self._execute("UPDATE sale_order SET date_order = %s WHERE id = %s", text, order.id)
                self._read()
                confirmed = self._touchpoints(partner, kind="order.confirmed")
                refused = (
                    self.env["ecrm.quarantine"]
                    .search([("kind", "=", "order.confirmed"), ("state", "=", "refused")])
                    .filtered(lambda event, order=order: event.body["res_id"] == order.id)
                )
                self.assertEqual(refused.reason or None, reason)
                self.assertEqual(len(confirmed), 0 if reason else 1)
                if not reason:
                    self.assertLess(
                        abs(confirmed.occurred_at - fields.Datetime.now()), timedelta(minutes=5)
                    )

    def test_rows_without_dates_of_their_own(self):
        order = self._order(date=datetime(2026, 1, 5))
        self._execute(
            "UPDATE sale_order SET state = 'cancel', create_date = NULL, write_date = NULL"
            " WHERE id = %s",
            order.id,
        )
        self._read()
        told = self._touchpoints()
        self.assertEqual(set(self._kinds(told)), {"order.quoted", "order.cancelled"})
        self.assertEqual(told.mapped("occurred_at"), [datetime(2026, 1, 5)] * 2)

    def test_an_endless_name(self):
        order = self._order()
        order.name = "S" * 20_000
        self._read()
        self.assertEqual(self._touchpoints(kind="order.confirmed").props, {"name": "S" * 500})

    def test_names_with_markup_stay_text(self):
        self.customer.name = '<script>alert(1)</script> & "Söhne" %s \\'
        order = self._order()
        order.name = "<b>S%s</b>' \\ 😀"
        self._read()
        self.assertEqual(self._touchpoints(kind="order.confirmed").props["name"], order.name)

    def test_two_companies_share_a_customer(self):
        other = self.env["res.company"].create({"name": "Second"})
        self._order()
        self._order(company_id=other.id, warehouse_id=False) if "warehouse_id" in self.env[
            "sale.order"
        ]._fields else self._order(company_id=other.id)
        self._read()
        confirmed = self._touchpoints(kind="order.confirmed")
        self.assertEqual(confirmed.company_id, self.env.company | other)
        self.assertEqual(len(confirmed.identity_id), 1)

    def test_an_archived_contact_keeps_its_history(self):
        self._order()
        self.customer.active = False
        self._read()
        self.assertEqual(len(self._touchpoints()), 2)

    def test_a_guests_cart_names_nobody(self):
        public = self.env.ref("base.public_partner")
        order = self._order(public)
        self._read()
        told = self.env["ecrm.touchpoint"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(len(told), 2)
        self.assertFalse(told.identity_id)

    def test_an_order_entered_afterwards_was_not_quoted_after_its_date(self):
        self._order(date=datetime(2020, 5, 4, 12))
        self._read()
        self.assertEqual(self._touchpoints().mapped("occurred_at"), [datetime(2020, 5, 4, 12)] * 2)

    def test_old_months_get_their_partition(self):
        self._order(date=datetime(1999, 2, 28, 23, 59, 59))
        self._order(date=datetime(1999, 3, 1))
        self._read()
        self.assertEqual(len(self._touchpoints(kind="order.confirmed")), 2)

    def test_run_now_takes_it_all_and_is_idempotent(self):
        self._order(date=date(2026, 1, 5))
        first = self.pipeline.run_now()
        self.assertEqual((first["stored"], first["refused"]), (2, 0))
        second = self.pipeline.run_now()
        self.assertEqual((second["stored"], second["refused"]), (0, 0))

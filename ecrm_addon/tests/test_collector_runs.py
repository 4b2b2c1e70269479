from unittest.mock import patch

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models import ecrm_collector
from ..queries import capture_changes
from .collector_case import CollectorCase


@tagged("post_install", "-at_install")
class TestCollectorRuns(CollectorCase):
    """How collectors run: history, progress, failures, modules that come and go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._line("sale.order")
        cls.reader = cls.env["ecrm.collector.sale_order"]

    def _notes(self, model="sale.order"):
        self.env.flush_all()
        self.env.cr.execute("SELECT res_id FROM ecrm_change WHERE model = %s", [model])
        return [row[0] for row in self.env.cr.fetchall()]

    def _triggers(self, table="sale_order"):
        return {
            name for _table, name in self.env.execute_query(capture_changes.list_triggers([table]))
        }

    # ------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------

    def test_history_is_read_in_batches_and_goes_on_where_it_stopped(self):
        orders = self.env["sale.order"].concat(*[self._order(amount=n) for n in range(1, 6)])
        self.env.flush_all()
        self.line.action_read_again()
        self.line.last_id = orders[0].id - 1
        total = self.line.total
        with patch.object(ecrm_collector, "BATCH", 2):
            self.assertTrue(self.line._run_batch())
            self.assertEqual((self.line.last_id, self.line.done), (orders[1].id, 2))
            self.assertEqual(len(self._touchpoints()), 4)
            self.assertTrue(self.line._run_batch())
            self.assertTrue(self.line._run_batch())
            self.assertEqual(len(self._touchpoints()), 10)
            self.assertEqual((self.line.state, self.line.done), ("backfill", 5))
            self.assertLessEqual(self.line.done, total)
            self.assertTrue(self.line._run_batch())
        self.assertEqual(self.line.state, "live")
        self.assertEqual(self.line.total, self.line.done)

    def test_progress(self):
        self.line.write({"state": "backfill", "total": 400, "done": 100, "seconds": 20})
        self.assertEqual((self.line.progress, self.line.rate, self.line.seconds_left), (25, 5, 60))
        self.line.write({"done": 0, "seconds": 0})
        self.assertEqual((self.line.progress, self.line.rate, self.line.seconds_left), (0, 0, 0))
        self.line.write({"state": "live", "done": 90, "seconds": 20})
        self.assertEqual((self.line.progress, self.line.seconds_left), (100, 0))
        self.line.write({"state": "backfill", "total": 0, "done": 0})
        self.assertEqual(self.line.progress, 100)

    def test_rows_that_come_while_history_is_read_do_not_exceed_the_total(self):
        self.line.action_read_again()
        self.line.total = 0
        self._order()
        self.env.flush_all()
        self.line._run_batch()
        self.assertEqual(self.line.progress, 100)
        self.assertEqual(self.line.total, self.line.done)

    def test_a_collector_that_this_transaction_made_reads_again_in_the_next(self):
        order = self._order()
        self.env.flush_all()
        self.line.unlink()
        self.collectors._sync_sources()
        line = self._line("sale.order")
        while line._run_batch():
            pass
        self.assertTrue(self._touchpoints(res_id=order.id))
        self.assertEqual((line.state, line.last_id, line.done), ("backfill", 0, 0))
        with patch.object(type(self.env.cr), "now", lambda cr: fields.Datetime.now()):
            while line._run_batch():
                pass
        self.assertEqual(line.state, "live")

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    def test_a_row_written_by_raw_sql_is_noted(self):
        order = self._order(confirm=False)
        self._read()
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])
        self.assertEqual(self._notes(), [order.id])
        self._read()
        self.assertIn("order.cancelled", self._kinds(self._touchpoints()))

    def test_a_row_with_a_lower_id_and_an_old_date_is_not_missed(self):
        self._order()
        self._read()
        self.env.cr.execute(
            """
            INSERT INTO sale_order (id, name, state, company_id, partner_id, partner_invoice_id,
                                    partner_shipping_id, date_order, create_date, write_date,
                                    amount_untaxed, currency_id, currency_rate)
            SELECT (SELECT min(id) - 1 FROM sale_order), 'LATE', 'sale', company_id, partner_id,
                   partner_id, partner_id, '2001-01-01', '2001-01-01', '2001-01-01', 1,
                   currency_id, 1
              FROM sale_order WHERE partner_id = %s LIMIT 1
            """,
            [self.customer.id],
        )
        self.assertEqual(self._read(), 2)

    def test_a_change_of_no_interest_is_not_noted(self):
        order = self._order()
        self._read()
        order.client_order_ref = "X"
        self.assertEqual(self._notes(), [])

    def test_many_notes_of_one_record_are_all_taken_in_one_run(self):
        order = self._order()
        self._read()
        self.env["ecrm.change"].note("sale.order", order.ids * 5)
        with patch.object(ecrm_collector, "BATCH", 2):
            self._read()
        self.assertEqual(self._notes(), [])

    def test_nothing_new_costs_next_to_nothing(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60):
            self.pipeline._cron_run()
            self.env.flush_all()
            self.env.invalidate_all()
            # one look at each list of what may be new
            with self.assertQueryCount(20):
                self.pipeline._cron_run()

    # ------------------------------------------------------------
    # FAILURES
    # ------------------------------------------------------------

    def _broken(self, instant):
        return patch.object(
            type(self.reader), "_acts", lambda reader: {"order.quoted": SQL(instant)}
        )

    @mute_logger("odoo.addons.ecrm_addon.models.ecrm_collector")
    def test_a_broken_collector_keeps_its_notes_and_stops_nobody(self):
        order = self._order(confirm=False)
        with self._broken("source.no_such_column"):
            self._read()
            self.assertIn("no_such_column", self.line.last_error)
            self.assertEqual(set(self._notes()), {order.id})
        self._read()
        self.assertFalse(self.line.last_error)
        self.assertEqual(self._kinds(self._touchpoints()), ["order.quoted"])

    def test_one_row_that_cannot_be_read_costs_only_itself(self):
        orders = [self._order(confirm=False, client_order_ref="2026-01-01") for _n in range(5)]
        orders[3].client_order_ref = "no date"
        with self._broken("source.client_order_ref::timestamp"):
            self.assertEqual(self._read(), 4)
            self.assertFalse(self.line.last_error)
            refused = self.env["ecrm.quarantine"].search([("state", "=", "refused")])
            refused = refused.filtered(lambda event: event.body.get("res_id") == orders[3].id)
            self.assertIn("invalid input syntax", refused.reason)
            # noted again, refused again, and still one line
            self.env["ecrm.change"].note("sale.order", orders[3].ids)
            self._read()
            refused.action_retry()
            self.assertEqual(refused.state, "refused")
            orders[3].client_order_ref = "2026-01-02"
            self.env["ecrm.change"].note("sale.order", orders[3].ids)
            self._read()
        self.assertEqual(refused.state, "stored")
        self.assertEqual(len(self._touchpoints()), 5)

    def test_a_row_that_is_gone_when_it_is_tried_again(self):
        order = self._order(confirm=False, client_order_ref="no date")
        with self._broken("source.client_order_ref::timestamp"):
            self._read()
            refused = self.env["ecrm.quarantine"].search([], limit=1)
            order.unlink()
            refused.action_retry()
        self.assertEqual(refused.state, "dropped")

    def test_another_process_at_work_is_not_an_error(self):
        self._order()
        self.env.flush_all()
        with patch.object(
            type(self.reader), "_collect", side_effect=errors.SerializationFailure("busy")
        ):
            with self.assertRaises(errors.SerializationFailure), self.env.cr.savepoint():
                self.pipeline.run_now()  # Odoo repeats the request
            self.assertFalse(self.pipeline._attempt(self.line._run_batch))
        self.assertFalse(self.line.last_error)
        self.assertEqual(self._read(), 2)

    def test_notes_that_nobody_takes_stay_one_per_record(self):
        order = self._order()
        self._read()
        self.env["ecrm.change"].note("sale.order", order.ids * 10)
        self.line.last_error = "broken since long"
        self.collectors._gc_notes()
        self.assertEqual(self._notes(), order.ids)

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    def test_every_source_that_is_installed_has_a_collector_and_its_triggers(self):
        for model in self.collectors._collector_models():
            line = self._line(model._source)
            self.assertEqual(line.collector, model._name)
            self.assertEqual(self._triggers(model._source_table()), set(model._triggers()))

    def test_an_archived_collector_notes_nothing_and_comes_back_complete(self):
        order = self._order(confirm=False)
        self.line.active = False
        self.assertFalse(self._triggers())
        self.assertFalse(self._notes())
        order.action_confirm()
        self._read()
        self.assertFalse(self._notes())
        self.assertFalse(self._touchpoints())
        self.collectors._sync_sources()
        self.assertFalse(self._triggers())
        self.line.active = True
        self.assertTrue(self._triggers())
        self._read()
        self.assertEqual(len(self._touchpoints()), 2)

    def test_a_source_that_was_uninstalled(self):
        with patch.object(type(self.reader), "_is_available", lambda reader: False):
            self._order()
            self.collectors._sync_sources()
            self.assertFalse(self.line.exists())
            self.assertFalse(self._triggers())
            self.assertFalse(self._notes())
        self.collectors._sync_sources()
        self.assertEqual(self._line("sale.order").state, "backfill")
        self.assertTrue(self._triggers())

    def test_triggers_that_changed_are_replaced(self):
        before = self._triggers()
        with patch.object(type(self.reader), "_capture_columns", ("state",)):
            self.assertTrue(self.collectors._sync_sources())
            self.assertEqual(len(self._triggers() - before), 1)
            self.assertEqual(len(self._triggers()), 2)
            self.assertFalse(self.collectors._sync_sources())
        self.collectors._sync_sources()
        self.assertEqual(self._triggers(), before)

    def test_a_busy_table_gets_its_triggers_later(self):
        self.line.active = False
        self.line.unlink()
        with patch.object(
            type(self.collectors), "_lock_and_execute", lambda lines, statements: False
        ):
            self.collectors._sync_sources()
            self.assertFalse(self._line("sale.order"))
        self.collectors._sync_sources()
        self.assertTrue(self._line("sale.order"))

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_only_a_manager_runs_or_archives(self):
        user = new_test_user(self.env, "ecrm_user_1", groups="ecrm_addon.group_ecrm_user")
        with self.assertRaises(AccessError):
            self.pipeline.with_user(user).run_now()
        with self.assertRaises(AccessError):
            self.line.with_user(user).active = False
        manager = new_test_user(self.env, "ecrm_manager_1", groups="ecrm_addon.group_ecrm_manager")
        self.line.with_user(manager).active = False
        self.line.with_user(manager).active = True
        self._order()
        self.assertEqual(self.pipeline.with_user(manager).run_now()["refused"], 0)

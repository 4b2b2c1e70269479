from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..queries import capture_changes, roll_up_visitors
from .common import EcrmCase


class TestPipeline(EcrmCase):
    def _profile(self):
        return self.env["ecrm.profile"].search([("partner_id", "=", self.customer.id)])

    def test_a_confirmed_order_counts_at_once(self):
        self._order(amount=100)
        self.assertEqual(self._profile().revenue, 100)
        self.assertIn("order.confirmed", self._touchpoints().mapped("kind"))

    def test_a_cancelled_order_counts_no_more_at_once(self):
        order = self._order(amount=100)
        self._order(amount=30)
        order._action_cancel()
        self.assertEqual(self._profile().revenue, 30)

    def test_a_fault_of_ours_stops_no_order(self):
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE ecrm_profile RENAME COLUMN revenue TO broken")
        order = self._order(amount=100)
        self.assertEqual(order.state, "sale")
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE ecrm_profile RENAME COLUMN broken TO revenue")
        self.pipeline.run_now()
        self.assertEqual(self._profile().revenue, 100)

    def test_running_twice_changes_nothing(self):
        self._order(amount=100)
        self.pipeline.run_now()
        self.assertEqual(self.pipeline.run_now()["stored"], 0)

    def test_only_a_manager_runs_it(self):
        user = new_test_user(
            self.env, "marketer@example.com", groups="ecrm_addon.group_ecrm_marketer"
        )
        with self.assertRaises(AccessError):
            self.pipeline.with_user(user).run_now()
        user.group_ids += self.env.ref("ecrm_addon.group_ecrm_manager")
        self.assertIn("stored", self.pipeline.with_user(user).run_now())


class TestPlans(EcrmCase):
    """What runs every minute must not read whole tables, however long they have grown."""

    def _plan(self, statement):
        # few rows are read faster as they are: the plan is to be that of many
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        return "\n".join(row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", statement)))

    def test_notes_are_taken_by_their_place(self):
        for take in (
            capture_changes.take("ecrm.session", 100),
            capture_changes.take_in_order(["ecrm.login", "ecrm.click"], 100),
        ):
            plan = self._plan(take)
            self.assertIn("Tid Scan on ecrm_change", plan)
            self.assertNotIn("Seq Scan on ecrm_change", plan)

    def test_old_parts_are_found_by_their_day(self):
        plan = self._plan(roll_up_visitors.forget([(1, date.today())], date.today()))
        self.assertIn("Tid Scan on ecrm_web_part", plan)
        self.assertNotIn("Seq Scan on ecrm_web_part", plan)

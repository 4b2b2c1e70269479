from odoo.exceptions import AccessError
from odoo.tests import new_test_user

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

import hashlib
import json
import uuid

from odoo.tests import tagged

from ..lib.tracking.event import derive_uid
from ..models.ecrm_log_uid import SECRET
from .api_case import ApiCase
from .door_case import DoorCase


def guesses(source, res_id, kind):
    """Return what somebody who reads our code would take for the id of an act to come."""
    parts = (source, str(res_id), kind)
    texts = [separator.join(parts) for separator in (",", "\x1f", ":", "|")]
    texts += [f",{text}" for text in texts]
    found = {derive_uid(list(parts)), derive_uid([source, res_id, kind])}
    for text in texts:
        found.add(str(uuid.UUID(hashlib.md5(text.encode()).hexdigest())))
        found.add(str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])))
    return sorted(found)


@tagged("post_install", "-at_install")
class TestUids(ApiCase):
    """Nobody outside can tell an act of ours before it happens, and so swallow it."""

    def _order_of_the_shop(self):
        return self._order(company_id=self.company.id, confirm=False)

    def _confirmed(self, order):
        domain = [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        return self.env["ecrm.touchpoint"].search([*domain, ("kind", "=", "order.confirmed")])

    def test_an_api_key_does_not_swallow_an_order(self):
        order = self._order_of_the_shop()
        uids = guesses("sale.order", order.id, "order.confirmed")
        answers = self.env["ecrm.api.door"].receive(
            self.key, [self._event(uid=uid, kind="app.noise") for uid in uids]
        )
        self.assertEqual({answer["status"] for answer in answers}, {"stored"})
        order.action_confirm()
        self.pipeline.run_now()
        self.assertEqual(len(self._confirmed(order)), 1)

    def test_a_refused_event_does_not_swallow_a_refused_row(self):
        """What is put aside has an id of ours, too: else the wrong body would be kept."""
        collector, order = "ecrm.collector.sale_order", self._order_of_the_shop()
        uids = guesses(collector, order.id, "")
        uids.append(str(uuid.UUID(hashlib.md5(f"{collector},{order.id}".encode()).hexdigest())))
        self.env["ecrm.api.door"].receive(
            self.key, [self._event(uid=uid, kind="no.such") for uid in uids]
        )
        quarantine = self.env["ecrm.quarantine"]
        quarantine.refuse_row(collector, order.id, "cannot be read")
        row = quarantine.search([("reason", "=", "cannot be read")])
        self.assertEqual(row.body, {"collector": collector, "res_id": order.id})
        quarantine.settle_rows(collector, order.ids)
        quarantine.invalidate_model()
        self.assertEqual(row.state, "stored")

    def test_the_secret_is_needed(self):
        """The same act has another id in another database, and one id in this one."""
        log = self.env["ecrm.log"]
        first = log.own_uid("web.checkout", "visit", 7, "cart")
        self.assertEqual(first, log.own_uid("web.checkout", "visit", 7, "cart"))
        self.assertNotEqual(first, log.own_uid("web.checkout", "visit", 7, "payment"))
        self.assertNotEqual(log.own_uid("a", "b,c"), log.own_uid("a,b", "c"))
        selects = [self.env["ecrm.collector.sale_order"]._select([1])]
        self.env["ir.config_parameter"].sudo().set_param(SECRET, "another database's")
        self.assertNotEqual(first, log.own_uid("web.checkout", "visit", 7, "cart"))
        selects.append(self.env["ecrm.collector.sale_order"]._select([1]))
        self.assertNotEqual(selects[0], selects[1])

    def test_a_copy_of_the_database_takes_nothing_for_news(self):
        order = self._order_of_the_shop()
        order.action_confirm()
        self.pipeline.run_now()
        # what Odoo does to a copy
        self.env["ir.config_parameter"].init(force=True)
        self.env["ecrm.collector"].search([]).action_read_again()
        self.pipeline.run_now()
        self.assertEqual(len(self._confirmed(order)), 1)

    def test_the_secret_is_nobodys_to_read(self):
        self.assertTrue(self.env["ir.config_parameter"].sudo().get_param(SECRET))
        told = json.dumps(self.env["ecrm.api.door"].receive(self.key, [self._event()]))
        self.assertNotIn(self.env["ir.config_parameter"].sudo().get_param(SECRET), told)

    def test_the_same_event_from_outside_is_still_one(self):
        event = self._event()
        answers = self.env["ecrm.api.door"].receive(self.key, [event])
        answers += self.env["ecrm.api.door"].receive(self.key, [event, event])
        self.assertEqual(
            [answer["status"] for answer in answers], ["stored", "duplicate", "duplicate"]
        )
        self.assertEqual(len(self._stored(event)), 1)


class TestBrowserUids(DoorCase):
    def test_a_browser_does_not_swallow_an_order(self):
        self._agree()
        order = self._order(confirm=False)
        uids = guesses("sale.order", order.id, "order.confirmed")
        events = [self._act(id=uid) for uid in uids]
        self.assertEqual(self._send(*events).status_code, 204)
        self.assertEqual(len(self._stored(*events)), len(uids))
        order.action_confirm()
        self.pipeline.run_now()
        domain = [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        kinds = self.env["ecrm.touchpoint"].search(domain).mapped("kind")
        self.assertIn("order.confirmed", kinds)
        # and its own events are still known again
        self.assertEqual(self._send(*events).status_code, 204)
        self.assertEqual(len(self._stored(*events)), len(uids))

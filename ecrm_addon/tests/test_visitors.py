import uuid
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .test_sessions import START, SessionCase


class TestVisitors(SessionCase):
    def _visitor(self, token="d1"):
        return self.env["ecrm.visitor"].search([("id", "=", self._identity(token).id)])

    def test_what_is_known_of_a_visitor(self):
        self._told(
            self._web(referrer_host="www.bing.com", props={"device": "mobile"}),
            self._web("web.product", 60),
            self._web(second=86400, visit="v2", utm_source="ads", props={"device": "tablet"}),
        )
        visitor = self._visitor()
        self.assertEqual((visitor.session_count, visitor.page_count), (2, 3))
        self.assertEqual((visitor.first_source, visitor.last_source), ("bing", "ads"))
        self.assertEqual((visitor.device, visitor.website_id), ("tablet", self.website))
        self.assertEqual(visitor.first_seen, START)
        self.assertEqual(visitor.last_seen, START + timedelta(days=1))
        self.assertFalse(visitor.score, "not known is not 0")
        self.assertEqual(visitor.consent_state, "unknown")

    def test_the_score_is_that_of_the_contact(self):
        self._told(self._web())
        self._identity("d1").link(self.customer, "form")
        self._digest()
        self.env["ecrm.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "loyalty_score": 73,
            }
        )
        self.env.flush_all()
        visitor = self._visitor()
        self.assertEqual((visitor.partner_id, visitor.score), (self.customer, 73))

    def test_what_was_said_of_being_measured(self):
        self._told(self._web())
        browser = self._identity("d1")
        consents = self.env["ecrm.consent"]
        granted = consents.record(browser, "granted")
        # another identity on the same browser: somebody who logged in
        self._told(self._web(visit="v2", device="login", consent_id=granted.id))
        self.assertEqual(self._visitor("d1").consent_state, "granted")
        self.assertEqual(self._visitor("login").consent_state, "granted")
        consents.record(browser, "withdrawn")
        self.env.invalidate_all()
        self.assertEqual(self._visitor("d1").consent_state, "withdrawn")
        self.assertEqual(self._visitor("login").consent_state, "withdrawn")

    def test_live_without_the_digest(self):
        now = datetime.now()
        self.log.append(
            [
                {**self._web(path="/a?x=1"), "occurred_at": now - timedelta(minutes=1)},
                {**self._web(device="gone"), "occurred_at": now - timedelta(minutes=6)},
                {
                    **self._web(device="bot", verdict="machine"),
                    "occurred_at": now - timedelta(minutes=1),
                },
            ]
        )
        live = self.env["ecrm.visitor"].search([("is_live", "=", True)])
        ours = self._visitor("d1")
        self.assertIn(ours, live)
        self.assertNotIn(self._visitor("gone"), live)
        self.assertNotIn(self._visitor("bot"), live)
        self.assertEqual((ours.is_live, ours.live_path), (True, "/a"))
        away = self.env["ecrm.visitor"].search([("is_live", "=", False)])
        self.assertIn(self._visitor("gone"), away)
        self.assertNotIn(ours, away)

    def test_only_those_of_the_own_company(self):
        self._told(self._web())
        user = new_test_user(self.env, "user@x.org", groups="ecrm_addon.group_ecrm_user")
        visitors = self.env["ecrm.visitor"].with_user(user)
        domain = [("id", "=", self._identity("d1").id)]
        self.assertFalse(visitors.search(domain))
        user.company_ids += self.company
        companies = [user.company_id.id, self.company.id]
        self.assertTrue(visitors.with_context(allowed_company_ids=companies).search(domain))

    def test_only_with_the_right_group(self):
        outsider = new_test_user(self.env, "sales@x.org", groups="sales_team.group_sale_manager")
        for model in ("ecrm.visitor", "ecrm.session", "ecrm.web.daily", "ecrm.web.page.report"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(outsider).search([])


class TestStockVisitors(SessionCase):
    """Odoo's own ``website.visitor`` stays true where our tracking replaces Odoo's."""

    def _stock(self, token, **values):
        long_ago = START - timedelta(days=9)
        return self.env["website.visitor"].create(
            {
                "access_token": token,
                "website_id": self.website.id,
                "last_connection_datetime": long_ago,
                **values,
            }
        )

    def test_of_a_browser(self):
        token = uuid.uuid4().hex
        ours, other = self._stock(token), self._stock(uuid.uuid4().hex)
        before = other.last_connection_datetime
        self._told(self._web(device=token), self._web(second=9000, device=token, visit="v2"))
        self.assertEqual(ours.last_connection_datetime, START + timedelta(seconds=9000))
        self.assertEqual(ours.visit_count, 2)
        self.assertEqual(other.last_connection_datetime, before)

    def test_of_a_contact(self):
        stock = self._stock(str(self.customer.id))
        self.log.append([self._web()])
        self._identity("d1").link(self.customer, "login")
        self._digest()
        self.assertEqual(stock.last_connection_datetime, START)

    def test_nothing_is_taken_back(self):
        token = uuid.uuid4().hex
        stock = self._stock(token, visit_count=7, last_connection_datetime=START)
        self._told(self._web(second=-900, device=token))
        self.assertEqual((stock.visit_count, stock.last_connection_datetime), (7, START))

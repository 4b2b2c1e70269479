from unittest.mock import patch

from .score_case import ScoreCase


class TestObjection(ScoreCase):
    """Who objects to profiles has none, from then on, and nothing of it stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(6)
        for number, partner in enumerate(cls.people, 1):
            partner.email = f"customer{number}@example.org"
            cls._buy(partner, 50 * number, f"2026-02-1{number}")
            cls._act(partner, at="2026-03-01 09:00:00")
        cls._score("2026-03-31")
        cls.ann = cls.people[0]

    def _say_of(self, partner, state):
        identity = self.env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
        self.assertTrue(identity)
        return self.env["ecrm.consent"].record(identity, state, "profile")

    def test_at_once_and_later(self):
        for state in ("withdrawn", "refused"):
            self._say_of(self.ann, state)
            self.assertFalse(self._profile(self.ann))
            self.assertFalse(self.ann.with_company(self.company).ecrm_tier_id)
            run = self._score("2026-03-31")
            self.assertEqual((run.customer_count, run.profile_count), (5, 5))
            self.assertFalse(self._profile(self.ann))
            self._say_of(self.ann, "granted")
            self._score("2026-03-31")
            self.assertEqual(self._profile(self.ann).order_count, 1)

    def test_said_from_an_address(self):
        """A link in a mail knows the address only."""
        identity = self.env["ecrm.identity"].create(
            {"kind": "email", "key": self.ann.email_normalized}
        )
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertFalse(self._profile(self.ann))
        self.assertEqual(self._score("2026-03-31").customer_count, 5)

    def test_an_address_of_somebody_else(self):
        """Her own no is hers alone, whoever else has the address in an account."""
        bob = self.people[1]
        identity = self.env["ecrm.identity"].create(
            {"kind": "email", "key": self.ann.email_normalized}
        )
        identity.link(bob, "hand")
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertTrue(self._profile(self.ann))
        self.assertFalse(self._profile(bob))
        self.assertEqual(self.env["ecrm.consent"]._objectors(), bob)
        self.assertEqual(self._score("2026-03-31").customer_count, 5)

    def test_an_employee(self):
        """Her acts do not count for her company, its orders do."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": firm.id})
        self._buy(eve, 70, "2026-02-20")
        self._act(eve, at="2026-03-20 09:00:00")
        self._score("2026-03-31")
        self.assertTrue(self._profile(firm).engagement)
        self._say_of(eve, "withdrawn")
        self._score("2026-03-31")
        self.assertEqual(self._profile(firm).order_count, 1)
        self.assertIs(self._profile(firm).engagement, False)

    def test_moves_of_tiers_are_forgotten(self):
        """Out of the ledger and out of the history, hers alone."""
        self.company.ecrm_tier_measure = "orders"
        tier = self.env["ecrm.tier"].create(
            {"name": "Twice", "minimum": 2, "company_id": self.company.id}
        )
        bob = self.people[1]
        for partner in (self.ann, bob):
            self._buy(partner, 10, self._days_ago(3))
            self._buy(partner, 10, self._days_ago(2))
        self._score()
        changes = self.env["ecrm.tier.change"].search([("to_tier_id", "=", tier.id)])
        self.assertEqual(changes.partner_id, self.ann | bob)
        changes._announce()
        self.env["ecrm.pipeline"]._digest()
        self._say_of(self.ann, "withdrawn")
        self.assertEqual(changes.exists().partner_id, bob)
        told = self.env["ecrm.touchpoint"].search([("kind", "=", "loyalty.tier_up")])
        self.assertEqual(told.filtered(lambda act: act.res_id in changes.ids).partner_id, bob)

    def test_an_address_that_becomes_a_contact_later(self):
        """The night finds out, and what stands on orders goes too."""
        newcomer = self.env["res.partner"].create({"name": "New"})
        order = self._buy(newcomer, 50, "2026-02-20")
        order.ecrm_loyalty_score = 12
        identity = self.env["ecrm.identity"].create({"kind": "email", "key": "new@example.org"})
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertTrue(order.ecrm_loyalty_score)
        newcomer.email = "new@example.org"
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60):
            self.env["ecrm.pipeline"]._cron_score()
        self.assertFalse(self._profile(newcomer))
        self.assertFalse(order.ecrm_loyalty_score)

    def test_while_all_customers_are_scored(self):
        """What stands on orders goes at once; the profile as soon as the scoring is done."""
        order = self.env["sale.order"].search([("partner_id", "=", self.ann.id)])
        order.ecrm_loyalty_score = 12
        busy = patch.object(type(self.env["ecrm.scorer"]), "_may_renew", lambda *args: False)
        with busy:
            self._say_of(self.ann, "withdrawn")
        self.assertFalse(order.ecrm_loyalty_score)
        self.env["ecrm.pipeline"]._digest()
        self.assertFalse(self._profile(self.ann))

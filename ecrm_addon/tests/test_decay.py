from datetime import datetime, timedelta

from freezegun import freeze_time

from ..lib.scoring import decay
from .score_case import ScoreCase

NOON = datetime(2026, 6, 1, 12)


class TestDecay(ScoreCase):
    """Engagement: each act fades by half in the company's half-life."""

    def setUp(self):
        super().setUp()
        (self.ann,) = self._people(1)

    def _engagement(self, as_of=NOON, partner=None):
        self._score(as_of)
        return self._profile(partner or self.ann).engagement

    def _set_weight(self, code, weight):
        kind = self.env["ecrm.touchpoint.kind"].search([("code", "=", code)])
        kind.weight = weight

    def assertClose(self, found, expected):
        self.assertLessEqual(abs(found - expected), 1e-9 * abs(expected), (found, expected))

    def test_by_hand(self):
        self._set_weight("web.form", 4)
        self._set_weight("email.clicked", 3)
        self._act(self.ann, "web.form", str(NOON))
        self._act(self.ann, "web.form", str(NOON - timedelta(days=30)))
        self._act(self.ann, "email.clicked", str(NOON - timedelta(days=60)))
        self.assertClose(self._engagement(), 4 + 2 + 0.75)

    def test_half_a_life_later_half_is_left(self):
        for hours in (1, 17, 700, 5000):
            self._act(self.ann, "web.product", str(NOON - timedelta(hours=hours)))
        today = self._engagement()
        self.assertClose(self._engagement(NOON + timedelta(days=30)), today / 2)
        self.company.ecrm_half_life = 7
        today = self._engagement()
        self.assertClose(self._engagement(NOON + timedelta(days=7)), today / 2)

    def test_half_a_life_later_by_days_and_by_the_clock(self):
        self.company.ecrm_timezone = "Europe/Brussels"  # summer time ended in between
        self._act(self.ann, "web.form", "2026-10-01 09:17:00")
        first = self._engagement("2026-10-10")
        self.assertClose(self._engagement("2026-11-09"), first / 2)
        with freeze_time("2026-10-10 09:41:00"):
            first = self._engagement(None)
        with freeze_time("2026-11-09 09:41:00"):
            self.assertClose(self._engagement(None), first / 2)

    def test_sql_and_definition_agree(self):
        ages = [0, 0.5, 12, 29.9, 365, 3000]
        for age in ages:
            self._act(self.ann, "web.search", str(NOON - timedelta(days=age)))
        weight = self.env["ecrm.touchpoint.kind"].search([("code", "=", "web.search")]).weight
        expected = decay.engagement([(weight, age) for age in ages])
        self.assertClose(self._engagement(), expected)

    def test_ages_ago_is_next_to_nothing(self):
        self.company.ecrm_half_life = 1
        self._act(self.ann, "web.form", "1971-01-01 00:00:00")
        engagement = self._engagement()
        self.assertGreater(engagement, 0)
        self.assertLess(engagement, 1e-200)
        self.assertEqual(self._profile(self.ann).engagement_band, "lost")

    def test_a_few_and_all_give_the_same(self):
        for hours in (3, 50, 999):
            self._act(self.ann, "web.product", str(NOON - timedelta(hours=hours)))
        with freeze_time(NOON):
            self.profiles._recompute(self.ann)
            first = self._profile(self.ann).engagement
            self._profile(self.ann).unlink()
            self.assertClose(self._engagement(None), first)

    def test_machines_do_not_count(self):
        self._act(self.ann, "email.opened", str(NOON), verdict="human")
        first = self._engagement()
        for verdict in ("machine", "proxy"):
            self._act(self.ann, "email.opened", str(NOON), verdict=verdict)
        self.assertEqual(self._engagement(), first)
        self._act(self.ann, "email.opened", str(NOON), verdict="unknown")
        self.assertClose(self._engagement(), 2 * first)

    def test_a_new_weight_counts(self):
        self._act(self.ann, "web.search", str(NOON))
        self._set_weight("web.search", 7)
        self.assertClose(self._engagement(), 7)

    def test_what_is_done_to_somebody_is_no_act(self):
        self._act(self.ann, "email.sent", str(NOON))
        self._score(NOON)
        self.assertFalse(self._profile(self.ann))

    def test_no_act_is_not_zero(self):
        self._buy(self.ann)
        self._score(NOON)
        profile = self._profile(self.ann)
        self.assertIs(profile.engagement, False)
        self.assertFalse(profile.engagement_band)
        self.assertNotIn("Engagement", profile.why)

    def test_last_visit_and_last_reaction(self):
        self._act(self.ann, "web.custom", "2026-05-03 10:00:00")  # worth nothing, yet a visit
        self._act(self.ann, "web.page", "2026-05-02 10:00:00")
        self._act(self.ann, "email.opened", "2026-05-05 10:00:00")
        self._act(self.ann, "email.sent", "2026-05-06 10:00:00")
        self._act(self.ann, "email.opened", "2026-05-07 10:00:00", verdict="proxy")
        self._score(NOON)
        profile = self._profile(self.ann)
        self.assertEqual(str(profile.last_visit_at), "2026-05-03 10:00:00")
        self.assertEqual(str(profile.last_email_at), "2026-05-05 10:00:00")
        self.assertIn("Last visit 29 days ago", profile.why)

    def test_bands(self):
        people = self._people(5)
        (new, engaged, lukewarm, dormant, lost) = people
        first = str(NOON - timedelta(days=100))
        for partner in people - new:
            self._act(partner, "web.page", first)
        self._act(new, "web.page", str(NOON - timedelta(days=3)))
        for _number in range(2):
            self._act(engaged, "web.form", str(NOON))
        self._act(lukewarm, "web.cart_add", str(NOON))
        self._act(dormant, "web.page", str(NOON))
        self._act(lost, "email.bounced", str(NOON))
        self._score(NOON)
        self.assertEqual(
            [self._profile(partner).engagement_band for partner in people],
            ["new", "engaged", "lukewarm", "dormant", "lost"],
        )

    def test_acts_of_no_company(self):
        """They count where somebody is a customer, and else where the contact belongs."""
        buyer, mine, nobodys = self._people(3)
        mine.company_id = self.company
        self._buy(buyer)
        for partner in (buyer, mine, nobodys):
            self._act(partner, "email.clicked", str(NOON), company_id=None)
        self._score(NOON)
        for partner in (buyer, mine):
            self.assertClose(self._profile(partner).engagement, 3)
        self.assertFalse(self._profile(nobodys), "a newsletter makes no customer of each company")
        main = self.env["res.company"].search([], order="id", limit=1)
        self._score(NOON, main)
        self.assertTrue(self._profile(nobodys, main))
        self.assertFalse(self._profile(mine, main))

    def test_acts_of_another_company(self):
        other = self._company("Coffee House")
        self._act(self.ann, "web.form", str(NOON), company_id=other.id)
        self._score(NOON)
        self.assertFalse(self._profile(self.ann))

    def test_people_and_keys_of_a_customer_together(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        person = self.env["res.partner"].create({"name": "Bob", "parent_id": firm.id})
        self._act(person, "web.form", str(NOON))
        self.log.append(
            [
                self._event(
                    kind="web.form",
                    at=str(NOON),
                    company_id=self.company.id,
                    identity={"device": "abc"},
                )
            ]
        )
        device = self.env["ecrm.identity"].search([], order="id desc", limit=1)
        device.link(firm, "hand")
        self.assertClose(self._engagement(partner=firm), 8)

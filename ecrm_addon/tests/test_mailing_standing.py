from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import EcrmCase


class TestMailingStanding(EcrmCase):
    """Mailings choose their recipients by tier, segment, score, band, last visit, forecast."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["ecrm.tier"].create({"name": "Test Gold", "minimum": 2000})
        cls.segment = cls.env["ecrm.segment"].create({"name": "Test Champions"})
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "email": "firm@example.com"})
        cls.plain = cls.env["res.partner"].create({"name": "Plain", "email": "plain@example.com"})
        cls.partners = cls.firm | cls.plain | cls.customer
        profiles = cls.env["ecrm.profile"]
        cls.profile = profiles.create(
            {
                "partner_id": cls.firm.id,
                "company_id": cls.env.company.id,
                "tier_id": cls.gold.id,
                "segment_id": cls.segment.id,
                "loyalty_score": 72.4,
                "engagement_band": "engaged",
                "last_visit_at": "2026-03-01 10:00:00",
                "clv_12m": 1200,
                "p_buy_90d": 0.8,
                "overdue_days": 12,
            }
        )
        profiles.create(
            {
                "partner_id": cls.plain.id,
                "company_id": cls.env.company.id,
                "loyalty_score": 0,
                "overdue_days": 0,
            }
        )
        cls.user = new_test_user(
            cls.env,
            "mailing_standing",
            "mass_mailing.group_mass_mailing_user,ecrm_addon.group_ecrm_user",
        )

    def _conditions(self):
        return [
            ("ecrm_tier_id", "=", self.gold.id),
            ("ecrm_tier_id", "ilike", "test go"),
            ("ecrm_segment_id", "in", self.segment.ids),
            ("ecrm_loyalty_score", ">=", 70),
            ("ecrm_engagement_band", "=", "engaged"),
            ("ecrm_last_visit_at", ">=", "2026-02-01"),
            ("ecrm_clv_12m", ">", 1000),
            ("ecrm_p_buy_90d", ">=", 0.5),
            ("ecrm_overdue_days", ">", 0),
        ]

    def test_every_score_chooses_recipients_of_a_mailing(self):
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.user)
            .create(
                {
                    "subject": "Teas",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                }
            )
        )
        known = [("id", "in", self.partners.ids)]
        for condition in self._conditions():
            mailing.mailing_domain = repr([*known, condition])
            self.assertEqual(mailing._get_recipients(), self.firm.ids, condition)

    def test_every_score_filters_and_sorts_contacts(self):
        partners = self.partners.with_user(self.user)
        for condition in self._conditions():
            self.assertEqual(
                partners.search([("id", "in", partners.ids), condition]), self.firm, condition
            )
            self.assertEqual(partners.filtered_domain([condition]), self.firm, condition)
            found = partners.search([("id", "in", partners.ids)], order=f"{condition[0]} desc, id")
            self.assertEqual(found[0], self.firm, "of whom nothing is known comes last")

    def test_forecasts_of_contacts(self):
        firm = self.firm.with_user(self.user)
        self.assertEqual(firm.ecrm_clv_12m, 1200)
        self.assertEqual(firm.ecrm_p_buy_90d, 0.8)
        self.assertEqual(firm.ecrm_overdue_days, 12)
        for name in ("ecrm_clv_12m", "ecrm_p_buy_90d", "ecrm_overdue_days"):
            self.assertIs(self.customer.with_user(self.user)[name], False, "not known is not 0")

    def test_groups_as_the_screens_ask_for_them(self):
        partners = self.partners.with_user(self.user)
        for groupby in (
            "ecrm_tier_id",
            "ecrm_segment_id",
            "ecrm_engagement_band",
            "ecrm_last_visit_at:month",
            "ecrm_overdue_days",
        ):
            groups = partners.formatted_read_group(
                [("id", "in", partners.ids)],
                [groupby],
                [
                    "__count",
                    "ecrm_loyalty_score:avg",
                    "ecrm_clv_12m:avg",
                    "ecrm_p_buy_90d:avg",
                    "ecrm_overdue_days:avg",
                ],
            )
            self.assertEqual(sum(group["__count"] for group in groups), 3, groupby)
            (rich,) = [group for group in groups if group["ecrm_clv_12m:avg"]]
            self.assertEqual(rich["ecrm_clv_12m:avg"], 1200)

    def test_the_filters_of_the_screen(self):
        partners = self.partners.with_user(self.user)
        arch = partners.get_view(view_type="search")["arch"]
        for name in ("ecrm_overdue", "ecrm_likely", "ecrm_loyal", "ecrm_group_last_visit"):
            self.assertIn(f'name="{name}"', arch)

    # ------------------------------------------------------------
    # RECIPIENTS OF LISTS
    # ------------------------------------------------------------

    def _recipients(self):
        recipients = self.env["mailing.contact"].create(
            [
                {"name": "Firm", "email": "Firm@Example.com"},
                {"name": "Plain", "email": "plain@example.com"},
                {"name": "Nobody", "email": "nobody@example.com"},
                {"name": "No address"},
            ]
        )
        return recipients.with_user(self.user)

    def test_recipients_of_lists_by_the_contact_with_their_address(self):
        recipients = self._recipients()
        firm, plain, nobody, empty = recipients
        self.assertEqual(firm.ecrm_tier_id, self.gold)
        self.assertEqual(firm.ecrm_segment_id, self.segment)
        self.assertEqual(firm.ecrm_loyalty_score, 72)
        self.assertEqual(repr(plain.ecrm_loyalty_score), "0.0", "known, and bad")
        self.assertIs(nobody.ecrm_loyalty_score, False)
        for domain, expected in (
            ([("ecrm_tier_id", "=", self.gold.id)], firm),
            ([("ecrm_tier_id", "ilike", "test go")], firm),
            ([("ecrm_tier_id", "!=", False)], firm),
            ([("ecrm_tier_id", "=", False)], plain | nobody | empty),
            ([("ecrm_tier_id", "!=", self.gold.id)], plain | nobody | empty),
            ([("ecrm_tier_id.minimum", ">", 1000)], firm),
            ([("ecrm_segment_id", "in", self.segment.ids)], firm),
            ([("ecrm_loyalty_score", ">=", 70)], firm),
            ([("ecrm_loyalty_score", "<", 70)], plain),
            ([("ecrm_loyalty_score", "=", False)], nobody | empty),
        ):
            found = recipients.search([("id", "in", recipients.ids), *domain])
            self.assertEqual(found, expected, domain)

    def test_who_may_not_see_scores_finds_nobody_by_them(self):
        recipients = self._recipients()
        mailer = new_test_user(self.env, "plain_mailer", "mass_mailing.group_mass_mailing_user")
        with mute_logger("odoo.orm.models"), self.assertRaises(AccessError):
            recipients.with_user(mailer).search([("ecrm_tier_id", "=", self.gold.id)])
        arch = recipients.with_user(mailer).get_view(view_type="search")["arch"]
        self.assertNotIn("ecrm_tier", arch)

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import users

from .lead_case import LeadCase


class TestCrmLead(LeadCase):
    """Leads show, find, sort and group by the standing of their customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_clerk = cls._lead(cls.clerk)
        cls.of_ann = cls._lead(cls.customer)
        cls.of_nobody = cls._lead(name="Nobody")
        cls.leads = cls.of_clerk | cls.of_ann | cls.of_nobody

    def _find(self, *domain, order=None):
        """Search for leads, and see that filtering in Python finds the same ones."""
        leads = self.leads.with_env(self.env)
        found = leads.search([("id", "in", leads.ids), *domain], order=order)
        self.assertEqual(set(found), set(leads.filtered_domain(list(domain))))
        return found

    @users("ecrm_eva")
    def test_a_lead_shows_the_figures_of_the_commercial_customer(self):
        lead = self.of_clerk.with_env(self.env)
        self.assertEqual(lead.ecrm_tier_id.id, self.gold.id)
        self.assertEqual(lead.ecrm_loyalty_score, 72)
        self.assertEqual(lead.ecrm_engagement_band, "engaged")
        self.assertEqual(lead.ecrm_standing, "72 · Test Gold")
        nobody = self.of_nobody.with_env(self.env)
        self.assertIs(nobody.ecrm_loyalty_score, False)
        self.assertEqual(nobody.ecrm_standing, "Not enough history")

    @users("ecrm_eva")
    def test_search_and_sort(self):
        self.assertEqual(self._find(("ecrm_tier_id", "=", self.gold.id)), self.of_clerk)
        self.assertEqual(self._find(("ecrm_tier_id.name", "=", "Test Gold")), self.of_clerk)
        self.assertEqual(self._find(("ecrm_engagement_band", "=", "dormant")), self.of_ann)
        self.assertEqual(self._find(("ecrm_profile_id", "=", False)), self.of_nobody)
        self.assertEqual(self._find(("ecrm_loyalty_score", "<", 50)), self.of_ann)
        for order, first in (("", self.of_ann), (" desc", self.of_clerk)):
            found = self._find(order=f"ecrm_loyalty_score{order}, id")
            self.assertEqual((found[0], found[-1]), (first, self.of_nobody))

    @users("ecrm_eva")
    def test_group_by(self):
        leads = self.leads.with_env(self.env)
        domain = [("id", "in", leads.ids)]
        tiers = dict(leads._read_group(domain, ["ecrm_tier_id"], ["__count"]))
        self.assertEqual(
            {tier.id: count for tier, count in tiers.items()}, {self.gold.id: 1, False: 2}
        )
        bands = dict(
            leads._read_group(domain, ["ecrm_engagement_band"], ["ecrm_loyalty_score:avg"])
        )
        self.assertEqual(bands, {"engaged": 72, "dormant": 20, False: False})

    def test_the_company_of_the_lead_counts(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        self._profile(self.firm, other, loyalty_score=5, engagement_band="lost")
        here, there, anywhere = (
            self._lead(self.firm, company_id=company)
            for company in (self.env.company.id, other.id, False)
        )
        leads = (here | there | anywhere).with_context(
            allowed_company_ids=(self.env.company | other).ids
        )
        self.assertEqual(leads.mapped("ecrm_loyalty_score"), [72, 5, 72])
        found = leads.search([("id", "in", leads.ids), ("ecrm_loyalty_score", "=", 5)])
        self.assertEqual(found, there)
        leads.invalidate_recordset()
        elsewhere = anywhere.with_context(allowed_company_ids=(other | self.env.company).ids)
        self.assertEqual(elsewhere.ecrm_loyalty_score, 5)

    @users("ecrm_eva")
    def test_many_leads_cost_no_more_queries(self):
        leads = self.leads.with_env(self.env)

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("ecrm_engagement_band")
            return self.cr.sql_log_count - before

        count(leads)
        self.assertEqual(count(leads), count(leads[:1]))

    @users("ecrm_sam")
    def test_without_the_group_nothing_is_seen(self):
        leads = self.leads.with_env(self.env)
        for name in ("ecrm_tier_id", "ecrm_scoring_band", "ecrm_standing"):
            with self.assertRaises(AccessError):
                leads.read([name])
        with self.assertRaises(AccessError):
            leads.search([("ecrm_tier_id", "!=", False)])
        with self.assertRaises(AccessError):
            leads.search([], order="ecrm_loyalty_score")
        for view_type in ("form", "kanban", "list", "search"):
            self.assertNotIn("ecrm_", leads.get_view(view_type=view_type)["arch"])

    @users("ecrm_eva")
    def test_screens_show_it(self):
        leads = self.env["crm.lead"]
        for view_type in ("form", "kanban", "list", "search"):
            arch = etree.fromstring(leads.get_view(view_type=view_type)["arch"])
            self.assertTrue(arch.xpath("//field[starts-with(@name, 'ecrm_')]"), view_type)

    @users("ecrm_eva")
    def test_the_button_leads_to_the_profile(self):
        action = self.of_clerk.with_env(self.env).action_view_ecrm_profile()
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.firm.id)])
        self.assertEqual((action["res_model"], action["res_id"]), ("ecrm.profile", profile.id))

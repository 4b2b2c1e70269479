from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import users

from .common import EcrmCase


class TestResPartner(EcrmCase):
    """Contacts show, find, sort and group by the profile of their customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold, cls.silver = cls.env["ecrm.tier"].create(
            [{"name": "Test Gold", "minimum": 2000}, {"name": "Test Silver", "minimum": 500}]
        )
        cls.segment = cls.env["ecrm.segment"].create({"name": "Test Champions"})
        cls.company_contact = cls.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Clerk"})]}
        )
        cls.clerk = cls.company_contact.child_ids
        cls.unknown = cls.env["res.partner"].create({"name": "Nobody"})
        cls.partners = cls.customer | cls.company_contact | cls.clerk | cls.unknown
        cls._profile(
            cls.customer, tier_id=cls.silver.id, loyalty_score=0, engagement_band="dormant"
        )
        cls._profile(
            cls.company_contact,
            tier_id=cls.gold.id,
            segment_id=cls.segment.id,
            loyalty_score=72.4,
            engagement=12,
            engagement_band="engaged",
            last_visit_at="2026-03-01 10:00:00",
        )
        group = cls.env.ref("ecrm_addon.group_ecrm_user")
        cls.user = cls.env["res.users"].create(
            {
                "name": "Eva",
                "login": "ecrm_eva",
                "group_ids": [fields.Command.set([cls.env.ref("base.group_user").id, group.id])],
            }
        )

    @classmethod
    def _profile(cls, partner, company=None, **values):
        return cls.env["ecrm.profile"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.env.company).id,
                **values,
            }
        )

    def _find(self, *domain, order=None):
        """Search for contacts, and see that filtering in Python finds the same ones."""
        partners = self.partners.with_env(self.env)
        found = partners.search(
            Domain("id", "in", partners.ids) & Domain(list(domain)), order=order
        )
        self.assertEqual(set(found), set(partners.filtered_domain(list(domain))))
        return found

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    @users("ecrm_eva")
    def test_people_show_the_figures_of_their_company(self):
        clerk = self.clerk.with_env(self.env)
        self.assertEqual(clerk.ecrm_tier_id, self.gold)
        self.assertEqual(clerk.ecrm_segment_id, self.segment)
        self.assertEqual(clerk.ecrm_standing, "72 · Test Gold")

    @users("ecrm_eva")
    def test_who_has_no_profile_has_nothing_not_zero(self):
        unknown = self.unknown.with_env(self.env)
        self.assertIs(unknown.ecrm_loyalty_score, False)
        self.assertIs(unknown.ecrm_engagement, False)
        self.assertEqual(unknown.ecrm_standing, "Not enough history")
        self.assertEqual(self.customer.with_env(self.env).ecrm_standing, "0 · Test Silver")

    def test_each_company_shows_its_own_figures(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._profile(self.customer, other, tier_id=self.gold.id, loyalty_score=50)
        self.env.user.company_ids |= other
        self.assertEqual(self.customer.ecrm_tier_id, self.silver)
        there = self.customer.with_company(other)
        self.assertEqual(there.ecrm_tier_id, self.gold)
        self.assertIn(there, there.search([("ecrm_tier_id", "=", self.gold.id)]))
        self.assertNotIn(there, self.customer.search([("ecrm_tier_id", "=", self.gold.id)]))

    def test_a_renamed_tier_shows_its_new_name(self):
        self.assertEqual(self.clerk.ecrm_standing, "72 · Test Gold")
        self.gold.name = "Test Platinum"
        self.env.invalidate_all()
        self.assertEqual(self.clerk.ecrm_standing, "72 · Test Platinum")

    def test_badges_in_list_and_kanban(self):
        badges = {badge["label"]: badge["value"] for badge in self.clerk.application_statistics}
        self.assertEqual(badges["Loyalty Tier"], "Test Gold")
        self.assertEqual(badges["Engagement"], "Engaged")
        self.assertFalse(self.unknown.application_statistics)

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @users("ecrm_eva")
    def test_search_by_tier(self):
        gold = self.company_contact | self.clerk
        self.assertEqual(self._find(("ecrm_tier_id", "=", self.gold.id)), gold)
        self.assertEqual(
            self._find(("ecrm_tier_id", "in", [self.gold.id, False])), gold | self.unknown
        )
        self.assertEqual(self._find(("ecrm_tier_id", "!=", False)), gold | self.customer)
        self.assertEqual(
            self._find(("ecrm_tier_id", "not in", self.gold.ids)), self.customer | self.unknown
        )
        self.assertEqual(self._find(("ecrm_tier_id", "ilike", "test go")), gold)
        self.assertEqual(self._find(("ecrm_tier_id.minimum", ">", 1000)), gold)
        self.assertEqual(
            self._find(("ecrm_tier_id", "any", [("minimum", "<", 1000)])), self.customer
        )
        self.assertEqual(
            self._find(("ecrm_tier_id", "not any", [("minimum", "<", 1000)])),
            self.partners - self.customer,
        )

    @users("ecrm_eva")
    def test_search_by_figures(self):
        gold = self.company_contact | self.clerk
        self.assertEqual(self._find(("ecrm_loyalty_score", ">=", 72)), gold)
        # nothing is not less than something, and is not 0
        self.assertEqual(self._find(("ecrm_loyalty_score", "<", 50)), self.customer)
        self.assertEqual(self._find(("ecrm_loyalty_score", "=", 0)), self.customer)
        self.assertEqual(self._find(("ecrm_loyalty_score", "=", False)), self.unknown)
        self.assertEqual(self._find(("ecrm_engagement_band", "in", ["dormant"])), self.customer)
        self.assertEqual(self._find(("ecrm_profile_id", "=", False)), self.unknown)
        self.assertEqual(
            self._find("!", ("ecrm_engagement_band", "=", "engaged")),
            self.customer | self.unknown,
        )
        self.assertEqual(self._find(("ecrm_last_visit_at", ">", "2026-02-01")), gold)

    @users("ecrm_eva")
    def test_search_through_an_order(self):
        orders = self.env["sale.order"].sudo()
        order = orders.create({"partner_id": self.clerk.id})
        orders.create({"partner_id": self.unknown.id})
        found = orders.search(
            [
                ("partner_id", "in", self.partners.ids),
                ("partner_id.ecrm_tier_id", "=", self.gold.id),
            ]
        )
        self.assertEqual(found, order)

    @users("ecrm_eva")
    def test_sort(self):
        found = self._find(order="ecrm_tier_id desc, id")
        self.assertEqual(found[:3], self.company_contact | self.clerk | self.customer)
        found = self._find(order="ecrm_loyalty_score, id")
        self.assertEqual(found[0], self.customer)
        # of whom nothing is known comes last, whichever way
        self.assertEqual(found[-1], self.unknown)
        self.assertEqual(self._find(order="ecrm_loyalty_score desc, id")[-1], self.unknown)

    @users("ecrm_eva")
    def test_group_by(self):
        partners = self.partners.with_env(self.env)
        for groupby, expected in (
            ("ecrm_tier_id", {self.silver.id: 1, self.gold.id: 2, False: 1}),
            ("ecrm_segment_id", {self.segment.id: 2, False: 2}),
            ("ecrm_engagement_band", {"dormant": 1, "engaged": 2, False: 1}),
        ):
            result = partners.web_read_group([("id", "in", partners.ids)], [groupby], ["__count"])
            counts = {}
            for group in result["groups"]:
                value = group[groupby]
                counts[value[0] if isinstance(value, (tuple, list)) else value] = group["__count"]
                # opening a group finds as many
                inside = partners.search([("id", "in", partners.ids), *group["__extra_domain"]])
                self.assertEqual(len(inside), group["__count"])
            self.assertEqual(counts, expected)

    @users("ecrm_eva")
    def test_averages_leave_out_what_is_not_known(self):
        partners = self.partners.with_env(self.env)
        ((average,),) = partners._read_group(
            [("id", "in", partners.ids)], [], ["ecrm_loyalty_score:avg"]
        )
        self.assertAlmostEqual(average, (72.4 * 2 + 0) / 3)

    @users("ecrm_eva")
    def test_the_screen_knows_what_it_can_do(self):
        described = self.partners.with_env(self.env).fields_get(["ecrm_tier_id", "ecrm_engagement"])
        for description in described.values():
            self.assertTrue(description["searchable"])
            self.assertTrue(description["sortable"])
            self.assertTrue(description["groupable"])
        self.assertEqual(described["ecrm_engagement"]["aggregator"], "avg")

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def _specification(self, view_type):
        """Return what the view reads of a contact, without the lists within it."""
        arch = etree.fromstring(self.env["res.partner"].get_view(view_type=view_type)["arch"])
        names = dict.fromkeys(arch.xpath("//field[not(ancestor::field)]/@name"))
        model_fields = self.env["res.partner"]._fields
        return {
            name: {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            for name in names
            if (field := model_fields[name]).type not in ("one2many", "many2many", "properties")
        }

    def _count_queries(self, partners, specification):
        partners.web_read(specification)  # fills the caches of the server
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        partners.web_read(specification)
        return self.cr.sql_log_count - before

    @users("ecrm_eva")
    def test_the_form_costs_one_query_more(self):
        contact = self.company_contact.with_env(self.env)
        specification = self._specification("form")
        ours = [name for name in specification if name.startswith("ecrm_")]
        self.assertEqual(ours, ["ecrm_standing"])
        before = self._count_queries(
            contact, {name: spec for name, spec in specification.items() if name not in ours}
        )
        self.assertLessEqual(self._count_queries(contact, specification) - before, 1)

    @users("ecrm_eva")
    def test_the_list_costs_two_queries_more(self):
        """One for the profile, one for what is known of the mails."""
        partners = self.env["res.partner"].sudo()
        partners = partners.create([{"name": f"Nr. {n}"} for n in range(80)]) | self.partners
        partners = partners.with_env(self.env)
        specification = self._specification("list")
        self.assertIn("ecrm_tier_id", specification)
        with_ours = self._count_queries(partners, specification)
        self.user.group_ids -= self.env.ref("ecrm_addon.group_ecrm_user")
        specification = self._specification("list")
        self.assertNotIn("ecrm_tier_id", specification)
        self.assertLessEqual(with_ours - self._count_queries(partners, specification), 2)

from odoo import fields

from odoo.addons.ecrm_addon.tests.common import EcrmCase


class LeadCase(EcrmCase):
    """Customers with a profile, and a salesperson with and one without rights in eCRM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["ecrm.tier"].create({"name": "Test Gold", "minimum": 2000})
        cls.firm = cls.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Clerk"})]}
        )
        cls.clerk = cls.firm.child_ids
        cls._profile(cls.customer, loyalty_score=20, engagement_band="dormant")
        cls._profile(cls.firm, tier_id=cls.gold.id, loyalty_score=72, engagement_band="engaged")
        seller = cls.env.ref("sales_team.group_sale_salesman_all_leads")
        ecrm = cls.env.ref("ecrm_addon.group_ecrm_user")
        cls.env["res.users"].create(
            [
                {
                    "name": login,
                    "login": login,
                    "group_ids": [fields.Command.set([group.id for group in groups])],
                }
                for login, groups in (("ecrm_sam", [seller]), ("ecrm_eva", [seller, ecrm]))
            ]
        )

    @classmethod
    def _profile(cls, partner, company=None, **values):
        company = company or cls.env.company
        return cls.env["ecrm.profile"].create(
            {"partner_id": partner.id, "company_id": company.id, **values}
        )

    @classmethod
    def _lead(cls, partner=None, **values):
        values = {"name": "Tea for all", "type": "opportunity", "user_id": False, **values}
        return cls.env["crm.lead"].create({"partner_id": partner and partner.id, **values})

{
    "name": "eCRM for Loyalty Programs",
    "summary": "Tiers that open loyalty programs and bring a pricelist",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "eCRM Contributors",
    "license": "LGPL-3",
    "depends": ["ecrm_addon", "sale_loyalty"],
    "data": [
        "views/ecrm_tier_views.xml",
        "views/loyalty_program_views.xml",
        "views/portal_loyalty_templates.xml",
    ],
    "auto_install": True,
}

{
    "name": "eCRM for CRM",
    "summary": "Leads show the standing of their customer, and lead scoring can learn from it",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "eCRM Contributors",
    "license": "LGPL-3",
    "depends": ["ecrm_addon", "crm"],
    "data": [
        "data/crm_lead_scoring_data.xml",
        "data/ir_cron_data.xml",
        "views/crm_lead_views.xml",
    ],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

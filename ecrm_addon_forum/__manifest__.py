{
    "name": "eCRM for Forums",
    "summary": "Questions, answers and votes of customers, and who still waits for an answer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "eCRM Contributors",
    "license": "LGPL-3",
    "depends": ["ecrm_addon", "website_forum"],
    "data": [
        "data/ecrm_touchpoint_kind_data.xml",
        "views/forum_post_views.xml",
    ],
    "demo": ["demo/ecrm_demo_forum.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

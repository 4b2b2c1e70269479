{
    "name": "eCRM for Live Chat",
    "summary": "Agents see who they chat with, and make a support request of a chat",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "eCRM Contributors",
    "license": "LGPL-3",
    "depends": ["ecrm_addon", "website_livechat"],
    "demo": ["demo/ecrm_demo_livechat.xml"],
    "assets": {
        "web.assets_backend": ["ecrm_addon_livechat/static/src/customer_panel/*"],
        "web.assets_unit_tests": ["ecrm_addon_livechat/static/tests/*.js"],
    },
    "auto_install": True,
}

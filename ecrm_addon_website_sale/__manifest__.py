{
    "name": "eCRM for eCommerce",
    "summary": "Carts, checkouts and product views in the history of each customer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "eCRM Contributors",
    "license": "LGPL-3",
    "depends": ["ecrm_addon", "website_sale"],
    "data": ["data/ecrm_topic_data.xml", "views/website_sale_templates.xml"],
    "auto_install": True,
}

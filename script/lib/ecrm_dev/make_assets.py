# In Odoo's shell: make the scripts and stylesheets of the pages that tests open.
env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821

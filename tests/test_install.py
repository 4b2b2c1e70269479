"""Uninstalling leaves nothing behind, and installing again works."""

from tests import harness

SNAPSHOTS = {
    "columns": """
        SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "relations": """
        SELECT relname, relkind::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "crons": "SELECT cron_name FROM ir_cron",
    "menus": "SELECT id FROM ir_ui_menu",
    "views": "SELECT id FROM ir_ui_view",
    "groups": "SELECT id FROM res_groups",
    "privileges": "SELECT id FROM res_groups_privilege",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "rules": "SELECT id FROM ir_rule",
    "access": "SELECT id FROM ir_model_access",
    "actions": "SELECT id FROM ir_actions",
    "parameters": "SELECT key FROM ir_config_parameter",
    "templates": "SELECT id FROM mail_template",
    "attachments": "SELECT name FROM ir_attachment WHERE name LIKE '%ecrm%'",
    "external ids": "SELECT name FROM ir_model_data WHERE module LIKE 'ecrm%'",
}


#: What installs itself beside the stock modules of the tests.
BRIDGES = [
    "ecrm_addon_crm",
    "ecrm_addon_forum",
    "ecrm_addon_livechat",
    "ecrm_addon_loyalty",
    "ecrm_addon_website_sale",
]
#: Those that change what the core reads, or add a field to a model of the core.
ALONE = ["ecrm_addon_forum", "ecrm_addon_livechat"]


def snapshot(name):
    return {kind: set(harness.query(name, sql)) for kind, sql in SNAPSHOTS.items()}


def use(server):
    """Do what a company does on the first day; return the number of touchpoints."""
    admin = server.login()
    (partner,) = admin.call("res.partner", "create", [[{"name": "Ann"}]])
    (product,) = admin.call("product.product", "create", [[{"name": "Tea", "type": "service"}]])
    line = [0, 0, {"product_id": product, "price_unit": 10}]
    (order,) = admin.call("sale.order", "create", [[{"partner_id": partner, "order_line": [line]}]])
    admin.call("sale.order", "action_confirm", [[order]])
    admin.call("ecrm.pipeline", "run_now")
    return admin.call("ecrm.touchpoint", "search_count", [[["partner_id", "=", partner]]])


def uninstall(server, *names):
    admin = server.login()
    names = names or ("ecrm_addon",)
    ours = admin.call("ir.module.module", "search", [[["name", "in", names]]])
    admin.call("ir.module.module", "button_immediate_uninstall", [ours])


def bridges(name, state):
    """Our further addons in a state: they come and go with eCRM by themselves."""
    rows = harness.query(
        name,
        "SELECT name FROM ir_module_module WHERE name LIKE 'ecrm_addon_%%' AND state = %s",
        [state],
    )
    return [module for (module,) in rows]


def test_a_bridge_goes_alone():
    with harness.fresh_database(harness.stock_template()) as name:
        run = ("-d", name, "--stop-after-init", "--skip-auto-install")
        harness.run_odoo(*run, "-i", "ecrm_addon")
        with harness.Server(name, "--max-cron-threads=0") as server:
            assert use(server) >= 2
            before = snapshot(name)
            assert not bridges(name, "installed")
        harness.run_odoo(*run, "-i", ",".join(ALONE))
        with harness.Server(name, "--max-cron-threads=0") as server:
            assert use(server) >= 2
            assert sorted(bridges(name, "installed")) == ALONE
            uninstall(server, *ALONE)
            # the pipeline looks anew which changes it has to be told of
            assert use(server) >= 2
        assert not bridges(name, "installed")
        after = snapshot(name)
        for kind in SNAPSHOTS:
            assert before[kind] == after[kind], kind


def test_uninstall_leaves_nothing_and_reinstall_works():
    with harness.fresh_database(harness.stock_template()) as name:
        before = snapshot(name)
        harness.run_odoo("-d", name, "-i", "ecrm_addon", "--stop-after-init")
        assert sorted(bridges(name, "installed")) == BRIDGES
        with harness.Server(name, "--max-cron-threads=0") as server:
            assert use(server) >= 2
            uninstall(server)
        assert not bridges(name, "installed")
        after = snapshot(name)
        left = {kind: after[kind] - before[kind] for kind in SNAPSHOTS}
        assert not any(left.values()), left
        lost = {kind: before[kind] - after[kind] for kind in SNAPSHOTS}
        assert not any(lost.values()), lost

        harness.run_odoo("-d", name, "-i", "ecrm_addon", "--stop-after-init")
        with harness.Server(name, "--max-cron-threads=0") as server:
            assert use(server) >= 2

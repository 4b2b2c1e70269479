"""What axe finds on a page, of which Odoo's own markup is not ours to answer for."""

from pathlib import Path

import axe_playwright_python

SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What the web client draws around and into each view. Views of ours fill it, and none of its
#: templates is changed by us. Everything that is not named here counts.
STOCK = [
    ".o_control_panel",
    ".o_list_record_selector",
    ".o_optional_columns_dropdown",
    ".o_form_label",  # its grey on phones
    ".o_select_menu",
    ".o_pivot_measure_row",
    ".o_statusbar_status",
    ".settings_tab",
    # help texts of settings, in Odoo's grey
    ".o_setting_right_pane > .text-muted",
    ".o_setting_tip",
    # Odoo scrolls a wide list in a box that takes no focus; phones get cards where it matters
    ".o_list_renderer",
]
RUN = """async ([root, rules, stock]) => {
    const { violations } = await axe.run(root, {
        runOnly: rules, resultTypes: ["violations"],
    });
    const ours = (node) => {
        const el = document.querySelector(node.target[0]);
        return !el || !stock.some((selector) =>
            selector === ".o_list_renderer" ? el.matches(selector) : el.closest(selector));
    };
    return violations.flatMap(({ id, nodes }) =>
        nodes.filter(ours).map((node) => `${id}: ${node.html.slice(0, 200)}`));
}"""


def violations(page, root=".o_action_manager", stock=STOCK):
    """What axe holds against our own part of what is shown below ``root``."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    return page.evaluate(RUN, [root, RULES, list(stock)])

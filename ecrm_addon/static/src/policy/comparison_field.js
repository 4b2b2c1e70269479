import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What other rules would change: figures, and who goes from where to where. */
export class PolicyComparisonField extends Component {
    static template = "ecrm_addon.PolicyComparisonField";
    static props = { ...standardFieldProps };

    get comparison() {
        return this.props.record.data[this.props.name];
    }

    get tiles() {
        const found = this.comparison;
        return [
            { name: "customers", label: _t("Customers compared"), text: formatInteger(found.customers) },
            { name: "up", label: _t("Rise"), text: formatInteger(found.up) },
            { name: "down", label: _t("Fall"), text: formatInteger(found.down) },
            { name: "stay", label: _t("Keep their tier"), text: formatInteger(found.stay) },
            { name: "moved_revenue", label: _t("Revenue of who rises or falls"), text: this.amount(found.moved_revenue) },
            { name: "resegmented", label: _t("Change segment"), text: formatInteger(found.resegmented) },
            {
                name: "score",
                label: _t("Mean loyalty score"),
                ...this.change(found.score, found.new_score, (value) => formatFloat(value, { digits: [16, 1] })),
            },
            {
                name: "clv",
                label: _t("Value of all customers"),
                ...this.change(found.clv, found.new_clv, (value) => this.amount(value)),
            },
        ];
    }

    /** What is not known is no 0. */
    change(before, after, format) {
        const known = (value) => value !== null && value !== false && value !== undefined;
        if (!known(before) && !known(after)) {
            return { text: _t("not known") };
        }
        const words = (value) => (known(value) ? format(value) : _t("not known"));
        return { text: words(after), before: _t("now %s", words(before)) };
    }

    amount(value) {
        const currencyId = this.comparison.currency_id;
        // a phone has room for "32k" only
        return formatMonetary(value, { currencyId, digits: [false, 0], humanReadable: this.env.isSmall });
    }

    customers(value) {
        return formatInteger(value);
    }

    /** What a cell says besides its number: who stays, who rises, who falls. */
    move(table, row, column) {
        if (row === column) {
            return { css: "o_ecrm_stay", words: _t("stay") };
        }
        if (!table.is_ranked) {
            return { css: "o_ecrm_move", words: _t("move") };
        }
        return column > row
            ? { css: "o_ecrm_up", icon: "fa-arrow-up", words: _t("rise") }
            : { css: "o_ecrm_down", icon: "fa-arrow-down", words: _t("fall") };
    }
}

registry.category("fields").add("ecrm_policy_comparison", {
    component: PolicyComparisonField,
    displayName: _t("Comparison of Policies"),
    supportedTypes: ["json"],
});

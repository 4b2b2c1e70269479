import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ROWS = [
    { name: "r", label: _t("Recency (days since the last order)") },
    { name: "f", label: _t("Frequency (orders)") },
    { name: "m", label: _t("Money (revenue net of refunds)") },
];

/** The limits between the scores 1 to 5, as the run found them. */
export class ThresholdsField extends Component {
    static template = "ecrm_addon.ThresholdsField";
    static props = { ...standardFieldProps };

    get rows() {
        const thresholds = this.props.record.data[this.props.name] || {};
        return ROWS.filter(({ name }) => thresholds[name]).map((row) => ({
            ...row,
            limits: thresholds[row.name].map((limit) =>
                formatFloat(Number(limit), { digits: [16, 2], trailingZeros: false })
            ),
        }));
    }
}

registry.category("fields").add("ecrm_thresholds", {
    component: ThresholdsField,
    displayName: _t("Thresholds"),
    supportedTypes: ["json"],
});

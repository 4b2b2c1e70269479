import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatInteger, formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What was forecast to tenths of the customers beside what they did, as numbers and as bars. */
export class CalibrationField extends Component {
    static template = "ecrm_addon.CalibrationField";
    static props = { ...standardFieldProps };

    get parts() {
        return (this.props.record.data[this.props.name] || []).map((part) => ({
            ...part,
            customersText: formatInteger(part.customers),
            bars: [
                { name: "predicted", label: _t("Forecast"), share: part.predicted },
                { name: "bought", label: _t("Came true"), share: part.bought },
            ].map((bar) => ({ ...bar, text: formatPercentage(bar.share, { digits: [16, 1] }) })),
            orders: [part.expected, part.actual].map((orders) =>
                formatFloat(orders, { digits: [16, 2] })
            ),
        }));
    }
}

registry.category("fields").add("ecrm_calibration", {
    component: CalibrationField,
    displayName: _t("Calibration"),
    supportedTypes: ["json"],
});

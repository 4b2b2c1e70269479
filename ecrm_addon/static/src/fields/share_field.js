import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { PercentageField, percentageField } from "@web/views/fields/percentage/percentage_field";

/** A share from 0 to 1 in percent. What has no whole has no share, which is not 0. */
export function formatShare(value) {
    if (value === false || value === null || value === undefined) {
        return "";
    }
    // one spam report of a thousand mails is a lot, and rounds to 0
    const digits = value && Math.abs(value) < 0.01 ? 2 : 1;
    return formatPercentage(value, { digits: [false, digits] });
}

export class ShareField extends PercentageField {
    get formattedValue() {
        return formatShare(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("ecrm_share", { ...percentageField, component: ShareField });
registry.category("formatters").add("ecrm_share", formatShare);

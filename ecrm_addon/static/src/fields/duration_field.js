import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { integerField, IntegerField } from "@web/views/fields/integer/integer_field";

/** Seconds in words that one reads at a glance: "45 s", "3 min", "1 h 20 min". */
export function formatSeconds(value) {
    if (value === false || value === null || value === undefined) {
        return ""; // not known is not 0
    }
    const seconds = Math.round(value);
    if (seconds < 60) {
        return _t("%s s", formatInteger(seconds));
    }
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) {
        return _t("%s min", formatInteger(minutes));
    }
    return _t("%(hours)s h %(minutes)s min", {
        hours: formatInteger(Math.floor(minutes / 60)),
        minutes: formatInteger(minutes % 60),
    });
}

export class DurationField extends IntegerField {
    get formattedValue() {
        return formatSeconds(this.value);
    }
}

registry.category("fields").add("ecrm_duration", {
    ...integerField,
    component: DurationField,
    supportedTypes: ["integer", "float"],
});
registry.category("formatters").add("ecrm_duration", formatSeconds);

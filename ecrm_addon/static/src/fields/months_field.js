import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { integerField, IntegerField } from "@web/views/fields/integer/integer_field";

/** For how long something is kept, where 0 means for ever: a bare 0 reads as "not at all". */
export function formatMonths(value) {
    if (!value) {
        return _t("For ever");
    }
    return value === 1 ? _t("1 month") : _t("%s months", formatInteger(value));
}

export class MonthsField extends IntegerField {
    get formattedValue() {
        return this.props.readonly ? formatMonths(this.value) : super.formattedValue;
    }
}

registry.category("fields").add("ecrm_months", { ...integerField, component: MonthsField });
registry.category("formatters").add("ecrm_months", formatMonths);

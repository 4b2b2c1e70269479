import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { formatShare as formatPercent } from "../fields/share_field";

/** Counts as people read them. */
export function formatCount(value) {
    return formatInteger(value || 0);
}

/** A share in words where it is not known. */
export function formatShare(value) {
    return formatPercent(value) || _t("not known");
}

export function formatAmount(value, currencyId) {
    return value === null || value === undefined || value === false
        ? _t("not known")
        : formatMonetary(value, { currencyId });
}

/** A share by which a bar is as long as its value; what is there is seen. */
export function barStyle(value, most) {
    return `width: ${value ? Math.max((value / (most || 1)) * 100, 0.5) : 0}%`;
}

import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";

/** Counts as people read them. */
export function formatCount(value) {
    return formatInteger(value || 0);
}

/** A share from 0 to 1; what has no whole has no share, which is not 0. */
export function formatShare(value) {
    if (value === null || value === undefined || value === false) {
        return _t("not known");
    }
    // one spam report of a thousand mails is a lot, and rounds to 0
    const digits = value && Math.abs(value) < 0.01 ? 2 : 1;
    return formatPercentage(value, { digits: [false, digits] });
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

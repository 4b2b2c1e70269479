import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Return an instant of the server as a DateTime in the user's time zone. */
export function toLocal(instant) {
    return DateTime.fromISO(instant, { zone: "utc" }).setZone("default");
}

/**
 * Return rows, which are sorted already, under the day on which they happened.
 *
 * @param {{at: string, key: string}[]} rows
 * @returns {{key: string, label: string, rows: Object[]}[]}
 */
export function groupByDay(rows) {
    const days = [];
    for (const row of rows) {
        const at = toLocal(row.at);
        const key = at.toISODate();
        if (days.at(-1)?.key !== key) {
            days.push({ key, label: dayLabel(at), rows: [] });
        }
        days.at(-1).rows.push(row);
    }
    return days;
}

function dayLabel(at) {
    const now = DateTime.local();
    if (at.hasSame(now, "day")) {
        return _t("Today");
    }
    if (at.hasSame(now.minus({ days: 1 }), "day")) {
        return _t("Yesterday");
    }
    const format = { weekday: "short", day: "numeric", month: "long" };
    if (!at.hasSame(now, "year")) {
        format.year = "numeric";
    }
    return at.toLocaleString(format);
}

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
 * @returns {{key: string, label: string, rows: Object[], groups: Object[]}[]}
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
    for (const day of days) {
        day.groups = groupByVisit(day.rows);
    }
    return days;
}

/**
 * Return the rows of a day with those of one visit together, as long as nothing else stands
 * between them.
 *
 * @param {{key: string, visit: Object|false}[]} rows
 * @returns {{key: string, visit: Object|false, rows: Object[]}[]}
 */
export function groupByVisit(rows) {
    const groups = [];
    for (const row of rows) {
        const last = groups.at(-1);
        if (row.visit && last?.visit && last.visit.id === row.visit.id) {
            last.rows.push(row);
        } else {
            groups.push({ key: row.key, visit: row.visit || false, rows: [row] });
        }
    }
    return groups;
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

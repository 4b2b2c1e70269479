import { Component } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";

const { DateTime } = luxon;
const WIDTH = 120;
const HEIGHT = 28;
/** So that the line is not cut off at its edges. */
const MARGIN = 2;

/** What one contact does with mail: band, score and how it came, best hour, next mailing. */
export class EmailCard extends Component {
    static template = "ecrm_addon.EmailCard";
    static props = { email: Object };

    setup() {
        this.size = { width: WIDTH, height: HEIGHT };
    }

    number(value) {
        return formatFloat(value, { digits: [false, 1] });
    }

    /** The hour from when until when, as the reader's clock shows it. */
    get hour() {
        const { value } = this.props.email.hour;
        // of a day without change of the clock
        const at = (hour) =>
            DateTime.fromObject({ hour: hour % 24 }, { zone: "utc" }).toLocaleString(
                DateTime.TIME_SIMPLE
            );
        return _t("%(from)s to %(to)s", { from: at(value), to: at(value + 1) });
    }

    get next() {
        const { at, is_now: isNow } = this.props.email.next;
        if (!at) {
            return _t("Not to be mailed");
        }
        return isNow ? _t("At any time") : toLocaleDateTimeString(deserializeDateTime(at));
    }

    /** The score of each week as a line; weeks before the first act are at 0. */
    get line() {
        const values = this.props.email.score.weeks.map((value) => value || 0);
        const most = Math.max(...values, 0);
        const least = Math.min(...values, 0);
        const scale = (HEIGHT - 2 * MARGIN) / (most - least || 1);
        const step = (WIDTH - 2 * MARGIN) / (values.length - 1 || 1);
        return values
            .map((value, index) => [MARGIN + index * step, MARGIN + (most - value) * scale])
            .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
            .join(" ");
    }

    /** What the line says, for who does not see it. */
    get summary() {
        const { weeks, value } = this.props.email.score;
        return _t("Score of the last %(weeks)s weeks: highest %(most)s, now %(now)s.", {
            weeks: weeks.length,
            most: this.number(Math.max(...weeks.map((one) => one || 0))),
            now: this.number(value),
        });
    }
}

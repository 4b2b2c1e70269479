import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatCount } from "./email_format";

const { DateTime } = luxon;
const WIDTH = 1080;
const HEIGHT = 180;
const LEFT = 34;
const FOOT = 22;
/** Hours between two labels of the axis. */
const STEP = 12;

/** Opens and clicks by hand, hour by hour after sending, in the user's time zone. */
export class HourlyCurve extends Component {
    static template = "ecrm_addon.HourlyCurve";
    static props = { hours: Array };

    setup() {
        this.size = { width: WIDTH, height: HEIGHT, left: LEFT, floor: HEIGHT - FOOT };
    }

    get most() {
        return Math.max(1, ...this.props.hours.map(({ opens, clicks }) => Math.max(opens, clicks)));
    }

    get slot() {
        return (WIDTH - LEFT) / this.props.hours.length;
    }

    get bars() {
        const scale = (HEIGHT - FOOT - 10) / this.most;
        const thick = Math.max(1, this.slot / 2 - 0.5);
        return this.props.hours.flatMap(({ at, opens, clicks }, index) =>
            [
                { kind: "opens", value: opens, x: LEFT + index * this.slot },
                { kind: "clicks", value: clicks, x: LEFT + (index + 0.5) * this.slot },
            ]
                .filter(({ value }) => value)
                .map((bar) => ({
                    ...bar,
                    key: `${index}${bar.kind}`,
                    width: thick,
                    height: bar.value * scale,
                    y: HEIGHT - FOOT - bar.value * scale,
                    title: this.title(at, opens, clicks),
                }))
        );
    }

    get marks() {
        return this.props.hours
            .map(({ at }, index) => ({ at, index }))
            .filter(({ index }) => index % STEP === 0)
            .map(({ at, index }) => ({
                index,
                x: LEFT + index * this.slot,
                label: deserializeDateTime(at).toFormat("ccc HH:mm"),
            }));
    }

    title(at, opens, clicks) {
        const when = deserializeDateTime(at).toLocaleString(DateTime.DATETIME_SHORT);
        return _t("%(when)s: %(opens)s opens, %(clicks)s clicks", { when, opens, clicks });
    }

    /** What the picture says, for who does not see it. */
    get summary() {
        const best = this.props.hours.reduce((one, other) =>
            other.opens + other.clicks > one.opens + one.clicks ? other : one
        );
        const sum = (name) => this.props.hours.reduce((total, hour) => total + hour[name], 0);
        if (!(best.opens + best.clicks)) {
            return _t("Nobody opened or clicked in these hours.");
        }
        return _t("%(opens)s opens and %(clicks)s clicks; most around %(when)s.", {
            opens: formatCount(sum("opens")),
            clicks: formatCount(sum("clicks")),
            when: deserializeDateTime(best.at).toLocaleString(DateTime.DATETIME_SHORT),
        });
    }
}

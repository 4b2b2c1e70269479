import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { formatCount } from "./email_format";

/** In which hours of the week people click; stands above these clicks. */
export class HeatMap extends Component {
    static template = "ecrm_addon.HeatMap";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.hours = Array.from({ length: 24 }, (_hour, index) => index);
        this.state = useState({ map: null });
        onWillStart(() => this.load(this.props.list));
        onWillUpdateProps((nextProps) => this.load(nextProps.list));
    }

    async load(list) {
        const key = JSON.stringify(list.domain);
        if (key === this.key) {
            return;
        }
        this.key = key;
        this.state.map = await this.keepLast.add(
            this.orm.silent.call("ecrm.email.click", "get_heat_map", [list.domain])
        );
    }

    get isEmpty() {
        return !this.state.map?.total;
    }

    get most() {
        return Math.max(...this.state.map.counts.flat());
    }

    hour(value) {
        return String(value).padStart(2, "0");
    }

    get words() {
        const { best, days, counts, total, tz } = this.state.map;
        const [day, hour] = best;
        return _t(
            "Most clicks by hand come on %(day)s from %(from)s:00 to %(to)s:00: %(count)s of %(total)s (%(tz)s).",
            {
                day: days[day],
                from: this.hour(hour),
                to: this.hour((hour + 1) % 24),
                count: formatCount(counts[day][hour]),
                total: formatCount(total),
                tz,
            }
        );
    }

    /** The more clicks, the stronger; the number says the same. */
    style(count) {
        const strength = count ? 0.12 + 0.38 * (count / this.most) : 0;
        return `background-color: rgba(113, 75, 103, ${strength.toFixed(2)})`;
    }
}

export class HeatMapListRenderer extends ListRenderer {
    static template = "ecrm_addon.HeatMapListRenderer";
    static components = { ...ListRenderer.components, HeatMap };
}

registry.category("views").add("ecrm_heat_map_list", {
    ...listView,
    Renderer: HeatMapListRenderer,
});

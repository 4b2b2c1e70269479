import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const REFRESH_SECONDS = 10;
const STATES = {
    fine: { icon: "fa-check-circle", label: _t("runs") },
    late: { icon: "fa-clock-o", label: _t("is late") },
    failing: { icon: "fa-exclamation-triangle", label: _t("fails") },
    off: { icon: "fa-pause-circle", label: _t("is switched off") },
};

/** How the log, the queue and the scheduled jobs are; stands above the collectors. */
export class Health extends Component {
    static template = "ecrm_addon.Health";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.states = STATES;
        this.state = useState({ figures: null });
        onWillStart(() => this.load());
        // while history is being read, people watch it
        const timer = browser.setInterval(() => this.refresh(), REFRESH_SECONDS * 1000);
        onWillDestroy(() => browser.clearInterval(timer));
    }

    async load() {
        this.state.figures = await this.orm.silent.call("ecrm.health", "figures", []);
    }

    async refresh() {
        if (this.state.figures.reading && document.visibilityState === "visible") {
            await Promise.all([this.load(), this.props.list.load()]);
        }
    }

    number(value) {
        return formatInteger(value);
    }

    /** Counts stop somewhere: "10,000+". */
    count(value) {
        return formatInteger(value) + (value >= this.state.figures.counted ? "+" : "");
    }

    when(value) {
        return value ? toLocaleDateTimeString(deserializeDateTime(value)) : _t("never");
    }

    get megabytes() {
        return formatInteger(Math.round(this.state.figures.log.bytes / 1e6));
    }

    showRefused() {
        this.action.doAction("ecrm_addon.ecrm_quarantine_action");
    }

    showOverdue() {
        this.action.doAction("ecrm_addon.ecrm_privacy_request_action", {
            additionalContext: { search_default_overdue: 1 },
        });
    }
}

export class HealthListRenderer extends ListRenderer {
    static template = "ecrm_addon.HealthListRenderer";
    static components = { ...ListRenderer.components, Health };
}

registry.category("views").add("ecrm_health_list", {
    ...listView,
    Renderer: HealthListRenderer,
});

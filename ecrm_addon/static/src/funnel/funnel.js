import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** How many visits came how far on their way to an order; stands above these visits. */
export class Funnel extends Component {
    static template = "ecrm_addon.Funnel";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ steps: [] });
        onWillStart(() => this.load(this.props.list));
        onWillUpdateProps((nextProps) => this.load(nextProps.list));
    }

    async load(list) {
        const key = JSON.stringify(list.domain);
        if (key === this.key) {
            return;
        }
        this.key = key;
        this.state.steps = await this.keepLast.add(
            this.orm.silent.call("ecrm.session", "get_funnel", [list.domain])
        );
    }

    /** Without visits there are no steps: the list below says what to do then. */
    get isEmpty() {
        return !this.state.steps[0]?.sessions;
    }

    /** What was ordered; amounts of several companies may be of several currencies. */
    value(step) {
        if (!step.value || user.activeCompanies.length > 1) {
            return "";
        }
        return formatMonetary(step.value, { currencyId: user.activeCompany.currency_id });
    }

    number(value) {
        return formatInteger(value);
    }

    percent(value) {
        return formatPercentage(value, { digits: [false, 0] });
    }

    /** A step nobody reached is still a step. */
    width(step) {
        return `width: ${Math.max(step.share * 100, 0.5)}%`;
    }

    /** Whom we lost: the visits that ended at this very step. */
    async showLost(step) {
        const domain = Domain.and([
            this.props.list.domain,
            [
                ["stage", "=", step.stage],
                ["verdict", "!=", "machine"],
            ],
        ]);
        const action = await this.action.loadAction("ecrm_addon.ecrm_session_action");
        const name = _t("Visits That Ended at: %s", step.name);
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: domain.toList(),
            context: {},
        });
    }
}

export class FunnelListRenderer extends ListRenderer {
    static template = "ecrm_addon.FunnelListRenderer";
    static components = { ...ListRenderer.components, Funnel };
}

registry.category("views").add("ecrm_funnel_list", {
    ...listView,
    Renderer: FunnelListRenderer,
});

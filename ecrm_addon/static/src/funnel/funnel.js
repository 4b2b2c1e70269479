import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { formatPercentage } from "@web/views/fields/formatters";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
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
    showLost(step) {
        this.action.doAction("ecrm_addon.ecrm_session_action", {
            additionalContext: { search_default_human: 0 },
            props: {
                domain: [...this.props.list.domain, ["stage", "=", step.stage]],
            },
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

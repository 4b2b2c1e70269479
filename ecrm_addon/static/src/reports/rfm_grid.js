import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { heatStyle } from "./heat";
import { MeasureSwitch } from "./measure_switch";

/** How many customers bought how lately and how often; stands above these customers. */
export class RfmGrid extends Component {
    static template = "ecrm_addon.RfmGrid";
    static components = { MeasureSwitch };
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ grid: null, measure: "customers" });
        onWillStart(() => this.load(this.props.list));
        onWillUpdateProps((nextProps) => this.load(nextProps.list));
    }

    async load(list) {
        const key = JSON.stringify(list.domain);
        if (key === this.key) {
            return;
        }
        this.key = key;
        this.state.grid = await this.keepLast.add(
            this.orm.silent.call("ecrm.rfm.report", "get_grid", [list.domain])
        );
    }

    get isEmpty() {
        return !this.state.grid?.customers;
    }

    /** Amounts of several currencies cannot be added up, nor compared by colour. */
    get measures() {
        const customers = { value: "customers", label: _t("Customers") };
        const revenue = { value: "revenue", label: _t("Revenue") };
        return this.state.grid.currency_id ? [customers, revenue] : [customers];
    }

    get most() {
        return Math.max(...this.state.grid.cells.flat().map((cell) => cell[this.state.measure]));
    }

    style(cell) {
        return heatStyle(cell[this.state.measure], this.most);
    }

    number(value) {
        return formatInteger(value);
    }

    amount(value) {
        const currencyId = this.state.grid.currency_id;
        // a phone has room for "32k" only
        const humanReadable = this.env.isSmall;
        return formatMonetary(value, { currencyId, digits: [false, 0], humanReadable });
    }

    async open(row, column) {
        const cell = [
            ["recency", "=", row.value],
            ["frequency", "=", column.value],
        ];
        const action = await this.action.loadAction("ecrm_addon.ecrm_rfm_report_action_cell");
        const name = `${row.label}, ${column.label}`;
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: Domain.and([this.props.list.domain, cell]).toList(),
            context: {},
        });
    }
}

export class RfmGridListRenderer extends ListRenderer {
    static template = "ecrm_addon.RfmGridListRenderer";
    static components = { ...ListRenderer.components, RfmGrid };
}

registry.category("views").add("ecrm_rfm_grid_list", {
    ...listView,
    Renderer: RfmGridListRenderer,
});

import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { heatStyle } from "./heat";
import { MeasureSwitch } from "./measure_switch";

const MEASURES = [
    { value: "share", label: _t("Share") },
    { value: "customers", label: _t("Customers") },
    { value: "revenue", label: _t("Revenue") },
];
const PERIODS = [
    { value: 6, label: _t("6 months") },
    { value: 12, label: _t("12 months") },
    { value: 24, label: _t("24 months") },
];

/** Of those who ordered first in a month, how many came back in each month since. */
export class Cohorts extends Component {
    static template = "ecrm_addon.Cohorts";
    static components = { ControlPanel, MeasureSwitch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.measures = MEASURES;
        this.periods = PERIODS;
        this.manyCompanies = user.activeCompanies.length > 1;
        this.state = useState({ report: null, measure: "share", months: 12 });
        onWillStart(() => this.load(this.state.months));
    }

    async load(months) {
        this.state.report = await this.keepLast.add(
            this.orm.call("ecrm.cohort.report", "get_cohorts", [months])
        );
        this.state.months = months;
    }

    get isEmpty() {
        return !this.state.report.cohorts.length;
    }

    get ages() {
        const most = Math.max(...this.state.report.cohorts.map(({ cells }) => cells.length));
        return Array.from({ length: most }, (_age, index) => index);
    }

    /** The first month holds everybody: the colours are to tell the others apart. */
    get most() {
        const later = this.state.report.cohorts.flatMap(({ cells }) => cells.slice(1));
        return Math.max(0, ...later.map((cell) => cell[this.state.measure] || 0));
    }

    month(value) {
        return deserializeDate(value).toFormat("LLL yyyy");
    }

    number(value) {
        return formatInteger(value);
    }

    text(cell) {
        const { measure, report } = this.state;
        const value = cell[measure];
        if (value === null) {
            return "";
        }
        if (measure === "share") {
            return formatPercentage(value, { digits: [false, 0] });
        }
        if (measure === "revenue") {
            return formatMonetary(value, { currencyId: report.currency_id, digits: [false, 0] });
        }
        return formatInteger(value);
    }

    style(cell, age) {
        return age ? heatStyle(cell[this.state.measure], this.most) : "";
    }

    /** The month that still runs is the last one of each cohort. */
    isRunning(cohort, age) {
        return age === cohort.cells.length - 1;
    }

    async open(cohort) {
        const first = deserializeDate(cohort.month);
        const action = await this.action.loadAction("ecrm_addon.ecrm_profile_action");
        const name = _t("First Order in %s", this.month(cohort.month));
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: [
                ["first_order_date", ">=", serializeDate(first)],
                ["first_order_date", "<", serializeDate(first.plus({ months: 1 }))],
                ["company_id", "=", user.activeCompany.id],
            ],
            context: {},
        });
    }
}

registry.category("actions").add("ecrm_cohorts", Cohorts);

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { formatSeconds } from "../fields/duration_field";
import { TimelineRow } from "./timeline_row";

/** What happened in one visit to the website, under a line that says what kind of visit. */
export class TimelineVisit extends Component {
    static template = "ecrm_addon.TimelineVisit";
    static components = { TimelineRow };
    static props = { visit: Object, rows: Array };

    setup() {
        this.action = useService("action");
    }

    get facts() {
        const { source, device, pages, seconds } = this.props.visit;
        return [
            source === "direct" ? _t("came directly") : source && _t("from %s", source),
            device,
            pages && (pages === 1 ? _t("1 page") : _t("%s pages", formatInteger(pages))),
            seconds && formatSeconds(seconds),
        ].filter(Boolean);
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "ecrm.session",
            res_id: this.props.visit.id,
            views: [[false, "form"]],
        });
    }
}

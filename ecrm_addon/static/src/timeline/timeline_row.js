import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { toLocal } from "./timeline_utils";

const { DateTime } = luxon;

/** Nobody may take the click of a mail scanner for the click of a customer. */
const VERDICTS = {
    machine: {
        icon: "fa-cogs",
        label: _t("Machine"),
        title: _t("A machine did this, such as a mail scanner"),
    },
    proxy: {
        icon: "fa-user-secret",
        label: _t("Privacy proxy"),
        title: _t("A privacy proxy hides whether a person did this"),
    },
    unknown: {
        icon: "fa-question",
        label: _t("Not verified"),
        title: _t("Nothing tells whether a person or a machine did this"),
    },
};

/** One thing that happened, in words. */
export class TimelineRow extends Component {
    static template = "ecrm_addon.TimelineRow";
    static props = { row: Object };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    /** The moment at which an anonymous browser got a name. */
    get isMoment() {
        return this.props.row.kind === "identity.linked" && Boolean(this.props.row.name);
    }

    get time() {
        return toLocal(this.props.row.at).toLocaleString(DateTime.TIME_SIMPLE);
    }

    get value() {
        const { value, currency_id: currencyId } = this.props.row;
        return value === false ? "" : formatMonetary(value, { currencyId });
    }

    get verdict() {
        return VERDICTS[this.props.row.verdict];
    }

    /** What a machine did with a mail is told, and stands back. */
    get isQuiet() {
        return this.props.row.channel === "email" && this.props.row.verdict === "machine";
    }

    get verdictTitle() {
        return [this.verdict.title, this.props.row.verdict_reasons].filter(Boolean).join(": ");
    }

    /** Where a click with the middle button leads: a new tab. */
    get url() {
        const { model, id } = this.props.row.source;
        return `/odoo/${model.includes(".") ? model : `m-${model}`}/${id}`;
    }

    async open(event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
        }
        event.preventDefault();
        const { model, id } = this.props.row.source;
        this.action.doAction(await this.orm.call(model, "get_formview_action", [[id]]));
    }
}

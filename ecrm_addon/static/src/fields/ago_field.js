import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/** How long ago something happened: "now", "5 minutes ago", "3 days ago". */
export function formatAgo(value) {
    if (!value) {
        return "";
    }
    // a clock that runs ahead makes nothing happen in the future
    const seconds = DateTime.now().diff(value).as("seconds");
    return seconds < 60 ? _t("now") : value.toRelative();
}

/** An instant in words, its date and time on demand. */
export class AgoField extends Component {
    static template = "ecrm_addon.AgoField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get words() {
        return formatAgo(this.value);
    }

    get title() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

registry.category("fields").add("ecrm_ago", {
    component: AgoField,
    displayName: _t("Time Ago"),
    supportedTypes: ["datetime"],
});

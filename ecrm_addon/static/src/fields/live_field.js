import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Whether somebody is there right now: a dot and a word, nothing otherwise. */
export class LiveField extends Component {
    static template = "ecrm_addon.LiveField";
    static props = { ...standardFieldProps };
}

registry.category("fields").add("ecrm_live", {
    component: LiveField,
    supportedTypes: ["boolean"],
});

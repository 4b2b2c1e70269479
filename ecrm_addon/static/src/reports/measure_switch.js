import { Component } from "@odoo/owl";

/** Buttons of which one is pressed: what a report shows. */
export class MeasureSwitch extends Component {
    static template = "ecrm_addon.MeasureSwitch";
    static props = {
        label: String,
        choices: { type: Array, element: { type: Object, shape: { value: true, label: true } } },
        value: true,
        onChange: Function,
    };
}

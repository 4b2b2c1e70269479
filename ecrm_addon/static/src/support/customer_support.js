import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Who asks, in a few lines: tier, last orders, what else the customer asked.
 *
 * It stands beside a request, and in the tab of a contact.
 */
export class CustomerSupport extends Component {
    static template = "ecrm_addon.CustomerSupport";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ customer: null, error: false, key: "" });
        onWillStart(() => {
            this.load(this.props); // not awaited: the form is shown at once
        });
        onWillUpdateProps((nextProps) => {
            if (JSON.stringify(this.askedOf(nextProps)) !== this.state.key) {
                this.load(nextProps);
            }
        });
    }

    get isRequest() {
        return this.props.record.resModel === "ecrm.request";
    }

    /** Of whom to ask; a request is asked of anew when its customer was changed and saved. */
    askedOf({ record }) {
        if (record.resModel === "res.partner") {
            return { partner_id: record.resId };
        }
        return { request_id: record.resId, partner_id: record.data.partner_id?.id || false };
    }

    async load(props = this.props) {
        const asked = this.askedOf(props);
        Object.assign(this.state, { customer: null, error: false, key: JSON.stringify(asked) });
        if (!props.record.resId) {
            return;
        }
        try {
            this.state.customer = await this.keepLast.add(
                this.orm.silent.call("ecrm.request", "get_customer", [], asked)
            );
        } catch (error) {
            this.state.error = error.data?.message || " ";
        }
    }

    date(value) {
        return toLocaleDateString(deserializeDateTime(value));
    }

    amount(order) {
        return formatMonetary(order.amount, { currencyId: order.currency_id });
    }

    open(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    /** The list of all requests of this contact's customer. */
    openAll() {
        const { record } = this.props;
        const partner = record.resModel === "res.partner" ? record.resId : record.data.partner_id?.id;
        return this.action.doAction("ecrm_addon.ecrm_request_action", {
            additionalContext: { search_default_open: 0, search_default_partner_id: partner },
        });
    }

    get openWords() {
        const { open } = this.state.customer;
        if (!open) {
            return _t("None is open.");
        }
        return open === 1 ? _t("1 is open.") : _t("%s are open.", open);
    }
}

export const customerSupport = { component: CustomerSupport };

registry.category("view_widgets").add("ecrm_customer_support", customerSupport);

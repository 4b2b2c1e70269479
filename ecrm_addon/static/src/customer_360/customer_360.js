import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Timeline } from "../timeline/timeline";
import { EmailCard } from "./email_card";
import { ScoreCard } from "./score_card";

/**
 * What is known of the customer to which a contact belongs: the scores and the history.
 *
 * It stands in a tab of the contact and in the customer's own form. A tab is drawn when it
 * is opened, and only then anything is asked of the server.
 */
export class Customer360 extends Component {
    static template = "ecrm_addon.Customer360";
    static components = { EmailCard, ScoreCard, Timeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ card: null, error: false, partnerId: false });
        onWillStart(() => {
            this.load(this.partnerOf(this.props)); // not awaited: the form is shown at once
        });
        onWillUpdateProps((nextProps) => {
            const partnerId = this.partnerOf(nextProps);
            if (partnerId !== this.state.partnerId) {
                this.load(partnerId);
            }
        });
    }

    partnerOf({ record }) {
        return record.resModel === "res.partner" ? record.resId : record.data.partner_id?.id;
    }

    async load(partnerId = this.state.partnerId) {
        Object.assign(this.state, { card: null, error: false, partnerId });
        if (!partnerId) {
            return;
        }
        try {
            this.state.card = await this.keepLast.add(
                this.orm.silent.call("ecrm.customer.card", "get_card", [partnerId])
            );
        } catch (error) {
            this.state.error = error.data?.message || " ";
        }
    }
}

export const customer360 = { component: Customer360 };

registry.category("view_widgets").add("ecrm_customer_360", customer360);
